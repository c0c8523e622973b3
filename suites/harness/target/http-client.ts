import { Readable } from 'node:stream';
import { Agent, errors, request } from 'undici';
import type { Evidence } from '../evidence/evidence.js';
import { shorten } from '../evidence/shorten.js';
import { Inconclusive } from '../outcomes.js';
import type { SentRequest, ReceivedResponse } from './exchange.js';
import { BODY_LIMIT, HEAD_LIMIT } from './limits.js';
import { endpointOf, Silence } from './silence.js';

/** The transport failed: there is no answer to judge. */
export class TransportError extends Inconclusive {
  override readonly name = 'TransportError';
  constructor(
    message: string,
    /** `refused`: nobody listens there or the name is unknown. `timeout`: no whole answer in time. `broken`: the connection broke or what came is not HTTP. `busy`: the answer says that there is none for now. `oversized`: the answer is longer than any of the API. `silent`: not sent, after time-outs. */
    readonly kind: 'refused' | 'timeout' | 'broken' | 'busy' | 'aborted' | 'oversized' | 'silent',
  ) {
    super(message);
  }
}

/** Says in words why a request got no answer. */
function explain(error: unknown, url: string, timeoutMs: number): TransportError {
  const { origin } = new URL(url);
  const code = (error as { code?: string }).code ?? (error as { cause?: { code?: string } }).cause?.code ?? '';
  const name = (error as Error).name;
  if (
    name === 'TimeoutError' ||
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.ConnectTimeoutError
  ) {
    return new TransportError(`${origin} gave no answer within ${timeoutMs / 1000} s`, 'timeout');
  }
  if (error instanceof TransportError) return error;
  if (error instanceof Inconclusive) return new TransportError(error.message, 'aborted');
  if (name === 'AbortError') return new TransportError('the run was interrupted', 'aborted');
  const inWords: Record<string, string> = {
    ECONNREFUSED: 'refuses connections',
    ENOTFOUND: 'has a name that cannot be resolved',
    EAI_AGAIN: 'has a name that cannot be resolved at the moment',
    EHOSTUNREACH: 'cannot be reached',
    ENETUNREACH: 'cannot be reached',
    ETIMEDOUT: 'cannot be reached in time',
    UND_ERR_CONNECT_TIMEOUT: 'cannot be reached in time',
    UND_ERR_SOCKET: 'closed the connection without an answer',
    ECONNRESET: 'broke the connection off',
  };
  const refused = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UNREACH|ETIMEDOUT|CONNECT_TIMEOUT/.test(code);
  const detail =
    inWords[code] ?? `did not answer as an HTTP server does (${shorten((error as Error).message || code || name)})`;
  return new TransportError(`${origin} ${detail}`, refused ? 'refused' : 'broken');
}

/** Sends requests, each with a time limit, without following redirects, and records what was sent and what came. */
export class HttpClient {
  readonly #agent: Agent;
  /** Time limit of a request, in ms. */
  readonly timeoutMs: number;
  readonly #interrupted: AbortSignal | undefined;
  /** Which endpoints leave requests without an answer. */
  readonly silence: Silence;

