import { expect } from 'vitest';
import type { ReferenceServer } from '../../../reference-server/index.js';

/** An authentication event as the page reads it. */
export interface ToldEvent {
  readonly id: number;
  readonly action: string;
  readonly path: string;
  readonly method: string;
  readonly email: string | null;
  readonly credential: string | null;
  readonly sentIn: string | null;
  readonly status: number;
  readonly code: string | null;
}

/** True as soon as an event of a path is among them. */
export const at = (path: string) => (events: readonly ToldEvent[]) => events.some((event) => event.path === path);

/** The events of the studio page as they are sent, read on and on. */
export class EventStream {
  #reader: ReadableStreamDefaultReader<string>;
  text = '';

  private constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  }

  /** Opens it with a session cookie, and asserts that it is there. */
  static async open(
    server: ReferenceServer,
    cookie: string,
    headers: Record<string, string> = {},
  ): Promise<EventStream> {
    const { body, status } = await fetch(`${server.url}/admin/api/events`, { headers: { cookie, ...headers } });
    expect(status).toBe(200);
    return new EventStream(body as ReadableStream<Uint8Array>);
  }

  get events(): readonly ToldEvent[] {
    return [...this.text.matchAll(/^data: (.*)\n\n/gm)].map(([, data = '']) => JSON.parse(data) as ToldEvent);
  }

  /** Reads until what was read satisfies a condition. @throws Error when the stream ends before */
  async until(condition: (events: readonly ToldEvent[]) => boolean): Promise<readonly ToldEvent[]> {
    while (!condition(this.events)) {
      const { done, value } = await this.#reader.read();
      if (done) throw new Error(`the stream ended after ${this.text}`);
      this.text += value;
    }
    return this.events;
  }

  /** Resolves when the server ends the stream, as HTTP demands: a connection that breaks off rejects. */
  async end(): Promise<void> {
    for (let done = false; !done;) {
      const read = await this.#reader.read();
      done = read.done;
      this.text += read.value ?? '';
    }
  }

  close(): Promise<void> {
    return this.#reader.cancel();
  }
}
