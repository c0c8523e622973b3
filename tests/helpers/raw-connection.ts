import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** A connection that is written to by hand. */
export class RawConnection {
  #received = '';
  #closed = false;

  private constructor(
    private readonly socket: Socket,
    /** What is below TLS; the same without it. */
    private readonly transport: Socket,
  ) {
    transport.on('error', () => undefined);
    socket.setEncoding('latin1').on('data', (data: string) => (this.#received += data));
    socket.on('error', () => undefined).on('close', () => (this.#closed = true));
  }

  /** Opens one to a URL, whose certificate is not verified; resolves when it is open. */
  static async open(url: string): Promise<RawConnection> {
    const { hostname, port, protocol } = new URL(url);
    const transport = connect({ host: hostname, port: Number(port) });
    const socket = protocol === 'https:' ? connectTls({ socket: transport, rejectUnauthorized: false }) : transport;
    const connection = new RawConnection(socket, transport);
    await once(socket, protocol === 'https:' ? 'secureConnect' : 'connect');
    return connection;
  }

  /** What has come so far, a character a byte. */
  get received(): string {
    return this.#received;
  }

  /** The status of the first answer; undefined when none has come. */
  get status(): number | undefined {
    const status = /^HTTP\/1\.1 (\d+)/.exec(this.#received)?.[1];
    return status === undefined ? undefined : Number(status);
  }

  /** Sends text, a byte a character, or bytes. */
  write(data: string | Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data);
  }

  /** Reads nothing any more. */
  stopReading(): void {
    this.socket.pause();
  }

  /** Resolves when the connection is closed. */
  async closed(): Promise<void> {
    // Not `once`, which rejects at an error.
    if (!this.#closed) await new Promise((resolve) => this.socket.once('close', resolve));
  }

  /** Resolves when an answer has begun, or the connection is closed. */
  async answered(): Promise<void> {
    while (!this.#received.includes('\r\n\r\n') && !this.#closed)
      await new Promise((resolve) => this.socket.once('data', resolve).once('close', resolve));
  }

  /** Ends it with a reset (RST). */
  reset(): void {
    this.transport.resetAndDestroy();
  }

  /** Ends it. */
  end(): void {
    this.socket.destroy();
  }
}

/** The text of a request. */
export const requestText = (method: string, target: string, headers: readonly string[] = [], body = ''): string =>
  [`${method} ${target} HTTP/1.1`, 'Host: localhost', ...headers, '', body].join('\r\n');

/** The header fields that ask for a WebSocket. */
export const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

/** A message of a WebSocket as a client sends it, masked (RFC 6455 section 5.2). */
export function frame(message: object): Buffer {
  const text = Buffer.from(JSON.stringify(message));
  const length = text.length < 126 ? [0x80 | text.length] : [0x80 | 126, text.length >> 8, text.length & 0xff];
  return Buffer.concat([Buffer.from([0x81, ...length, 0, 0, 0, 0]), text]);
}

/** A control frame as a client sends it, masked: a ping is 0x9, a pong 0xA (RFC 6455 section 5.5). At most 125 bytes of data. */
export const controlFrame = (opcode: number, length = 0): Buffer =>
  Buffer.from([0x80 | opcode, 0x80 | length, 0, 0, 0, 0, ...Array.from({ length }, () => 0x78)]);
