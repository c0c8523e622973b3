/** Most requests under way at once, and fewest. */
const MOST = 32;
const FEWEST = 4;
/** Requests that were to be sent at once still are, up to so many. */
const BATCH = 10;
/** The part of the time limit by which an answer comes later than the quickest of its endpoint when there are too many at once. */
const LATE = 1 / 4;
/** The part within which it is prompt. */
const PROMPT = 1 / 8;

interface Waiting {
  readonly go: () => void;
  readonly batch: number;
}

/**
 * How many requests are under way at once: fewer when a target, or the machine that it runs on, answers so late that requests would run
 * into their time limit, and one more at a time once it answers promptly (as TCP does, RFC 5681). A target that always answers late is not
 * congested: late is what is later than the quickest answer of the same endpoint. All times in ms.
 */
export class Congestion {
  #limit = MOST;
  /** So many at most, also of those that are asked for in one turn. */
  #most = Infinity;
  #underWay = 0;
  /** Prompt answers since the limit was raised. */
  #prompt = 0;
  #cutAt = -Infinity;
  readonly #waiting: Waiting[] = [];
  readonly #quickest = new Map<string, number>();
  #batch = 0;
  #batchIsOpen = false;
  #inBatch = 0;

  /** @param timeoutMs time limit of a request */
  constructor(private readonly timeoutMs: number) {}

  /** How many requests may be under way at once. */
  get limit(): number {
    return this.#limit;
  }

  /**
   * Lets no more be under way at once from now on, also of those that are asked for in one turn.
   * @param most Infinity where there is no such limit after all
   */
  limitTo(most: number): void {
    this.#limit = most > this.#most ? Math.min(MOST, most) : Math.min(this.#limit, most);
    this.#most = most;
  }

  /**
   * Waits until a request may be sent. Those that are asked for in one turn of the event loop are sent at once.
   * @returns how many are under way then, this one among them
   * @throws what `interrupted` was aborted with: nothing more is to be left on the target
   */
  async enter(interrupted?: AbortSignal): Promise<number> {
    const isFirst = !this.#batchIsOpen;
    this.#openBatch();
    const joins = !isFirst && this.#inBatch > 0 && this.#inBatch < BATCH && this.#underWay < this.#most;
    if (this.#waiting.length === 0 && (this.#underWay < this.#limit || joins)) {
      this.#underWay += 1;
      this.#inBatch += 1;
      return this.#underWay;
    }
    return new Promise<number>((resolve, reject) => {
      const go = (): void => {
        interrupted?.removeEventListener('abort', abort);
        this.#underWay += 1;
        resolve(this.#underWay);
      };
      const waiting: Waiting = { go, batch: this.#batch };
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(interrupted?.reason as Error);
      };
      interrupted?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(waiting);
    });
  }

  /**
   * A request is over.
   * @param sentAt on the clock of performance.now()
   * @param outcome that of an answer, of a time-out, or of neither
   */
  leave(endpoint: string, sentAt: number, outcome: 'answered' | 'timeout' | 'lost'): void {
    this.#underWay -= 1;
    const now = performance.now();
    const took = now - sentAt;
    const quickest = this.#quickest.get(endpoint);
    if (outcome === 'answered') this.#quickest.set(endpoint, Math.min(took, quickest ?? took));
    // An endpoint that has never answered is not slow for the others.
    if (outcome !== 'lost' && quickest !== undefined) {
      const late = took - quickest;
      if (late > this.timeoutMs * LATE) this.#cut(sentAt, now);
      else if (late < this.timeoutMs * PROMPT) this.#raise();
    }
    this.#pump();
  }

  /** Once for all that were under way. */
  #cut(sentAt: number, now: number): void {
    if (sentAt < this.#cutAt) return;
    this.#cutAt = now;
    this.#prompt = 0;
    const half = Math.floor(Math.min(this.#limit, this.#underWay + 1) / 2);
    this.#limit = Math.min(Math.max(FEWEST, half), this.#most);
  }

  #raise(): void {
    this.#prompt += 1;
    if (this.#prompt < this.#limit || this.#limit >= Math.min(MOST, this.#most)) return;
    this.#prompt = 0;
    this.#limit += 1;
  }

  #openBatch(): void {
    if (this.#batchIsOpen) return;
    this.#batch += 1;
    this.#batchIsOpen = true;
    this.#inBatch = 0;
    setImmediate(() => {
      this.#batchIsOpen = false;
      this.#pump();
    });
  }

  /** Sends what waits, batch by batch, while there is room. */
  #pump(): void {
    while (this.#underWay < this.#limit) {
      const [first] = this.#waiting;
      // Those of the same batch are still being asked for.
      if (first === undefined || (this.#batchIsOpen && first.batch === this.#batch)) return;
      const end = this.#waiting.findIndex(({ batch }, place) => batch !== first.batch || place === BATCH);
      const room = this.#most - this.#underWay;
      for (const { go } of this.#waiting.splice(0, Math.min(end === -1 ? BATCH : end, room))) go();
    }
  }
}
