import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect as connectByTcp, isIP, type Socket } from 'node:net';
import { connect as connectByTls, type SecureContextOptions } from 'node:tls';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import type { ClientOptions } from 'ws';
import type { Connection, Endpoint } from './connection.js';
import type { SentRequest } from './exchange.js';
import { HEAD_LIMIT } from './limits.js';
import { pathAsWritten } from '../path-as-written.js';
import { openTunnel, proxyAuthorization } from './proxy-tunnel.js';
import { written } from '../written.js';

type Tls = SecureContextOptions & { readonly rejectUnauthorized?: boolean };
type Answer = Dispatcher.ResponseData;

/** Carries requests and WebSockets to the target, by the way that the connection describes. */
export class Transport {
  readonly #agent: Agent;
  readonly #tls: Tls;
  readonly #proxy: URL | undefined;
  readonly #connectTo: Endpoint | undefined;

  /** @param timeoutMs how long a connection may take to be opened, in ms */
  constructor(
    { ca, clientCert, clientKey, insecure, connectTo, proxy }: Connection,
    private readonly timeoutMs: number,
  ) {
    this.#tls = {
      ...(ca !== undefined && { ca }),
      ...(clientCert !== undefined && { cert: clientCert }),
      ...(clientKey !== undefined && { key: clientKey }),
      ...(insecure === true && { rejectUnauthorized: false }),
    };
    this.#connectTo = connectTo;
    this.#proxy = proxy === undefined ? undefined : new URL(proxy.url);
    const connector = buildConnector({ ...this.#tls, timeout: timeoutMs });
    // Time limits are those of the client's signal, the limit of a body is that of what reads it.
    this.#agent = new Agent({
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: HEAD_LIMIT,
      connect: (options, callback): void => {
        if (this.#proxy !== undefined && options.protocol === 'https:' && !isAt(this.#proxy, endpointOf(options))) {
          this.#tunnel(endpointOf(options)).then(
            (httpSocket) => connector({ ...options, httpSocket }, callback),
            (error: Error) => callback(error, null),
          );
          return;
        }
        const { host: hostname, port } = connectTo ?? {};
        connector({ ...options, ...(hostname !== undefined && { hostname, port: String(port) }) }, callback);
      },
    });
  }

  /**
   * Sends a request; redirects are not followed.
   * @throws whatever undici throws
   */
  async request(request: SentRequest, signal: AbortSignal): Promise<Answer> {
    const { origin, protocol, host } = new URL(request.url);
    const { headers, body } = written(request);
    const options = { method: request.method as 'GET', body, signal };
    const path = pathAsWritten(request.url);
    if (this.#proxy === undefined || protocol === 'https:')
      return this.#agent.request({ ...options, origin, path, headers });
    // A proxy is asked for the whole URL. RFC 9112 section 3.2.2.
    const authorization = proxyAuthorization(this.#proxy);
    const own = request.headers.some(([name]) => name.toLowerCase() === 'host') ? [] : ['Host', host];
    const more = authorization === undefined ? own : [...own, 'Proxy-Authorization', authorization];
    return this.#agent.request({
      ...options,
      origin: this.#proxy.origin,
      path: `${origin}${path}`,
      headers: [...more, ...headers],
    });
  }

  /** What a WebSocket is to be opened with. */
  webSocketOptions(url: string): ClientOptions {
    if (this.#proxy === undefined && this.#connectTo === undefined) return { ...this.#tls };
    const secure = url.startsWith('wss:');
    const agent = secure ? new HttpsAgent() : new HttpAgent();
    const open = async (options: Options): Promise<Socket> => this.#openFor(secure, options);
    Object.assign(agent, {
      createConnection: (options: Options, callback: (error: Error | null, socket?: Socket) => void): void => {
        open(options).then(
          (socket) => callback(null, socket),
          (error: Error) => callback(error),
        );
      },
    });
    return { ...this.#tls, agent };
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #openFor(secure: boolean, { host = '', port }: Options): Promise<Socket> {
    const named = { host, port: Number(port) };
    const socket = this.#proxy === undefined ? undefined : await this.#tunnel(named);
    const to = this.#connectTo ?? named;
    const servername = isIP(host) === 0 ? host : '';
    return new Promise((resolve, reject) => {
      if (!secure && socket !== undefined) return resolve(socket);
      const opened: Socket = secure
        ? connectByTls({ ...this.#tls, ...to, servername, ...(socket && { socket }) }, () => resolve(opened))
        : connectByTcp(to.port, to.host, () => resolve(opened));
      opened.once('error', reject);
    });
  }

  async #tunnel(to: Endpoint): Promise<Socket> {
    return openTunnel(this.#proxy as URL, to, this.#tls, this.timeoutMs);
  }
}

type Options = AgentOptions & { readonly host?: string; readonly port?: number | string };

/** Host and port that undici asks for. */
function endpointOf({ hostname, port, protocol }: buildConnector.Options): Endpoint {
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  };
}

const isAt = ({ hostname, port, protocol }: URL, { host, port: asked }: Endpoint): boolean =>
  hostname.replace(/^\[|\]$/g, '') === host &&
  (port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)) === asked;
