import type { Collection } from './types.js';

/*
 * What was done, and what it has made of records: this server keeps the first alone (events/activity-log.ts). Fields observed: Directus 12.4.1.
 */

export const activity: Collection = {
  name: 'directus_activity',
  types: {
    id: 'integer',
    action: 'string',
    user: 'string',
    timestamp: 'timestamp',
    ip: 'string',
    user_agent: 'text',
    collection: 'string',
    item: 'string',
    origin: 'string',
    revisions: 'alias',
  },
  relations: {
    user: { to: 'directus_users', many: false },
    revisions: { to: 'directus_revisions', many: true, by: 'activity' },
  },
};

export const revisions: Collection = {
  name: 'directus_revisions',
  types: {
    id: 'integer',
    activity: 'integer',
    collection: 'string',
    item: 'string',
    data: 'json',
    delta: 'json',
    parent: 'integer',
    version: 'string',
  },
  relations: {
    activity: { to: 'directus_activity', many: false },
    parent: { to: 'directus_revisions', many: false },
    version: { to: 'directus_versions', many: false },
  },
};
