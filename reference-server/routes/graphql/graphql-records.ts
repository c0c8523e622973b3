import { withFunctions } from './filter-types.js';
import { fieldsOf, relationOf, type Collection, type Item } from '../../query/collection.js';
import { Deep } from '../../query/deep.js';
import { DATE_PARTS, isCallable, valueOf } from '../../query/filter/functions.js';
import type { Who } from '../../query/filter/operands.js';
import type { Records } from '../../query/records.js';

/** What a record by GraphQL costs, in look-ups: each of its fields is resolved by itself. */
const COST = 10;

/** A record in which the fields that refer to others lead to them, and `…_func` to what functions make of a field. */
export function linked(records: Records, collection: Collection, item: Item, who: Who): Item {
  const links = fieldsOf(collection).flatMap((field): [string, unknown][] => {
    const relation = relationOf(collection, field);
    if (relation === undefined || relation.to.seen === 'none') return [];
    const value = item[field];
    const follow = async (given: Item = {}): Promise<unknown> => {
      const all = await records.named(relation.to, Array.isArray(value) ? value : [value], COST);
      const asked = Object.fromEntries(
        Object.entries(given).map(([name, of]) => [`_${name}`, name === 'filter' ? withFunctions(of) : of]),
      );
      const narrowing = Object.keys(asked).length > 0 ? new Deep({ [field]: asked }, who) : undefined;
      const found = narrowing === undefined ? all : await narrowing.select(field, records, relation, all);
      const told = found.map((one) => linked(records, relation.to, one, who));
      return relation.many ? told : (told[0] ?? null);
    };
    return [[field, follow]];
  });
  const functions = fieldsOf(collection).flatMap((field): [string, Item][] => {
    const names = [...DATE_PARTS, 'count'].filter((name) => isCallable(collection, { name, field }));
    const values = names.map((name) => [name, () => valueOf({ name, field }, item)]);
    return names.length === 0 ? [] : [[`${field}_func`, Object.fromEntries(values) as Item]];
  });
  return { ...item, ...Object.fromEntries(links), ...Object.fromEntries(functions) };
}
