import type { RateLimit } from './rate-limit.js';
import { TransportError } from '../http/transport-error.js';

/** How long a target is waited for that rejects every request for their rate, in ms: as long as the window of a limiter by the minute. */
const PATIENCE_MS = 59_000;
/** The same at a target that has not taken a single request, in ms. */
const FIRST_PATIENCE_MS = 55_000;
/** Pauses where the target does not say how long: they double from the first to the longest, in ms. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8000;
/** Added to what a target says, for clocks and rounding, in ms. */
const MARGIN_MS = 50;
/** How far below the limit the pace is kept. */
const BELOW = 0.93;
/** After so long without a rejection the pace is raised, in ms: by a twentieth up to what was rejected before, slowly beyond. */
const RAISED_EVERY_MS = 2000;
const RAISE = 1.05;
const RAISE_BEYOND = 1.01;
/** The same while the limit is known only from a part of its window, which others may have used up before: it may be far higher. */
const RAISE_ROUGH = 1.5;
/** A limit counts at least over so long, in ms. */
const SHORTEST_WINDOW_MS = 1000;
/** Requests that were to be sent at once still are, up to so many. */
const BATCH = 10;
/** Slower than this, one check at a time is under way, so that its requests need not wait for those of others. Requests a second. */
const SLOW = 8;

/** What is known of a target's limit, to be handed to whatever asks it next. */
export interface LearnedPace {
  /** Requests a second. */
  readonly perSecond?: number;
  /** How many requests it takes at once. */
  readonly atOnce?: number;
  /** Why it is not asked any more. */
  readonly ended?: string;
}

/**
 * A turn in which one request may be sent. Its holder tells what became of it, once; `lost` at the end settles what nothing else
 * has, so that others get their turn even where the request was never sent.
 */
export class Turn {
  #isSettled = false;

  /**
   * @param pace which gave it
   * @param sentAt when the request was sent, on the clock of performance.now(), in ms: when the turn was given, until `sends` is called
   */
  constructor(
    private readonly pace: Pace,
    public sentAt = performance.now(),
  ) {}

  /** The request is sent now. */
  sends(): void {
    this.sentAt = performance.now();
  }

  /** The request was taken, whatever became of it. */
  taken(limit?: RateLimit): void {
    this.#settle(() => this.pace.taken(this.sentAt, limit));
  }

  /** The request was rejected for the rate of requests: it was not processed, and is to be sent again. */
  rejected(status: number, limit: RateLimit): void {
    this.#settle(() => this.pace.rejected(this.sentAt, status, limit));
  }

  /** The request came to nothing, or was not sent. */
  lost(): void {
    this.#settle(() => this.pace.lost(this.sentAt));
  }

  #settle(tell: () => void): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    tell();
  }
}

interface Waiting {
  readonly go: () => void;
  readonly fail: (error: Error) => void;
  /** Those of one batch were asked for in the same turn of the event loop: to be sent at once. */
  readonly batch: number;
}

/**
 * The pace at which the target is asked: as fast as may be until it rejects a request for the rate of them (RFC 6585 section 4), and kept
 * just below its limit from then on. After a rejection nothing is sent for as long as the target says, or for growing pauses with jitter; then
 * one request, and when that is taken, the others. What was taken between two rejections, and over what time, tells the limit.
 * All times are on the clock of performance.now(), in ms.
 */
export class Pace {
  readonly #waiting: Waiting[] = [];
  #batch = 0;
  #batchIsOpen = false;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;
  /** Nothing is sent before. */
  #resumeAt = 0;
  #nextAt = 0;
  /** Requests a second; Infinity until the first rejection. */
  #rate: number;
  #ceiling = Infinity;
  /** True while the limit is known only from a part of its window. */
  #isRough = false;
  /** True where the rejections that have not ended yet tell nothing of a rate. */
  #isForgotten = false;
  #raisedAt = 0;
  /** When the rejections began that have not ended yet. */
  #rejectedSince: number | undefined;
  #pauses = 0;
  /** True while one request is under way to find out whether the limiter yields. */
  #trying = false;
  /** When the requests were sent that were taken, the latest last. */
  readonly #taken: number[] = [];
  #ended: string | undefined;
  #atOnce: number | undefined;
  #rejections = 0;

  /**
   * @param known what is known already
   * @param tell called when something is learned
   * @param patienceMs how long a target is waited for that rejects every request, in ms
   */
  constructor(
    known: LearnedPace = {},
    private readonly tell: (learned: LearnedPace) => void = () => undefined,
    private readonly patienceMs = PATIENCE_MS,
  ) {
    this.#rate = known.perSecond ?? Infinity;
    this.#ended = known.ended;
    this.#atOnce = known.atOnce;
  }

  /** How many requests were rejected, and sent again. */
  get rejections(): number {
    return this.#rejections;
  }

