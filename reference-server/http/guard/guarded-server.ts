import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { invalidPayload, requestHeaderTooLarge, serviceUnavailable, type ApiError } from '../errors.js';
import { LargeBodies } from './large-bodies.js';
import type { Limits } from './limits.js';
import { originFormOf } from './request-target.js';

/** After this long without a sign of life the system asks whether the other side is still there, in ms (TCP keep-alive). */
const PROBE_AFTER_MS = 60_000;

/**
 * An HTTP server that a client can neither end nor occupy: an error of a connection ends that connection and nothing else, what is slow or
 * too large is cut off, and what is malformed is rejected before the handler sees it.
 *
 * @param tls certificate (chain) and private key in PEM, for https
 * @throws Error when the certificate cannot be used
 */
export function createGuardedServer(
  handler: RequestListener,
  tls: { readonly cert: string; readonly key: string } | undefined,
  limits: Limits,
): Server {
  const options = {
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.checkMs,
    maxHeaderSize: limits.headBytes,
    keepAlive: true,
    keepAliveInitialDelay: PROBE_AFTER_MS,
  };
  const bodies = new LargeBodies(limits.largeBodiesBytes);
  const guarded: RequestListener = (request, response) => {
    request.on('error', ignore);
    response.on('error', ignore);
    const rejection =
      rejectionOf(request, limits) ?? (bodies.reserve(request, response) ? undefined : serviceUnavailable());
    if (rejection === undefined) handler(request, response);
    else reject(response, rejection);
  };
  const server =
    tls === undefined
      ? createServer(options, guarded)
      : createTlsServer({ ...options, ...tls, handshakeTimeout: limits.tlsHandshakeMs }, guarded);
  // Node.js would drop what is beyond the limit in silence: counted in `rejectionOf`, and bounded by the size of the head.
  server.maxHeadersCount = 0;
  server.setTimeout(limits.idleMs);
  server.maxConnections = limits.connections;
  // A connection that could not be accepted, such as for want of descriptors, is no reason to end. What `listen` fails with has a listener of its own.
  server.on('error', ignore);
  // The listeners that Node.js adds go away with an upgrade; an error without a listener ends the process.
  server.on('connection', (socket: Socket) => socket.on('error', ignore));
  server.on('secureConnection', (socket: Socket) => socket.on('error', ignore));
  server.on('tlsClientError', (_error: Error, socket: Socket) => socket.on('error', ignore).destroy());
  countByAddress(server, limits.connectionsPerAddress);
  return server;
}

/** The reset of a connection: its readers and writers are told by the event `close`. */
const ignore = (): void => undefined;

/**
 * What is wrong with the head of a request, if anything. Brings its target to origin-form.
 * @returns undefined when it may be looked at
 */
export function rejectionOf(request: IncomingMessage, { headers }: Pick<Limits, 'headers'>): ApiError | undefined {
  if (request.rawHeaders.length / 2 > headers) return requestHeaderTooLarge();
  const target = originFormOf(request.url);
  if (target === undefined) return invalidPayload('The request target is malformed');
  request.url = target;
  return undefined;
}

function reject(response: ServerResponse, { status, envelope }: ApiError): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', Connection: 'close' });
  response.end(JSON.stringify(envelope));
}

/** Closes the connections of an address beyond a number of them. */
function countByAddress(server: Server, limit: number): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (open.get(address) ?? 0) + 1;
    if (count > limit) {
      socket.destroy();
      return;
    }
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
}
