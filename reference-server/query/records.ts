import { setImmediate as nextTurn } from 'node:timers/promises';
import { invalidQuery } from '../http/errors.js';
import type { RoleRecord, Store, UserRecord } from '../stores/store.js';
import { Access, covers, type Permission } from './access.js';
import { fieldsOf, keyFieldOf, relationOf, type Collection, type Item } from './collection.js';
import { parseFilter } from './filter/filter.js';
import { compared, sortable, type Who } from './filter/operands.js';
import { ADMINISTRATORS_POLICY, PUBLIC_ACCESS, PUBLIC_POLICY } from './policy-ids.js';

/** What is told of a secret that is set. Observed: Directus 12.4.1. */
export const CONCEALED = '**********';

/** A user as the API tells it: secrets that are set as asterisks. */
export function concealed(user: UserRecord): Item {
  const conceal = (secret: string | null): string | null => (secret === null || secret === '' ? null : CONCEALED);
  return {
    ...user,
    password: conceal(user.password),
    tfa_secret: conceal(user.tfa_secret),
    token: conceal(user.token),
  };
}

/** How many records one request may refer to, each as often as it does; and after how many others have their turn. */
const MOST_LOOK_UPS = 200_000;
const LOOK_UPS_A_TURN = 2_000;

/** What records are read from. */
export type Source = Pick<Store, 'users' | 'roles' | 'items'>;

const nobody: Who = { user: null, role: null, now: 0 };

/**
 * The records of the API as they are while one request is answered: each collection is read once, and only when it is needed.
 */
export class Records {
  readonly #read = new Map<string, Promise<readonly Item[]>>();
  readonly #keys = new Map<string, Promise<ReadonlyMap<Item, readonly Permission[]>>>();
  readonly #seen = new Map<string, Promise<readonly Item[]>>();
  readonly #indexed = new Map<string, Promise<ReadonlyMap<unknown, Item>>>();
  #lookedUp = 0;
  /** All of them, whatever the access: what the filter of a permission is about. */
  readonly #raw: Records;

  /**
   * @param access what may be read of them
   * @param who the dynamic values of permissions stand for
   */
  constructor(
    private readonly store: Source,
    private readonly access: Access = Access.full,
    private readonly who: Who = nobody,
  ) {
    this.#raw = access.isFull ? this : new Records(store);
  }

  /** All records of a collection that may be read, with null in place of a field of one that may not; secrets concealed. */
  all(collection: Collection): Promise<readonly Item[]> {
    const read = this.#seen.get(collection.name) ?? this.#readable(collection.whole ?? collection);
    this.#seen.set(collection.name, read);
    return read;
  }

  /**
   * The records of these keys, in the order of the keys; those that do not exist, or may not be read, are left out.
   * @param cost of each, in look-ups: what is made of it may cost more than the look-up
   * @throws ApiError 400 INVALID_QUERY for too many in one request
   */
  async named(collection: Collection, keys: readonly unknown[], cost = 1): Promise<readonly Item[]> {
    await this.#mayLookUp(cost * (1 + keys.length));
    const byKey = await this.#byKey(collection);
    return keys.flatMap((key): readonly Item[] => {
      const item = byKey.get(key);
      return item === undefined ? [] : [item];
    });
  }

