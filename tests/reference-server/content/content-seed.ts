import type { InitialData } from '../../../reference-server/index.js';

export const ED = 'bbbbbbbb-0000-4000-8000-000000000001';
export const EVE = 'bbbbbbbb-0000-4000-8000-000000000002';
export const ANN = 'cccccccc-0000-4000-8000-000000000001';
export const BOB = 'cccccccc-0000-4000-8000-000000000002';

/** A magazine: authors, their articles, and editors who write their own. What the tests expect of it is observed. */
export const magazine: InitialData = {
  roles: [
    {
      name: 'Editor',
      permissions: [
        {
          collection: 'articles',
          action: 'read',
          filter: { _or: [{ status: { _eq: 'published' } }, { owner: { _eq: '$CURRENT_USER' } }] },
        },
        {
          collection: 'articles',
          action: 'create',
          fields: ['title', 'body', 'status', 'owner', 'author', 'slug', 'views'],
          presets: { owner: '$CURRENT_USER' },
        },
        {
          collection: 'articles',
          action: 'update',
          fields: ['title', 'body', 'status'],
          filter: { owner: { _eq: '$CURRENT_USER' } },
        },
        { collection: 'articles', action: 'delete', filter: { owner: { _eq: '$CURRENT_USER' } } },
        { collection: 'authors', action: 'read', fields: ['id', 'name'] },
        {
          collection: 'directus_users',
          action: 'read',
          fields: ['id', 'first_name', 'email', 'role'],
          filter: { id: { _eq: '$CURRENT_USER' } },
        },
        {
          collection: 'directus_users',
          action: 'update',
          fields: ['first_name', 'last_name'],
          filter: { id: { _eq: '$CURRENT_USER' } },
        },
      ],
    },
    {
      name: 'Statistician',
      permissions: [
        { collection: 'articles', action: 'read', fields: ['id', 'title', 'views'], filter: { views: { _gt: 5 } } },
        { collection: 'articles', action: 'read', fields: ['id', 'body'] },
        { collection: 'authors', action: 'read' },
      ],
    },
  ],
  public: {
    permissions: [
      {
        collection: 'articles',
        action: 'read',
        fields: ['id', 'title', 'status', 'author'],
        filter: { status: { _eq: 'published' } },
      },
    ],
  },
  users: [
    { id: ED, email: 'ed@example.com', password: 'secret123', role: 'Editor', token: 'ed-token' },
    { id: EVE, email: 'eve@example.com', password: 'secret123', role: 'Editor', token: 'eve-token' },
    { email: 'stat@example.com', role: 'Statistician', token: 'stat-token' },
    { email: 'none@example.com', token: 'none-token' },
  ],
  collections: [
    {
      name: 'authors',
      fields: [
        { name: 'id', type: 'uuid', primaryKey: true },
        { name: 'name', type: 'string', required: true },
        { name: 'articles', type: 'one-to-many', to: 'articles', by: 'author' },
      ],
    },
    {
      name: 'articles',
      fields: [
        { name: 'id', type: 'integer', primaryKey: true },
        { name: 'title', type: 'string', required: true },
        { name: 'status', type: 'string', default: 'draft' },
        { name: 'body', type: 'text' },
        { name: 'views', type: 'integer', default: 0 },
        { name: 'rating', type: 'float' },
        { name: 'featured', type: 'boolean', default: false },
        { name: 'tags', type: 'json' },
        { name: 'published_at', type: 'timestamp' },
        { name: 'day', type: 'date' },
        { name: 'slug', type: 'string', unique: true },
        { name: 'author', type: 'many-to-one', to: 'authors' },
        { name: 'owner', type: 'many-to-one', to: 'directus_users' },
      ],
    },
    {
      name: 'notes',
      fields: [
        { name: 'slug', type: 'string', primaryKey: true },
        { name: 'text', type: 'text' },
        { name: 'created', type: 'timestamp', special: 'date-created' },
        { name: 'updated_by', type: 'many-to-one', to: 'directus_users', special: 'user-updated' },
        { name: 'at', type: 'dateTime' },
      ],
    },
  ],
  items: {
    authors: [
      { id: ANN, name: 'Ann' },
      { id: BOB, name: 'Bob' },
    ],
    articles: [
      {
        title: 'One',
        status: 'published',
        author: ANN,
        owner: 'ed@example.com',
        views: 10,
        rating: 1.5,
        featured: true,
        tags: ['a', 'b'],
        published_at: '2024-01-01T10:00:00Z',
        day: '2024-01-01',
        slug: 'one',
      },
      { title: 'Two', author: ANN, owner: 'ed@example.com', views: 9, slug: 'two' },
      { title: 'Three', author: BOB, owner: 'eve@example.com', views: 100 },
      { title: 'Four', status: 'published', author: BOB, owner: 'eve@example.com' },
      { title: 'Five', status: 'archived' },
    ],
  },
};
