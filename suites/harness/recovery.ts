import { setTimeout as sleep } from 'node:timers/promises';
import { Evidence } from './evidence.js';
import { TransportError, type HttpClient } from './http-client.js';

/** How long a target that has stopped answering is waited for, in ms. Observed: Directus 12.4.1 stands still for 30 s now and then. */
const PATIENCE_MS = 60_000;
const BETWEEN_MS = 500;

/** True when a request was lost by a target that may answer again: no verdict on what was asked. */
export const isStall = (error: unknown): error is TransportError =>
  error instanceof TransportError && ['timeout', 'broken', 'busy'].includes(error.kind);

/** Waits for a target that has left a request without an answer. */
export class Recovery {
  #waiting: Promise<boolean> | undefined;

  constructor(
    private readonly client: HttpClient,
    private readonly url: string,
  ) {}

  /** True as soon as the target answers again; false when it does not within a minute, and then at once for whoever asks later. */
  async answersAgain(): Promise<boolean> {
    this.#waiting ??= this.#wait().then((answers) => {
      if (answers) this.#waiting = undefined;
      return answers;
    });
    return this.#waiting;
  }

  async #wait(): Promise<boolean> {
    const start = performance.now();
    while (performance.now() - start < PATIENCE_MS) {
      try {
        const sent = { method: 'GET', url: `${this.url}/users/me`, headers: [] };
        const { response } = await this.client.send(sent, new Evidence());
        if (response.status !== 503) return true;
      } catch (error) {
        if (!isStall(error)) return false;
      }
      await sleep(BETWEEN_MS);
    }
    return false;
  }
}
