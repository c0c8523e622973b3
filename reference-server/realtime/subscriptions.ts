import { contentOf } from '../content/content-model.js';
import type { ItemEvent } from '../content/item-events.js';
import { knownCollection } from '../content/writable-collections.js';
import type { Identity } from '../auth/identity.js';
import type { Context } from '../context.js';
import { ApiError, forbidden } from '../http/errors.js';
import { textOf } from '../http/loose-values.js';
import { found, listed, viewOf, type Asking } from '../query/answer-records.js';
import { checkedQuery, type Query } from '../query/checked-query.js';
import { keyFieldOf, type Collection } from '../query/collection.js';
import { mustBeKey } from '../query/keys.js';
import { failure, malformedMessage, noneOf, notA, validationError, withUid, type Message } from './messages.js';
import { SUBSCRIPTIONS } from './message-limits.js';

/** What a client wants to be told of. */
interface Subscription {
  readonly collection: string;
  /** The key of one record, as text; all records when undefined. */
  readonly item: string | undefined;
  /** All events when undefined. */
  readonly event: string | undefined;
  readonly query: Query;
  readonly uid: string | undefined;
}

const EVENTS = ['create', 'update', 'delete'];

/** A collection, and who asks for it. */
interface Looked {
  readonly asking: Asking;
  readonly collection: Collection;
}

/**
 * The subscriptions of one client: `subscribe`, `unsubscribe`, and what is told when records change. Each event is looked at with the
 * rights that the client has then. Observed: Directus 12.4.1.
 */
export class Subscriptions {
  readonly #active = new Map<string | undefined, Subscription>();
  #telling: Promise<void> = Promise.resolve();

  /**
   * @param identity who the client is now
   * @param tell sends a message
   */
  constructor(
    private readonly context: Context,
    private readonly identity: () => Promise<Identity>,
    private readonly tell: (message: Message) => void,
  ) {}

  /** Answers a message `subscribe`: what there is, or, where one event is asked for, that it has begun. */
  async subscribe(message: Message): Promise<Message> {
    try {
      const subscription = await subscriptionOf(message);
      const { event, uid } = subscription;
      // Where one event is asked for nothing is read. Observed: Directus 12.4.1.
      const data = event === undefined ? await this.#read(subscription) : {};
      if (event !== undefined) await this.#readable(subscription);
      if (this.#active.size >= SUBSCRIPTIONS && !this.#active.has(uid))
        throw malformedMessage(`One connection has at most ${SUBSCRIPTIONS} subscriptions`);
      this.#active.set(uid, subscription);
      return told('init', data, subscription);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const isUnreadable = error.code === 'INVALID_PAYLOAD';
      const { uid } = message;
      return { ...failure('subscribe', error), ...(!isUnreadable && uid !== undefined && { uid }) };
    }
  }

  /** Answers a message `unsubscribe`: of one subscription, or of all. */
  unsubscribe({ uid }: Message): Message {
    if (uid === undefined) this.#active.clear();
    else this.#active.delete(textOf(uid));
    // Unlike what is told of a subscription, with the uid as it was given. Observed: Directus 12.4.1.
    return withUid({ uid }, { type: 'subscription', event: 'unsubscribe' });
  }

  /** Tells those who are subscribed of an event, after those that came before. */
  notice(event: ItemEvent): void {
    if (this.#active.size === 0) return;
    this.#telling = this.#telling.then(() => this.#tellAll(event)).catch(() => undefined);
  }

  async #tellAll(event: ItemEvent): Promise<void> {
    for (const subscription of [...this.#active.values()]) {
      if (!concerns(subscription, event)) continue;
      const message = await this.#messageFor(subscription, event);
      const isActive = this.#active.get(subscription.uid) === subscription;
      if (message !== undefined && isActive) this.tell(message);
    }
  }

  /** @returns undefined where there is nothing that the subscription is about */
  async #messageFor(subscription: Subscription, { action, keys }: ItemEvent): Promise<Message | undefined> {
    const { item, uid } = subscription;
    try {
      if (action === 'delete') {
        const { meta } = await this.#counted(subscription);
        const data = item === undefined ? keys : keys.find((key) => String(key) === item);
        return told('delete', { data, ...(meta !== undefined && { meta }) }, subscription);
      }
      const read = await this.#read(subscription, keys.map(String));
      if (Array.isArray(read.data) && read.data.length === 0) return undefined;
      return told(action, read, subscription);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { ...failure('subscribe', error), ...(uid !== undefined && { uid }) };
    }
  }

  /**
   * The collection of a subscription.
   * @throws ApiError 403 FORBIDDEN where it may not be read
   */
  async #readable({ collection: name }: Subscription): Promise<Looked> {
    const looked = await this.#look(name);
    const { access } = await viewOf(this.context, looked.asking);
    if (!access.may('read', looked.collection.name)) throw forbidden({ collection: name });
    return looked;
  }