  /**
   * @param options.timeoutMs time limit of a request, from its start to the last byte of its answer, in ms
   * @param options.interrupted breaks off the requests that are under way, but for those that must end
   * @param options.silence shared with others that ask the same target
   */
  constructor(options: { timeoutMs: number; interrupted?: AbortSignal; silence?: Silence }) {
    this.timeoutMs = options.timeoutMs;
    this.#interrupted = options.interrupted;
    this.silence = options.silence ?? new Silence();
    // Time limits are those of the signal below, the limit of a body that of textOf().
    this.#agent = new Agent({
      headersTimeout: 0,
      bodyTimeout: 0,
      connectTimeout: options.timeoutMs,
      maxHeaderSize: HEAD_LIMIT,
    });
  }

  /**
   * Sends one request.
   * @param mustEnd true for a request that leaves something on the target: an interruption waits for its answer
   * @throws TransportError when no whole answer came in time
   */
  async send(
    sent: SentRequest,
    evidence: Evidence,
    hasSideEffect = false,
  ): Promise<{ response: ReceivedResponse; number: number }> {
    return evidence.during(async () => this.#exchange(sent, evidence, hasSideEffect));
  }

  async #exchange(
    sent: SentRequest,
    evidence: Evidence,
    hasSideEffect: boolean,
  ): Promise<{ response: ReceivedResponse; number: number }> {
    const startedAt = Date.now();
    const start = performance.now();
    const endpoint = endpointOf(sent.method, sent.url);
    const unasked = this.silence.verdictOn(endpoint);
    if (unasked !== undefined) throw new TransportError(unasked, 'silent');
    const signals = [AbortSignal.timeout(this.timeoutMs)];
    if (this.#interrupted !== undefined && !hasSideEffect) signals.push(this.#interrupted);
    try {
      const answer = await request(sent.url, {
        method: sent.method as 'GET',
        ...written(sent),
        dispatcher: this.#agent,
        signal: AbortSignal.any(signals),
      });
      const body = await textOf(answer.body, `${sent.method} ${new URL(sent.url).pathname}`);
      const response = { status: answer.statusCode, headers: headerPairs(answer.headers), body };
      this.silence.answered(endpoint);
      const number = evidence.add({ request: sent, response, startedAt, durationMs: performance.now() - start });
      return { response, number };
    } catch (error) {
      const explained = explain(error, sent.url, this.timeoutMs);
      if (explained.kind === 'timeout') this.silence.timedOut(endpoint, start, this.timeoutMs);
      evidence.add({ request: sent, error: explained.message, startedAt, durationMs: performance.now() - start });
      throw explained;
    }
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/**
 * A body as text. What comes in many small pieces takes no more memory than what comes in one.
 * @throws TransportError as soon as it is longer than BODY_LIMIT; the connection is closed then
 */
async function textOf(body: AsyncIterable<Buffer>, what: string): Promise<string> {
  let room = Buffer.alloc(0);
  let length = 0;
  // Leaving the loop early destroys the stream, and with it the connection.
  for await (const piece of body) {
    if (length + piece.length > BODY_LIMIT)
      throw new TransportError(
        `${what} answered with more than ${BODY_LIMIT / 1_000_000} MB, which is more than any answer of this API`,
        'oversized',
      );
    if (length + piece.length > room.length) {
      const larger = Buffer.alloc(Math.min(BODY_LIMIT, Math.max(2 * room.length, length + piece.length)));
      room.copy(larger, 0, 0, length);
      room = larger;
    }
    piece.copy(room, length);
    length += piece.length;
  }
  // Strips a byte order mark, as the text of a web response is without.
  return new TextDecoder().decode(room.subarray(0, length));
}

/** How many bytes a chunk has. */
const CHUNK = 7;

/**
 * Headers and body as undici takes them: a body whose headers say Transfer-Encoding is sent in chunks (RFC 9112 section 7.1), which undici
 * does of itself where it does not know the length.
 */
function written({ headers, body }: SentRequest): { headers: string[]; body: string | Readable | null } {
  const others = headers.filter(([name]) => name.toLowerCase() !== 'transfer-encoding');
  if (body === undefined || others.length === headers.length) return { headers: headers.flat(), body: body ?? null };
  const bytes = Buffer.from(body);
  const chunks = Array.from({ length: Math.ceil(bytes.length / CHUNK) }, (_, index) =>
    bytes.subarray(index * CHUNK, (index + 1) * CHUNK),
  );
  return { headers: others.flat(), body: Readable.from(chunks) };
}

/** undici's header record as pairs, a repeated header once for each value. */
function headerPairs(headers: Record<string, string | string[] | undefined>): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((one): [string, string] => [name, one]),
  );
}
