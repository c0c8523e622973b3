import { Evidence } from '../../evidence/evidence.js';
import { nameGatewayHeaders, withGatewayHeaders, type Connection } from './connection.js';
import type { SentRequest, ReceivedResponse } from './exchange.js';
import { Congestion } from '../pace/congestion.js';
import { decodedBody } from './decoded-body.js';
import { BODY_LIMIT } from './limits.js';
import { Pace, type Turn } from '../pace/pace.js';
import { RequestsAtOnce } from '../pace/requests-at-once.js';
import { isRejectedForRate, readRateLimit } from '../pace/rate-limit.js';
import { endpointOf, Silence } from '../pace/silence.js';
import { explain, TransportError } from './transport-error.js';
import { Transport } from './transport.js';

/** So many times a rejected request goes before others; after that others have their turn, which may be answered. */
const AT_THE_HEAD = 3;
/** How long a request is rejected at most while others are answered, in ms. */
const OWN_PATIENCE_MS = 60_000;

/** Methods that leave nothing on the target: RFC 9110 section 9.2.1, and SEARCH, RFC 5323 section 2. */
const safeMethods = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'SEARCH'];

/** How a request is to be sent. */
export interface SendOptions {
  /**
   * That the target rejects it for its rate (429) may be the answer that is asked for, such as after too many attempts to log in: it is
   * given where other requests are answered meanwhile.
   */
  readonly limitIsAnswer?: boolean;
  /** That the target rejects it, for whatever reason, is answer enough: it is sent once. */
  readonly once?: boolean;
}

/** A response, and its request as it was sent at last. Times are on the clock of performance.now(), in ms. */
export interface Answered {
  readonly request: SentRequest;
  readonly response: ReceivedResponse;
  /** Its number in the evidence. */
  readonly number: number;
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** The room that a request is sent in. */
interface Place {
  readonly turn: Turn;
  /** How many are under way, this one among them. */
  readonly underWay: number;
}

/** What a client is made of. */
export interface ClientOptions {
  /** Time limit of a request, from its start to the last byte of its answer, in ms. */
  readonly timeoutMs: number;
  /** Breaks off the requests that are under way, but for those that may leave something on the target: they are waited for. */
  readonly interrupted?: AbortSignal;
  /** Called when a request that may leave something on the target is given up: it may be carried out yet. */
  readonly onUnanswered?: () => void;
  /** Shared with others that ask the same target. */
  readonly silence?: Silence;
  readonly pace?: Pace;
  /** How the target is reached. */
  readonly connection?: Connection;
  /** Most bytes of an answer: BODY_LIMIT unless given. */
  readonly bodyLimit?: number;
  /** Most bytes of all bodies together, after which nothing is asked any more: no limit unless given. */
  readonly volumeLimit?: number;
}

/**
 * Sends requests, each with a time limit, without following redirects, and records what was sent and what came. What the target rejects for
 * the rate of requests is sent again, at its pace.
 */
export class HttpClient {
  readonly #transport: Transport;
  readonly timeoutMs: number;
  readonly #interrupted: AbortSignal | undefined;
  readonly #onUnanswered: () => void;
  /** Which endpoints leave requests without an answer. */
  readonly silence: Silence;
  /** The pace at which the target wants to be asked. */
  readonly pace: Pace;
  readonly connection: Connection;
  readonly #pending = new Map<symbol, string>();
  /** Requests under way that may leave something on the target. */
  readonly #unsafe = new Set<Promise<unknown>>();
  readonly #congestion: Congestion;
  readonly #atOnce = new RequestsAtOnce();

  readonly #bodyLimit: number;
  readonly #volumeLimit: number;
  /** Bytes of all bodies so far. */
  #received = 0;

  constructor({
    timeoutMs,
    interrupted,
    onUnanswered = (): void => undefined,
    silence,
    pace,
    connection = {},
    bodyLimit = BODY_LIMIT,
    volumeLimit = Infinity,
  }: ClientOptions) {
    this.#bodyLimit = bodyLimit;
    this.#volumeLimit = volumeLimit;
    this.timeoutMs = timeoutMs;
    this.#interrupted = interrupted;
    this.#onUnanswered = onUnanswered;
    this.silence = silence ?? new Silence();
    this.pace = pace ?? new Pace();
    this.connection = connection;
    this.#transport = new Transport(connection, timeoutMs);
    this.#congestion = new Congestion(timeoutMs);
    this.#congestion.limitTo(this.pace.learned.atOnce ?? Infinity);
  }

