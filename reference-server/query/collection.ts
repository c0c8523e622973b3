/** Members of records by name. */
export type Item = Readonly<Record<string, unknown>>;

/** What a field holds, by the names that Directus has for it: it decides which filter operators there are, and how values are stored. */
export type FieldType = 'string' | 'text' | 'uuid' | 'hash' | 'boolean' | 'json' | 'jsonText' | 'dateTime' | 'alias';

/** A collection of the API, and what its fields are. Observed: Directus 12.4.1. */
export interface Collection {
  readonly name: string;
  /** In the order in which they are told. */
  readonly types: Readonly<Record<string, FieldType>>;
  /** Fields whose values are never told, and cannot be filtered by either. */
  readonly concealed?: readonly string[];
  /** Fields that refer to records: to one by its id, or to many by a list of ids. */
  readonly relations?: Readonly<Record<string, { readonly to: string; readonly many: boolean }>>;
}

export const fieldsOf = ({ types }: Collection): readonly string[] => Object.keys(types);

const one = (to: string): { to: string; many: boolean } => ({ to, many: false });
const many = (to: string): { to: string; many: boolean } => ({ to, many: true });

export const users: Collection = {
  name: 'directus_users',
  types: {
    id: 'uuid',
    first_name: 'string',
    last_name: 'string',
    email: 'string',
    password: 'hash',
    location: 'string',
    title: 'string',
    description: 'text',
    tags: 'json',
    avatar: 'string',
    language: 'string',
    tfa_secret: 'string',
    status: 'string',
    role: 'string',
    token: 'string',
    last_access: 'dateTime',
    last_page: 'string',
    provider: 'string',
    external_identifier: 'string',
    auth_data: 'jsonText',
    email_notifications: 'boolean',
    appearance: 'string',
    theme_dark: 'string',
    theme_light: 'string',
    theme_light_overrides: 'json',
    theme_dark_overrides: 'json',
    text_direction: 'string',
    policies: 'alias',
  },
  concealed: ['password', 'token', 'tfa_secret'],
  relations: { avatar: one('directus_files'), role: one('directus_roles'), policies: many('directus_access') },
};

export const roles: Collection = {
  name: 'directus_roles',
  types: {
    id: 'uuid',
    name: 'string',
    icon: 'string',
    description: 'text',
    parent: 'string',
    children: 'alias',
    policies: 'alias',
    users: 'alias',
  },
  relations: {
    parent: one('directus_roles'),
    children: many('directus_roles'),
    policies: many('directus_access'),
    users: many('directus_users'),
  },
};

export const policies: Collection = {
  name: 'directus_policies',
  types: {
    id: 'uuid',
    name: 'string',
    icon: 'string',
    description: 'text',
    ip_access: 'string',
    enforce_tfa: 'boolean',
    admin_access: 'boolean',
    app_access: 'boolean',
    permissions: 'alias',
    users: 'alias',
    roles: 'alias',
  },
  relations: {
    permissions: many('directus_permissions'),
    users: many('directus_access'),
    roles: many('directus_access'),
  },
};

/** What gives a policy to a role, a user or, with neither, to everybody. */
export const access: Collection = {
  name: 'directus_access',
  types: { id: 'uuid', role: 'string', user: 'string', policy: 'string', sort: 'string' },
  relations: { role: one('directus_roles'), user: one('directus_users'), policy: one('directus_policies') },
};

const collections = new Map([users, roles, policies, access].map((each) => [each.name, each]));

/** What a field refers to; undefined for a field that refers to nothing. A collection that is not kept here has the id alone. */
export function relationOf(
  { relations = {} }: Collection,
  field: string,
): { readonly to: Collection; readonly many: boolean } | undefined {
  const relation = Object.hasOwn(relations, field) ? relations[field] : undefined;
  if (relation === undefined) return undefined;
  return { to: collections.get(relation.to) ?? { name: relation.to, types: { id: 'uuid' } }, many: relation.many };
}
