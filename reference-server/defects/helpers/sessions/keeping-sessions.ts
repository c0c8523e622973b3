import type { Exchange } from '../../../http/interceptor.js';
import type { SessionRecord } from '../../../stores/store.js';
import type { Wrappers } from '../../defect.js';
import { succeeded } from '../exchange.js';

/** Keeps the sessions that a request would end: they are put back before it is answered. */
export const keepingSessions = (find: (exchange: Exchange) => Promise<readonly SessionRecord[]>) => (): Wrappers => ({
  request: async (exchange) => {
    exchange.response.locals['kept'] = await find(exchange);
  },
  response: async ({ context, response }, answer) => {
    if (!succeeded(answer)) return;
    for (const session of response.locals['kept'] as readonly SessionRecord[])
      await context.store.insertSession(session);
  },
});
