/** So many rounds of time-outs at one endpoint, with no answer from it between them, and it is not asked any more. */
const ROUNDS_AT_ONE = 3;
/** So many in the whole run, and nothing is asked any more: for a target that answers most of the time, and now and then does not. */
const ROUNDS_IN_ALL = 8;
/** Fewer are enough where something was waited for in vain for this long in all, in ms. */
const WAITED_IN_ALL_MS = 40_000;
/** But not fewer than these: a slow target, for which --timeout is long, may stand still now and then. */
const FEWEST_ROUNDS_IN_ALL = 3;

/** What is known of the time-outs at one endpoint. */
interface TimeOuts {
  rounds: number;
  /** How long each was waited for, in ms. */
  limitMs: number;
  /** When the latest that counted was noticed, on the clock of performance.now(). */
  latest: number;
  /** Whether it has been tried once more, alone. */
  retried: boolean;
}

/**
 * Keeps account of the requests that got no answer in time, so that a target that never answers some of them does not hold up
 * the run endlessly. What counts are rounds: time-outs with no answer from the target between them are one, whatever their number, as when
 * a target stands still for a while. Works for any request by the name of its endpoint.
 */
export class Silence {
  readonly #endpoints = new Map<string, TimeOuts>();
  #roundsInAll = 0;
  #waitedInAllMs = 0;
  #waitedUntil = -Infinity;
  #latestInAll = -Infinity;
  #latestAnswer = -Infinity;
  #closed: string | undefined;

  /**
   * @param tell called with a sentence when an endpoint, or the whole target, is not asked any more
   * @param hasEnd false where only an endpoint that never answers is not asked any more: who asks has a patience of their own
   */
  constructor(
    private readonly tell: (note: string) => void = () => undefined,
    private readonly hasEnd = true,
  ) {}

  /** Why an endpoint is not asked any more; undefined when it is. */
  verdictOn(endpoint: string): string | undefined {
    if (this.#closed !== undefined) return this.#closed;
    const record = this.#endpoints.get(endpoint);
    return record === undefined || record.rounds < ROUNDS_AT_ONE ? undefined : reasonFor(endpoint, record);
  }

  /** A request was answered. */
  answered(endpoint: string): void {
    this.#latestAnswer = performance.now();
    this.#endpoints.delete(endpoint);
  }

  /**
   * A request was not answered in time.
   * @param start when it was sent, on the clock of performance.now()
   * @param limitMs how long it was waited for, in ms
   */
  timedOut(endpoint: string, start: number, limitMs: number): void {
    const now = performance.now();
    const isNewRound = (latest: number): boolean => start >= latest && this.#latestAnswer >= latest;
    const record = this.#endpoints.get(endpoint) ?? { rounds: 0, limitMs, latest: -Infinity, retried: false };
    this.#endpoints.set(endpoint, record);
    if (isNewRound(record.latest)) {
      record.rounds += 1;
      record.latest = now;
      if (record.rounds === ROUNDS_AT_ONE && !record.retried)
        this.tell(`${reasonFor(endpoint, record)}: what needs it is not judged`);
    }
    // What was waited for at the same time counts once.
    this.#waitedInAllMs += now - Math.max(start, this.#waitedUntil);
    this.#waitedUntil = now;
    if (isNewRound(this.#latestInAll)) {
      this.#roundsInAll += 1;
      this.#latestInAll = now;
    }
    const isLong = this.#waitedInAllMs >= WAITED_IN_ALL_MS && this.#roundsInAll >= FEWEST_ROUNDS_IN_ALL;
    if (this.hasEnd && (isLong || this.#roundsInAll >= ROUNDS_IN_ALL))
      this.close(
        `the target gave no answer in time ${this.#roundsInAll} times over, at the end to ${endpoint}: it is not asked any more. If it is slow, give a longer --timeout`,
      );
  }

  /** Lets each endpoint that is not asked any more be asked once again, for a check that runs alone: it may have been too much at once. */
  allowRetry(): void {
    for (const record of this.#endpoints.values()) {
      if (record.rounds < ROUNDS_AT_ONE || record.retried) continue;
      record.retried = true;
      record.rounds = ROUNDS_AT_ONE - 1;
    }
  }

  /** Asks nothing any more. */
  close(why: string): void {
    if (this.#closed !== undefined) return;
    this.#closed = why;
    this.tell(why);
  }
}

const reasonFor = (endpoint: string, { rounds, limitMs, retried }: TimeOuts): string =>
  `${endpoint} gave no answer within ${limitMs / 1000} s, ${rounds + (retried ? 1 : 0)} times over`;

/** The endpoint of a request: its method and its path, `<id>` for what differs from user to user. */
export function endpointOf(method: string, url: string): string {
  const segments = new URL(url).pathname.split('/');
  return `${method} ${segments.map((segment) => (isId(segment) ? '<id>' : segment)).join('/')}`;
}

const isId = (segment: string): boolean => segment.length > 30 || /^\d+$/.test(segment);
