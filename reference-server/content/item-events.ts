import type { Key } from '../query/collection.js';

/** What has become of records of a collection. */
export interface ItemEvent {
  readonly collection: string;
  readonly action: 'create' | 'update' | 'delete';
  readonly keys: readonly Key[];
}

/** Tells the subscribers of this process what was written. A write that another process makes in the same store is not told. */
export class ItemEvents {
  readonly #listeners = new Set<(event: ItemEvent) => void>();

  /** @returns what ends the subscription */
  subscribe(listener: (event: ItemEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(event: ItemEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
