import type { Response } from 'express';
import { contentOf } from '../content/content-model.js';
import { changeItems } from '../content/write-items.js';
import type { Context } from '../context.js';
import { forbidden, invalidPayload } from '../http/errors.js';
import { viewOf } from '../query/answer-records.js';
import { mayNot } from '../query/authorized.js';
import { keyFieldOf, type Item, type Key } from '../query/collection.js';
import { compared } from '../query/filter/operands.js';
import { mustBeKey } from '../query/keys.js';

/**
 * Moves an item of a collection to the place of another: the field that the collection is sorted by numbers them from 1 on.
 * Observed: Directus 12.4.1.
 *
 * @param given `item`, the key of the one that is moved, and `to`, the key of the one whose place it gets
 * @throws ApiError 400 INVALID_PAYLOAD, 403 FORBIDDEN
 */
export async function sortItems(context: Context, name: string, given: Item, response: Response): Promise<void> {
  const { item, to } = given;
  const collection = (await contentOf(context.store)).get(name);
  const missing = ['item', 'to'].flatMap((member) => {
    if (['string', 'number'].includes(typeof given[member])) return [];
    const received = `received ${given[member] === undefined ? 'undefined' : 'another type'} at "${member}"`;
    return [`Invalid input: expected string, ${received} or Invalid input: expected number, ${received}`];
  });
  if (missing.length > 0) throw invalidPayload(`Validation error: ${missing.join('; ')}`);
  const sortBy = collection?.sortBy;
  if (collection === undefined || sortBy === undefined)
    throw invalidPayload(`Collection "${name}" doesn't have a sort field`);
  const view = await viewOf(context, response);
  if (!view.access.may('update', name)) throw mayNot('update', { name });
  const key = keyFieldOf(collection);
  const members = (await context.store.items(name)).map((one) => one.members);
  const isNumbered = (one: Item): boolean => typeof one[sortBy] === 'number';
  const order = [
    ...members.filter(isNumbered).sort((one, other) => compared(one[sortBy], other[sortBy])),
    ...members.filter((one) => !isNumbered(one)),
  ].map((one) => one[key] as Key);
  const [from, place] = [order.indexOf(mustBeKey(collection, item)), order.indexOf(mustBeKey(collection, to))];
  if (from < 0 || place < 0) throw forbidden();
  order.splice(place, 0, ...order.splice(from, 1));
  const changes = order.map((one, index) => ({ key: one, input: { [sortBy]: index + 1 } }));
  await changeItems(context, collection, changes, view.who, view);
}
