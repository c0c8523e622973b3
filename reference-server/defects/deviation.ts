import type { Request, RequestHandler, Response } from 'express';
import { decodeJwt } from 'jose';
import type { Context } from '../context.js';
import { readCookie, sessionCookieName } from '../auth/cookies.js';
import { isAdminRole } from '../auth/identity.js';
import { ISSUER, issuedNow, sign, signatureIsRight, type IssuedClaims } from '../auth/jwt.js';
import type { SessionRecord, UserRecord } from '../stores/store.js';
import type { BearerMethod } from '../auth/bearer-token.js';

/*
 * A deviation is wrong from outside: it changes requests before the server sees them, and answers before they are sent, as a gateway
 * in front of it would. So the server itself stays readable, and knows nothing of the ways to be wrong that need not reach into it.
 */

/** One request and the server that it came to. */
export interface Exchange {
  readonly context: Context;
  readonly request: Request;
  readonly response: Response;
}

/** An answer that is about to be sent. */
export interface OutgoingAnswer {
  status: number;
  /** Undefined where there is no body. A string is sent as text/html. */
  body: unknown;
}

/** What a deviation does. Made anew for each server, so that it can remember. */
export interface Deviation {
  /** Changes a request. What it throws is answered as errors of the server are. */
  readonly request?: (exchange: Exchange) => Promise<void> | void;
  /** Changes an answer. */
  readonly answer?: (exchange: Exchange, answer: OutgoingAnswer) => Promise<void> | void;
}

/** Lets deviations change the answers: to be used before anything can answer. */
export function deviateAnswers(context: Context, deviations: readonly Deviation[]): RequestHandler {
  const hooks = deviations.flatMap(({ answer }) => answer ?? []);
  return (request, response, next) => {
    const send = response.send.bind(response);
    const deviated = (body: unknown): Response => {
      const answer: OutgoingAnswer = { status: response.statusCode, body };
      void (async (): Promise<void> => {
        for (const hook of hooks) await hook({ context, request, response }, answer);
        response.json = json;
        response.end = end;
        response.status(answer.status);
        if (answer.body === undefined) response.end();
        else if (typeof answer.body === 'string') {
          response.type('html');
          send(answer.body);
        } else response.json(answer.body);
      })();
      return response;
    };
    const json = response.json.bind(response);
    const end = response.end.bind(response);
    if (hooks.length > 0) {
      response.json = deviated;
      response.end = ((...args: unknown[]) => {
        // The end of an answer without a body, or of one that was sent otherwise.
        if (args.length === 0 && !response.headersSent) return deviated(undefined);
        response.end = end;
        return (end as (...all: unknown[]) => Response)(...args);
      }) as typeof end;
    }
    next();
  };
}

/** Lets deviations change the requests: to be used when their bodies have been read. */
export function deviateRequests(context: Context, deviations: readonly Deviation[]): RequestHandler {
  const hooks = deviations.flatMap(({ request }) => request ?? []);
  return async (request, response, next) => {
    for (const hook of hooks) await hook({ context, request, response });
    next();
  };
}

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
export const payloadOf = ({ body }: OutgoingAnswer): Record<string, unknown> => {
  const { data } = (body ?? {}) as { data?: unknown };
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
};

export const succeeded = ({ status }: OutgoingAnswer): boolean => status < 300;

