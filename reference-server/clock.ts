/** Where the server takes the time from: injected, so that a test can travel in time. */
export interface Clock {
  /** The time, in ms since 1970. */
  now(): number;
  /** Resolves when `ms` milliseconds of this clock have passed. */
  sleep(ms: number): Promise<void>;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is told to advance. */
export class ManualClock implements Clock {
  #now: number;
  #sleepers: Sleeper[] = [];

  /** @param start the time to begin with, in ms since 1970 */
  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((wake) => this.#sleepers.push({ until: this.#now + ms, wake }));
  }

  /** Lets `ms` milliseconds pass and ends the sleeps that are over. */
  advance(ms: number): void {
    this.#now += ms;
    const awake = this.#sleepers.filter(({ until }) => until <= this.#now);
    this.#sleepers = this.#sleepers.filter(({ until }) => until > this.#now);
    for (const { wake } of awake) wake();
  }
}

/**
 * A clock that runs with another, the machine's when none is given, and can be advanced: who sleeps until a time that is skipped
 * wakes at once.
 */
export class TravellingClock implements Clock {
  readonly #base: Clock;
  #ahead = 0;
  readonly #sleepers = new Set<Sleeper>();

  constructor(base: Clock = systemClock) {
    this.#base = base;
  }

  /** How far it is ahead of the clock that it runs with, in ms. */
  get ahead(): number {
    return this.#ahead;
  }

  now(): number {
    return this.#base.now() + this.#ahead;
  }

  sleep(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper: Sleeper = {
        until: this.now() + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      void this.#base.sleep(ms).then(sleeper.wake);
    });
  }

  /** Passes over the next `ms` milliseconds. */
  advance(ms: number): void {
    this.#ahead += ms;
    for (const sleeper of this.#sleepers) if (sleeper.until <= this.now()) sleeper.wake();
  }

  /** Says again what the clock says that it runs with. */
  return(): void {
    this.#ahead = 0;
  }
}