  get learned(): LearnedPace {
    return {
      ...(Number.isFinite(this.#rate) && { perSecond: this.#rate }),
      ...(this.#atOnce !== undefined && { atOnce: this.#atOnce }),
      ...(this.#ended !== undefined && { ended: this.#ended }),
    };
  }

  /** True when checks had better be under way one at a time. */
  get isSlow(): boolean {
    return this.#rate < SLOW;
  }

  /**
   * Waits until a request may be sent.
   * @param again true for one that was rejected: it goes before the others
   * @throws TransportError when the limiter has not yielded for a minute; what `interrupted` was aborted with
   */
  async turn(interrupted?: AbortSignal, again = false): Promise<Turn> {
    interrupted?.throwIfAborted();
    if (this.#ended !== undefined) throw new TransportError(this.#ended, 'limited');
    const now = performance.now();
    if (this.#waiting.length === 0 && !this.#trying && this.#rejectedSince === undefined && now >= this.#resumeAt) {
      if (!Number.isFinite(this.#rate)) return new Turn(this);
    }
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        const place = this.#waiting.indexOf(waiting);
        if (place !== -1) this.#waiting.splice(place, 1);
        reject(interrupted?.reason as Error);
      };
      const settled = (settle: () => void): void => {
        interrupted?.removeEventListener('abort', abort);
        settle();
      };
      const waiting: Waiting = {
        go: () => settled(resolve),
        fail: (error) => settled(() => reject(error)),
        batch: this.#currentBatch(),
      };
      interrupted?.addEventListener('abort', abort, { once: true });
      if (again) this.#waiting.unshift(waiting);
      else this.#waiting.push(waiting);
    });
    return new Turn(this);
  }

  /** A request was taken, whatever became of it. */
  taken(sentAt: number, { waitMs, remaining, perSecond }: RateLimit = {}): void {
    const now = performance.now();
    if (this.#taken.push(sentAt) > 5000) this.#taken.splice(0, 1000);
    if (this.#rejectedSince !== undefined && sentAt >= this.#resumeAt) this.#yielded(now, perSecond);
    else if (this.#rejectedSince === undefined && now - this.#raisedAt > RAISED_EVERY_MS) this.#raise(now);
    // None is left: the next would be rejected.
    if (remaining === 0 && waitMs !== undefined && waitMs <= PATIENCE_MS && this.#rejectedSince === undefined)
      this.#pause(now, waitMs + MARGIN_MS);
    this.#pump();
  }

  /** True when another request has been taken since a moment: the limit is not one of all requests then. */
  hasTakenSince(moment: number): boolean {
    return (this.#taken.at(-1) ?? -Infinity) >= moment;
  }

  /** A request came to nothing: neither taken nor rejected. */
  lost(sentAt: number): void {
    if (sentAt >= this.#resumeAt) this.#trying = false;
    this.#pump();
  }

  /**
   * The requests were not rejected for their rate, but for how many were under way at once: what was learned of a rate is forgotten.
   * @param most that the target takes; Infinity where it is the rate after all
   */
  limitAtOnce(most: number): void {
    this.#atOnce = Number.isFinite(most) ? most : undefined;
    if (this.#atOnce === undefined) return;
    this.#isForgotten = true;
    this.#ceiling = Infinity;
    this.#nextAt = 0;
    this.#setRate(Infinity);
  }

  /** A request was rejected: it was not processed, and is to be sent again. */
  rejected(sentAt: number, status: number, { waitMs, perSecond }: RateLimit): void {
    const now = performance.now();
    this.#rejections += 1;
    if (this.#rejectedSince !== undefined && sentAt < this.#resumeAt) {
      // One of several that were under way when the first was rejected.
      if (!this.#trying && waitMs !== undefined && waitMs <= PATIENCE_MS + MARGIN_MS)
        this.#resumeAt = Math.max(this.#resumeAt, now + waitMs + MARGIN_MS);
      this.#pump();
      return;
    }
    if (perSecond !== undefined) this.#setRate(Math.min(this.#rate, perSecond * BELOW));
    const since = this.#rejectedSince ?? now;
    const patience = this.#taken.length === 0 ? Math.min(FIRST_PATIENCE_MS, this.patienceMs) : this.patienceMs;
    const left = Math.max(since + patience - now, 0);
    const asked = waitMs !== undefined && waitMs >= FIRST_PAUSE_MS ? waitMs + MARGIN_MS : undefined;
    const own = Math.min(FIRST_PAUSE_MS * 2 ** this.#pauses, LONGEST_PAUSE_MS) * (0.75 + Math.random() / 2);
    const pause = Math.max(asked ?? 0, this.#pauses === 0 && asked !== undefined ? 0 : own);
    if (asked !== undefined && asked > Math.min(60_000, this.patienceMs + 1000) + 2 * MARGIN_MS)
      return this.#end(
        `the target limits the rate of requests, and asks to wait ${Math.round(asked / 1000)} s before the next one (it answered ${status}): raise its limit for the time of the run, or run again later`,
      );
    if (left <= 0)
      return this.#end(
        status === 503
          ? `the target has answered each request with 503 for ${Math.round((now - since) / 1000)} s: it is overloaded, or something in front of it limits the rate of requests or cannot reach it`
          : `the target limits the rate of requests, and has rejected each one for ${Math.round((now - since) / 1000)} s (it answered ${status}): raise its limit for the time of the run, or run again later`,
      );
    // The last try comes when patience ends, and not before a wait that the target has asked for.
    this.#pause(now, Math.max(asked ?? 0, Math.min(pause, left)));
    this.#rejectedSince = since;
    this.#pauses += 1;
    this.#trying = false;
    this.#pump();
  }

  #pause(now: number, ms: number): void {
    this.#rejectedSince ??= now;
    this.#resumeAt = Math.max(this.#resumeAt, now + ms);
  }

  #currentBatch(): number {
    if (!this.#batchIsOpen) {
      this.#batch += 1;
      this.#batchIsOpen = true;
      setImmediate(() => {
        this.#batchIsOpen = false;
        this.#pump();
      });
    }
    return this.#batch;
  }

  /** The limiter yields: how many requests it took, over the time that they and the pause took, is what it allows. */
  #yielded(now: number, perSecond: number | undefined): void {
    const since = this.#rejectedSince ?? now;
    this.#trying = false;
    this.#rejectedSince = undefined;
    this.#pauses = 0;
    this.#raisedAt = now;
    if (this.#isForgotten) {
      this.#isForgotten = false;
      return;
    }
    const paused = now - since;
    const earliest = since - Math.max(SHORTEST_WINDOW_MS, 3 * paused);
    const counted = this.#taken.filter((at) => at >= earliest && at < since);
    const begun = Math.max(earliest, counted[0] ?? since);
    const allowed = (counted.length * 1000) / Math.max(now - begun, SHORTEST_WINDOW_MS);
    const before = this.#rate;
    // Requests before these have used the window up: nothing is known yet.
    if (perSecond === undefined && !Number.isFinite(before) && counted.length === 0) return;
    this.#isRough = perSecond === undefined && !Number.isFinite(before) && (this.#taken[0] ?? since) > earliest;
    this.#ceiling = Number.isFinite(before) ? before : allowed;
    const rate = Number.isFinite(before) ? Math.max(allowed, before * 0.7) : allowed;
    this.#setRate(Math.min(perSecond ?? Infinity, Number.isFinite(before) ? Math.min(rate, before) : rate) * BELOW);
  }

  #raise(now: number): void {
    this.#raisedAt = now;
    if (!Number.isFinite(this.#rate)) return;
    const known = this.#rate * RAISE < this.#ceiling * BELOW ? RAISE : RAISE_BEYOND;
    this.#setRate(this.#rate * (this.#isRough ? RAISE_ROUGH : known));
  }

  #setRate(rate: number): void {
    this.#rate = Math.max(rate, 1 / 60);
    this.tell(this.learned);
  }

  #end(why: string): void {
    this.#ended = why;
    clearTimeout(this.#timer);
    for (const { fail } of this.#waiting.splice(0)) fail(new TransportError(why, 'limited'));
    this.tell(this.learned);
  }

  /** Sends whatever may be sent now, and comes back when the next one may. */
  #pump(): void {
    for (;;) {
      const [first] = this.#waiting;
      if (first === undefined || this.#trying) return;
      // Those of the same batch are still being asked for.
      if (this.#batchIsOpen && first.batch === this.#batch) return;
      const now = performance.now();
      const at = Math.max(this.#resumeAt, this.#nextAt);
      if (at > now) return this.#comeBack(at);
      if (this.#rejectedSince !== undefined) {
        this.#trying = true;
        this.#waiting.shift()?.go();
        return;
      }
      const batch = this.#waiting.findIndex(({ batch }, place) => batch !== first.batch || place === BATCH);
      const ready = this.#waiting.splice(0, batch === -1 ? Math.min(BATCH, this.#waiting.length) : batch);
      const interval = Number.isFinite(this.#rate) ? 1000 / this.#rate : 0;
      this.#nextAt = Math.max(now, this.#nextAt) + interval * ready.length;
      for (const { go } of ready) go();
    }
  }

  #comeBack(at: number): void {
    if (at >= this.#timerAt && this.#timer !== undefined) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#timerAt = Infinity;
        this.#pump();
      },
      Math.max(1, Math.ceil(at - performance.now())),
    );
  }
}