/** The access token of a request, and how it was sent; undefined where it has none. */
export function sentToken({
  context,
  request,
}: Exchange): { readonly way: BearerMethod; readonly token: string } | undefined {
  const inHeader = /^bearer ([^ ]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (inHeader !== undefined) return { way: 'header', token: inHeader };
  const inQuery = request.query['access_token'];
  if (typeof inQuery === 'string' && inQuery !== '') return { way: 'query', token: inQuery };
  const inCookie = readCookie(request, sessionCookieName(context.settings, context.rules));
  return inCookie === undefined || inCookie === '' ? undefined : { way: 'cookie', token: inCookie };
}

/** Sends another access token in place of the one that was sent; undefined: none. */
export function replaceToken(exchange: Exchange, token: string | undefined): void {
  const { context, request } = exchange;
  const way = sentToken(exchange)?.way ?? 'header';
  if (way === 'header') setHeader(request, 'authorization', token === undefined ? undefined : `Bearer ${token}`);
  if (way === 'cookie') setCookie(request, sessionCookieName(context.settings, context.rules), token);
  if (way === 'query') setQuery(request, 'access_token', token);
}

export function setHeader(request: Request, name: string, value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(request.headers, name);
  else request.headers[name] = value;
}

/** Sets a cookie of the request, or removes it. */
export function setCookie(request: Request, name: string, value: string | undefined): void {
  const others = (request.headers.cookie ?? '')
    .split('; ')
    .filter((pair) => pair !== '' && !pair.startsWith(`${name}=`));
  const cookies = value === undefined ? others : [...others, `${name}=${value}`];
  setHeader(request, 'cookie', cookies.length === 0 ? undefined : cookies.join('; '));
}

/** Sets a parameter of the query, or removes it. */
export function setQuery(request: Request, name: string, value: string | undefined): void {
  const [path = '', query = ''] = request.url.split('?');
  const parameters = new URLSearchParams(query);
  if (value === undefined) parameters.delete(name);
  else parameters.set(name, value);
  request.url = parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}

/** The claims of a JWT. */
export interface Claims {
  readonly iat?: number;
  readonly exp?: number;
  readonly [name: string]: unknown;
}

/** The claims of a JWT, whatever its signature; undefined for every other string. */
export function claimsOf(token: string): Claims | undefined {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

/** The claims of a JWT that this server has signed. */
export async function ownClaimsOf({ context }: Exchange, token: string): Promise<Claims | undefined> {
  const claims = claimsOf(token);
  return claims !== undefined && (await signatureIsRight(token, context.settings.SECRET)) ? claims : undefined;
}

/** Signs claims as this server does. */
export const signed = async ({ context }: Exchange, claims: Readonly<Record<string, unknown>>): Promise<string> =>
  sign(claims as unknown as IssuedClaims, context.settings.SECRET);

/** A standard token of a user. */
export async function tokenFor(exchange: Exchange, user: Pick<UserRecord, 'id' | 'role'>): Promise<string> {
  const { context } = exchange;
  const admin = await isAdminRole(context, user.role);
  const times = issuedNow(context.clock.now(), context.settings.ACCESS_TOKEN_TTL);
  return signed(exchange, {
    id: user.id,
    role: user.role,
    app_access: admin,
    admin_access: admin,
    ...times,
    iss: ISSUER,
  });
}

/** True when the server would let the sender of an access token in. */
export async function isGood(exchange: Exchange, token: string): Promise<boolean> {
  const { store } = exchange.context;
  return (await ownClaimsOf(exchange, token)) !== undefined || (await store.userByStaticToken(token)) !== undefined;
}

/** Changes each Set-Cookie header of a cookie; undefined removes it. */
export function changeSetCookie(
  response: Response,
  name: string,
  change: (header: string) => string | readonly string[] | undefined,
): void {
  const given = response.getHeader('Set-Cookie');
  if (given === undefined) return;
  const headers = (Array.isArray(given) ? given : [String(given)]).flatMap((header) =>
    header.startsWith(`${name}=`) ? (change(header) ?? []) : [header],
  );
  if (headers.length === 0) response.removeHeader('Set-Cookie');
  else response.setHeader('Set-Cookie', headers);
}

/** The value that an answer sets a cookie to. */
export function setCookieValue(response: Response, name: string): string | undefined {
  let value: string | undefined;
  changeSetCookie(response, name, (header) => {
    value = header.slice(name.length + 1, header.indexOf(';'));
    return header;
  });
  return value === '' ? undefined : value;
}

/** Keeps sessions alive that a request would end: they are put back before it is answered. */
export const keepingSessions = (find: (exchange: Exchange) => Promise<readonly SessionRecord[]>) => (): Deviation => ({
  request: async (exchange) => {
    exchange.response.locals['kept'] = await find(exchange);
  },
  answer: async ({ context, response }, answer) => {
    if (!succeeded(answer)) return;
    for (const session of response.locals['kept'] as readonly SessionRecord[])
      await context.store.insertSession(session);
  },
});
