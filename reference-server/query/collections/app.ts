import type { Collection } from './types.js';

/*
 * What an app keeps for its users. Fields observed: Directus 12.4.1.
 */

export const notifications: Collection = {
  name: 'directus_notifications',
  types: {
    id: 'integer',
    timestamp: 'timestamp',
    status: 'string',
    recipient: 'string',
    sender: 'string',
    subject: 'string',
    message: 'text',
    collection: 'string',
    item: 'string',
  },
  relations: { recipient: { to: 'directus_users', many: false }, sender: { to: 'directus_users', many: false } },
};

export const presets: Collection = {
  name: 'directus_presets',
  types: {
    id: 'integer',
    bookmark: 'string',
    user: 'string',
    role: 'string',
    collection: 'string',
    search: 'string',
    layout: 'string',
    layout_query: 'json',
    layout_options: 'json',
    refresh_interval: 'integer',
    filter: 'json',
    icon: 'string',
    color: 'string',
  },
  relations: { user: { to: 'directus_users', many: false }, role: { to: 'directus_roles', many: false } },
};

export const comments: Collection = {
  name: 'directus_comments',
  types: {
    id: 'uuid',
    collection: 'string',
    item: 'string',
    comment: 'text',
    date_created: 'timestamp',
    date_updated: 'timestamp',
    user_created: 'string',
    user_updated: 'string',
  },
  relations: {
    user_created: { to: 'directus_users', many: false },
    user_updated: { to: 'directus_users', many: false },
  },
};

export const translations: Collection = {
  name: 'directus_translations',
  types: { id: 'uuid', language: 'string', key: 'string', value: 'text' },
};
