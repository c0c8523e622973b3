/*
 * What a query or filter gives may be an object where text or a number is meant, as `?limit[toString]=1`: an object that cannot be
 * converted (ECMAScript, OrdinaryToPrimitive throws a TypeError).
 */

/** A value as text, as String() has it; JSON where it has none. */
export function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return JSON.stringify(value);
  }
}

/** A value as a number, as Number() has it; NaN where it has none. */
export function numberOf(value: unknown): number {
  try {
    return Number(value);
  } catch {
    return NaN;
  }
}
