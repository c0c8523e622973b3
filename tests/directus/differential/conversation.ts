import { WebSocket } from 'ws';

/** How long an answer is waited for, how long there has to be silence after one, and how long a handshake may take, in ms. */
const ANSWER_MS = 700;
const SILENCE_MS = 120;
const HANDSHAKE_MS = 3000;

/** What a server has answered to messages by WebSocket. */
export interface Conversation {
  /** Of the handshake: 101 when it was accepted, 0 without an answer. */
  readonly status: number;
  /** After each message what came, in the order of the texts: what is told of events has no order of its own. */
  readonly answers: readonly (readonly string[])[];
  /** True where the server has closed the WebSocket. */
  readonly isClosed: boolean;
}

/**
 * Sends messages one after the other, each when nothing comes any more.
 * @param url with ws:
 */
export async function converse(url: string, messages: readonly string[]): Promise<Conversation> {
  const socket = new WebSocket(url, { handshakeTimeout: HANDSHAKE_MS });
  const received: string[] = [];
  socket.on('message', (data: Buffer) => received.push(data.toString()));
  const status = await new Promise<number>((resolve) => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode));
    socket.once('error', () => resolve(0));
  });
  // What was rejected is ended by terminate(), which tells an error.
  socket.on('error', () => undefined);
  const answers: string[][] = [];
  for (const message of status === 101 ? messages : []) {
    if (socket.readyState !== WebSocket.OPEN) break;
    socket.send(message);
    await quiet(socket, received);
    answers.push(received.splice(0).sort());
  }
  const isClosed = socket.readyState !== WebSocket.OPEN;
  socket.terminate();
  return { status, answers, isClosed };
}

async function quiet(socket: WebSocket, received: readonly string[]): Promise<void> {
  const begun = performance.now();
  let count = 0;
  let last = begun;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 15));
    const now = performance.now();
    if (received.length > count) [count, last] = [received.length, now];
    if (now - last >= (count === 0 ? ANSWER_MS : SILENCE_MS)) return;
    if (socket.readyState === WebSocket.CLOSED) return;
  }
}
