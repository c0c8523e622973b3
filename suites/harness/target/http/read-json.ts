import { randomUUID } from 'node:crypto';
import { Inconclusive } from '../../outcomes.js';
import { DEPTH_LIMIT, TEXT_LIMIT } from './limits.js';
import { shallowJson } from './shallow-json.js';

/** Stands for what is nested too deep; no target can know it. */
const TOO_DEEP = `too deep ${randomUUID()}`;

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
    data = JSON.parse(shallowJson(text, DEPTH_LIMIT, JSON.stringify(TOO_DEEP)));
  } catch {
    return undefined;
  }
  // A short text can hold nothing that is beyond a limit: the usual case costs nothing.
  if (text.length <= 2 * DEPTH_LIMIT) return data;
  if (typeof data === 'string' && data.length > TEXT_LIMIT) throw tooLong(what, data.length);
  for (let level = isNested(data) ? [data] : []; level.length > 0;) {
    const next: object[] = [];
    for (const holder of level) {
      for (const [key, value] of Object.entries(holder) as [string, unknown][]) {
        const length = typeof value === 'string' ? value.length : 0;
        if (key.length > TEXT_LIMIT || length > TEXT_LIMIT) {
          const error = tooLong(what, Math.max(key.length, length));
          if (key.length > TEXT_LIMIT) Reflect.deleteProperty(holder, key);
          makeUnreadable(holder, key.slice(0, TEXT_LIMIT), error);
        } else if (value === TOO_DEEP) makeUnreadable(holder, key, tooDeep(what));
        else if (isNested(value)) next.push(value);
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
