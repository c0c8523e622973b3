import fc, { type Arbitrary } from 'fast-check';
import type { Step } from '../step.js';
import { mostly, some } from './combinators.js';
import { proof } from './credentials.js';

const { constant, constantFrom, oneof, record, tuple } = fc;

/** A record without the members that are undefined. */
export const body = (shape: Readonly<Record<string, Arbitrary<unknown>>>): Arbitrary<unknown> =>
  record(shape).map((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));

/** Query parameters, percent-encoded. */
export const query = (shape: Readonly<Record<string, Arbitrary<string | undefined>>>): Arbitrary<string> =>
  record(shape).map((given) => {
    const pairs = Object.entries(given).filter(([, value]) => value !== undefined);
    return pairs.length === 0
      ? ''
      : `?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`).join('&')}`;
  });

/**
 * A request.
 * @param kind as differences are grouped by
 * @param by how it is authenticated
 */
export function step(
  kind: string,
  method: string,
  path: Arbitrary<string> | string,
  sent: Arbitrary<unknown> = constant(undefined),
  by: Arbitrary<Partial<Step>> = proof,
): Arbitrary<Step> {
  return record({ path: typeof path === 'string' ? constant(path) : path, sent, by }).map(
    ({ path: to, sent: given, by: whom }) => ({
      kind,
      method,
      path: to,
      ...(given !== undefined && { body: given }),
      ...whom,
    }),
  );
}

/** The path of one record, with a query string behind it. */
export const pathTo = (begin: string, id: Arbitrary<string>, end: Arbitrary<string>): Arbitrary<string> =>
  tuple(id, end).map(([which, rest]) => `${begin}/${which}${rest}`);

const rarely = (...given: string[]): Arbitrary<string | undefined> =>
  oneof(some(20, constant(undefined)), some(1, constantFrom(...given)));

/** The query string that says which fields a response has, and now and then what else a list would be asked. */
export const answered = (fields: Arbitrary<string>): Arbitrary<string> =>
  query({
    fields: mostly(fields, constant(undefined)),
    limit: rarely('0', '-1'),
    sort: rarely('nope'),
    search: rarely('x'),
    filter: rarely('{"nope":1}', '{"id":{"_null":true}}'),
    meta: rarely('*'),
  });
