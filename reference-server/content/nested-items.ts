import type { InitialField } from '../../spec/generated/initial-data.js';
import type { Context } from '../context.js';
import { failedValidation, forbidden, invalidPayload, invalidQuery, recordNotUnique } from '../http/errors.js';
import { numberOf } from '../http/loose-values.js';
import { creatable, mustBeChangeable } from '../query/authorized.js';
import type { View } from '../query/answer-records.js';
import { keyFieldOf, type Item, type Key } from '../query/collection.js';
import { checkedOneToMany } from '../query/checked-query.js';
import { isKey, mustBeKey } from '../query/keys.js';
import { isNumeric, type Who } from '../query/filter/operands.js';
import type { Content, ContentCollection } from './content-model.js';
import { changedValues, newValues } from './item-values.js';
import type { StagedItems } from './staged-items.js';
import { writableNamed } from './writable-collections.js';

/**
 * Writes items and those that are given within them: `author: { name }`, and `articles: [{ title }, 5]` or
 * `articles: { create, update, delete }`. Observed: Directus 12.4.1.
 */
export class NestedItems {
  /** @param view what may be written within others; everything when not given */
  constructor(
    private readonly ports: Pick<Context, 'random' | 'store'>,
    private readonly staged: StagedItems,
    private readonly content: Content,
    private readonly who: Who,
    private readonly view: View | undefined,
  ) {}

  /**
   * @param values as newValues gives them
   * @param path the fields that lead to the item
   * @returns the key
   */
  async create(
    collection: ContentCollection,
    input: Item,
    values = newValues(collection, input, this.who),
    path: readonly string[] = [],
  ): Promise<Key> {
    const field = keyFieldOf(collection);
    const given = givenKey(collection, input);
    const complete = await this.#withKeys(collection, values, path);
    const key = given ?? (await this.#freshKey(collection));
    if ((await this.staged.item(collection.name, key)) !== undefined)
      throw recordNotUnique(collection.name, field, toldKey(key, input[field]));
    this.staged.insert(collection, key, { [field]: key, ...complete });
    await this.#writeMany(collection, key, input, path);
    return key;
  }

  /** Changes an item; of one that does not exist only what is given within it is written. Observed: Directus 12.4.1. */
  async change(collection: ContentCollection, key: Key, input: Item, path: readonly string[] = []): Promise<void> {
    const values = changedValues(collection, input, this.who, path);
    const complete = await this.#withKeys(collection, values, path);
    if ((await this.staged.item(collection.name, key)) !== undefined)
      await this.staged.merge(collection, key, complete);
    await this.#writeMany(collection, key, input, path);
  }

  /** The same values with the key of what is written in place of each item. */
  async #withKeys(collection: ContentCollection, values: Item, path: readonly string[]): Promise<Item> {
    const complete: Record<string, unknown> = { ...values };
    for (const field of collection.fields) {
      const value = values[field.name];
      if (field.type !== 'many-to-one' || typeof value !== 'object' || value === null) continue;
      const key = keyAlone(value as Item);
      const related = writableNamed(this.content, field.to ?? '');
      complete[field.name] =
        related === undefined && key !== undefined
          ? key
          : await this.#write(this.#relatedTo(field), value as Item, [...path, field.name]);
    }
    return complete;
  }

