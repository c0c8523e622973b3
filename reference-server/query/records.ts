import type { RoleRecord, Store, UserRecord } from '../stores/store.js';
import type { Collection, Item } from './collection.js';

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

const ADMINISTRATORS_POLICY = '5482ef22-8b27-41e5-a492-c7948bab8345';
const PUBLIC_POLICY = 'abf8a154-5b1c-4a46-ac9c-7300570f4f17';
/** What gives the public policy to everybody: the record of directus_access. */
const PUBLIC_ACCESS = 'c152970d-1df4-4ea3-a886-c7909db5a8b8';

/** The records of the API as they are while one request is answered: each collection is read once, and only when it is needed. */
export class Records {
  readonly #read = new Map<string, Promise<readonly Item[]>>();

  constructor(private readonly store: Store) {}

  /** All records of a collection, secrets concealed; none of one that is not kept here. */
  all(collection: Collection): Promise<readonly Item[]> {
    const read = this.#read.get(collection.name) ?? this.#load(collection.name);
    this.#read.set(collection.name, read);
    return read;
  }

  /** The records of these ids, in the order of the ids; those that do not exist are left out. */
  async named(collection: Collection, ids: readonly unknown[]): Promise<readonly Item[]> {
    const byId = new Map((await this.all(collection)).map((item) => [item['id'], item]));
    return ids.flatMap((id): readonly Item[] => {
      const item = byId.get(id);
      return item === undefined ? [] : [item];
    });
  }

  /** Users with their secrets, to be filtered and sorted by them; nothing of this is told. */
  async unconcealed(): Promise<readonly Item[]> {
    return (await this.store.users()) as unknown as readonly Item[];
  }

  /** Roles as the API tells them: with those under each and its users, by id. */
  async toldRoles(): Promise<readonly Item[]> {
    const roles = await this.store.roles();
    const children = idsBy(roles, ({ parent }) => parent);
    const members = idsBy(await this.store.users(), ({ role }) => role);
    return roles.map(({ admin: _, ...role }) => ({
      ...role,
      children: children.get(role.id) ?? [],
      users: members.get(role.id) ?? [],
    }));
  }

  async #load(name: string): Promise<readonly Item[]> {
    switch (name) {
      case 'directus_users':
        return (await this.store.users()).map(concealed);
      case 'directus_roles':
        return this.toldRoles();
      case 'directus_policies':
        return toldPolicies(await this.store.roles());
      case 'directus_access':
        return toldAccess(await this.store.roles());
      default:
        return [];
    }
  }
}

/** The ids of records, in order, by what each belongs to. */
function idsBy<Record extends { readonly id: string }>(
  records: readonly Record[],
  ownerOf: (record: Record) => string | null,
): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>();
  for (const record of records) {
    const owner = ownerOf(record);
    if (owner === null) continue;
    const others = ids.get(owner);
    if (others === undefined) ids.set(owner, [record.id]);
    else others.push(record.id);
  }
  for (const list of ids.values()) list.sort();
  return ids;
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
