import { role } from './people.js';

/*
 * The content that stands on both servers: authors and their articles, and what a reader and the public may do with them. The collections
 * and the policy stay; items are there anew before each sequence.
 */

const key = { field: 'id', type: 'integer', schema: { is_primary_key: true, has_auto_increment: true } };
const typed = (type: string, names: readonly string[]): readonly object[] =>
  names.map((field) => ({ field, type, schema: {} }));

/** Requests that make the collections, each with its path. */
export const definitions: readonly (readonly [path: string, body: object])[] = [
  [
    '/collections',
    {
      collection: 'authors',
      schema: {},
      fields: [
        key,
        ...typed('string', ['name']),
        { field: 'active', type: 'boolean', schema: {}, meta: { special: ['cast-boolean'] } },
        ...typed('date', ['born']),
        {
          field: 'code',
          type: 'string',
          schema: {},
          meta: { required: true, validation: { _and: [{ code: { _regex: '^[a-z]+$' } }] } },
        },
        { field: 'rank', type: 'integer', schema: {}, meta: { validation: { rank: { _between: [1, 5] } } } },
        ...typed('uuid', ['mark']),
      ],
    },
  ],
  [
    '/collections',
    {
      collection: 'articles',
      schema: {},
      fields: [
        key,
        { field: 'title', type: 'string', schema: { is_nullable: false } },
        { field: 'slug', type: 'string', schema: { is_unique: true } },
        ...typed('text', ['text']),
        { field: 'status', type: 'string', schema: { default_value: 'draft' } },
        ...typed('integer', ['views', 'author']),
        ...typed('float', ['rating']),
        ...typed('dateTime', ['published']),
        { field: 'tags', type: 'json', schema: {}, meta: { special: ['cast-json'] } },
      ],
    },
  ],
  [
    '/collections',
    {
      collection: 'page',
      schema: {},
      meta: { singleton: true },
      fields: [key, ...typed('string', ['heading']), { field: 'size', type: 'integer', schema: { default_value: 3 } }],
    },
  ],
  ['/fields/authors', { field: 'articles', type: 'alias', schema: null, meta: { special: ['o2m'] } }],
  [
    '/relations',
    {
      collection: 'articles',
      field: 'author',
      related_collection: 'authors',
      meta: { one_field: 'articles' },
      schema: { on_delete: 'SET NULL' },
    },
  ],
];

export const policy = { id: 'cccccccc-0000-4000-8000-000000000001', name: 'Readers of articles' };
/** What gives the policy to the readers' role; removed with the role, and given anew. */
export const given = { id: 'cccccccc-0000-4000-8000-000000000002', role: role.id, policy: policy.id };
const allowed = { policy: policy.id, permissions: {}, fields: ['*'] };
/** What a reader may: all fields and items, for 12.4.1 asks for a licence where a permission has fewer fields, a filter or presets. */
export const permissions: readonly object[] = [
  { ...allowed, collection: 'authors', action: 'read' },
  ...['read', 'create', 'update'].map((action) => ({ ...allowed, collection: 'articles', action })),
  ...['read', 'update'].map((action) => ({ ...allowed, collection: 'page', action })),
  ...['read', 'create', 'update', 'delete'].map((action) => ({ ...allowed, collection: 'directus_files', action })),
  ...['read', 'create'].map((action) => ({ ...allowed, collection: 'directus_folders', action })),
  { ...allowed, collection: 'directus_notifications', action: 'read' },
];

export const authors: readonly object[] = [
  { id: 1, name: 'Ann', active: true, born: '1990-02-28', mark: 'dddddddd-0000-4000-8000-000000000001' },
  { id: 2, name: 'Ann 2', active: false, code: 'b', rank: 2 },
  { id: 3, name: 'ann', active: null },
];
export const articles: readonly object[] = [
  { id: 1, title: 'One', slug: 'one', status: 'published', views: 10, rating: 4.5, author: 1, tags: ['a', 'b'] },
  {
    id: 2,
    title: 'Two',
    slug: 'two',
    text: 'some Text',
    views: 2,
    rating: 1,
    author: 1,
    published: '2026-01-02T03:04:05',
  },
  { id: 3, title: 'Three', status: 'published', views: 9, author: 2, published: '2025-12-31T23:59:59', tags: {} },
  { id: 4, title: 'Four', slug: 'four', text: '', status: 'archived', rating: -2.5 },
];
