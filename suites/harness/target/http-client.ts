import { Agent, errors, request } from 'undici';
import type { Evidence } from '../evidence/evidence.js';
import { Inconclusive } from '../outcomes.js';
import type { SentRequest, ReceivedResponse } from './exchange.js';

/** A body longer than this is cut off, in bytes: no answer of the API comes near it. */
const BODY_LIMIT = 5_000_000;

/** The transport failed: there is no answer to judge. */
export class TransportError extends Inconclusive {
  override readonly name = 'TransportError';
  constructor(
    message: string,
    /** `refused`: nobody listens there or the name is unknown. `timeout`: no whole answer in time. `broken`: the connection broke or what came is not HTTP. `busy`: the answer says that there is none for now. */
    readonly kind: 'refused' | 'timeout' | 'broken' | 'busy' | 'aborted',
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
  const detail = inWords[code] ?? `did not answer as an HTTP server does (${(error as Error).message || code || name})`;
  return new TransportError(`${origin} ${detail}`, refused ? 'refused' : 'broken');
}

/** Sends requests, each with a time limit, without following redirects, and records what was sent and what came. */
export class HttpClient {
  readonly #agent: Agent;
  readonly #timeoutMs: number;
  readonly #interrupted: AbortSignal | undefined;

  /**
   * @param options.timeoutMs time limit of a request, from its start to the last byte of its answer, in ms
   * @param options.interrupted breaks off the requests that are under way, but for those that must end
   */
  constructor(options: { timeoutMs: number; interrupted?: AbortSignal }) {
    this.#timeoutMs = options.timeoutMs;
    this.#interrupted = options.interrupted;
    // Time limits are those of the signal below; no answer of a target is worth more than BODY_LIMIT.
    this.#agent = new Agent({
      headersTimeout: 0,
      bodyTimeout: 0,
      connectTimeout: options.timeoutMs,
      maxResponseSize: BODY_LIMIT,
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
    const signals = [AbortSignal.timeout(this.#timeoutMs)];
    if (this.#interrupted !== undefined && !hasSideEffect) signals.push(this.#interrupted);
    try {
      const answer = await request(sent.url, {
        method: sent.method as 'GET',
        headers: sent.headers.flat(),
        body: sent.body ?? null,
        dispatcher: this.#agent,
        signal: AbortSignal.any(signals),
      });
      const body = await answer.body.text();
      const response = { status: answer.statusCode, headers: headerPairs(answer.headers), body };
      const number = evidence.add({ request: sent, response, startedAt, durationMs: performance.now() - start });
      return { response, number };
    } catch (error) {
      const explained = explain(error, sent.url, this.#timeoutMs);
      evidence.add({ request: sent, error: explained.message, startedAt, durationMs: performance.now() - start });
      throw explained;
    }
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** undici's header record as pairs, a repeated header once for each value. */
function headerPairs(headers: Record<string, string | string[] | undefined>): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((one): [string, string] => [name, one]),
  );
}
