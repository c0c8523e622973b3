import { AsyncLocalStorage } from 'node:async_hooks';
import type { Conversation, Exchange, Interceptor } from '../../http/interceptor.js';
import { bodyOf, modeOf } from './exchange.js';

const served = new AsyncLocalStorage<Exchange | Conversation>();

/** Lets wrappers of ports find out what request or message they are called for: the first of all interceptors. */
export const knowingWhatIsServed: Interceptor = { around: (what, proceed) => served.run(what, proceed) };

/** The HTTP request that is being served; undefined outside one, as while the server is set up or a message is responded to. */
export function servedRequest(): Exchange | undefined {
  const what = served.getStore();
  return what !== undefined && 'request' in what ? what : undefined;
}

/** The WebSocket message that is being responded to; undefined outside one. */
export function servedMessage(): Conversation | undefined {
  const what = served.getStore();
  return what !== undefined && 'message' in what ? what : undefined;
}

/** A login, refresh or logout, and how it was asked for. */
export interface ServedOperation {
  readonly operation: 'login' | 'refresh' | 'logout';
  /** The mode that it asks for, or the default of its door. */
  readonly mode: unknown;
  readonly by: 'rest' | 'graphql' | 'message';
}

/** The login, refresh or logout that is being served; undefined while something else is. */
export function servedOperation(): ServedOperation | undefined {
  const message = servedMessage()?.message;
  if (message !== undefined) {
    const { type, access_token, email } = message;
    if (type !== 'auth' || typeof access_token === 'string') return undefined;
    return { operation: email === undefined ? 'refresh' : 'login', mode: 'json', by: 'message' };
  }
  const exchange = servedRequest();
  if (exchange === undefined) return undefined;
  const { method, path } = exchange.request;
  const operation = method === 'POST' ? /^\/auth\/(login|refresh|logout)\/?$/i.exec(path)?.[1] : undefined;
  if (operation !== undefined)
    return {
      operation: operation.toLowerCase() as ServedOperation['operation'],
      mode: modeOf(exchange),
      by: 'rest',
    };
  const { query } = bodyOf(exchange);
  const mutation = path === '/graphql/system' && typeof query === 'string' ? mutationIn(query) : undefined;
  return mutation && { ...mutation, by: 'graphql' };
}

function mutationIn(query: string): Pick<ServedOperation, 'operation' | 'mode'> | undefined {
  const [, operation, given = ''] = /auth_(login|refresh|logout)\s*(?:\(([^)]*)\))?/.exec(query) ?? [];
  if (operation === undefined) return undefined;
  return {
    operation: operation as ServedOperation['operation'],
    mode: /\bmode:\s*(\w+)/.exec(given)?.[1] ?? 'json',
  };
}

/** True while an operation about session tokens is served: one in mode session. */
export function servesSession(operation: ServedOperation['operation']): boolean {
  const served = servedOperation();
  return served?.operation === operation && served.mode === 'session';
}

/** True while an operation about standard tokens is served: one in mode json or cookie. */
export function servesStandard(operation: ServedOperation['operation']): boolean {
  const served = servedOperation();
  return served?.operation === operation && served.mode !== 'session';
}