  /**
   * Sends one request.
   * @throws TransportError when no whole answer came in time, or the target rejects all requests for their rate
   */
  async send(sent: SentRequest, evidence: Evidence, options: SendOptions = {}): Promise<Answered> {
    return evidence.during(async () => this.#exchange(sent, evidence, options));
  }

  /** The requests that wait for an answer, each by method and path. */
  get pending(): string[] {
    return [...new Set(this.#pending.values())];
  }

  /** Waits for a turn in which something may be sent, and which is settled by its holder: see Pace.turn. */
  async turn(again = false): Promise<Turn> {
    return this.pace.turn(this.#interrupted, again);
  }

  /** What a WebSocket to the target is to be opened with. */
  webSocketOptions(url: string): ReturnType<Transport['webSocketOptions']> {
    return this.#transport.webSocketOptions(url);
  }

  /** Waits for a turn, and until there is room for one more request under way. */
  async #place(again: boolean): Promise<Place> {
    const turn = await this.turn(again);
    try {
      const underWay = await this.#congestion.enter(this.#interrupted);
      turn.sends();
      return { turn, underWay };
    } catch (error) {
      turn.lost();
      throw error;
    }
  }

  /** Tells the pace of a rejection, and whether it was for its rate. */
  #rejected({ turn, underWay }: Place, response: ReceivedResponse): void {
    turn.rejected(response.status, readRateLimit(response));
    const before = this.#atOnce.limit;
    this.#atOnce.rejected(underWay, turn.sentAt);
    const { limit } = this.#atOnce;
    if (limit === before) return;
    this.#congestion.limitTo(limit);
    this.pace.limitAtOnce(limit);
  }

  async #exchange(own: SentRequest, evidence: Evidence, options: SendOptions): Promise<Answered> {
    const request = { ...own, headers: withGatewayHeaders(own.headers, this.connection) };
    nameGatewayHeaders(evidence.names, this.connection);
    const endpoint = endpointOf(request.method, request.url);
    let rejectedFrom: number | undefined;
    for (let tries = 1; ; tries += 1) {
      const unasked = this.silence.verdictOn(endpoint);
      if (unasked !== undefined) throw new TransportError(unasked, 'silent');
      const isAtTheHead = tries > 1 && tries <= AT_THE_HEAD;
      const place = await evidence.whileWaiting(async () => this.#place(isAtTheHead));
      const { turn } = place;
      const { sentAt } = turn;
      const startedAt = performance.timeOrigin + sentAt;
      try {
        const response = await this.#askAs(endpoint, sentAt, request);
        const receivedAt = performance.now();
        this.silence.answered(endpoint);
        if (options.once !== true && isRejectedForRate(response)) {
          if (options.limitIsAnswer !== true) {
            this.#rejected(place, response);
            rejectedFrom ??= sentAt;
            mustBeOfAll(endpoint, response.status, tries, sentAt - rejectedFrom, this.pace.hasTakenSince(rejectedFrom));
            continue;
          }
          // Where another request is answered, and this one is rejected once more, it is not the rate of all requests that is limited.
          turn.lost();
          await this.#exchange(
            { method: 'GET', url: request.url.replace(/(:\/\/[^/?]+).*/, '$1/'), headers: [] },
            new Evidence(),
            {},
          );
          if (tries === 1) continue;
        } else {
          turn.taken(readRateLimit(response));
        }
        const number = evidence.add({ request, response, startedAt, durationMs: receivedAt - sentAt });
        return { request, response, number, sentAt, receivedAt };
      } catch (error) {
        const explained = explain(error, request.url, this.timeoutMs, this.connection);
        turn.lost();
        if (explained.kind === 'timeout') this.silence.timedOut(endpoint, sentAt, this.timeoutMs);
        if (explained.kind !== 'limited')
          evidence.add({ request, error: explained.message, startedAt, durationMs: performance.now() - sentAt });
        throw explained;
      }
    }
  }

  async #askAs(endpoint: string, sentAt: number, request: SentRequest): Promise<ReceivedResponse> {
    let outcome: 'answered' | 'timeout' | 'lost' = 'lost';
    try {
      const response = await this.#ask(request);
      outcome = 'answered';
      return response;
    } catch (error) {
      if ((error as Error).name === 'TimeoutError') outcome = 'timeout';
      throw error;
    } finally {
      this.#congestion.leave(endpoint, sentAt, outcome);
    }
  }

