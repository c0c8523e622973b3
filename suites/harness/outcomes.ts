import { noteComparison } from './run/comparisons.js';

/** The target does what the requirement forbids, or does not do what it demands: the verdict is `fail`. */
export class Violation extends Error {
  override readonly name = 'Violation';
  constructor(
    /** What the requirement demands, in words. */
    readonly expected: string,
    /** What the target did, in words. */
    readonly actual: string,
    /** The shrunk counterexample of a property-based check. */
    readonly counterexample?: string,
  ) {
    super(`expected ${expected}, but ${actual}`);
  }
}

/** The check could not get as far as the requirement: the verdict is `error`. */
export class Inconclusive extends Error {
  override readonly name: string = 'Inconclusive';
}

/** A credential of the check may have expired before the target answered: no verdict on the target, and worth another try. */
export class TokenExpired extends Inconclusive {
  override readonly name = 'TokenExpired';
  constructor(
    message = 'a token expired before the check was done with it: run with --concurrency 1, or let tokens live longer',
  ) {
    super(message);
  }
}

/** The requirement does not apply, or cannot be shown with what the tester gave: the verdict is `skip`. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable';
}

/**
 * Asserts what the requirement demands. It counts: a check that asserts nothing is no pass.
 * @throws Violation when it does not hold
 */
export function assert(holds: boolean, expected: string, actual: string | (() => string)): asserts holds {
  noteComparison();
  if (!holds) throw new Violation(expected, typeof actual === 'string' ? actual : actual());
}

/**
 * Assumes a precondition of the check.
 * @throws Inconclusive when it does not hold
 */
export function assume(holds: boolean, why: string): asserts holds {
  if (!holds) throw new Inconclusive(why);
}
