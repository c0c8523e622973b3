import type { Key } from '../query/collection.js';
import type { Author } from '../query/filter/operands.js';

/** What has become of records of a collection. */
export interface ItemEvent {
  readonly collection: string;
  readonly action: 'create' | 'update' | 'delete';
  readonly keys: readonly Key[];
}

export type ItemListener = (event: ItemEvent, by: Author | undefined) => void;

/** Tells the subscribers of this process what was written. A write that another process makes in the same store is not told. */
export class ItemEvents {
  readonly #listeners = new Set<ItemListener>();

  /** @returns what ends the subscription */
  subscribe(listener: ItemListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** @param by who wrote it; undefined for the server itself */
  tell(event: ItemEvent, by: Author | undefined): void {
    for (const listener of this.#listeners) listener(event, by);
  }
}
