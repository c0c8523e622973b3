import type { Query } from './checked-query.js';
import type { Collection, Item } from './collection.js';
import { calledIn, fieldOf, mustBeCallable, toldNameOf, valueOf } from './filter/functions.js';
import { compared, sortable } from './filter/operands.js';
import { QueriedFields } from './queried-fields.js';
import { CONCEALED } from './records.js';

/**
 * Checks the fields that aggregates are of. Those of the filter and the order are named first, then those that records are grouped by;
 * without groups there is no order. Observed: Directus 12.4.1.
 * @throws ApiError 403 FORBIDDEN for what does not exist
 */
export function mustExistOf(collection: Collection, { aggregate, groupBy = [], filter, sort = [] }: Query): void {
  const asked = new QueriedFields();
  for (const field of [...groupBy, ...Object.values(aggregate ?? {}).flat()])
    if (field !== '*') asked.add(collection, [], fieldOf(field));
  // Groups are in the order of what they are grouped by first, unless another one is asked for. Observed: Directus 12.4.1.
  const order = sort.length === 0 ? groupBy.slice(0, 1) : sort;
  const isOrdered = aggregate === undefined || groupBy.length > 0;
  const byFields = isOrdered ? order.filter((name) => !Object.hasOwn(aggregate ?? {}, nameOf(name))) : [];
  new QueriedFields()
    .addQuery(collection, { ...(filter !== undefined && { filter }), sort: byFields })
    .mustExist(asked);
}

/** The name of what is sorted by: `count` of `-count.id`. */
const nameOf = (sort: string): string => sort.replace(/^-/, '').split('.')[0] ?? '';

/**
 * What `aggregate` and `groupBy` give: how many there are, as a whole, of a field that is set, or of each value of another. Of a secret
 * nothing is told. Observed: Directus 12.4.1.
 *
 * @throws ApiError 400 INVALID_QUERY for a function that a field does not have
 */
export function aggregated(
  collection: Collection,
  items: readonly Item[],
  { aggregate = {}, groupBy = [], sort = [], limit = 100, offset = 0, page = 0 }: Query,
): readonly Item[] {
  for (const field of [...groupBy, ...Object.values(aggregate).flat()]) {
    const called = calledIn(field);
    if (called !== undefined) mustBeCallable(collection, called);
  }
  const { concealed: secret = [] } = collection;
  const known = Object.entries(aggregate).filter(([name]) => AGGREGATES.has(name));
  const groups = new Map<string, Item[]>();
  if (groupBy.length === 0 && known.length > 0) groups.set('', []);
  for (const [index, item] of items.entries()) {
    // Of each record nothing is told where there is no aggregate of the name. Observed: Directus 12.4.1.
    const alone = known.length === 0 ? String(index) : '';
    const name = groupBy.length === 0 ? alone : JSON.stringify(groupBy.map((field) => grouped(item, field)));
    const group = groups.get(name) ?? [];
    groups.set(name, group);
    group.push(item);
  }
  const shown = (field: string, value: unknown): unknown =>
    secret.includes(field) && value !== null && value !== undefined ? CONCEALED : value;
  // By what is asked for, then by what they are grouped by.
  const keys = sort.map((name) => ({ name: name.replace(/^-/, ''), sign: name.startsWith('-') ? -1 : 1 }));
  const valueOfGroup = (group: readonly Item[], name: string): unknown => {
    const [how = '', field = '*'] = name.split('.');
    return Object.hasOwn(aggregate, how) ? aggregateOf(how, field, group) : grouped(group[0], name);
  };
  const ordered = [...groups.values()].sort((one, other) => {
    for (const { name, sign } of keys) {
      const order = compared(sortable(valueOfGroup(one, name)), sortable(valueOfGroup(other, name)));
      if (order !== 0) return sign * order;
    }
    const orders = groupBy.map((field) =>
      compared(sortable(grouped(one[0], field)), sortable(grouped(other[0], field))),
    );
    // Where the first is descending, so is what is left. Observed: Directus 12.4.1 on SQLite.
    return (keys[0]?.sign ?? 1) * (orders.find((order) => order !== 0) ?? 0);
  });
  const begin = limit !== -1 && page > 0 ? (page - 1) * limit : offset;
  return ordered.slice(begin, limit === -1 ? undefined : begin + limit).map((group) => ({
    ...Object.fromEntries(groupBy.map((field) => [groupName(field), shown(field, grouped(group[0], field))])),
    ...Object.fromEntries(
      known.map(([name, fields]): [string, unknown] =>
        fields.includes('*')
          ? [name, group.length]
          : [name, Object.fromEntries(fields.map((field) => [field, shown(field, aggregateOf(name, field, group))]))],
      ),
    ),
  }));
}

/** What records are grouped by: the value of a field, or what a function makes of it. */
function grouped(item: Item | undefined, field: string): unknown {
  const called = calledIn(field);
  return called === undefined ? item?.[field] : valueOf(called, item ?? {});
}

/** The name under which what records are grouped by is told. */
export function groupName(field: string): string {
  const called = calledIn(field);
  return called === undefined ? field : toldNameOf(called);
}

const AGGREGATES: ReadonlySet<string> = new Set([
  'count',
  'countDistinct',
  'sum',
  'sumDistinct',
  'avg',
  'avgDistinct',
  'min',
  'max',
]);

function aggregateOf(name: string, field: string, group: readonly Item[]): unknown {
  if (field === '*') return group.length;
  const values = group.map((item) => item[field]).filter((value) => value !== null && value !== undefined);
  const distinct = [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
  const taken = name.endsWith('Distinct') ? distinct : values;
  const ordered = [...taken].sort((one, other) => compared(sortable(one), sortable(other)));
  const sum = (): number => taken.reduce<number>((total, value) => total + (Number(value) || 0), 0);
  switch (name) {
    case 'min':
    case 'max':
      return ordered.at(name === 'min' ? 0 : -1) ?? null;
    case 'sum':
    case 'sumDistinct':
      return taken.length === 0 ? null : sum();
    case 'avg':
    case 'avgDistinct':
      return taken.length === 0 ? null : sum() / taken.length;
    default:
      return taken.length;
  }
}
