import { chapter } from './harness/check.js';
import { declareMatrix } from './lifecycle/index.js';

chapter('Token Lifecycle', () => {
  declareMatrix();
});
