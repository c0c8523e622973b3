import type { BearerMethod } from '../auth/bearer-method.js';

/** The credential that a request is authenticated by. A refresh token is half of a standard token; password stands for email and password. */
export type Credential = 'standard' | 'session' | 'static' | 'refresh' | 'password';

/** One request or message of a WebSocket, as the studio page and the request log tell it. Holds no token, password or one-time password. */
export interface AuthenticationEvent {
  /** Counts up from 1. */
  readonly id: number;
  /** When it was answered, in ms since 1970 by the server's clock. */
  readonly time: number;
  /** The id of the user; null where that is not known. */
  readonly user: string | null;
  /** Of a login the email that was given. */
  readonly email: string | null;
  readonly credential: Credential | null;
  /** Where the credential was sent: the bearer method of a token, else the body or a message of a WebSocket. */
  readonly sentIn: BearerMethod | 'body' | 'message' | null;
  readonly action: 'login' | 'refresh' | 'logout' | 'request';
  /** WS for a message of a WebSocket. */
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** The HTTP status of the answer; for a message of a WebSocket what it would be by HTTP. */
  readonly status: number;
  /** The code of the error, as INVALID_CREDENTIALS; null when there was none. */
  readonly code: string | null;
  /** How long it took to answer, in ms. */
  readonly durationMs: number;
}

/** Who is told of events as they happen. */
export interface Subscriber {
  event(event: AuthenticationEvent): void;
  /** There will be no more: the server closes. */
  end(): void;
}

/** How many events are kept. */
export const EVENTS_KEPT = 200;

/** The last events, and who is told of the next ones. */
export class EventLog {
  readonly #events: AuthenticationEvent[] = [];
  readonly #subscribers = new Set<Subscriber>();
  #last = 0;

  /** @param told of every event, as long as the server runs */
  constructor(private readonly told: (event: AuthenticationEvent) => void = () => undefined) {}

  /** Adds an event, forgets the oldest one beyond EVENTS_KEPT, and tells the subscribers. */
  add(event: Omit<AuthenticationEvent, 'id'>): void {
    this.#last += 1;
    const numbered = { id: this.#last, ...event };
    this.#events.push(numbered);
    if (this.#events.length > EVENTS_KEPT) this.#events.shift();
    this.told(numbered);
    for (const subscriber of this.#subscribers) subscriber.event(numbered);
  }

  /** Those that are kept of the events after one, oldest first. */
  after(id: number): readonly AuthenticationEvent[] {
    return this.#events.filter((event) => event.id > id);
  }

  /** How many are told of events as they happen. */
  get subscribers(): number {
    return this.#subscribers.size;
  }

  /** @returns what ends the subscription */
  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber);
    return () => {
      this.#subscribers.delete(subscriber);
    };
  }

  /** Tells all subscribers that it is over. */
  endSubscriptions(): void {
    for (const subscriber of this.#subscribers) subscriber.end();
    this.#subscribers.clear();
  }
}
