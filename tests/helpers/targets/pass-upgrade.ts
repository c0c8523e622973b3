import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Passes a handshake on to another server, and then what each side sends to the other. The end of one connection is that of both.
 * @param origin URL of the other server
 * @param change what becomes of the value of a header on the way
 */
export function passUpgrade(
  { method, url, rawHeaders }: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  origin: string,
  change = (value: string): string => value,
): void {
  const { hostname, port } = new URL(origin);
  const upstream = connect(Number(port), hostname, () => {
    const lines = rawHeaders.map((one, i) => (i % 2 === 0 ? `${one}: ` : `${change(one)}\r\n`)).join('');
    upstream.write(`${method} ${url} HTTP/1.1\r\n${lines}\r\n`);
    upstream.write(head);
    upstream.pipe(socket).pipe(upstream);
  });
  for (const end of [upstream, socket])
    end.on('error', () => {
      upstream.destroy();
      socket.destroy();
    });
  socket.on('close', () => upstream.destroy());
}
