import { invalidForeignKey, recordNotUnique } from '../http/errors.js';
import { keyFieldOf, type Item, type Key } from '../query/collection.js';
import { ADMINISTRATORS_POLICY, PUBLIC_POLICY } from '../query/policy-ids.js';
import type { ItemChange, Store } from '../stores/store.js';
import type { Content, ContentCollection } from './content-model.js';
import type { ItemEvent } from './item-events.js';
import { UniqueValues } from './unique-values.js';
import { writableNamed } from './writable-collections.js';

interface Written {
  readonly collection: ContentCollection;
  readonly key: Key;
  readonly values: Item;
  readonly before: Item | undefined;
}

/** Changes that are to be made, and the items as they will be. */
export class StagedItems {
  readonly #changes: ItemChange[] = [];
  readonly #written: Written[] = [];
  readonly #items = new Map<string, Promise<Map<string, Item>>>();

  constructor(
    private readonly store: Store,
    private readonly content: Content,
  ) {}

  async item(collection: string, key: Key): Promise<Item | undefined> {
    return (await this.itemsOf(collection)).get(String(key));
  }

  async greatestKey(collection: string): Promise<number> {
    let greatest = 0;
    for (const key of (await this.itemsOf(collection)).keys()) greatest = Math.max(greatest, Number(key));
    return greatest;
  }

  insert(collection: ContentCollection, key: Key, members: Item): void {
    this.#stage(collection, key, members, undefined);
  }

  /** Changes an item that there is. */
  async merge(collection: ContentCollection, key: Key, members: Item): Promise<void> {
    this.#stage(collection, key, members, (await this.item(collection.name, key)) ?? {});
  }

  /** The items of a collection by the text of their keys. */
  itemsOf(collection: string): Promise<Map<string, Item>> {
    const load = async (): Promise<Map<string, Item>> =>
      new Map((await this.store.items(collection)).map(({ key, members }) => [key, members]));
    const read = this.#items.get(collection) ?? load();
    this.#items.set(collection, read);
    return read;
  }

  /**
   * Makes the changes, all or none.
   * @returns what has been done, for those who are subscribed to it
   * @throws ApiError 400 RECORD_NOT_UNIQUE, INVALID_FOREIGN_KEY
   */
  async commit(): Promise<readonly ItemEvent[]> {
    const unique = new UniqueValues();
    for (const { collection, key, values, before } of this.#written) {
      for (const field of collection.fields) {
        const value = values[field.name];
        if (field.unique === true) unique.change(collection.name, field.name, key, before?.[field.name], value);
        if (value === undefined || value === null) continue;
        if (field.unique === true) await this.#mustBeUnique(collection, key, field.name, value);
        if (field.type === 'many-to-one' && !(await this.#isThere(field.to ?? '', value))) throw invalidForeignKey();
      }
    }
    if (await this.store.changeItems([...this.#changes, ...unique.changes])) return this.#events();
    // Another server that shares the store has come first: with the key, or with a value that is unique.
    const taken = await unique.taken(this.store);
    if (taken !== undefined) throw recordNotUnique(taken.collection, taken.field, String(taken.value));
    const [first] = this.#written;
    const { name = '' } = first?.collection ?? {};
    throw recordNotUnique(name, first === undefined ? '' : keyFieldOf(first.collection), '');
  }

  #stage(collection: ContentCollection, key: Key, members: Item, before: Item | undefined): void {
    const { name } = collection;
    const kind = before === undefined ? 'insert' : 'merge';
    this.#changes.push({ kind, collection: name, key: String(key), members });
    this.#written.push({ collection, key, values: members, before });
    const read = this.itemsOf(name);
    this.#items.set(
      name,
      read.then((items) => items.set(String(key), { ...before, ...members })),
    );
  }

  /** One for each new item, and one for all of a collection that were changed. Observed: Directus 12.4.1. */
  #events(): readonly ItemEvent[] {
    const events: ItemEvent[] = [];
    const changed = new Map<string, Set<Key>>();
    for (const { collection, key, before } of this.#written) {
      const { name } = collection;
      if (before === undefined) events.push({ collection: name, action: 'create', keys: [key] });
      else changed.set(name, (changed.get(name) ?? new Set()).add(key));
    }
    for (const [collection, keys] of changed) events.push({ collection, action: 'update', keys: [...keys] });
    return events;
  }

  async #mustBeUnique({ name }: ContentCollection, key: Key, field: string, value: unknown): Promise<void> {
    for (const [other, members] of await this.itemsOf(name))
      if (other !== String(key) && members[field] === value) throw recordNotUnique(name, field, String(value));
  }

  async #isThere(collection: string, key: unknown): Promise<boolean> {
    const text = String(key);
    if (collection === 'directus_users') return (await this.store.user(text)) !== undefined;
    if (collection === 'directus_roles') return (await this.store.role(text)) !== undefined;
    if (collection === 'directus_policies' && (text === PUBLIC_POLICY || text === ADMINISTRATORS_POLICY)) return true;
    return writableNamed(this.content, collection) !== undefined && (await this.item(collection, text)) !== undefined;
  }
}
