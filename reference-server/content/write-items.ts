import type { Context } from '../context.js';
import type { View } from '../query/answer-records.js';
import type { Change } from '../query/authorized.js';
import type { Item, Key } from '../query/collection.js';
import type { Who } from '../query/filter/operands.js';
import { contentOf, type ContentCollection } from './content-model.js';
import { mustBeDistinct } from './distinct-translations.js';
import { newValues } from './item-values.js';
import { givenKey, NestedItems } from './nested-items.js';
import { oneByOne } from './one-by-one.js';
import { StagedItems } from './staged-items.js';

type Ports = Pick<Context, 'random' | 'store' | 'itemEvents'>;

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
