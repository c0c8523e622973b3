import type { Context } from '../context.js';
import { databaseError, internalError } from '../http/errors.js';
import { keyFieldOf, type Collection, type Item, type Key } from '../query/collection.js';
import type { Author } from '../query/filter/operands.js';
import type { ItemChange, Store } from '../stores/store.js';
import { contentOf, type Content, type ContentCollection, type DefinedField } from './content-model.js';
import { oneByOne } from './one-by-one.js';
import { UniqueValues } from './unique-values.js';
import { writableAccess } from './policy-collections.js';
import { libraryCollections, writableNamed } from './writable-collections.js';

/*
 * Records that are removed, and what becomes of those that refer to them: that is what `on_delete` of a relation says. Errors observed:
 * Directus 12.4.1 on SQLite.
 */

type Ports = Pick<Context, 'store' | 'itemEvents'>;

/**
 * Removes items, and what goes along with them, all or none.
 * @param told the keys as those are told who are subscribed to the collection
 * @param statement what an error says was not done
 * @throws ApiError 500 INTERNAL_SERVER_ERROR where one is referred to that may not be removed then
 */
export async function removeItems(
  { itemEvents, store }: Ports,
  collection: Collection,
  keys: readonly Key[],
  by: Author,
  told = keys,
  statement = deletionOf(collection.name, told, keyFieldOf(collection)),
): Promise<void> {
  await oneByOne(store, async () => {
    const content = await contentOf(store);
    await store.changeItems(await removalOf(store, content, collection.name, keys, rejectionOf(statement, by)));
  });
  if (keys.length > 0) itemEvents.tell({ collection: collection.name, action: 'delete', keys: told }, by);
}

/**
 * Removes records that are not kept as items are, users and roles, and does with what refers to them what its relations say.
 * @param remove what removes them
 * @throws ApiError 500 INTERNAL_SERVER_ERROR where one is referred to that may not be removed then
 */
export async function removeReferredTo(
  { store }: Pick<Ports, 'store'>,
  collection: string,
  keys: readonly string[],
  by: Author,
  remove: () => Promise<void>,
): Promise<void> {
  await oneByOne(store, async () => {
    const rejection = rejectionOf(deletionOf(collection, keys), by);
    const changes = await removalOf(store, await contentOf(store), collection, keys, rejection);
    await remove();
    if (changes.length > 0) await store.changeItems(changes);
  });
}

const deletionOf = (collection: string, keys: readonly Key[], field = 'id'): string =>
  `delete from \`${collection}\` where \`${field}\` in (${keys.map((key) => (typeof key === 'string' ? `'${key}'` : key)).join(', ')})`;

/** What says that something was not done: administrators are told more. */
const rejectionOf = (statement: string, { isAdministrator = false }: Author): Error =>
  isAdministrator ? databaseError(`${statement} - SQLITE_CONSTRAINT: FOREIGN KEY constraint failed`) : internalError();

/** What is to be done where records are removed: with what goes along with them, and what referred to them. */
async function removalOf(
  store: Store,
  content: Content,
  collection: string,
  keys: readonly Key[],
  rejection: Error,
): Promise<readonly ItemChange[]> {
  const references: ItemChange[] = [];
  const removed: ItemChange[] = [];
  const gone = await withDependents(store, content, collection, keys);
  for (const [name, ofName] of gone) {
    references.push(...(await withoutReferences(store, content, name, gone, rejection)));
    removed.push(...[...ofName].map((key): ItemChange => ({ kind: 'remove', collection: name, key: String(key) })));
    removed.push(...(await uniqueValuesLeft(store, content, name, [...ofName])).changes);
  }
  return [...references, ...removed];
}

type Gone = ReadonlyMap<string, ReadonlySet<unknown>>;

/** Keys of items by collection: the ones given, and those of items that are removed together with what they refer to. */
async function withDependents(
  store: Store,
  content: Content,
  name: string,
  keys: readonly Key[],
): Promise<ReadonlyMap<string, ReadonlySet<Key>>> {
  const all = new Map<string, Set<Key>>([[name, new Set(keys)]]);
  const added: (readonly [string, readonly Key[]])[] = [[name, keys]];
  for (let next = added.pop(); next !== undefined; next = added.pop()) {
    const gone = new Set<unknown>(next[1]);
    for (const other of referring(content)) {
      const fields = fieldsTo(other, next[0]).filter(({ onDelete }) => onDelete === 'CASCADE');
      const found = all.get(other.name) ?? new Set<Key>();
      const more = (fields.length === 0 ? [] : await store.items(other.name))
        .filter(({ members }) => fields.some((field) => gone.has(members[field.name])))
        .map(({ members }) => members[keyFieldOf(other)] as Key)
        .filter((key) => !found.has(key));
      for (const key of more) found.add(key);
      if (more.length > 0) {
        all.set(other.name, found);
        added.push([other.name, more]);
      }
    }
  }
  return all;
}

/** Collections whose items may refer to others. */
const referring = (content: Content): readonly ContentCollection[] => [
  ...content.values(),
  ...libraryCollections,
  writableAccess,
];

const fieldsTo = ({ fields }: ContentCollection, to: string): readonly DefinedField[] =>
  fields.filter((field) => field.type === 'many-to-one' && field.to === to);

async function uniqueValuesLeft(
  store: Store,
  content: Content,
  name: string,
  keys: readonly Key[],
): Promise<UniqueValues> {
  const unique = new UniqueValues();
  const fields = (writableNamed(content, name)?.fields ?? []).filter((field) => field.unique === true);
  const gone = new Set(keys.map(String));
  for (const { key, members } of fields.length === 0 ? [] : await store.items(name))
    for (const field of gone.has(key) ? fields : []) unique.leave(name, field.name, key, members[field.name]);
  return unique;
}

/** The changes of items that are left and refer to some that are gone. */
async function withoutReferences(
  store: Store,
  content: Content,
  to: string,
  all: Gone,
  rejection: Error,
): Promise<readonly ItemChange[]> {
  const gone = all.get(to) ?? new Set();
  const changes: ItemChange[] = [];
  for (const collection of referring(content)) {
    const { name } = collection;
    const fields = fieldsTo(collection, to);
    for (const { key, members } of fields.length === 0 ? [] : await store.items(name)) {
      if (all.get(name)?.has(members[keyFieldOf(collection)]) === true) continue;
      const lost = fields.filter((field) => gone.has(members[field.name]));
      const left = lost.map((field) => [field.name, leftOf(field, gone, rejection)]);
      if (left.length > 0)
        changes.push({ kind: 'merge', collection: name, key, members: Object.fromEntries(left) as Item });
    }
  }
  return changes;
}

/** What a field holds from then on. */
function leftOf(
  { onDelete = 'SET NULL', default: preset = null }: DefinedField,
  gone: ReadonlySet<unknown>,
  rejection: Error,
): unknown {
  if (onDelete === 'SET NULL') return null;
  if (onDelete === 'SET DEFAULT' && !gone.has(preset)) return preset;
  throw rejection;
}
