import { setTimeout as sleep } from 'node:timers/promises';
import type { RawData, WebSocket } from 'ws';
import { BYTES_PER_SECOND, CONTROL_FRAMES_PER_SECOND, MESSAGES_PER_SECOND, MESSAGES_WAITING, UNREAD_BYTES } from './message-limits.js';

/** The code of a close for more than the server takes (RFC 6455 section 7.4.1). */
const POLICY_VIOLATION = 1008;

/**
 * Answers the messages of a client one after the other. Nothing is read while one is answered, and what came before is not looked at once
 * the connection is being closed: after a refusal, no guess that was sent along is judged.
 *
 * @param answer answers one message
 * @param fail is called when that throws
 */
export function answerInOrder(client: WebSocket, answer: (data: RawData) => Promise<void>, fail: () => void): void {
  const waiting: RawData[] = [];
  const pace = new Pace();
  let answering = false;
  const work = async (): Promise<void> => {
    answering = true;
    client.pause();
    for (let data = waiting.shift(); data !== undefined && isOpen(client); data = waiting.shift()) {
      await pace.next((data as Buffer).length);
      await answer(data).catch(fail);
    }
    waiting.length = 0;
    answering = false;
    // Also where it is being closed: the other side has to answer that.
    client.resume();
  };
  client.on('message', (data) => {
    if (!isOpen(client)) return;
    waiting.push(data);
    if (waiting.length > MESSAGES_WAITING) client.close(POLICY_VIOLATION);
    else if (!answering) void work();
  });
}

/**
 * Cuts a client off that sends more pings and pongs than CONTROL_FRAMES_PER_SECOND: each is looked at as soon as it comes, before what
 * other clients send.
 */
export function limitControlFrames(client: WebSocket): void {
  let begun = performance.now();
  let count = 0;
  const note = (): void => {
    const now = performance.now();
    if (now - begun >= 1000) [begun, count] = [now, 0];
    count += 1;
    if (count > CONTROL_FRAMES_PER_SECOND) client.terminate();
  };
  client.on('ping', note).on('pong', note);
}

/** Sends a message to a client, unless it leaves too much unread: then the connection is cut. */
export function tell(client: WebSocket, message: object): void {
  if (client.bufferedAmount > UNREAD_BYTES) client.terminate();
  else if (isOpen(client)) client.send(JSON.stringify(message));
}

const isOpen = (client: WebSocket): boolean => client.readyState === client.OPEN;

/** Holds back what is more than the limits allow for a second. */
class Pace {
  #begun = performance.now();
  #count = 0;
  #bytes = 0;

  /** Resolves when a message of so many bytes may be answered. */
  async next(bytes: number): Promise<void> {
    this.#count += 1;
    this.#bytes += bytes;
    const elapsedMs = performance.now() - this.#begun;
    if (elapsedMs < 1000 && this.#count <= MESSAGES_PER_SECOND && this.#bytes <= BYTES_PER_SECOND) return;
    if (elapsedMs < 1000) await sleep(1000 - elapsedMs);
    this.#begun = performance.now();
    [this.#count, this.#bytes] = [1, bytes];
  }
}
