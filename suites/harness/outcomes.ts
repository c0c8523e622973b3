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
export class Unjudged extends Error {
  override readonly name: string = 'Unjudged';
}

/** The check was overtaken by time (a short-lived token ran out under load): worth another try. */
export class Overtaken extends Unjudged {
  override readonly name = 'Overtaken';
}

/** The requirement does not apply, or cannot be shown with what the tester gave: the verdict is `skip`. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable';
}

/**
 * Demands that something holds.
 * @throws Violation when it does not
 */
export function demand(holds: boolean, expected: string, actual: string | (() => string)): asserts holds {
  if (!holds) throw new Violation(expected, typeof actual === 'string' ? actual : actual());
}

/**
 * Demands a precondition of the check.
 * @throws Unjudged when it does not hold
 */
export function require(holds: boolean, why: string): asserts holds {
  if (!holds) throw new Unjudged(why);
}
