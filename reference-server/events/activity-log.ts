import type { Request } from 'express';
import type { ItemEvent } from '../content/item-events.js';
import { activity } from '../query/collections/activity.js';
import type { Item } from '../query/collection.js';
import type { Author } from '../query/filter/operands.js';
import type { ItemRecord } from '../stores/store.js';

/** How many of the last actions are kept. */
const MOST = 1_000;

/**
 * What was done lately in this process: logins, and what was written of users and items. Read at /activity. A Directus keeps all of it in
 * its database. Members observed: Directus 12.4.1.
 */
export class ActivityLog {
  readonly #actions: Item[] = [];
  #last = 0;

  /**
   * @param now in ms since 1970
   * @param request that asked for it; undefined for a message of a WebSocket
   */
  addLogin(user: string, now: number, request?: Request): void {
    this.#add('login', 'directus_users', user, now, { user, request });
  }

  /**
   * @param now in ms since 1970
   * @param by who wrote it; undefined for the server itself
   */
  addWrite({ action, collection, keys }: ItemEvent, now: number, by?: Author): void {
    for (const key of keys) this.#add(action, collection, String(key), now, by);
  }

  /** The actions as a store would have them; undefined for another collection. */
  items(collection: string): readonly ItemRecord[] | undefined {
    if (collection !== activity.name) return undefined;
    return this.#actions.map((members) => ({ key: String(members['id']), members }));
  }

  #add(
    action: string,
    collection: string,
    item: string,
    now: number,
    { user = null, request }: Partial<Author> = {},
  ): void {
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
