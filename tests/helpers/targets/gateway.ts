import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, request, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { passUpgrade } from './pass-upgrade.js';

/** What a gateway answers instead of passing a request on. */
export interface Rejected {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Something in front of a server, which passes on what it lets through. */
export interface Gateway {
  readonly url: string;
  readonly port: number;
  /** Paths and header fields of what was asked, handshakes among it. */
  readonly asked: { readonly path: string; readonly headers: IncomingMessage['headers'] }[];
  close(): Promise<void>;
}

/** How a gateway is set up. */
export interface GatewayOptions {
  /** What it rejects; undefined passes a request on. `silent` leaves it without an answer. */
  readonly rejects?: (asked: IncomingMessage, isHandshake: boolean) => Rejected | 'silent' | undefined;
  /** Speaks https by these. */
  readonly tls?: ServerOptions;
}

/** Starts one on a free port of the loopback interface, in front of an origin. */
export async function gateway(origin: string, { rejects = () => undefined, tls }: GatewayOptions): Promise<Gateway> {
  const asked: Gateway['asked'] = [];
  const sockets = new Set<Duplex>();
  const server: Server = tls === undefined ? createHttpServer() : createHttpsServer(tls);
  server.on('request', (incoming, answer) => {
    asked.push({ path: incoming.url ?? '', headers: incoming.headers });
    const rejected = rejects(incoming, false);
    if (rejected === 'silent') return;
    if (rejected !== undefined) {
      incoming.resume();
      answer.writeHead(rejected.status, rejected.headers).end(rejected.body);
      return;
    }
    const { method, headers, url = '' } = incoming;
    const path = url.startsWith('/') ? url : new URL(url).pathname + new URL(url).search;
    const forwarded = request(origin + path, { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 500, response.rawHeaders);
      response.pipe(answer);
    });
    forwarded.on('error', () => answer.destroy());
    incoming.pipe(forwarded);
  });
  server.on('connection', (socket: Duplex) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    asked.push({ path: incoming.url ?? '', headers: incoming.headers });
    const rejected = rejects(incoming, true);
    if (rejected === 'silent') return;
    if (rejected !== undefined) return void socket.end(`HTTP/1.1 ${rejected.status} No\r\nContent-Length: 0\r\n\r\n`);
    passUpgrade(incoming, socket, head, origin);
  });
  // As a proxy: a tunnel to the origin, whatever it is asked for.
  server.on('connect', (incoming: IncomingMessage, socket: Duplex) => {
    asked.push({ path: `CONNECT ${incoming.url ?? ''}`, headers: incoming.headers });
    socket.on('error', () => undefined);
    const rejected = rejects(incoming, false);
    if (rejected !== undefined && rejected !== 'silent')
      return void socket.end(`HTTP/1.1 ${rejected.status} No\r\n\r\n`);
    const { hostname, port } = new URL(origin);
    const upstream = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    asked,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Files of certificates in PEM: of an authority, of a server at 127.0.0.1 and api.example.test, and of a client. */
export interface Certificates {
  readonly folder: string;
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
  readonly selfSigned: { readonly cert: string; readonly key: string };
  /** The content of a file. */
  readonly read: (file: string) => string;
  remove(): void;
}

/** Makes certificates in a folder of their own. */
export function certificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-gateway-'));
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void =>
    void execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const names = 'subjectAltName=IP:127.0.0.1,DNS:api.example.test';
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=an authority');
  const signed = (name: string): { cert: string; key: string } => {
    const [key, cert] = [`${name}.key`, `${name}.pem`];
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-keyout',
      key,
      '-out',
      cert,
      '-subj',
      `/CN=${name}`,
      '-addext',
      names,
      '-addext',
      'basicConstraints=critical,CA:FALSE',
    );
    return { key: at(key), cert: at(cert) };
  };
  openssl('req', '-x509', ...newKey, '-keyout', 'self.key', '-out', 'self.pem', '-subj', '/CN=self', '-addext', names);
  return {
    folder,
    ca: at('ca.pem'),
    server: signed('server'),
    client: signed('client'),
    selfSigned: { key: at('self.key'), cert: at('self.pem') },
    read: (file) => readFileSync(file, 'utf8'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
