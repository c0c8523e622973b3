import { Inconclusive } from '../outcomes.js';
import { TEXT_LIMIT } from './limits.js';

/**
 * The data in a text of JSON that came from a target; undefined where it is not JSON.
 * @param what the answer, in words
 * @throws Inconclusive when a text inside it is longer than TEXT_LIMIT: it would go into later requests and into the evidence
 */
export function readJson(text: string, what: string): unknown {
  let longest = 0;
  // Whoever sends little cannot hold a long text: the usual case costs nothing.
  const measure = (key: string, value: unknown): unknown => {
    longest = Math.max(longest, key.length, typeof value === 'string' ? value.length : 0);
    return value;
  };
  let data: unknown;
  try {
    data = JSON.parse(text, text.length > TEXT_LIMIT ? measure : undefined);
  } catch {
    return undefined;
  }
  if (longest > TEXT_LIMIT)
    throw new Inconclusive(
      `${what} answered with a text of ${longest} characters, which is more than any of this API (${TEXT_LIMIT} at most)`,
    );
  return data;
}
