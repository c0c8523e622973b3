import { setTimeout as sleep } from 'node:timers/promises';
import { Evidence } from '../evidence/evidence.js';
import type { HttpClient } from '../target/http/http-client.js';
import { TransportError } from '../target/http/transport-error.js';

/** How long a target that has stopped answering is waited for, in ms. Observed: Directus 12.4.1 stands still for 30 s now and then. */
const PATIENCE_MS = 60_000;
const BETWEEN_MS = 500;
/** So many prompt answers in a row show that it has found its feet. */
const ANSWERS_IN_A_ROW = 3;
/** A target that takes no longer for a response is not overloaded, in ms. */
const PROMPT_MS = 1000;

/** True when a request was lost by a target that may answer again: no verdict on what was asked. */
export const isStall = (error: unknown): error is TransportError =>
  error instanceof TransportError && ['timeout', 'broken', 'busy'].includes(error.kind);

/** True when a request was not sent, since others like it had no answer. */
export const isUnasked = (error: unknown): error is TransportError =>
  error instanceof TransportError && error.kind === 'silent';

/**
 * True when a target answers a request within a second, and not that it is overloaded; it is no part of any evidence.
 * @param url the base URL
 * @throws TransportError when no response came
 */
export async function answersPromptly(client: HttpClient, url: string): Promise<boolean> {
  const { response, sentAt, receivedAt } = await client.send(
    { method: 'GET', url: `${url}/users/me`, headers: [] },
    new Evidence(),
  );
  return response.status !== 503 && receivedAt - sentAt < PROMPT_MS;
}

/** Waits for a target that has left a request without a response. */
export class Recovery {
  #waiting: Promise<boolean> | undefined;

  constructor(
    private readonly client: HttpClient,
    private readonly url: string,
  ) {}

  /** True as soon as the target answers again; false when it does not within a minute, and then at once for each later request. */
  async answersAgain(): Promise<boolean> {
    this.#waiting ??= this.#wait().then((responses) => {
      if (responses) this.#waiting = undefined;
      return responses;
    });
    return this.#waiting;
  }

  async #wait(): Promise<boolean> {
    const start = performance.now();
    let inARow = 0;
    while (performance.now() - start < PATIENCE_MS) {
      try {
        inARow = (await answersPromptly(this.client, this.url)) ? inARow + 1 : 0;
        if (inARow === ANSWERS_IN_A_ROW) return true;
      } catch (error) {
        if (!isStall(error)) return false;
        inARow = 0;
      }
      await sleep(BETWEEN_MS);
    }
    this.client.silence.close(
      `the target did not answer again within ${PATIENCE_MS / 1000} s after it had left requests alone: it is not asked any more`,
    );
    return false;
  }
}
