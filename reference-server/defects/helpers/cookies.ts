import type { IncomingHttpHeaders } from 'node:http';
import type { Response } from 'express';
import type { Exchange } from '../../http/interceptor.js';
import type { Wrappers } from '../defect.js';
import { isLogin, setHeader } from './exchange.js';
import { readCookie } from '../../auth/cookies.js';
import type { Settings } from '../../settings.js';

/** Sets a cookie of the request, or removes it. */
export function setCookie(
  request: { readonly headers: IncomingHttpHeaders },
  name: string,
  value: string | undefined,
): void {
  const others = (request.headers.cookie ?? '')
    .split('; ')
    .filter((pair) => pair !== '' && !pair.startsWith(`${name}=`));
  const cookies = value === undefined ? others : [...others, `${name}=${value}`];
  setHeader(request, 'cookie', cookies.length === 0 ? undefined : cookies.join('; '));
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

/** A Set-Cookie header with another value of an attribute; an empty one for an attribute without a value, undefined to leave it out. */
export function withAttribute(header: string, name: string, value: string | undefined): string {
  const [pair = '', ...attributes] = header.split('; ');
  const others = attributes.filter((attribute) => attribute.split('=')[0]?.toLowerCase() !== name.toLowerCase());
  const added = value === undefined ? [] : [value === '' ? name : `${name}=${value}`];
  return [pair, ...others, ...added].join('; ');
}

/** Takes the session cookie out of an answer, so that the browser keeps the one it has. */
export const withoutSessionCookie = ({ context, response }: Exchange): void =>
  changeSetCookie(response, context.settings.SESSION_COOKIE_NAME, () => undefined);

/** Changes the session cookie wherever a response sets it. */
export const changingSessionCookie =
  (change: (header: string, exchange: Exchange) => string | undefined) => (): Wrappers => ({
    response: (exchange) =>
      changeSetCookie(exchange.response, exchange.context.settings.SESSION_COOKIE_NAME, (header) =>
        change(header, exchange),
      ),
  });

/** Lets a cookie that replaces another last until that one would have. */
export const lastingUntilTheFirst = (nameIn: (settings: Settings) => string) => (): Wrappers => {
  const ends = new Map<string, number>();
  return {
    response: (exchange) => {
      const { context, request, response } = exchange;
      const name = nameIn(context.settings);
      const end = isLogin(exchange) ? undefined : ends.get(readCookie(request, name) ?? '');
      changeSetCookie(response, name, (header) => {
        const until = end ?? context.clock.now() + Number(/Max-Age=(\d+)/.exec(header)?.[1]) * 1000;
        ends.set(header.slice(name.length + 1, header.indexOf(';')), until);
        if (end === undefined) return header;
        const seconds = Math.max(0, Math.floor((end - context.clock.now()) / 1000));
        return withAttribute(withAttribute(header, 'Max-Age', String(seconds)), 'Expires', new Date(end).toUTCString());
      });
    },
  };
};
