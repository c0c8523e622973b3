import { Mutex } from 'async-mutex';
import type { Context } from '../context.js';
import { failedValidation, forbidden, invalidForeignKey, recordNotUnique } from '../http/errors.js';
import type { Change } from '../query/authorized.js';
import { keyFieldOf, type Collection, type Item, type Key } from '../query/collection.js';
import type { Who } from '../query/operands.js';
import { isKey, mustBeKey } from '../query/keys.js';
import { ADMINISTRATORS_POLICY, PUBLIC_POLICY } from '../query/policy-ids.js';
import type { ItemChange, Store } from '../stores/store.js';
import { contentOf, type Content, type ContentCollection } from './content-model.js';
import { changedValues, newValues } from './item-values.js';

type Ports = Pick<Context, 'random' | 'store'>;

/** What is checked before a write has to hold when it is made. */
const mutexes = new WeakMap<Store, Mutex>();

function oneByOne<Result>(store: Store, work: () => Promise<Result>): Promise<Result> {
  const mutex = mutexes.get(store) ?? new Mutex();
  mutexes.set(store, mutex);
  return mutex.runExclusive(work);
}

/** Items that are to be created: the collection, and the members of each. */
export type NewItems = readonly { readonly collection: ContentCollection; readonly inputs: readonly Item[] }[];

/**
 * Creates items, all or none.
 * @returns the keys, in the order of the items
 * @throws ApiError 400 FAILED_VALIDATION, RECORD_NOT_UNIQUE, INVALID_FOREIGN_KEY, INVALID_PAYLOAD, 403 FORBIDDEN
 */
export async function createItems(ports: Ports, items: NewItems, who: Who): Promise<readonly Key[]> {
  const { store } = ports;
  return oneByOne(store, async () => {
    const planned = items.flatMap(({ collection, inputs }) =>
      inputs.map((input) => ({
        collection,
        key: givenKey(collection, input),
        values: newValues(collection, input, who),
      })),
    );
    const staged = new Staged(store, await contentOf(store));
    const keys: Key[] = [];
    for (const { collection, key: given, values } of planned) {
      const field = keyFieldOf(collection);
      const key = given ?? (await freshKey(ports, collection, staged));
      if ((await staged.item(collection.name, key)) !== undefined) throw recordNotUnique(collection.name, field, key);
      staged.insert(collection, key, { [field]: key, ...values });
      keys.push(key);
    }
    await staged.commit();
    return keys;
  });
}

/** Changes items, all or none; those that do not exist are left out. */
export async function changeItems(
  { store }: Ports,
  collection: ContentCollection,
  changes: readonly Change[],
  who: Who,
): Promise<void> {
  await oneByOne(store, async () => {
    const staged = new Staged(store, await contentOf(store));
    for (const { key, input } of changes) {
      const values = changedValues(collection, input, who);
      if ((await staged.item(collection.name, key)) !== undefined) await staged.merge(collection, key, values);
    }
    await staged.commit();
  });
}

/** Removes items. What refers to them refers to nothing from then on. */
export async function removeItems({ store }: Ports, collection: Collection, keys: readonly Key[]): Promise<void> {
  await oneByOne(store, async () => {
    const content = await contentOf(store);
    const removed = keys.map((key): ItemChange => ({ kind: 'remove', collection: collection.name, key: String(key) }));
    await store.changeItems([...(await withoutReferences(store, content, collection.name, keys)), ...removed]);
  });
}

/** Items that refer to records that are gone refer to nothing from then on. */
export async function forgetReferences({ store }: Ports, collection: string, keys: readonly Key[]): Promise<void> {
  await oneByOne(store, async () => {
    const changes = await withoutReferences(store, await contentOf(store), collection, keys);
    if (changes.length > 0) await store.changeItems(changes);
  });
}

