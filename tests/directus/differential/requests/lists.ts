import fc, { type Arbitrary } from 'fast-check';
import { reader } from '../people.js';
import { mostly, optional, some } from './combinators.js';
import { query } from './request.js';

const { constant, constantFrom, oneof, tuple } = fc;

const operator = constantFrom(
  '_eq',
  '_neq',
  '_in',
  '_nin',
  '_null',
  '_nnull',
  '_contains',
  '_starts_with',
  '_ends_with',
  '_icontains',
  '_empty',
  '_nempty',
  '_gt',
  '_lt',
  '_between',
  '_nope',
);
const filter = (fields: readonly string[]): Arbitrary<string> =>
  oneof(
    some(
      5,
      tuple(
        constantFrom(...fields),
        operator,
        oneof(
          constantFrom<unknown>(
            reader.email,
            'active',
            'Reader',
            'reader',
            true,
            false,
            ['active'],
            'active,suspended',
            1,
            null,
          ),
        ),
      ).map(([field, by, operand]) => JSON.stringify({ [field]: { [by]: operand } })),
    ),
    some(
      1,
      constantFrom(
        '',
        'x',
        '{}',
        '[]',
        'null',
        '1',
        '{"nope":1}',
        '{"_and":[]}',
        '{"_or":[{"email":{"_eq":"reader@example.com"}},{"status":{"_eq":"suspended"}}]}',
        '{"_and":{}}',
        '{"email":"reader@example.com"}',
      ),
    ),
  );
const limit = constantFrom('1', '2', '0', '-1', '-2', '1.5', 'x', '', '1000');
/** The query string of a list: fields and pages, a filter, a search, or meta. */
export const listQuery = (
  fields: Arbitrary<string>,
  filtered: readonly string[],
  sort: Arbitrary<string>,
): Arbitrary<string> =>
  oneof(
    query({
      fields: mostly(fields, constant(undefined)),
      sort,
      limit: optional(limit),
      offset: mostly(constant(undefined), limit),
      page: mostly(constant(undefined), limit),
    }),
    query({ fields: optional(fields), filter: filter(filtered) }),
    query({ fields: optional(fields), search: constantFrom('reader', 'READER', '', 'static', 'x', reader.id), sort }),
    query({
      fields: optional(fields),
      limit: limit.filter((given) => !/^[12]/.test(given)),
      meta: optional(constantFrom('*', 'total_count', 'filter_count', 'x')),
    }),
  );
