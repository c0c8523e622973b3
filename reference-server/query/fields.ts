import { invalidQuery } from '../http/errors.js';
import { fieldsOf, keyFieldOf, relationOf, type Collection, type Item, type RelatedRecords } from './collection.js';
import type { Deep } from './deep.js';
import { calledIn, mustBeCallable, toldNameOf, valueOf } from './filter/functions.js';
import { QueriedFields, type Aliases, type FieldTree } from './queried-fields.js';
import type { Records } from './records.js';

/** The members of an item by name. */
export const pick = (item: Item, fields: readonly string[]): Item =>
  Object.fromEntries(fields.map((field) => [field, item[field]]));

/**
 * The fields that a query asks for: `id`, `*`, `role.name`, `role.*`, `*.*`; all of the collection's own when none are named. What is
 * beneath a field that refers to nothing is ignored. Observed: Directus 12.4.1.
 *
 * @param names as checkedQuery gives them
 * @param alias beside what is named, all of them where nothing or `*` is; those of plain fields come last, and not alone
 * @param problems takes what is wrong; else it is thrown
 * @throws ApiError 403 FORBIDDEN for a field that does not exist, 400 INVALID_QUERY for too many
 */
export function askedFields(
  collection: Collection,
  names: readonly string[] | undefined,
  alias: Aliases = {},
  problems?: Problems,
): FieldTree {
  const tree: MutableTree = new Map();
  const left = { steps: MOST_STEPS, problems: problems ?? new Problems() };
  const plain = new Map<string, FieldTree | undefined>();
  const asked = names ?? ['*'];
  for (const name of new Set(asked.includes('*') ? [...asked, ...Object.keys(alias)] : asked)) {
    const path = name.split('.', LONGEST_PATH + 1);
    if (path.length > LONGEST_PATH) throw tooMany();
    const [first = '', ...rest] = path;
    if (!Object.hasOwn(alias, first)) grow(tree, collection, path, [], left);
    else if (alias[first] !== undefined) {
      const field = alias[first];
      const beneath = tree.get(first);
      const own: MutableTree = new Map(beneath === undefined ? [] : [[field, beneath]]);
      grow(own, collection, [field, ...rest], [], left);
      if (!own.has(field)) continue;
      const isPlain = own.get(field) === undefined && relationOf(collection, field)?.many !== true;
      if (isPlain) plain.set(first, undefined);
      else tree.set(first, own.get(field));
    }
  }
  if (problems === undefined) {
    left.problems.fields.mustExist();
    left.problems.throwOthers();
  }
  if (tree.size === 0) return tree;
  for (const name of plain.keys()) tree.delete(name);
  return new Map([...tree, ...plain]);
}

/** What is wrong with the fields that a query asks for. */
export class Problems {
  /** What it names, by what leads there. */
  readonly fields = new QueriedFields();
  readonly #others: unknown[] = [];

  note(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#others.push(error);
    }
  }

  /** @throws ApiError 400 INVALID_QUERY for the first function that a field does not have */
  throwOthers(): void {
    const [first] = this.#others;
    if (first !== undefined) throw first as Error;
  }
}

/** How many records a field may be reached through, and how many fields may come of all names: `*.*.*` is some thousand. */
const LONGEST_PATH = 100;
const MOST_STEPS = 20_000;

const tooMany = (): Error => invalidQuery('"fields" asks for too many fields');

type MutableTree = Map<string, MutableTree | undefined>;

