import { Mutex } from 'async-mutex';
import type { Context } from '../context.js';
import type { View } from '../query/answer-records.js';
import type { Change } from '../query/authorized.js';
import { keyFieldOf, type Collection, type Item, type Key } from '../query/collection.js';
import type { Author, Who } from '../query/filter/operands.js';
import type { ItemChange, Store } from '../stores/store.js';
import { contentOf, type Content, type ContentCollection } from './content-model.js';
import { mustBeDistinct } from './distinct-translations.js';
import { newValues } from './item-values.js';
import { givenKey, NestedItems } from './nested-items.js';
import { StagedItems } from './staged-items.js';
import { UniqueValues } from './unique-values.js';
import { libraryCollections, writableNamed } from './writable-collections.js';

type Ports = Pick<Context, 'random' | 'store' | 'itemEvents'>;

/** What is checked before a write has to hold when it is made. */
const mutexes = new WeakMap<Store, Mutex>();

/** One after the other, in this process: what was checked before a write then still holds. */
export function oneByOne<Result>(store: Store, work: () => Promise<Result>): Promise<Result> {
  const mutex = mutexes.get(store) ?? new Mutex();
  mutexes.set(store, mutex);
  return mutex.runExclusive(work);
}

/** Items that are to be created: the collection, and the members of each. */
export type NewItems = readonly { readonly collection: ContentCollection; readonly inputs: readonly Item[] }[];

/**
 * Creates items, and those that are given within them, all or none.
 * @param view what may be written within others; everything when not given
 * @returns the keys, in the order of the items
 * @throws ApiError 400 FAILED_VALIDATION, RECORD_NOT_UNIQUE, INVALID_FOREIGN_KEY, INVALID_PAYLOAD, 403 FORBIDDEN
 */
export async function createItems(ports: Ports, items: NewItems, who: Who, view?: View): Promise<readonly Key[]> {
  const { store } = ports;
  return allOrNone(ports, who, view, async (nested) => {
    const planned = items.flatMap(({ collection, inputs }) =>
      inputs.map((input) => {
        givenKey(collection, input);
        return { collection, input, values: newValues(collection, input, who) };
      }),
    );
    for (const { collection, inputs } of items)
      await mustBeDistinct(
        store,
        collection.name,
        inputs.map((input) => ({ input })),
      );
    const created: Key[] = [];
    for (const { collection, input, values } of planned) created.push(await nested.create(collection, input, values));
    return created;
  });
}

/**
 * Changes items, and those that are given within them, all or none; those that do not exist are left out.
 * @param view what may be written within others; everything when not given
 */
export async function changeItems(
  ports: Ports,
  collection: ContentCollection,
  changes: readonly Change[],
  who: Who,
  view?: View,
): Promise<void> {
  await allOrNone(ports, who, view, async (nested) => {
    await mustBeDistinct(ports.store, collection.name, changes);
    for (const { key, input } of changes) await nested.change(collection, key, input);
  });
}

/**
 * Changes items whose keys there are, and creates the others, all or none.
 * @throws ApiError as createItems and changeItems
 */
export async function importItems(
  ports: Ports,
  collection: ContentCollection,
  inputs: readonly Item[],
  view: View,
): Promise<void> {
  await allOrNone(ports, view.who, view, async (nested) => {
    for (const input of inputs) await nested.write(collection, input);
  });
}

/** Writes items all or none, one such work after the other, and tells who are subscribed what was written. */
async function allOrNone<Result>(
  ports: Ports,
  who: Who,
  view: View | undefined,
  write: (nested: NestedItems) => Promise<Result>,
): Promise<Result> {
  const { itemEvents, store } = ports;
  const [result, events] = await oneByOne(store, async () => {
    const content = await contentOf(store);
    const staged = new StagedItems(store, content);
    const written = await write(new NestedItems(ports, staged, content, who, view));
    return [written, await staged.commit()] as const;
  });
  for (const event of events) itemEvents.tell(event, who);
  return result;
}

/**
 * Removes items. What refers to them refers to nothing from then on.
 * @param told the keys as those are told who are subscribed to the collection
 */
export async function removeItems(
  { itemEvents, store }: Ports,
  collection: Collection,
  keys: readonly Key[],
  by: Author,
  told = keys,
): Promise<void> {
  await oneByOne(store, async () => {
    const content = await contentOf(store);
    await store.changeItems(await removalOf(store, content, collection.name, keys));
  });
  if (keys.length > 0) itemEvents.tell({ collection: collection.name, action: 'delete', keys: told }, by);
}

/** What is to be done where records are removed: with what goes along with them, and what referred to them. */
async function removalOf(
  store: Store,
  content: Content,
  collection: string,
  keys: readonly Key[],
): Promise<readonly ItemChange[]> {
  const references: ItemChange[] = [];
  const removed: ItemChange[] = [];
  for (const [name, gone] of await withDependents(store, content, collection, keys)) {
    references.push(...(await withoutReferences(store, content, name, [...gone])));
    removed.push(...[...gone].map((key): ItemChange => ({ kind: 'remove', collection: name, key: String(key) })));
    removed.push(...(await uniqueValuesLeft(store, content, name, [...gone])).changes);
  }
  return [...references, ...removed];
}

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
    for (const other of [...content.values(), ...libraryCollections]) {
      const fields = other.fields.filter(({ to, cascades }) => cascades === true && to === next?.[0]);
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

/** Items that refer to records that are gone refer to nothing from then on. */
export async function forgetReferences(
  { store }: Pick<Ports, 'store'>,
  collection: string,
  keys: readonly Key[],
): Promise<void> {
  await oneByOne(store, async () => {
    const changes = await removalOf(store, await contentOf(store), collection, keys);
    if (changes.length > 0) await store.changeItems(changes);
  });
}

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

async function withoutReferences(
  store: Store,
  content: Content,
  to: string,
  keys: readonly Key[],
): Promise<readonly ItemChange[]> {
  const gone = new Set<unknown>(keys);
  const changes: ItemChange[] = [];
  for (const collection of [...content.values(), ...libraryCollections]) {
    const referring = collection.fields.filter((field) => field.type === 'many-to-one' && field.to === to);
    for (const { key, members } of referring.length === 0 ? [] : await store.items(collection.name)) {
      const lost = referring.filter(({ name }) => gone.has(members[name])).map(({ name }) => [name, null]);
      const { name } = collection;
      if (lost.length > 0)
        changes.push({ kind: 'merge', collection: name, key, members: Object.fromEntries(lost) as Item });
    }
  }
  return changes;
}