  /** The counts that a subscription asks for, after a removal. */
  async #counted(subscription: Subscription): Promise<{ readonly meta?: object }> {
    const { asking, collection } = await this.#readable(subscription);
    const { item, query } = subscription;
    if (item !== undefined || query.meta === undefined) return {};
    return listed(this.context, asking, collection, { ...query, limit: 0 });
  }

  /** The records that a subscription is about. @param keys those that are new, or changed; all when not given */
  async #read(
    { collection: name, item, query }: Subscription,
    keys?: readonly string[],
  ): Promise<{ readonly data: unknown; readonly meta?: object }> {
    const { asking, collection } = await this.#look(name);
    if (item !== undefined)
      return { data: await found(this.context, mustBeKey(collection, item), asking, collection, query) };
    if (keys === undefined) return listed(this.context, asking, collection, query);
    const named = { [keyFieldOf(collection)]: { _in: keys.map((key) => mustBeKey(collection, key)) } };
    const filter = query.filter === undefined ? named : { _and: [named, query.filter] };
    // No limit, and 0, are as many as there are. Observed: Directus 12.4.1.
    const limit = query.limit ? query.limit : keys.length;
    const { data } = await listed(this.context, asking, collection, { ...query, filter, limit });
    if (query.meta === undefined) return { data };
    const { meta } = await listed(this.context, asking, collection, { ...query, limit: 0 });
    return { data, ...(meta !== undefined && { meta }) };
  }

  async #look(name: string): Promise<Looked> {
    const collection = knownCollection(await contentOf(this.context.store), name);
    if (collection === undefined) throw forbidden({ collection: name });
    return { asking: { locals: { identity: await this.identity(), query: {} } }, collection };
  }
}

/** @throws ApiError 400 INVALID_PAYLOAD, INVALID_QUERY */
async function subscriptionOf({ collection, item, event, query, uid }: Message): Promise<Subscription> {
  if (typeof collection !== 'string') throw validationError(notA('string', collection, 'collection'));
  if (event !== undefined && !EVENTS.includes(event as string)) throw noneOf(EVENTS, 'event');
  if (item !== undefined && typeof item !== 'string' && typeof item !== 'number')
    throw validationError(notA('string', item, 'item'), notA('number', item, 'item'));
  return {
    collection,
    item: item === undefined ? undefined : String(item),
    event: event as string | undefined,
    query: await checkedQuery(typeof query === 'object' && query !== null ? (query as Message) : {}),
    uid: uid === undefined ? undefined : textOf(uid),
  };
}

const concerns = ({ collection, event, item }: Subscription, what: ItemEvent): boolean =>
  collection === what.collection &&
  (event === undefined || event === what.action) &&
  (item === undefined || what.keys.some((key) => String(key) === item));

const told = (event: string, data: object, { uid }: Subscription): Message => ({
  type: 'subscription',
  event,
  ...data,
  ...(uid !== undefined && { uid }),
});
