import { AsyncLocalStorage } from 'node:async_hooks';
import type { Request, RequestHandler } from 'express';
import type { ItemEvent } from '../content/item-events.js';
import { activity } from '../query/collections/activity.js';
import type { Item } from '../query/collection.js';
import type { ItemRecord } from '../stores/store.js';

/** How many of the last actions are kept. */
const MOST = 1_000;

const requests = new AsyncLocalStorage<Request>();

/** Lets what is done while a request is answered be told with the request's sender. */
export const noteRequest: RequestHandler = (request, _response, next) => requests.run(request, next);

/**
 * What was done lately in this process: logins, and what was written of users and items. Read at /activity. A Directus keeps all of it in
 * its database. Members observed: Directus 12.4.1.
 */
export class ActivityLog {
  readonly #actions: Item[] = [];
  #last = 0;

  /** @param now in ms since 1970 */
  addLogin(user: string, now: number): void {
    this.#add('login', 'directus_users', user, user, now);
  }

  /** @param now in ms since 1970 */
  addWrite({ action, collection, keys }: ItemEvent, now: number): void {
    const identity = requests.getStore()?.res?.locals['identity'] as { readonly user: string | null } | undefined;
    for (const key of keys) this.#add(action, collection, String(key), identity?.user ?? null, now);
  }

  /** The actions as a store would have them; undefined for another collection. */
  items(collection: string): readonly ItemRecord[] | undefined {
    if (collection !== activity.name) return undefined;
    return this.#actions.map((members) => ({ key: String(members['id']), members }));
  }

  #add(action: string, collection: string, item: string, user: string | null, now: number): void {
    const request = requests.getStore();
    this.#last += 1;
    this.#actions.push({
      id: this.#last,
      action,
      user,
      timestamp: new Date(now).toISOString(),
      ip: request?.ip ?? null,
      user_agent: request?.get('user-agent') ?? null,
      collection,
      item,
      origin: request?.get('origin') ?? null,
    });
    if (this.#actions.length > MOST) this.#actions.shift();
  }
}
