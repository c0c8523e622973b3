import type { Response } from './http/response.js';

/**
 * Whether two responses are the same to a reader: their status, and their bodies but for what differs between two responses to one and the
 * same request, such as the id of a request or a time.
 * @param again a second response to the request that `one` answers
 */
export function isSameAnswer(one: Response, again: Response, other: Response): boolean {
  if (one.status !== other.status) return false;
  if (one.body === other.body) return true;
  const [first, second, third] = [one, again, other].map(({ json }) => withoutLocations(json));
  if (first === undefined || second === undefined || third === undefined)
    return one.body !== again.body && withoutVolatile(one.body) === withoutVolatile(other.body);
  const volatile = differing(first, second, '');
  return JSON.stringify(stable(first, volatile, '')) === JSON.stringify(stable(third, volatile, ''));
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/**
 * A piece of JSON without the places that errors of GraphQL name (section 7.1.2 of its specification): line and column in the document of
 * the request, which tell how long the email in it is, and nothing of the user.
 */
function withoutLocations(json: unknown): unknown {
  if (!isObject(json)) return json;
  if (Array.isArray(json)) return json.map(withoutLocations);
  const members = Object.entries(json).filter(([name, value]) => name !== 'locations' || !Array.isArray(value));
  return Object.fromEntries(members.map(([name, value]) => [name, withoutLocations(value)]));
}

/** The ways to values that differ between two pieces of JSON of the same members. */
function differing(one: unknown, other: unknown, way: string): Set<string> {
  if (!isObject(one) || !isObject(other)) return new Set(one === other ? [] : [way]);
  return new Set(Object.keys(one).flatMap((name) => [...differing(one[name], other[name], `${way}/${name}`)]));
}

/** A piece of JSON with the type of each volatile value in its place: that it is there counts. */
function stable(value: unknown, volatile: ReadonlySet<string>, way: string): unknown {
  if (volatile.has(way)) return typeof value;
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [name, stable(member, volatile, `${way}/${name}`)]);
  return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members);
}

/** A text without numbers and what looks like an id. */
const withoutVolatile = (text: string): string => text.replace(/[0-9a-f]{8}[0-9a-f-]*|\d+/gi, '#');
