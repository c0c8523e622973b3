import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ReferenceServer } from '../../../reference-server/index.js';
import { login, quickServer, send, type Answer } from '../client.js';
import { ANN, ED, magazine } from './content-seed.js';

/* /graphql for content. What an administrator is answered was observed with a Directus 12.4.1. */

let server: ReferenceServer;
let admin = '';
beforeEach(async () => {
  server = await quickServer({ initialData: magazine });
  ({ access: admin } = await login(server));
});
afterEach(() => server.close());
const ask = (query: string, bearer?: string, variables?: object): Promise<Answer> =>
  send(server, 'POST /graphql', { ...(bearer !== undefined && { bearer }), body: { query, variables } });
const problem = async (query: string, bearer?: string): Promise<unknown> => {
  const { json } = await ask(query, bearer);
  const [error] = json?.errors ?? [];
  const { errors } = (error?.extensions ?? {}) as { errors?: { message: string }[] };
  return errors?.[0]?.message ?? error?.message;
};

test.each<[string, unknown]>([
  [
    '{articles(limit:2){id title author{name}}}',
    {
      articles: [
        { id: '1', title: 'One', author: { name: 'Ann' } },
        { id: '2', title: 'Two', author: { name: 'Ann' } },
      ],
    },
  ],
  ['{articles(filter:{status:{_eq:"published"}},sort:["-id"],limit:1){id}}', { articles: [{ id: '4' }] }],
  [
    '{articles(filter:{author:{name:{_eq:"Bob"}}}){id owner{email}}}',
    {
      articles: [
        { id: '3', owner: { email: 'eve@example.com' } },
        { id: '4', owner: { email: 'eve@example.com' } },
      ],
    },
  ],
  [
    '{articles_by_id(id:1){title tags featured rating}}',
    {
      articles_by_id: { title: 'One', tags: ['a', 'b'], featured: true, rating: 1.5 },
    },
  ],
  [
    '{authors{articles{id}}}',
    { authors: [{ articles: [{ id: '1' }, { id: '2' }] }, { articles: [{ id: '3' }, { id: '4' }] }] },
  ],
  ['mutation{create_articles_item(data:{title:"G"}){id title}}', { create_articles_item: { id: '6', title: 'G' } }],
  ['mutation{create_articles_items(data:[{title:"G"}]){id}}', { create_articles_items: [{ id: '6' }] }],
  [
    'mutation{update_articles_item(id:1,data:{title:"G"}){id title}}',
    { update_articles_item: { id: '1', title: 'G' } },
  ],
  ['mutation{update_articles_items(ids:[2],data:{title:"G"}){id}}', { update_articles_items: [{ id: '2' }] }],
  ['mutation{delete_articles_item(id:1){id}}', { delete_articles_item: { id: '1' } }],
  ['mutation{delete_articles_items(ids:[2]){ids}}', { delete_articles_items: { ids: ['2'] } }],
])('an administrator: %s', async (query, data) => {
  expect((await ask(query, admin)).json).toEqual({ data });
});

test.each([
  ['{nope{id}}', 'Cannot query field "nope" on type "Query". Did you mean "notes"?'],
  ['{articles(filter:{nope:{_eq:1}}){id}}', 'Field "nope" is not defined by type "articles_filter".'],
  [
    'mutation{create_articles_item(data:{}){id}}',
    'Field "create_articles_input.title" of required type "String!" was not provided.',
  ],
  [
    'mutation{create_articles_item(data:{title:"x",nope:1}){id}}',
    'Field "nope" is not defined by type "create_articles_input".',
  ],
  ['{articles_by_id(id:999){title}}', "You don't have permission to access this."],
])('an administrator: %s is rejected', async (query, message) => {
  expect(await problem(query, admin)).toBe(message);
});

test('variables are of the types that a Directus names', async () => {
  const query = 'query($filter:articles_filter){articles(filter:$filter){id}}';
  expect((await ask(query, admin, { filter: { views: { _gt: 9 } } })).data).toEqual({
    articles: [{ id: '1' }, { id: '3' }],
  });
});

test('everybody sees what the public may see', async () => {
  expect((await ask('{articles{id title}}')).data).toEqual({
    articles: [
      { id: '1', title: 'One' },
      { id: '4', title: 'Four' },
    ],
  });
  expect((await ask('{articles(limit:1){author}}')).data).toEqual({ articles: [{ author: ANN }] });
  expect(await problem('{articles{author{name}}}')).toContain('must not have a selection since type "String"');
  expect(await problem('{articles{body}}')).toBe('Cannot query field "body" on type "articles".');
  expect(await problem('{authors{id}}')).toBe('Cannot query field "authors" on type "Query".');
  expect(await problem('mutation{delete_articles_item(id:1){id}}')).toBe('An unexpected error occurred.');
});

test('an editor writes what a permission says', async () => {
  const created = await ask('mutation{create_articles_item(data:{title:"Mine"}){id owner{id}}}', 'ed-token');
  expect(created.data).toEqual({ create_articles_item: { id: '6', owner: { id: ED } } });
  expect(await problem('mutation{update_articles_item(id:3,data:{title:"x"}){id}}', 'ed-token')).toBe(
    `You don't have permissions to perform "update" for the field(s) "title" in collection "articles" or it does not exist.`,
  );
  expect(await problem('mutation{update_articles_item(id:2,data:{views:1}){id}}', 'ed-token')).toBe(
    'Field "views" is not defined by type "update_articles_input".',
  );
  expect(await problem('mutation{delete_articles_item(id:3){id}}', 'ed-token')).toContain('"delete"');
  expect((await ask('{articles{id}}', 'ed-token')).data).toEqual({
    articles: [{ id: '1' }, { id: '2' }, { id: '4' }, { id: '6' }],
  });
});

test('a server without content has an empty schema', async () => {
  const bare = await quickServer();
  const { json } = await send(bare, 'POST /graphql', { body: { query: '{__schema{queryType{fields{name}}}}' } });
  expect(json?.data).toEqual({ __schema: { queryType: { fields: [{ name: '_empty' }] } } });
  await bare.close();
});

test('of several records that were written those that a query selects are told', async () => {
  const created = await ask(
    'mutation{create_articles_items(data:[{title:"G"},{title:"H"}],sort:["-title"]){title}}',
    admin,
  );
  expect(created.data).toEqual({ create_articles_items: [{ title: 'H' }, { title: 'G' }] });
  const changed = 'update_articles_items(ids:[1,2],data:{views:1},filter:{title:{_eq:"Two"}}){title}';
  expect((await ask(`mutation{${changed}}`, admin)).data).toEqual({ update_articles_items: [{ title: 'Two' }] });
});

test('groups by a function are told by its name', async () => {
  await ask('mutation{create_notes_item(data:{slug:"n"}){slug}}', admin);
  const { data } = await ask('{notes_aggregated(groupBy:["year(created)"]){group}}', admin);
  expect(data).toEqual({ notes_aggregated: [{ group: { created_year: new Date().getUTCFullYear() } }] });
});
