import { Inconclusive } from '../outcomes.js';
import { DEPTH_LIMIT, TEXT_LIMIT } from './limits.js';

/**
 * The data in a text of JSON that came from a target; undefined where it is not JSON. A member that is beyond the limits (a text longer than
 * TEXT_LIMIT, which would go into later requests, or data nested deeper than DEPTH_LIMIT, which cannot be walked through by recursion) throws
 * Inconclusive when it is read; the others stay what they are, so that the id of a user is known whatever stands beside it.
 * @param what the answer, in words
 * @throws Inconclusive when the whole is a text that is too long
 */
export function readJson(text: string, what: string): unknown {
  let data: unknown;
  try {
    // Without a reviver: with one, V8 overflows its stack where JSON is nested some thousand levels deep.
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  // A short text can hold nothing that is beyond a limit: the usual case costs nothing.
  if (text.length <= 2 * DEPTH_LIMIT) return data;
  if (typeof data === 'string' && data.length > TEXT_LIMIT) throw tooLong(what, data.length);
  let level = isNested(data) ? [data] : [];
  for (let depth = 1; level.length > 0; depth += 1) {
    const next: object[] = [];
    for (const holder of level) {
      for (const [key, value] of Object.entries(holder) as [string, unknown][]) {
        const length = typeof value === 'string' ? value.length : 0;
        if (key.length > TEXT_LIMIT || length > TEXT_LIMIT) {
          const error = tooLong(what, Math.max(key.length, length));
          if (key.length > TEXT_LIMIT) Reflect.deleteProperty(holder, key);
          makeUnreadable(holder, key.slice(0, TEXT_LIMIT), error);
        } else if (!isNested(value)) continue;
        else if (depth < DEPTH_LIMIT) next.push(value);
        else makeUnreadable(holder, key, tooDeep(what));
      }
    }
    level = next;
  }
  return data;
}

/** A member of data that a target sent; undefined where it has none, or one that throws when it is read. */
export function memberOf(data: unknown, name: string): unknown {
  try {
    return isNested(data) ? (data as Readonly<Record<string, unknown>>)[name] : undefined;
  } catch {
    return undefined;
  }
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Puts in the place of a member one that throws when it is read. */
function makeUnreadable(holder: object, key: string, error: Inconclusive): void {
  const get = (): never => {
    throw error;
  };
  Object.defineProperty(holder, key, { get, enumerable: true, configurable: true });
}

const tooLong = (what: string, length: number): Inconclusive =>
  new Inconclusive(
    `${what} answered with a text of ${length} characters, which is more than any of this API (${TEXT_LIMIT} at most)`,
  );

const tooDeep = (what: string): Inconclusive =>
  new Inconclusive(`${what} answered with JSON that is nested deeper than any of this API (${DEPTH_LIMIT} levels)`);
