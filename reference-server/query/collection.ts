import { comments, notifications, presets, translations } from './collections/app.js';
import { activity, revisions } from './collections/activity.js';
import { files, folders } from './collections/files.js';
import { dashboards, flows, operations, panels, shares, versions } from './collections/studio.js';
import type { Collection, Item, Relation } from './collections/types.js';

export type { Collection, FieldType, Item, Relation } from './collections/types.js';

/** What names a record of a collection. */
export type Key = string | number;

/** Finds records by their keys. */
export interface RecordsByKey {
  named(collection: Collection, keys: readonly unknown[]): Promise<readonly Item[]>;
}

export const fieldsOf = ({ types }: Collection): readonly string[] => Object.keys(types);

export const keyFieldOf = ({ primaryKey = 'id' }: Collection): string => primaryKey;

const one = (to: string): Relation => ({ to, many: false });
const many = (to: string): Relation => ({ to, many: true });

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
    ip_access: 'csv',
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

/** What a policy allows to be done with the records of a collection. */
export const permissions: Collection = {
  name: 'directus_permissions',
  types: {
    id: 'integer',
    collection: 'string',
    action: 'string',
    permissions: 'json',
    validation: 'json',
    presets: 'json',
    fields: 'json',
    policy: 'string',
  },
  relations: { policy: one('directus_policies') },
};

const collections = new Map(
  [
    ...[users, roles, policies, access, permissions],
    ...[files, folders, notifications, presets, comments, translations],
    ...[dashboards, panels, flows, operations, versions, shares, activity, revisions],
  ].map((each) => [each.name, each]),
);

/** The collections of the system that are kept here. */
export const systemCollections: readonly Collection[] = [...collections.values()];

/** One of them by its name. */
export const systemCollection = (name: string): Collection | undefined => collections.get(name);

/** What a field refers to. */
export interface RelatedRecords extends Omit<Relation, 'to'> {
  readonly to: Collection;
}

/** What a field refers to; undefined for a field that refers to nothing. A collection that is not kept here has the id alone. */
export function relationOf(
  { relations = {}, resolve = systemCollection }: Collection,
  field: string,
): RelatedRecords | undefined {
  const relation = Object.hasOwn(relations, field) ? relations[field] : undefined;
  if (relation === undefined) return undefined;
  const to = resolve(relation.to) ?? systemCollection(relation.to) ?? { name: relation.to, types: { id: 'uuid' } };
  return { ...relation, to };
}
