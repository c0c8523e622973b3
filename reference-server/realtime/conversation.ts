import { setTimeout as sleep } from 'node:timers/promises';
import type { RawData, WebSocket } from 'ws';
import {
  BYTES_AT_ONCE,
  BYTES_PER_SECOND,
  CONTROL_FRAMES_PER_SECOND,
  HELD_BACK_MS,
  MESSAGES_PER_SECOND,
  MESSAGES_WAITING,
  UNREAD_BYTES,
} from './message-limits.js';

/** The code of a close for more than the server takes (RFC 6455 section 7.4.1). */
const POLICY_VIOLATION = 1008;

/**
 * Answers the messages of a client one after the other. Nothing is read while one is answered, and what came before is not looked at once
 * the connection is being closed: after a rejection, no guess that was sent along is judged.
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
      const waitMs = pace.waitFor((data as Buffer).length, performance.now());
      if (waitMs === undefined) client.close(POLICY_VIOLATION);
      else {
        if (waitMs > 0) await sleep(waitMs);
        await answer(data).catch(fail);
      }
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

/** Says how long to hold back what is more than the limits allow. Times are in ms, on any clock that goes on. */
export class Pace {
  #begun = -Infinity;
  #count = 0;
  /** How many bytes were answered that no time has passed for yet, at which time. */
  #owed = 0;
  #owedAt = 0;
  #heldBackMs = 0;

  /**
   * How long to wait before a message of so many bytes is answered, in ms.
   * @param now when the message is looked at
   * @returns undefined when it must not be answered at all: the client sends more than the limits allow all the time
   */
  waitFor(bytes: number, now: number): number | undefined {
    const waitMs = Math.max(0, this.#forCount(now), this.#forBytes(bytes, now));
    this.#heldBackMs = waitMs === 0 ? 0 : this.#heldBackMs + waitMs;
    return this.#heldBackMs > HELD_BACK_MS ? undefined : waitMs;
  }

  #forCount(now: number): number {
    if (now - this.#begun >= 1000) [this.#begun, this.#count] = [now, 0];
    this.#count += 1;
    if (this.#count <= MESSAGES_PER_SECOND) return 0;
    const waitMs = this.#begun + 1000 - now;
    [this.#begun, this.#count] = [this.#begun + 1000, 1];
    return waitMs;
  }

  #forBytes(bytes: number, now: number): number {
    const repaid = ((now - this.#owedAt) / 1000) * BYTES_PER_SECOND;
    this.#owed = bytes + Math.max(0, this.#owed - repaid);
    this.#owedAt = now;
    return ((this.#owed - BYTES_AT_ONCE) / BYTES_PER_SECOND) * 1000;
  }
}
