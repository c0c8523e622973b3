import type { Exchange, OutgoingResponse } from '../../http/interceptor.js';
import type { Wrappers } from '../defect.js';
import { isLogin, isRefresh, modeOf, payloadOf, succeeded } from './exchange.js';

/** True for the response to a login or refresh in mode json or cookie that returns tokens. */
export function returnsTokens(exchange: Exchange, answer: OutgoingResponse, by: 'login' | 'refresh' | 'both'): boolean {
  const asked = (by !== 'refresh' && isLogin(exchange)) || (by !== 'login' && isRefresh(exchange));
  return asked && modeOf(exchange) !== 'session' && succeeded(answer);
}

/** Changes the payload with tokens of a login or refresh in mode json or cookie. */
export const changingTokens =
  (
    by: 'login' | 'refresh' | 'both',
    change: (payload: Record<string, unknown>, exchange: Exchange, answer: OutgoingResponse) => unknown,
  ) =>
  (): Wrappers => ({
    response: (exchange, answer) => {
      if (returnsTokens(exchange, answer, by)) change(payloadOf(answer), exchange, answer);
    },
  });

type SessionChange = (payload: Record<string, unknown>, exchange: Exchange) => unknown;

const changingSession = (isAsked: (exchange: Exchange) => boolean) => (change: SessionChange) => (): Wrappers => ({
  response: async (exchange, answer) => {
    if (isAsked(exchange) && modeOf(exchange) === 'session' && succeeded(answer))
      await change(payloadOf(answer), exchange);
  },
});

/** Changes the payload of a login in mode session. */
export const changingSessionLogin = changingSession(isLogin);

/** Changes the payload of a refresh in mode session. */
export const changingSessionRefresh = changingSession(isRefresh);

/**
 * Keeps what successful GET requests are answered with, and answers later ones with it.
 * @param lifeMs for how long, in ms
 * @param keyOf what requests have in common that are answered alike; undefined for one that nothing is kept of
 */
export const keepingResponses = (lifeMs: number, keyOf: (exchange: Exchange) => string | undefined) => (): Wrappers => {
  const kept = new Map<string, { readonly body: unknown; readonly until: number }>();
  return {
    response: (exchange, answer) => {
      const key = exchange.request.method === 'GET' ? keyOf(exchange) : undefined;
      if (key === undefined) return;
      const now = exchange.context.clock.now();
      const known = kept.get(key);
      if (known !== undefined && known.until > now) {
        answer.status = 200;
        answer.body = known.body;
      } else if (answer.status === 200) kept.set(key, { body: answer.body, until: now + lifeMs });
    },
  };
};
