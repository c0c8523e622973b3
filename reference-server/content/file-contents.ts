import type { Store } from '../stores/store.js';

/** How large an uploaded file may be, in bytes. */
export const FILE_BYTES = 10_485_760;

/** Where a store keeps the contents of a file: a collection for each, so that to read one reads no other. */
export const contentsOf = (id: string): string => `file:${id}`;

const KEY = 'bytes';

/** @returns undefined where there are none */
export async function readContents(store: Store, id: string): Promise<Buffer | undefined> {
  const [item] = await store.items(contentsOf(id));
  const text = item?.members['base64'];
  return typeof text === 'string' ? Buffer.from(text, 'base64') : undefined;
}

/** Stores contents in place of those that a file may have. */
export async function saveContents(store: Store, id: string, bytes: Buffer): Promise<void> {
  await removeContents(store, id);
  const members = { base64: bytes.toString('base64') };
  await store.changeItems([{ kind: 'insert', collection: contentsOf(id), key: KEY, members }]);
}

export async function removeContents(store: Store, id: string): Promise<void> {
  await store.changeItems([{ kind: 'remove', collection: contentsOf(id), key: KEY }]);
}
