import type { SharedThings } from './shared-things.js';

/**
 * How long after the first check that is run again further ones are begun, in ms: a target that fails everything is not run through
 * twice. The same failure is seldom confirmed in one check and by chance in the next.
 */
const LIMIT_MS = 20_000;

/** What the checks of a run that are run again have in common: the time for them, and what they share. */
export class Confirmations {
  /** Nothing of what was there the first time. */
  readonly shared: SharedThings = new Map();
  #begun: number | undefined;

  /** @param limitMs how long after the first one further checks are begun, in ms */
  constructor(private readonly limitMs = LIMIT_MS) {}

  /** Begins one more; false when there is no time for it. */
  begin(): boolean {
    this.#begun ??= performance.now();
    return performance.now() - this.#begun <= this.limitMs;
  }
}
