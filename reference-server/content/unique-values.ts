import type { Key } from '../query/collection.js';
import type { ItemChange, Store } from '../stores/store.js';
import type { ContentCollection } from './content-model.js';

/** Where a store keeps the values of a unique field: each is an item of its own, whose key cannot be inserted twice. */
export const uniqueValuesOf = (collection: string, field: string): string => `unique:${collection}.${field}`;

/** The names of what `uniqueValuesOf` gives for a collection. */
export const uniqueNames = ({ name, fields }: ContentCollection): readonly string[] =>
  fields.flatMap((field) => (field.unique === true ? [uniqueValuesOf(name, field.name)] : []));

interface Value {
  readonly collection: string;
  readonly field: string;
  readonly key: Key;
  readonly value: unknown;
}

/**
 * The values of unique fields that a write takes and gives up. A store refuses to insert a key that is there: of several servers that
 * share it, one can have a value.
 */
export class UniqueValues {
  readonly #taken: Value[] = [];
  readonly #left: Value[] = [];

  /**
   * @param before undefined for a new item
   * @param after undefined where a change says nothing of the field
   */
  change(collection: string, field: string, key: Key, before: unknown, after: unknown): void {
    if (after === undefined || before === after) return;
    if (isValue(before)) this.#left.push({ collection, field, key, value: before });
    if (isValue(after)) this.#taken.push({ collection, field, key, value: after });
  }

  /** An item that is removed. */
  leave(collection: string, field: string, key: Key, value: unknown): void {
    if (isValue(value)) this.#left.push({ collection, field, key, value });
  }

  get changes(): readonly ItemChange[] {
    return [
      ...this.#left.map((each): ItemChange => ({ kind: 'remove', ...placeOf(each) })),
      ...this.#taken.map((each): ItemChange => ({ kind: 'insert', ...placeOf(each), members: { key: each.key } })),
    ];
  }

  /** The first value that a store has already; undefined where it has none of them. */
  async taken(store: Store): Promise<Value | undefined> {
    for (const each of this.#taken) {
      const { collection, key } = placeOf(each);
      if ((await store.items(collection)).some((item) => item.key === key)) return each;
    }
    return undefined;
  }
}

const isValue = (value: unknown): boolean => value !== undefined && value !== null;

const placeOf = ({ collection, field, value }: Value): { readonly collection: string; readonly key: string } => ({
  collection: uniqueValuesOf(collection, field),
  key: JSON.stringify(value),
});
