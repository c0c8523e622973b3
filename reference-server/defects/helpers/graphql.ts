import { invalidCredentials } from '../../http/errors.js';
import type { Exchange, OutgoingResponse } from '../../http/interceptor.js';
import type { Wrappers } from '../defect.js';
import { bodyOf } from './exchange.js';

export const isGraphql = ({ request }: Exchange): boolean => request.path === '/graphql/system';

/** The query in a body; empty where there is none. */
export function queryIn(body: unknown): string {
  const { query } = (body ?? {}) as { query?: unknown };
  return typeof query === 'string' ? query : '';
}

/** The query of a request, and a way to change it. */
export const queryOf = (exchange: Exchange): string => queryIn(bodyOf(exchange));

export const atQuery =
  (change: (exchange: Exchange, query: string) => Promise<string | void> | string | void) => (): Wrappers => ({
    request: async (exchange) => {
      if (!isGraphql(exchange)) return;
      const changed = await change(exchange, queryOf(exchange));
      if (typeof changed === 'string') bodyOf(exchange)['query'] = changed;
    },
  });

export const atAnswer =
  (
    change: (
      exchange: Exchange,
      data: Record<string, Record<string, unknown> | null>,
      response: OutgoingResponse,
    ) => Promise<void> | void,
  ) =>
  (): Wrappers => ({
    response: async (exchange, answer) => {
      const { data } = (answer.body ?? {}) as { data?: Record<string, Record<string, unknown> | null> };
      if (isGraphql(exchange) && data !== undefined) await change(exchange, data, answer);
    },
  });

export const argument = (query: string, name: string): string | undefined =>
  new RegExp(`${name}:"([^"]*)"`).exec(query)?.[1];

/** Rejects a mutation. */
export const rejecting = (mutation: string) =>
  atAnswer((_exchange, data, answer) => {
    if (data[mutation] == null) return;
    answer.body = { data: { [mutation]: null }, errors: invalidCredentials().envelope.errors };
  });

/** Says in seconds how long the tokens of a mutation live. */
export const expiringInSeconds = (mutation: string): (() => Wrappers) =>
  atAnswer((_exchange, { [mutation]: tokens }) => {
    if (tokens != null) tokens['expires'] = String(Number(tokens['expires']) / 1000);
  });