function grow(
  tree: MutableTree,
  collection: Collection,
  [field = '', ...rest]: string[],
  path: string[],
  left: { steps: number; readonly problems: Problems },
): void {
  left.steps -= 1;
  if (left.steps < 0) throw tooMany();
  const addPlain = (name: string): void => {
    if (!tree.has(name)) tree.set(name, undefined);
  };
  const { leftOut = [] } = collection;
  const fields = fieldsOf(collection).filter((name) => !leftOut.includes(name));
  if (field === '*') {
    const leading = rest.length === 0 ? [] : fields.filter((name) => relationOf(collection, name));
    // What refers to other records comes first. Observed: Directus 12.4.1.
    for (const name of leading) grow(tree, collection, [name, ...rest], path, left);
    for (const name of fields) if (!leading.includes(name)) addPlain(name);
    return;
  }
  if (leftOut.includes(field)) return;
  const relation = relationOf(collection, field);
  if (rest.length > 0) {
    if (relation === undefined || relation.to.seen === 'none') return;
    const beneath = tree.get(field) ?? new Map<string, MutableTree | undefined>();
    left.problems.fields.add(collection, path, field);
    tree.set(field, beneath);
    grow(beneath, relation.to, rest, [...path, field], left);
    return;
  }
  const called = calledIn(field);
  if (called !== undefined) left.problems.note(() => mustBeCallable(collection, called));
  const named = called?.field ?? field;
  left.problems.fields.add(collection, path, named);
  if (fields.includes(named)) addPlain(field);
}

/**
 * A record with the fields that are asked for; its key where all of them were ignored.
 * @param deep what narrows the records beneath it
 * @param alias as askedFields was given it
 */
export async function present(
  records: Records,
  collection: Collection,
  item: Item,
  tree: FieldTree,
  deep?: Deep,
  alias: Aliases = {},
): Promise<unknown> {
  if (tree.size === 0) return item[keyFieldOf(collection)];
  const told: [string, unknown][] = [];
  for (const [field, beneath] of tree) {
    const source = (Object.hasOwn(alias, field) ? alias[field] : undefined) ?? field;
    const value = item[source];
    const relation = beneath === undefined ? undefined : relationOf(collection, source);
    const called = calledIn(field);
    if (called !== undefined) told.push([toldNameOf(called), valueOf(called, item)]);
    else if (beneath === undefined || relation === undefined)
      told.push([field, await keysSelected(deep, field, records, relationOf(collection, source), value)]);
    else if (relation.many) {
      const items = await selected(deep, field, records, relation, Array.isArray(value) ? value : []);
      const all = await presentAll(records, relation.to, items, beneath, deep?.beneath(field));
      told.push([field, all.filter((one) => !isCutOff(relation, one))]);
    } else {
      const [found] = await selected(deep, field, records, relation, [value]);
      const shown = found && (await present(records, relation.to, found, beneath, deep?.beneath(field)));
      told.push([field, shown ?? null]);
    }
  }
  return Object.fromEntries(told);
}

/** True for one of several records in which what it refers back to is told as nothing: it is no part of the list. Observed: Directus 12.4.1. */
const isCutOff = ({ by }: RelatedRecords, told: unknown): boolean =>
  by !== undefined && typeof told === 'object' && told !== null && (told as Item)[by] === null;

/** The value of a field; of a list of keys those that `deep` leaves. Observed: Directus 12.4.1. */
async function keysSelected(
  deep: Deep | undefined,
  field: string,
  records: Records,
  relation: ReturnType<typeof relationOf>,
  value: unknown,
): Promise<unknown> {
  if (deep?.beneath(field) === undefined || relation?.many !== true || !Array.isArray(value)) return value;
  const key = keyFieldOf(relation.to);
  return (await selected(deep, field, records, relation, value)).map((item) => item[key]);
}

/** The records that a field refers to, as `deep` narrows them. */
async function selected(
  deep: Deep | undefined,
  field: string,
  records: Records,
  relation: RelatedRecords,
  keys: readonly unknown[],
): Promise<readonly Item[]> {
  const found = await records.named(relation.to, keys);
  return deep === undefined ? found : deep.select(field, records, relation, found);
}

/** Several of them. */
export async function presentAll(
  records: Records,
  collection: Collection,
  items: readonly Item[],
  tree: FieldTree,
  deep?: Deep,
  alias?: Aliases,
): Promise<readonly unknown[]> {
  const told: unknown[] = [];
  for (const item of items) told.push(await present(records, collection, item, tree, deep, alias));
  return told;
}