  #relatedTo({ name, to = '' }: InitialField): ContentCollection {
    const related = writableNamed(this.content, to);
    if (related !== undefined) return related;
    throw invalidPayload(`"${name}" has to be a key: this server does not write "${to}" within others`);
  }

  /**
   * Writes an item by itself: changes the one whose key is given; creates one where there is none.
   * @throws ApiError 403 FORBIDDEN for a key that can be none, and for what may not be written
   */
  write(collection: ContentCollection, input: Item): Promise<Key> {
    return this.#write(collection, input, []);
  }

  /** Changes the item whose key is given; creates one where there is none. */
  async #write(collection: ContentCollection, input: Item, path: readonly string[]): Promise<Key> {
    const { [keyFieldOf(collection)]: given, ...others } = input;
    if (given !== undefined && given !== null) {
      const key = mustBeKey(collection, given);
      if ((await this.staged.item(collection.name, key)) !== undefined) {
        if (Object.keys(others).length > 0) await this.#changeAllowed(collection, key, others, path);
        return key;
      }
    }
    const allowed = this.view === undefined ? input : creatable(this.view, collection, input, path);
    return this.create(collection, allowed, newValues(collection, allowed, this.who, path), path);
  }

  async #changeAllowed(collection: ContentCollection, key: Key, input: Item, path: readonly string[]): Promise<void> {
    if (this.view !== undefined) await mustBeChangeable(this.view, collection, [{ key, input }], undefined, path);
    await this.change(collection, key, input, path);
  }

  /** Writes the items that refer to one, as its one-to-many fields give them. */
  async #writeMany(collection: ContentCollection, key: Key, input: Item, path: readonly string[]): Promise<void> {
    for (const field of collection.fields) {
      // Nothing is none of them, and an empty text or 0 no change. Observed: Directus 12.4.1.
      const given = input[field.name] === null ? [] : input[field.name];
      if (field.type !== 'one-to-many' || !given) continue;
      const related = this.#relatedTo(field);
      const by = field.by ?? '';
      const at = [...path, field.name];
      const link = async (one: unknown): Promise<Key> =>
        this.#write(related, { ...(await this.#asItem(related, one)), [by]: key }, at);
      if (Array.isArray(given)) {
        const kept = new Set<Key>();
        for (const one of given as unknown[]) kept.add(await link(one));
        for (const [text, item] of await this.staged.itemsOf(related.name))
          if (String(item[by]) === String(key) && !kept.has(mustBeKey(related, text)))
            await this.#changeAllowed(related, mustBeKey(related, text), { [by]: null }, at);
        continue;
      }
      const { create, update, delete: left } = await checkedOneToMany(given);
      for (const one of await this.#inOrder(collection, field.name, key, listed(create))) await link(one);
      for (const one of listed(update)) if (await this.#isThere(related, one)) await link(one);
      mustBeComparable(related, listed(left));
      for (const one of listed(left).map((given) => mustBeKey(related, given))) {
        // One that refers to another stays as it is.
        const item = await this.staged.item(related.name, one);
        if (item !== undefined && String(item[by]) === String(key))
          await this.#changeAllowed(related, one, { [by]: null }, at);
      }
    }
  }

  /** New items with their places, behind those that there are, where the relation has an order. Observed: Directus 12.4.1. */
  async #inOrder(
    { relations = {} }: ContentCollection,
    field: string,
    key: Key,
    created: readonly unknown[],
  ): Promise<readonly unknown[]> {
    const { to = '', by = '', orderedBy } = relations[field] ?? {};
    if (orderedBy === undefined) return created;
    const own = [...(await this.staged.itemsOf(to)).values()].filter((item) => String(item[by]) === String(key));
    const last = Math.max(0, ...own.map((item) => Number(item[orderedBy] ?? 0)));
    return created.map((one, index) =>
      typeof one === 'object' && one !== null ? { [orderedBy]: last + 1 + index, ...one } : one,
    );
  }

  /**
   * An item of a list, or the one that a key names.
   * @throws ApiError 403 FORBIDDEN for a key of none
   */
  async #asItem(collection: ContentCollection, given: unknown): Promise<Item> {
    if (given === null) throw invalidPayload('Each item must be an object or a key');
    if (typeof given === 'object') return given as Item;
    const key = mustBeKey(collection, given);
    if ((await this.staged.item(collection.name, key)) === undefined) throw forbidden();
    return { [keyFieldOf(collection)]: key };
  }

  /** True for an item that exists: others of an update are left out. Observed: Directus 12.4.1. */
  async #isThere(collection: ContentCollection, given: unknown): Promise<boolean> {
    const key = (given as Item | null)?.[keyFieldOf(collection)];
    if (key === undefined || key === null) throw invalidPayload('Item in update misses primary key');
    return (await this.staged.item(collection.name, mustBeKey(collection, key))) !== undefined;
  }

  async #freshKey(collection: ContentCollection): Promise<Key> {
    const { random, store } = this.ports;
    const field = keyFieldOf(collection);
    switch (collection.types[field]) {
      case 'uuid':
        return random.uuid();
      case 'integer':
      case 'bigInteger':
        return store.nextNumber(collection.name, await this.staged.greatestKey(collection.name));
      default:
        throw failedValidation(field, 'required');
    }
  }
}

/**
 * Checks keys that items are selected by, unlike those that name one each. Observed: Directus 12.4.1.
 * @throws ApiError 400 INVALID_QUERY for a number that is none
 */
function mustBeComparable(collection: ContentCollection, keys: readonly unknown[]): void {
  const isNumber = isNumeric(collection.types[keyFieldOf(collection)]);
  if (isNumber && keys.some((key) => Number.isNaN(numberOf(key)))) throw invalidQuery('Invalid numeric value');
}

/** A key as an error tells it: as it was given, which GraphQL does as text. Observed: Directus 12.4.1. */
const toldKey = (key: Key, given: unknown): Key => (typeof given === 'string' ? given : key);

/** The key of a record of which nothing else is said: it is referred to. */
const keyAlone = (given: Item): unknown => (Object.keys(given).length === 1 ? given['id'] : undefined);

const listed = (given: unknown): readonly unknown[] => (Array.isArray(given) ? (given as unknown[]) : []);

/** @throws ApiError 403 FORBIDDEN for what can be no key */
export function givenKey(collection: ContentCollection, input: Item): Key | undefined {
  const given = input[keyFieldOf(collection)];
  if (given === undefined || given === null) return undefined;
  if (!isKey(collection, given)) throw forbidden();
  return mustBeKey(collection, given);
}
