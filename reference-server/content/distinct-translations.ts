import { invalidPayload } from '../http/errors.js';
import type { Item } from '../query/collection.js';
import type { Store } from '../stores/store.js';
import { writableTranslations } from './writable-collections.js';

/** What is written of translations: members of new ones, or of the one that has the key. */
export interface WrittenTranslation {
  readonly key?: string | number;
  readonly input: Item;
}

/**
 * There is one translation of a key into a language. Observed: Directus 12.4.1.
 * @throws ApiError 400 INVALID_PAYLOAD where there would be two
 */
export async function mustBeDistinct(
  store: Store,
  collection: string,
  written: readonly WrittenTranslation[],
): Promise<void> {
  if (collection !== writableTranslations.name) return;
  const there = new Map<string | number | symbol, Item>(
    (await store.items(collection)).map(({ key, members }) => [key, members]),
  );
  for (const { key = Symbol('new'), input } of written) {
    const before = there.get(key);
    if (typeof key !== 'symbol' && (before === undefined || !('key' in input || 'language' in input))) continue;
    const members: Item = { ...before, ...input };
    for (const [other, { key: name, language }] of there)
      if (other !== key && name === members['key'] && language === members['language'])
        throw invalidPayload('Duplicate key and language combination');
    there.set(key, members);
  }
}
