import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createReferenceServer, type ReferenceServer } from '../../../reference-server/index.js';
import { cheapHash } from '../cheap-hash.js';

/** What the reference server would have answered. */
export interface RightAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

/** How a target means harm. */
export interface Hostility {
  /** Answers in place of the reference server; true when it has, or never will. */
  readonly answers?: (asked: IncomingMessage, answer: ServerResponse, right: RightAnswer) => boolean;
  /** Answers instead of asking the reference server; true when it has, or never will. */
  readonly asks?: (asked: IncomingMessage, answer: ServerResponse) => boolean;
  /** Takes over a request for a WebSocket. */
  readonly upgrades?: (asked: IncomingMessage, socket: Duplex) => void;
}

/** A target that means harm: the reference server behind something that spoils its answers. */
export interface HostileTarget {
  readonly url: string;
  readonly server: ReferenceServer;
  close(): Promise<void>;
}

/** The account that the suite may use there. */
export const adminOfTarget = {
  AUTH_CONFORMANCE_ADMIN_EMAIL: 'admin@example.com',
  AUTH_CONFORMANCE_ADMIN_PASSWORD: 'd1r3ctu5',
};

/** Starts one on a free port of the loopback interface. */
export async function hostileTarget({ answers = () => false, asks, upgrades }: Hostility): Promise<HostileTarget> {
  const server = await createReferenceServer({ argon2Cost: cheapHash, settings: { LOGIN_STALL_TIME: '0' } });
  const origin = new URL(await server.listen());
  const proxy = createServer((asked, answer) => {
    const { method, headers, url } = asked;
    answer.on('error', () => undefined);
    if (asks?.(asked, answer) === true) return void asked.resume();
    const forwarded = request({ host: origin.hostname, port: origin.port, method, headers, path: url }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        const { statusCode: status = 500, headers: all } = response;
        if (answers(asked, answer, { status, headers: all as RightAnswer['headers'], body: body.toString() })) return;
        answer.writeHead(status, response.rawHeaders).end(body);
      });
    });
    forwarded.on('error', () => answer.destroy());
    asked.pipe(forwarded);
  });
  const sockets = new Set<Socket>();
  proxy.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  proxy.on('upgrade', (asked, socket) => {
    if (upgrades !== undefined) return upgrades(asked, socket);
    const tunnel = connect(Number(origin.port), origin.hostname);
    tunnel.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${headLines(asked.rawHeaders)}\r\n`);
    tunnel.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.on('close', () => tunnel.destroy());
    tunnel.pipe(socket).pipe(tunnel);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    server,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await server.close();
    },
  };
}

const headLines = (raw: readonly string[]): string =>
  raw.map((part, index) => (index % 2 === 0 ? `${part}: ` : `${part}\r\n`)).join('');
