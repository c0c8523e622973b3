import type { Identity } from '../auth/identity.js';
import { contentOf, type ContentCollection } from '../content/content-model.js';
import { removeItems } from '../content/remove-items.js';
import { changeItems, createItems } from '../content/write-items.js';
import type { Context } from '../context.js';
import { ApiError, forbidden } from '../http/errors.js';
import { authorOf, found, listed, viewOf, type Asking } from '../query/answer-records.js';
import { creatable, mustBeChangeable, mustBeRemovable } from '../query/authorized.js';
import { checkedQuery, type Query } from '../query/checked-query.js';
import { keyFieldOf, type Item, type Key } from '../query/collection.js';
import { mustBeKey } from '../query/keys.js';
import { failure, malformedMessage, noneOf, notA, validationError, withUid, type Message } from './messages.js';

const ACTIONS = ['create', 'read', 'update', 'delete'] as const;

/**
 * Answers a message `items`: content is read and written as at /items. Data that an item cannot have is not answered at all.
 * Observed: Directus 12.4.1.
 */
export async function answerItems(
  context: Context,
  identity: Identity,
  message: Message,
): Promise<Message | undefined> {
  try {
    return withUid(message, { type: 'items', ...(await resultOf(context, identity, message)) });
  } catch (error) {
    if (error instanceof ApiError && error.code === 'FAILED_VALIDATION') return undefined;
    if (error instanceof ApiError) return withUid(message, failure('items', error));
    throw error;
  }
}

async function resultOf(context: Context, identity: Identity, message: Message): Promise<Message> {
  const { action, collection: name, query: given } = message;
  const isNamed = typeof name === 'string';
  if (!ACTIONS.includes(action as never))
    throw noneOf(ACTIONS, 'action', isNamed ? '' : `${notA('string', name, 'collection')}; `);
  if (!isNamed) throw validationError(notA('string', name, 'collection'));
  if (name.startsWith('directus_'))
    throw new ApiError(400, 'INVALID_COLLECTION', 'Cannot trigger an action on a system collection.');
  const collection = (await contentOf(context.store)).get(name);
  if (collection === undefined) throw forbidden({ collection: name });
  const query = await checkedQuery(typeof given === 'object' && given !== null ? (given as Item) : {});
  const work = new ItemWork(context, { locals: { identity, query } }, collection, query);
  switch (action) {
    case 'create':
      return work.create(message['data']);
    case 'read':
      return work.read(message);
    case 'update':
      return work.update(message);
    default:
      return work.remove(message);
  }
}

class ItemWork {
  constructor(
    private readonly context: Context,
    private readonly asking: Asking,
    private readonly collection: ContentCollection,
    private readonly query: Query,
  ) {}

  async create(data: unknown): Promise<Message> {
    const view = await viewOf(this.context, this.asking);
    const given = (Array.isArray(data) ? data : [data ?? {}]) as Item[];
    const inputs = given.map((input) => creatable(view, this.collection, input));
    const keys = await createItems(this.context, [{ collection: this.collection, inputs }], view.who, view);
    const told = await this.#several(keys, this.query);
    return { data: Array.isArray(data) ? told : told[0] };
  }

  async read({ id, ids }: Message): Promise<Message> {
    if (id !== undefined) return { data: await this.#one(id, this.query) };
    if (Array.isArray(ids)) return { data: await this.#several(this.#keys(ids), this.query) };
    const { data, meta } = await listed(this.context, this.asking, this.collection, this.query);
    return { data, ...(meta !== undefined && { meta }) };
  }

  async update({ id, ids, data }: Message): Promise<Message> {
    const keys = await this.#keysNamed(id, ids);
    const input = (typeof data === 'object' && data !== null ? data : {}) as Item;
    const changes = keys.map((key) => ({ key, input }));
    const view = await viewOf(this.context, this.asking);
    await mustBeChangeable(view, this.collection, changes, input);
    await changeItems(this.context, this.collection, changes, view.who, view);
    // Of one it tells all fields, whatever the query asks for. Observed: Directus 12.4.1.
    if (id !== undefined) return { data: await this.#one(id, {}) };
    return { data: await this.#several(keys, this.query) };
  }

  async remove({ id, ids, query }: Message): Promise<Message> {
    if (id === undefined && ids === undefined && query === undefined)
      throw malformedMessage("Either 'ids', 'id' or 'query' is required for a DELETE request.");
    const keys = await this.#keysNamed(id, ids);
    if (keys.length > 0) await mustBeRemovable(await viewOf(this.context, this.asking), this.collection, keys);
    await removeItems(this.context, this.collection, keys, authorOf(this.asking));
    return { data: id ?? keys };
  }

  /** The keys that a message names; those of its query where it names none. */
  async #keysNamed(id: unknown, ids: unknown): Promise<readonly Key[]> {
    if (id !== undefined) return this.#keys([id]);
    if (Array.isArray(ids)) return this.#keys(ids);
    const field = keyFieldOf(this.collection);
    const { data } = await listed(this.context, this.asking, this.collection, { ...this.query, fields: [field] });
    return data.map((item) => (item as Item)[field] as Key);
  }

  #keys(given: readonly unknown[]): readonly Key[] {
    return given.map((key) => mustBeKey(this.collection, key));
  }

  #one(id: unknown, query: Query): Promise<unknown> {
    return found(this.context, mustBeKey(this.collection, id), this.asking, this.collection, query);
  }

  async #several(keys: readonly Key[], { fields }: Query): Promise<readonly unknown[]> {
    if (keys.length === 0) return [];
    const filter = { [keyFieldOf(this.collection)]: { _in: keys } };
    const { data } = await listed(this.context, this.asking, this.collection, {
      filter,
      limit: -1,
      ...(fields && { fields }),
    });
    return data;
  }
}
