import type { Exchange } from '../../http/interceptor.js';
import type { Wrappers } from '../defect.js';

export const atRequest = (change: (exchange: Exchange) => Promise<void> | void) => (): Wrappers => ({
  request: change,
});
