import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { passUpgrade } from './pass-upgrade.js';

/** A request on its way to the origin. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer | string;
}

/** A response on its way back. */
export interface Reply {
  readonly status: number;
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends the request to the origin, with some parts of it changed. Rejects when the origin does not answer. */
export type Forward = (changed?: Partial<Asked>) => Promise<Reply>;

/**
 * What becomes of a request: the reply to it, of the origin or not. Undefined where the proxy does not answer: it has written to `outgoing`
 * or the connection itself, or leaves the client waiting.
 */
export type Between = (
  asked: Asked,
  forward: Forward,
  raw: { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse },
) => Reply | undefined | Promise<Reply | undefined>;

/** What becomes of the handshake of a WebSocket. */
export type Upgrade = (asked: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface ProxyOptions {
  /** Passes handshakes on unless told. */
  readonly upgrade?: Upgrade;
  /** Where it listens: a free port unless told. */
  readonly port?: number;
}

/** A server in front of another. */
export interface Proxy {
  readonly url: string;
  /** Ends every connection at once, and refuses new ones. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a proxy on the loopback interface. Bodies go through it as a whole.
 * @param origin URL of the server behind it
 * @param between what becomes of each request
 */
export async function proxy(
  origin: string,
  between: Between,
  { upgrade = (asked, socket, head) => passUpgrade(asked, socket, head, origin), port = 0 }: ProxyOptions = {},
): Promise<Proxy> {
  const server = createServer((incoming, outgoing) => {
    outgoing.on('error', () => undefined);
    const answer = async (): Promise<void> => {
      const { method = '', url: path = '', headers } = incoming;
      const asked: Asked = { method, path, headers, body: await buffer(incoming) };
      const forward: Forward = (changed) => send(origin, withLength(asked, changed));
      const reply = await between(asked, forward, { incoming, outgoing });
      if (reply !== undefined) outgoing.writeHead(reply.status, [...reply.rawHeaders]).end(reply.body);
    };
    answer().catch(() => outgoing.destroy());
  });
  const sockets = new Set<Duplex>();
  server.on('connection', (socket: Duplex) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', upgrade);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A reply of the proxy's own. */
export const ownReply = (
  status: number,
  body = '',
  headers: Readonly<Record<string, string>> = { 'Content-Type': 'application/json' },
): Reply => withBody({ status, rawHeaders: Object.entries(headers).flat(), headers: {}, body: Buffer.alloc(0) }, body);

/** The same reply with another body. */
export function withBody(reply: Reply, text: string): Reply {
  const body = Buffer.from(text);
  const kept = reply.rawHeaders.flatMap((name, index) =>
    index % 2 === 0 && !/^(?:content-length|transfer-encoding|etag)$/i.test(name)
      ? [name, reply.rawHeaders[index + 1] ?? '']
      : [],
  );
  const length = body.length === 0 ? [] : ['Content-Length', String(body.length)];
  return { ...reply, rawHeaders: [...kept, ...length], body };
}

/** The request with what is changed; the length of a new body is told. */
function withLength(asked: Asked, changed: Partial<Asked> = {}): Asked {
  const all = { ...asked, ...changed };
  if (changed.body === undefined) return all;
  return { ...all, headers: { ...all.headers, 'content-length': String(Buffer.byteLength(changed.body)) } };
}

async function send(origin: string, { method, path, headers, body }: Asked): Promise<Reply> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(origin + path, { method, headers }, resolve)
      .on('error', reject)
      .end(body);
  });
  const { statusCode: status = 500, rawHeaders } = response;
  return { status, rawHeaders, headers: response.headers, body: await buffer(response) };
}
