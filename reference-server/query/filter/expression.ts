/** How long a text may be that an expression is tried on, in characters. */
const LONGEST = 1_000;

/**
 * The regular expression that an administrator has given, as /^.{8,}$/ or without the slashes.
 * @returns undefined for what is none
 */
export function expressionOf(given: string): RegExp | undefined {
  const end = given.lastIndexOf('/');
  const [source, flags] = given.startsWith('/') && end > 0 ? [given.slice(1, end), given.slice(end + 1)] : [given, ''];
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

/** True for a text whose first LONGEST characters an expression matches. */
export const matches = (expression: RegExp, text: string): boolean => expression.test(text.slice(0, LONGEST));
