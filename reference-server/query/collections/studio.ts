import type { Collection } from './types.js';

/*
 * What the Data Studio of a Directus keeps, and what this server keeps none of: versions and shares, of which
 * the lists are empty. Fields observed: Directus 12.4.1.
 */

export const dashboards: Collection = {
  name: 'directus_dashboards',
  types: {
    id: 'uuid',
    name: 'string',
    icon: 'string',
    note: 'text',
    date_created: 'timestamp',
    user_created: 'string',
    color: 'string',
    panels: 'alias',
  },
  relations: {
    user_created: { to: 'directus_users', many: false },
    panels: { to: 'directus_panels', many: true, by: 'dashboard' },
  },
};

export const panels: Collection = {
  name: 'directus_panels',
  types: {
    id: 'uuid',
    dashboard: 'string',
    name: 'string',
    icon: 'string',
    color: 'string',
    show_header: 'boolean',
    note: 'text',
    type: 'string',
    position_x: 'integer',
    position_y: 'integer',
    width: 'integer',
    height: 'integer',
    options: 'json',
    date_created: 'timestamp',
    user_created: 'string',
  },
  relations: {
    dashboard: { to: 'directus_dashboards', many: false },
    user_created: { to: 'directus_users', many: false },
  },
};

export const flows: Collection = {
  name: 'directus_flows',
  types: {
    id: 'uuid',
    name: 'string',
    icon: 'string',
    color: 'string',
    description: 'text',
    status: 'string',
    trigger: 'string',
    accountability: 'string',
    options: 'json',
    operation: 'string',
    date_created: 'dateTime',
    user_created: 'string',
    folder: 'string',
    operations: 'alias',
  },
  relations: {
    user_created: { to: 'directus_users', many: false },
    folder: { to: 'directus_folders', many: false },
    operations: { to: 'directus_operations', many: true, by: 'flow' },
  },
};

export const operations: Collection = {
  name: 'directus_operations',
  types: {
    id: 'uuid',
    name: 'string',
    key: 'string',
    type: 'string',
    position_x: 'integer',
    position_y: 'integer',
    options: 'json',
    resolve: 'string',
    reject: 'string',
    flow: 'string',
    date_created: 'dateTime',
    user_created: 'string',
  },
  relations: {
    resolve: { to: 'directus_operations', many: false },
    reject: { to: 'directus_operations', many: false },
    flow: { to: 'directus_flows', many: false },
    user_created: { to: 'directus_users', many: false },
  },
};

export const versions: Collection = {
  name: 'directus_versions',
  types: {
    id: 'uuid',
    key: 'string',
    name: 'string',
    collection: 'string',
    item: 'string',
    hash: 'string',
    date_created: 'timestamp',
    date_updated: 'timestamp',
    user_created: 'string',
    user_updated: 'string',
    delta: 'json',
  },
  relations: {
    user_created: { to: 'directus_users', many: false },
    user_updated: { to: 'directus_users', many: false },
  },
};

export const shares: Collection = {
  name: 'directus_shares',
  types: {
    id: 'uuid',
    name: 'string',
    collection: 'string',
    item: 'string',
    role: 'string',
    password: 'hash',
    user_created: 'string',
    date_created: 'timestamp',
    date_start: 'dateTime',
    date_end: 'dateTime',
    times_used: 'integer',
    max_uses: 'integer',
  },
  concealed: ['password'],
  relations: {
    role: { to: 'directus_roles', many: false },
    user_created: { to: 'directus_users', many: false },
  },
};
