import type { InitialData } from '../../../reference-server/index.js';

/** Authors and articles, and an editor who may create articles, and read both. */
export const library: InitialData = {
  collections: [
    {
      name: 'authors',
      fields: [
        { name: 'id', type: 'integer', primaryKey: true },
        { name: 'name', type: 'string', required: true },
        { name: 'articles', type: 'one-to-many', to: 'articles', by: 'author' },
      ],
    },
    {
      name: 'articles',
      fields: [
        { name: 'id', type: 'integer', primaryKey: true },
        { name: 'title', type: 'string', required: true },
        { name: 'slug', type: 'string', unique: true },
        { name: 'cover', type: 'many-to-one', to: 'directus_files' },
        { name: 'author', type: 'many-to-one', to: 'authors' },
      ],
    },
  ],
  roles: [
    {
      name: 'Editor',
      permissions: [
        { collection: 'articles', action: 'create' },
        { collection: 'articles', action: 'read' },
        { collection: 'authors', action: 'read' },
        { collection: 'directus_files', action: 'read', filter: { title: { _eq: 'Shared' } } },
      ],
    },
  ],
  users: [
    { email: 'boss@example.com', role: 'Administrator', token: 'boss-token' },
    { email: 'ed@example.com', role: 'Editor', token: 'ed-token' },
  ],
};