async function withoutReferences(
  store: Store,
  content: Content,
  to: string,
  keys: readonly Key[],
): Promise<readonly ItemChange[]> {
  const gone = new Set<unknown>(keys);
  const changes: ItemChange[] = [];
  for (const collection of content.values()) {
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

/** @throws ApiError 403 FORBIDDEN for what can be no key */
function givenKey(collection: ContentCollection, input: Item): Key | undefined {
  const given = input[keyFieldOf(collection)];
  if (given === undefined || given === null) return undefined;
  if (!isKey(collection, given)) throw forbidden();
  return mustBeKey(collection, given);
}

async function freshKey({ random, store }: Ports, collection: ContentCollection, staged: Staged): Promise<Key> {
  const field = keyFieldOf(collection);
  switch (collection.types[field]) {
    case 'uuid':
      return random.uuid();
    case 'integer':
    case 'bigInteger':
      return store.nextNumber(collection.name, await staged.greatestKey(collection.name));
    default:
      throw failedValidation(field, 'required');
  }
}

/** Changes that are to be made, and the items as they will be. */
class Staged {
  readonly #changes: ItemChange[] = [];
  readonly #written: { readonly collection: ContentCollection; readonly key: Key; readonly values: Item }[] = [];
  readonly #items = new Map<string, Promise<Map<string, Item>>>();

  constructor(
    private readonly store: Store,
    private readonly content: Content,
  ) {}

  async item(collection: string, key: Key): Promise<Item | undefined> {
    return (await this.#itemsOf(collection)).get(String(key));
  }

  async greatestKey(collection: string): Promise<number> {
    let greatest = 0;
    for (const key of (await this.#itemsOf(collection)).keys()) greatest = Math.max(greatest, Number(key));
    return greatest;
  }

  insert(collection: ContentCollection, key: Key, members: Item): void {
    this.#stage(collection, key, members, 'insert');
  }

  async merge(collection: ContentCollection, key: Key, members: Item): Promise<void> {
    const before = await this.item(collection.name, key);
    this.#stage(collection, key, members, 'merge', before);
  }

  /** @throws ApiError 400 RECORD_NOT_UNIQUE, INVALID_FOREIGN_KEY */
  async commit(): Promise<void> {
    for (const { collection, key, values } of this.#written) {
      for (const field of collection.fields) {
        const value = values[field.name];
        if (value === undefined || value === null) continue;
        if (field.unique === true) await this.#mustBeUnique(collection, key, field.name, value);
        if (field.type === 'many-to-one' && !(await this.#isThere(field.to ?? '', value))) throw invalidForeignKey();
      }
    }
    if (await this.store.changeItems(this.#changes)) return;
    const [first] = this.#written;
    throw recordNotUnique(first?.collection.name ?? '', keyFieldOf(first?.collection ?? { name: '', types: {} }), '');
  }

  #stage(collection: ContentCollection, key: Key, members: Item, kind: 'insert' | 'merge', before: Item = {}): void {
    const { name } = collection;
    this.#changes.push({ kind, collection: name, key: String(key), members });
    this.#written.push({ collection, key, values: members });
    const read = this.#itemsOf(name);
    this.#items.set(
      name,
      read.then((items) => items.set(String(key), { ...before, ...members })),
    );
  }

  #itemsOf(collection: string): Promise<Map<string, Item>> {
    const load = async (): Promise<Map<string, Item>> =>
      new Map((await this.store.items(collection)).map(({ key, members }) => [key, members]));
    const read = this.#items.get(collection) ?? load();
    this.#items.set(collection, read);
    return read;
  }

  async #mustBeUnique({ name }: ContentCollection, key: Key, field: string, value: unknown): Promise<void> {
    for (const [other, members] of await this.#itemsOf(name))
      if (other !== String(key) && members[field] === value) throw recordNotUnique(name, field, String(value));
  }

  async #isThere(collection: string, key: unknown): Promise<boolean> {
    const text = String(key);
    if (collection === 'directus_users') return (await this.store.user(text)) !== undefined;
    if (collection === 'directus_roles') return (await this.store.role(text)) !== undefined;
    if (collection === 'directus_policies' && (text === PUBLIC_POLICY || text === ADMINISTRATORS_POLICY)) return true;
    const isKept = this.content.has(collection) || collection === 'directus_policies';
    return isKept && (await this.item(collection, text)) !== undefined;
  }
}
