import type { Identity } from '../auth/identity.js';
import { contentOf, type ContentCollection } from '../content/content-model.js';
import { removeItems } from '../content/remove-items.js';
import { changeItems, createItems } from '../content/write-items.js';
import type { Context } from '../context.js';
import { ApiError, forbidden } from '../http/errors.js';
import {
  authorOf,
  changesIn,
  counted,
  found,
  keysToRemove,
  listed,
  several,
  viewOf,
  type Asking,
} from '../query/answer-records.js';
import { creatable } from '../query/authorized.js';
import { checkedQuery, type Query } from '../query/checked-query.js';
import type { Item, Key } from '../query/collection.js';
import { mustBeKey } from '../query/keys.js';
import { singleton, writeSingleton } from '../routes/singleton.js';
import { checkedItems } from './checked-items.js';
import { failure, malformedMessage, withUid, type Message } from './messages.js';

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
    const result = await resultOf(context, identity, message);
    return result && withUid(message, { type: 'items', ...result });
  } catch (error) {
    if (error instanceof ApiError && error.code === 'FAILED_VALIDATION') return undefined;
    if (error instanceof ApiError) return withUid(message, failure('items', error));
    throw error;
  }
}

async function resultOf(context: Context, identity: Identity, message: Message): Promise<Message | undefined> {
  const { action, name } = checkedItems(message);
  const { query: given } = message;
  if (name.startsWith('directus_'))
    throw new ApiError(400, 'INVALID_COLLECTION', 'Cannot trigger an action on a system collection.');
  const collection = (await contentOf(context.store)).get(name);
  if (collection === undefined) throw forbidden({ collection: name });
  const asked = typeof given === 'object' && given !== null ? (given as Item) : {};
  const query = await checkedQuery(asked);
  const work = new ItemWork(context, { locals: { identity, query } }, collection, query, asked);
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

/** True for a key that a message names one record by. Observed: Directus 12.4.1, for which an empty one is none. */
const isNamed = (id: unknown): boolean => id !== undefined && id !== '' && id !== 0;

class ItemWork {
  /** @param asked the query as it came */
  constructor(
    private readonly context: Context,
    private readonly asking: Asking,
    private readonly collection: ContentCollection,
    private readonly query: Query,
    private readonly asked: Item,
  ) {}

  async create(data: unknown): Promise<Message> {
    const view = await viewOf(this.context, this.asking);
    const given = (Array.isArray(data) ? data : [data ?? {}]) as Item[];
    const inputs = given.map((input) => creatable(view, this.collection, input));
    const keys = await createItems(this.context, [{ collection: this.collection, inputs }], view.who, view);
    return { data: Array.isArray(data) ? await this.#several(keys) : await this.#one(keys[0], this.query) };
  }

  async read({ id, ids }: Message): Promise<Message> {
    return { data: await this.#read(id, ids), ...(await this.#counts()) };
  }

  async #read(id: unknown, ids: unknown): Promise<unknown> {
    if (isNamed(id)) return this.#one(id, this.query);
    if (Array.isArray(ids)) return this.#several(this.#keys(ids));
    if (this.collection.singleton === true) return this.#only();
    return (await listed(this.context, this.asking, this.collection, this.query)).data;
  }

  /** Data that is none is not answered. Observed: Directus 12.4.1. */
  async update({ id, ids, data }: Message): Promise<Message | undefined> {
    if (data === undefined || data === null) return undefined;
    // The members of a list are those by its numbers. Observed: Directus 12.4.1.
    const input: Item = typeof data === 'object' ? { ...data } : {};
    if (isNamed(id)) {
      await this.#change({ keys: [id], data: input });
      // A single record is returned with all of its fields, also where the query asks for fewer. Observed: Directus 12.4.1.
      return { data: await this.#one(id, {}) };
    }
    if (ids === undefined && this.collection.singleton === true) {
      await writeSingleton(this.context, input, this.asking, this.collection);
      return { data: await this.#only() };
    }
    const unnamed = Array.isArray(data) ? data : { query: this.asked, data: input };
    const keys = await this.#change(ids === undefined ? unnamed : { keys: ids, data: input });
    return { data: await this.#several(keys), ...(await this.#counts()) };
  }

  async remove({ id, ids, query }: Message): Promise<Message> {
    if (!isNamed(id) && ids === undefined && query === undefined)
      throw malformedMessage("Either 'ids', 'id' or 'query' is required for a DELETE request.");
    const body = ids === undefined ? { query: this.asked } : { keys: ids };
    const named = isNamed(id) ? { keys: [id] } : body;
    const keys = await keysToRemove(this.context, named, this.asking, this.collection);
    await removeItems(this.context, this.collection, keys, authorOf(this.asking));
    return { data: isNamed(id) ? id : (ids ?? keys) };
  }

  async #change(body: unknown): Promise<readonly Key[]> {
    const changes = await changesIn(this.context, body, this.asking, this.collection);
    const view = await viewOf(this.context, this.asking);
    await changeItems(this.context, this.collection, changes, view.who, view);
    return changes.map(({ key }) => key);
  }

  #counts(): Promise<{ readonly meta?: object }> {
    return counted(this.context, this.asking, this.collection, this.query);
  }

  #keys(given: readonly unknown[]): readonly Key[] {
    return given.map((key) => mustBeKey(this.collection, key));
  }

  #one(id: unknown, query: Query): Promise<unknown> {
    return found(this.context, mustBeKey(this.collection, id), this.asking, this.collection, query);
  }

  async #only(): Promise<unknown> {
    return (await singleton(this.context, this.asking, this.collection, this.query)).data;
  }

  #several(keys: readonly Key[]): Promise<readonly unknown[]> {
    return several(this.context, keys, this.asking, this.collection, this.query);
  }
}
