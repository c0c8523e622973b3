import type { IncomingHttpHeaders } from 'node:http';
import type { Exchange, OutgoingResponse } from '../../http/interceptor.js';

/** True for a request of a method to a path. */
export const isTo = ({ request }: Exchange, method: string, path: string | RegExp): boolean =>
  request.method === method && (typeof path === 'string' ? request.path === path : path.test(request.path));

export const isLogin = (exchange: Exchange): boolean => isTo(exchange, 'POST', '/auth/login');

export const isRefresh = (exchange: Exchange): boolean => isTo(exchange, 'POST', '/auth/refresh');

export const isLogout = (exchange: Exchange): boolean => isTo(exchange, 'POST', '/auth/logout');

/** The id of the user whom a request of a method is about. */
export const userIn = ({ request }: Exchange, method: string): string | undefined =>
  request.method === method ? /^\/users\/([0-9a-f-]{36})\/?$/i.exec(request.path)?.[1] : undefined;

/** The members of the body, to be changed. */
export function bodyOf({ request }: Exchange): Record<string, unknown> {
  if (typeof request.body !== 'object' || request.body === null) request.body = {};
  return request.body as Record<string, unknown>;
}

/** The mode that a login, refresh or logout asks for. */
export const modeOf = (exchange: Exchange): unknown => {
  const { mode, refresh_token } = bodyOf(exchange);
  return mode ?? (isLogin(exchange) || refresh_token !== undefined ? 'json' : 'cookie');
};

/** The payload of an answer. */
export const payloadOf = ({ body }: OutgoingResponse): Record<string, unknown> => {
  const { data } = (body ?? {}) as { data?: unknown };
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
};

interface ToldError {
  message: string;
  readonly extensions: { code?: string; reason?: string };
}

/** The errors of an answer, to be changed. */
export const errorsOf = ({ body }: OutgoingResponse): ToldError[] =>
  (body as { errors?: ToldError[] } | undefined)?.errors ?? [];

export const succeeded = ({ status }: OutgoingResponse): boolean => status < 300;

/** Sets a header of the request, or removes it. */
export function setHeader(
  request: { readonly headers: IncomingHttpHeaders },
  name: string,
  value: string | undefined,
): void {
  if (value === undefined) Reflect.deleteProperty(request.headers, name);
  else request.headers[name] = value;
}

/** Sets a parameter of the query, or removes it. */
export function setQuery(request: { url?: string | undefined }, name: string, value: string | undefined): void {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const parameters = new URLSearchParams(query);
  if (value === undefined) parameters.delete(name);
  else parameters.set(name, value);
  request.url = parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}