  /** The records of a collection that may be read, by their keys. */
  #byKey(collection: Collection): Promise<ReadonlyMap<unknown, Item>> {
    const field = keyFieldOf(collection);
    const index = async (): Promise<ReadonlyMap<unknown, Item>> =>
      new Map((await this.all(collection)).map((item) => [item[field], item]));
    const found = this.#indexed.get(collection.name) ?? index();
    this.#indexed.set(collection.name, found);
    return found;
  }

  /**
   * Counts what one request looks up: relations that lead back to where they came from multiply it. Other requests have their turn meanwhile.
   * @throws ApiError 400 INVALID_QUERY
   */
  async #mayLookUp(count: number): Promise<void> {
    const before = this.#lookedUp;
    this.#lookedUp += count;
    if (this.#lookedUp > MOST_LOOK_UPS) throw invalidQuery('The query refers to too many records');
    if (Math.floor(before / LOOK_UPS_A_TURN) < Math.floor(this.#lookedUp / LOOK_UPS_A_TURN)) await nextTurn();
  }

  /** The records that may be read, as they are filtered and sorted: users by their secrets too. Nothing of this is told. */
  async selectable(collection: Collection): Promise<readonly Item[]> {
    return this.access.isFull
      ? this.#unconcealed(collection)
      : [...(await this.#allowed(collection.whole ?? collection)).keys()];
  }

  /** The permissions for an action that a record meets, of those that there are. */
  async permitting(
    permissions: readonly Permission[],
    collection: Collection,
    item: Item,
  ): Promise<readonly Permission[]> {
    const met: Permission[] = [];
    for (const each of permissions)
      if (await parseFilter(collection, each.permissions ?? {}, this.who)(this.#raw, item)) met.push(each);
    return met;
  }

  /** A record as it is stored, whether it may be read or not. */
  async raw(collection: Collection, key: unknown): Promise<Item | undefined> {
    const field = keyFieldOf(collection);
    return (await this.#raw.#unconcealed(collection)).find((item) => item[field] === key);
  }

  /** The records that may be read, each with the permissions that it meets. */
  #allowed(collection: Collection): Promise<ReadonlyMap<Item, readonly Permission[]>> {
    const find = async (): Promise<ReadonlyMap<Item, readonly Permission[]>> => {
      const permissions = this.access.to('read', collection.name);
      const allowed = new Map<Item, readonly Permission[]>();
      for (const item of permissions.length === 0 ? [] : await this.#raw.#unconcealed(collection)) {
        const met = await this.permitting(permissions, collection, item);
        if (met.length > 0) allowed.set(item, met);
      }
      return allowed;
    };
    const found = this.#keys.get(collection.name) ?? find();
    this.#keys.set(collection.name, found);
    return found;
  }

  async #readable(collection: Collection): Promise<readonly Item[]> {
    const stored = await this.#raw.#stored(collection);
    if (this.access.isFull) return stored;
    const key = keyFieldOf(collection);
    const allowed = new Map([...(await this.#allowed(collection))].map(([item, met]) => [item[key], met]));
    const readable: Item[] = [];
    for (const item of stored) {
      const met = allowed.get(item[key]);
      if (met === undefined) continue;
      const told: [string, unknown][] = [];
      for (const [field, value] of Object.entries(item)) {
        const isSeen = field === key || met.some((each) => covers(each, field));
        told.push([field, isSeen ? await this.#seenKeys(collection, field, value) : null]);
      }
      readable.push(Object.fromEntries(told));
    }
    return readable;
  }

  /** Of a list of records those that may be read; another value as it is. */
  async #seenKeys(collection: Collection, field: string, value: unknown): Promise<unknown> {
    const relation = relationOf(collection, field);
    if (relation?.many !== true || !Array.isArray(value)) return value;
    const key = keyFieldOf(relation.to);
    const seen = new Set([...(await this.#allowed(relation.to)).keys()].map((item) => item[key]));
    return value.filter((each) => seen.has(each));
  }

  #stored(collection: Collection): Promise<readonly Item[]> {
    const read = this.#read.get(collection.name) ?? this.#load(collection);
    this.#read.set(collection.name, read);
    return read;
  }

  async #unconcealed(collection: Collection): Promise<readonly Item[]> {
    if (collection.name !== 'directus_users') return this.#stored(collection);
    return (await this.store.users()) as unknown as readonly Item[];
  }

  /** Roles as the API tells them: with those under each and its users, by id. */
  async toldRoles(): Promise<readonly Item[]> {
    const roles = await this.store.roles();
    const children = keysBy(roles, 'parent', 'id');
    const members = keysBy(await this.store.users(), 'role', 'id');
    const given = keysBy(await this.#itemsOf('directus_access'), 'role', 'id');
    return roles.map(({ admin: _, ...role }) => ({
      ...role,
      policies: [...role.policies, ...(given.get(role.id) ?? [])],
      children: children.get(role.id) ?? [],
      users: members.get(role.id) ?? [],
    }));
  }

  async #load(collection: Collection): Promise<readonly Item[]> {
    switch (collection.name) {
      case 'directus_users':
        return this.#users();
      case 'directus_roles':
        return this.toldRoles();
      case 'directus_policies':
        return this.#policies();
      case 'directus_access':
        return [...toldAccess(await this.store.roles()), ...(await this.#itemsOf('directus_access'))];
      default:
        return this.#items(collection);
    }
  }

  /** Users as the API tells them, with what gives each a policy of the own. */
  async #users(): Promise<readonly Item[]> {
    const given = keysBy(await this.#itemsOf('directus_access'), 'user', 'id');
    return (await this.store.users()).map((user) => ({ ...concealed(user), policies: given.get(user.id) ?? [] }));
  }

  /** The two policies that are always there, those of the seed file, and those that administrators have made. */
  async #policies(): Promise<readonly Item[]> {
    const permissions = keysBy(await this.#itemsOf('directus_permissions'), 'policy', 'id');
    const given = keysBy(await this.#itemsOf('directus_access'), 'policy', 'id');
    const builtIn = toldPolicies(await this.store.roles());
    return [...builtIn, ...(await this.#itemsOf('directus_policies'))].map((policy) => {
      const own = given.get(policy['id']) ?? [];
      const has = (field: string): readonly unknown[] => [...((policy[field] ?? []) as readonly unknown[]), ...own];
      return { ...policy, permissions: permissions.get(policy['id']) ?? [], users: has('users'), roles: has('roles') };
    });
  }

  async #itemsOf(collection: string): Promise<readonly Item[]> {
    return (await this.store.items(collection)).map(({ members }) => members);
  }

  /** Items as the API tells them: with all fields, and the keys of those that refer to each. */
  async #items(collection: Collection): Promise<readonly Item[]> {
    const { name, relations = {} } = collection;
    const key = keyFieldOf(collection);
    const referring = new Map<string, ReadonlyMap<unknown, readonly unknown[]>>();
    for (const [field, { many, by, orderedBy }] of Object.entries(relations)) {
      const relation = relationOf(collection, field);
      if (!many || by === undefined || relation === undefined) continue;
      const members = await this.store.items(relation.to.name);
      referring.set(
        field,
        keysBy(
          members.map(({ members }) => members),
          by,
          keyFieldOf(relation.to),
          orderedBy,
        ),
      );
    }
    return (await this.store.items(name)).map(({ members }) =>
      Object.fromEntries(
        fieldsOf(collection).map((field) => {
          const keys = referring.get(field);
          return [field, keys === undefined ? (members[field] ?? null) : (keys.get(members[key]) ?? [])];
        }),
      ),
    );
  }
}

/**
 * The keys of items, in order, by the one that each refers to by a field.
 * @param order the field that they are in the order of; the key when not given
 */
function keysBy<Each extends object>(
  items: readonly Each[],
  field: keyof Each,
  key: keyof Each,
  order: keyof Each = key,
): ReadonlyMap<unknown, readonly unknown[]> {
  const referring = new Map<unknown, Each[]>();
  for (const item of items) {
    const others = referring.get(item[field]);
    if (others === undefined) referring.set(item[field], [item]);
    else others.push(item);
  }
  const inOrder = (one: Each, other: Each): number =>
    compared(sortable(one[order]), sortable(other[order])) || compared(one[key], other[key]);
  return new Map([...referring].map(([to, list]) => [to, list.sort(inOrder).map((item) => item[key])]));
}

function toldAccess(roles: readonly RoleRecord[]): readonly Item[] {
  const ofRoles = roles.flatMap(({ id: role, policies }) =>
    policies.map((id) => ({ id, role, user: null, policy: ADMINISTRATORS_POLICY, sort: null })),
  );
  return [...ofRoles, { id: PUBLIC_ACCESS, role: null, user: null, policy: PUBLIC_POLICY, sort: 1 }];
}

/** The two policies. `users` and `roles` are the records of directus_access that give them. Observed: Directus 12.4.1. */
function toldPolicies(roles: readonly RoleRecord[]): readonly Item[] {
  const administrators = roles.filter(({ admin }) => admin).flatMap((role) => role.policies);
  return [
    policy(ADMINISTRATORS_POLICY, 'Administrator', 'verified', '$t:admin_description', administrators),
    policy(PUBLIC_POLICY, '$t:public_label', 'public', '$t:public_description', [PUBLIC_ACCESS]),
  ];
}

const policy = (id: string, name: string, icon: string, description: string, access: readonly string[]): Item => ({
  id,
  name,
  icon,
  description,
  ip_access: null,
  enforce_tfa: false,
  admin_access: name === 'Administrator',
  app_access: name === 'Administrator',
  permissions: [],
  users: access,
  roles: access,
});