  async #ask(request: SentRequest): Promise<ReceivedResponse> {
    if (safeMethods.includes(request.method)) return this.#receive(request, this.#interrupted);
    const receiving = this.#receive(request);
    this.#unsafe.add(receiving);
    try {
      return await receiving;
    } catch (error) {
      this.#onUnanswered();
      throw error;
    } finally {
      this.#unsafe.delete(receiving);
    }
  }

  /** @param interrupted breaks it off */
  async #receive(request: SentRequest, interrupted?: AbortSignal): Promise<ReceivedResponse> {
    const end = new AbortController();
    // A timer of its own: Node 20 may collect an AbortSignal.timeout that only an AbortSignal.any listens to, and it never fires then.
    const timer = setTimeout(
      () => end.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
      this.timeoutMs,
    );
    const interrupt = (): void => end.abort(interrupted?.reason);
    if (interrupted?.aborted === true) interrupt();
    interrupted?.addEventListener('abort', interrupt, { once: true });
    const what = `${request.method} ${new URL(request.url).pathname}`;
    const key = Symbol(what);
    this.#pending.set(key, what);
    try {
      const answer = await this.#transport.request(request, end.signal);
      return {
        status: answer.statusCode,
        headers: headerPairs(answer.headers),
        body: await this.#textOf(decodedBody(answer.body, answer.headers['content-encoding']), what),
      };
    } finally {
      clearTimeout(timer);
      interrupted?.removeEventListener('abort', interrupt);
      this.#pending.delete(key);
    }
  }

  /**
   * A body as text. What comes in many small pieces takes no more memory than what comes in one.
   * @throws TransportError as soon as it is longer than the limit; the connection is closed then
   */
  async #textOf(body: AsyncIterable<Buffer>, what: string): Promise<string> {
    const limit = this.#bodyLimit;
    let room = Buffer.alloc(0);
    let length = 0;
    // Leaving the loop early destroys the stream, and with it the connection.
    for await (const piece of body) {
      this.#received += piece.length;
      if (this.#received > this.#volumeLimit)
        this.silence.close(
          `the target has answered with more than ${this.#volumeLimit / 1_000_000} MB in all, many times what this API takes: it is not asked any more`,
        );
      if (length + piece.length > limit)
        throw new TransportError(
          `${what} answered with more than ${limit / 1_000_000} MB, which is more than any answer of this API`,
          'oversized',
        );
      if (length + piece.length > room.length) {
        const larger = Buffer.alloc(Math.min(limit, Math.max(2 * room.length, length + piece.length)));
        room.copy(larger, 0, 0, length);
        room = larger;
      }
      piece.copy(room, length);
      length += piece.length;
    }
    // Strips a byte order mark, as the text of a web response is without.
    return new TextDecoder().decode(room.subarray(0, length));
  }

  /**
   * Ends all connections, once the requests that may leave something on the target are over: a check that has ended may have one under
   * way, and what it leaves is removed by who comes after.
   */
  async close(): Promise<void> {
    await Promise.allSettled(this.#unsafe);
    await this.#transport.close();
  }
}

/**
 * What is always rejected while others are answered is not sent again endlessly.
 * @throws TransportError
 */
function mustBeOfAll(endpoint: string, status: number, tries: number, forMs: number, othersAreTaken: boolean): void {
  if (!othersAreTaken) return;
  if (status === 503 && tries > AT_THE_HEAD)
    throw new TransportError(`${endpoint} returned 503, ${tries} times over: the target is overloaded`, 'busy');
  if (forMs > OWN_PATIENCE_MS)
    throw new TransportError(
      `${endpoint} returned ${status} for ${Math.round(forMs / 1000)} s, while other requests were answered: the target limits the rate of these`,
      'limited',
    );
}

/** undici's header record as pairs, a repeated header once for each value. */
function headerPairs(headers: Record<string, string | string[] | undefined>): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((one): [string, string] => [name, one]),
  );
}
