import { request as requestByHttp, type IncomingMessage } from 'node:http';
import { request as requestByHttps } from 'node:https';
import type { Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { Endpoint } from './connection.js';

/** A proxy gives no way through: it is not there, or says no. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
}

/** The field Proxy-Authorization for the user and password in a proxy's URL. RFC 7617; RFC 9110 section 11.7.2. */
export function proxyAuthorization(proxy: URL): string | undefined {
  if (proxy.username === '') return undefined;
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return `Basic ${Buffer.from(login).toString('base64')}`;
}

/**
 * Opens a tunnel through a proxy. RFC 9110 section 9.3.6.
 * @param proxy its URL, http or https, with user and password where it wants them
 * @param tls for a proxy at https
 * @param timeoutMs how long it may take, in ms
 * @throws ProxyError
 */
export async function openTunnel(
  proxy: URL,
  { host, port }: Endpoint,
  tls: SecureContextOptions & { readonly rejectUnauthorized?: boolean },
  timeoutMs: number,
): Promise<Socket> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const authorization = proxyAuthorization(proxy);
  const ask = proxy.protocol === 'https:' ? requestByHttps : requestByHttp;
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new ProxyError(`the proxy ${proxy.host} ${why}`));
    const asked = ask({
      ...tls,
      method: 'CONNECT',
      hostname: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : proxy.port,
      path: authority,
      headers: { host: authority, ...(authorization !== undefined && { 'proxy-authorization': authorization }) },
      agent: false,
      timeout: timeoutMs,
    });
    asked.on('connect', ({ statusCode = 0 }: IncomingMessage, socket: Socket) => {
      if (statusCode >= 200 && statusCode < 300) return resolve(socket);
      socket.destroy();
      fail(rejection(statusCode));
    });
    asked.on('response', ({ statusCode = 0 }) => {
      asked.destroy();
      fail(rejection(statusCode));
    });
    asked.on('timeout', () => asked.destroy(new Error(`gave no answer within ${timeoutMs / 1000} s`)));
    asked.on('error', ({ code = '', message }: NodeJS.ErrnoException) => fail(whyUnreachable(code) ?? message));
    asked.end();
  });
}

/** What a proxy means by rejecting, by its status. */
export const rejection = (status: number): string =>
  status === 407
    ? 'wants user and password (407): put them into its URL, as http://user:password@host:port'
    : `refuses to pass the connection on (it answered CONNECT with ${status})`;

/** Why a proxy cannot be reached, by the code of the error; undefined for others. */
export function whyUnreachable(code: string): string | undefined {
  if (code === 'ECONNREFUSED') return 'refuses connections';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'has a name that cannot be resolved';
  return code === 'ECONNRESET' ? 'broke the connection off' : undefined;
}
