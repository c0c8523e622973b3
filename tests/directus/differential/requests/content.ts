import fc, { type Arbitrary } from 'fast-check';
import { reader } from '../people.js';
import type { Step } from '../step.js';
import { mostly, optional, some } from './combinators.js';
import { administrator, proof } from './credentials.js';
import { junk } from './junk.js';
import { answered, body, pathTo, query, step } from './request.js';

const { constant, constantFrom, oneof, record, tuple } = fc;

const by: Arbitrary<Partial<Step>> = oneof(
  some(5, administrator),
  some(3, constant({ bearer: `Bearer ${reader.token}` })),
  some(1, proof),
);

const articleFields = ['id', 'title', 'slug', 'text', 'status', 'views', 'rating', 'published', 'tags', 'author'];
const nestedFields = [
  ...['author.name', 'author.*', 'author.articles.title', '*.*', 'author.nope', 'title.x', 'year(published)'],
  ...['count(tags)', 'hour(published)', 'year(title)', 'nope(title)', 'author.count(articles)'],
];
const fields = oneof(
  some(
    4,
    fc.subarray(articleFields, { minLength: 1, maxLength: 3 }).map((names) => names.join(',')),
  ),
  some(
    3,
    tuple(constantFrom('id', 'title', '*'), constantFrom(...nestedFields)).map((names) => names.join(',')),
  ),
  some(2, constantFrom('*', 'nope', 'id,nope', 'nope,gone', '')),
);
const authorFields = constantFrom(
  ...['*', 'name', 'name,articles', 'name,articles.title', '*.*', 'articles.author.name', 'count(articles)', 'nope'],
);

const operand = constantFrom<unknown>(
  ...['published', 'One', 'o', '', 'x', 1, 2, 9, 10, 1.5, '9', true, false, null, '2026-01-01', '2026-01-02T03:04:05'],
  ...['$NOW', '$CURRENT_USER', ['1', '3'], [1, 9], '1,9', ['published']],
);
const operator = constantFrom(
  ...['_eq', '_neq', '_in', '_nin', '_null', '_nnull', '_contains', '_ncontains', '_icontains', '_starts_with'],
  ...['_nstarts_with', '_ends_with', '_empty', '_nempty', '_gt', '_gte', '_lt', '_lte', '_between', '_nbetween'],
);
const condition = (names: readonly string[]): Arbitrary<object> =>
  tuple(constantFrom(...names), operator, operand).map(([field, how, value]) => ({ [field]: { [how]: value } }));
const ofArticle = condition([...articleFields, 'nope']);
const ofAuthor = condition(['name', 'active', 'id', 'born', 'code', 'rank', 'nope']);
const filter = oneof(
  some(6, ofArticle),
  some(
    3,
    ofAuthor.map((author) => ({ author })),
  ),
  some(
    2,
    tuple(constantFrom('_and', '_or'), fc.array(ofArticle, { maxLength: 3 })).map(([how, parts]) => ({ [how]: parts })),
  ),
  some(
    1,
    tuple(ofArticle, ofArticle).map(([one, other]) => ({ ...one, ...other })),
  ),
  some(
    1,
    tuple(constantFrom('_some', '_none', 'articles'), ofArticle).map(([how, part]) => ({
      author: { articles: how === 'articles' ? part : { [how]: part } },
    })),
  ),
  some(1, constantFrom<object>({ 'year(published)': { _eq: 2026 } }, { author: { 'count(articles)': { _gt: 1 } } })),
).map((each) => JSON.stringify(each));
const ofMany = oneof(
  tuple(constantFrom('_some', '_none'), ofArticle).map(([how, part]) => ({ articles: { [how]: part } })),
  ofArticle.map((articles) => ({ articles })),
).map((each) => JSON.stringify(each));

const sort = oneof(
  some(4, constantFrom('id', '-id')),
  some(
    2,
    tuple(constantFrom('title', '-views', 'rating', '-published', 'status', 'author.name', '-author.name')).map(
      ([by]) => `${by},id`,
    ),
  ),
  some(
    1,
    tuple(constantFrom('views', '-rating', 'published', 'author.name', 'slug'), constantFrom('title', '-title')).map(
      (names) => names.join(','),
    ),
  ),
  some(1, constantFrom('nope,id', 'nope,gone', 'author.nope,id', 'title.x,id', '-year(published),id')),
);
const number = constantFrom('1', '2', '0', '-1', '100');
const aggregate = constantFrom(
  ...['aggregate[count]=*', 'aggregate[count]=id', 'aggregate[countDistinct]=status', 'aggregate[sum]=views'],
  ...['aggregate[avg]=rating&aggregate[max]=views', 'aggregate[min]=published', 'aggregate[count]=nope'],
  ...['aggregate[nope]=id', 'aggregate[sum]=title', 'aggregate[count]=views,rating', 'aggregate[countAll]=*'],
  ...['aggregate[avgDistinct]=views', 'aggregate[sumDistinct]=author', 'aggregate={"count":["id"]}'],
);
const groups = constantFrom(
  ...['', '', '&groupBy[]=status', '&groupBy[]=author', '&groupBy=status,author', '&groupBy[]=year(published)'],
  ...['&groupBy[]=nope', '&groupBy[]=status&sort=-status', '&groupBy[]=views&limit=1'],
);

const list = oneof(
  some(4, query({ fields: optional(fields), filter, sort })),
  some(3, query({ fields, sort, limit: optional(number), offset: optional(number), page: optional(number) })),
  some(1, query({ fields: optional(fields), search: constantFrom('one', 'TEXT', '9', '4.5', 'x', 'publish'), sort })),
  some(1, query({ filter, sort, limit: optional(number), meta: constantFrom('*', 'filter_count', 'total_count') })),
  some(
    3,
    tuple(aggregate, groups, optional(filter), constantFrom('', '', '&meta=*')).map(
      ([what, grouped, left, counts]) =>
        `?${what}${grouped}${counts}${left === undefined ? '' : `&filter=${encodeURIComponent(left)}`}`,
    ),
  ),
  some(
    1,
    constantFrom(
      ...['?alias[headline]=title&fields=headline&sort=id', '?alias[headline]=title&fields=title,headline&sort=id'],
      ...['?alias[writer]=author&fields=writer.name&sort=id', '?alias[x]=nope&fields=x', '?alias[id]=title&sort=id'],
      ...[
        '?fields[]=title&fields[]=author.name&sort[]=id',
        '?filter[views][_gt]=5&sort=id',
        '?fields=id&filter[_or][0][id][_eq]=1',
      ],
      ...['?filter[author][name][_eq]=Ann&sort=id', '?filter[title]=One', '?filter[id][_in]=1,2&sort=id'],
      ...[
        '?filter[id][_in][]=1&filter[id][_in][]=2&sort=id',
        '?filter[views][_null]=true&sort=id',
        '?sort=title&export=json',
      ],
    ),
  ),
);
const deep = oneof(
  tuple(ofArticle, number).map(([part, limit]) => ({ articles: { _filter: part, _limit: Number(limit) } })),
  constantFrom<unknown>(
    { articles: { _sort: '-title' } },
    { articles: { _sort: ['-views', 'id'], _limit: 1 } },
    { articles: { _limit: 1, _offset: 1 } },
    { articles: { _nope: 1 } },
    { articles: { _filter: 'x' } },
    { nope: { _limit: 1 } },
    { articles: {} },
    { articles: { author: { _filter: { name: { _eq: 'Ann' } } } } },
    'x',
  ),
).map((each) => JSON.stringify(each));
const authorList = oneof(
  some(2, query({ fields: optional(authorFields), filter: ofMany, sort: constant('id') })),
  some(1, query({ fields: authorFields, sort: constantFrom('id', '-name,id', 'name', 'born,-name', 'nope') })),
  some(
    1,
    query({
      fields: constant('name'),
      search: constantFrom('ann', 'dd', 'dddddddd', '2', '1990'),
      sort: constant('id'),
    }),
  ),
  some(1, constantFrom('?fields=name,year(born),month(born)&sort=id', '?filter[year(born)][_eq]=1990&fields=id')),
  some(
    2,
    query({
      fields: constantFrom('name,articles.title', '*.*', 'name', 'articles.author.name'),
      deep,
      sort: constant('id'),
    }),
  ),
);

const id = oneof(
  some(6, constantFrom('1', '2', '3', '4', '11')),
  some(1, constantFrom('99', 'x', '0', '1.5', '01', '-1')),
);
const newAuthor = body({ id: constantFrom(11, 12), name: optional(constantFrom('Cy', null)) });
const refers = oneof(
  some(4, constantFrom<unknown>(1, 2, null, '1')),
  some(2, newAuthor),
  some(1, constantFrom<unknown>({ id: 1, name: 'Anna' }, { id: 99, name: 'x' }, 99, 'x', true)),
);
const members = {
  title: mostly(constantFrom<unknown>('Five', 'Six'), junk),
  slug: oneof(some(3, constant(undefined)), some(1, constantFrom<unknown>('one', 'five', null))),
  text: oneof(some(4, constant(undefined)), some(1, junk)),
  status: oneof(some(3, constant(undefined)), some(2, constantFrom<unknown>('published', null, 1))),
  views: oneof(some(3, constant(undefined)), some(1, constantFrom<unknown>(7, '8', null, 0))),
  rating: oneof(some(5, constant(undefined)), some(1, constantFrom<unknown>(2, 2.5, null, '3.5'))),
  published: oneof(
    some(6, constant(undefined)),
    some(1, constantFrom<unknown>('2026-05-06T07:08:09', null, '2026-05-06', 'x')),
  ),
  tags: oneof(some(6, constant(undefined)), some(1, junk)),
  author: oneof(some(2, constant(undefined)), some(2, refers)),
  nope: oneof(some(20, constant(undefined)), some(1, constant(1))),
};
const changes = mostly(
  fc
    .subarray(Object.keys(members), { minLength: 1, maxLength: 2 })
    .chain((names) => body(Object.fromEntries(Object.entries(members).filter(([name]) => names.includes(name))))),
  constantFrom<unknown>({}, 'null', [], { id: 2 }),
);
const article = tuple(body(members), constantFrom(11, 12, 13)).map(([given, key]) => ({
  id: key,
  ...(given as object),
}));
const articlesOf = oneof(
  some(2, fc.array(constantFrom(1, 2, 3, 4, 99), { maxLength: 2 })),
  some(2, fc.array(article, { maxLength: 2 })),
  some(
    2,
    body({
      create: fc.array(article, { maxLength: 1 }),
      update: constantFrom<unknown>([], [{ id: 3, title: 'Moved' }], [{ id: 99, title: 'x' }]),
      delete: constantFrom<unknown>([], [1], [2], [99]),
    }),
  ),
  some(1, constantFrom<unknown>(null, 'x', { create: 1 }, {}, 1)),
);
/** Fields with a validation of their own, and a date. */
const ruled = {
  code: oneof(some(3, constant(undefined)), some(2, constantFrom<unknown>('abc', 'A1', null, ''))),
  rank: oneof(some(3, constant(undefined)), some(2, constantFrom<unknown>(3, 9, '2', 'x', null))),
  born: oneof(
    some(3, constant(undefined)),
    some(2, constantFrom<unknown>('2000-02-03', '2020-02-30', '2000-2-3', '2020', '2000-02-03T10:00:00Z', '', null)),
  ),
};
const authorChanges = oneof(
  some(3, body({ name: optional(constantFrom<unknown>('Dee', null)), articles: articlesOf })),
  some(2, body({ name: constant('Dee'), ...ruled })),
);

const articlesPath = (end: Arbitrary<string>): Arbitrary<string> => end.map((each) => `/items/articles${each}`);
const several = oneof(
  body({ keys: constantFrom<unknown>([1, 2], [3], [], ['x'], [99], [1, 1]), data: changes }),
  body({ query: constantFrom<unknown>({ filter: { views: { _gt: 5 } } }, { limit: 1, sort: ['id'] }), data: changes }),
  tuple(changes, constantFrom(1, 2, 99)).map(([given, key]) => [{ id: key, ...(given as object) }]),
);
const keys = oneof(
  constantFrom<unknown>([1], [2, 3], [99], [], ['x']),
  body({ keys: constantFrom<unknown>([1], [2, 3], []) }),
  constant({ query: { filter: { status: { _eq: 'published' } } } }),
);

/** Items of two collections are read and written, with those that they refer to. */
export const content = oneof(
  some(6, step('list items', 'GET', articlesPath(list), undefined, by)),
  some(
    3,
    step(
      'list authors',
      'GET',
      authorList.map((end) => `/items/authors${end}`),
      undefined,
      by,
    ),
  ),
  some(2, step('read item', 'GET', pathTo('/items/articles', id, answered(fields)), undefined, by)),
  some(
    1,
    step(
      'read author',
      'GET',
      pathTo('/items/authors', id, query({ fields: authorFields, deep: optional(deep) })),
      undefined,
      by,
    ),
  ),
  some(
    1,
    step(
      'search items',
      'SEARCH',
      '/items/articles',
      body({
        query: body({
          fields: optional(constantFrom<unknown>(['title'], ['author.name'], ['nope'])),
          filter: optional(ofArticle),
          sort: constant(['id']),
          limit: optional(constantFrom<unknown>(1, -1)),
        }),
        keys: optional(constantFrom<unknown>([1, 2], [])),
      }),
      by,
    ),
  ),
  some(
    3,
    step(
      'create item',
      'POST',
      articlesPath(answered(fields)),
      mostly(article, fc.array(article, { maxLength: 2 })),
      by,
    ),
  ),
  some(
    1,
    step(
      'create author',
      'POST',
      '/items/authors?fields=*,articles.title',
      tuple(authorChanges, constantFrom(11, 12)).map(([given, key]) => ({ id: key, ...(given as object) })),
      by,
    ),
  ),
  some(3, step('change item', 'PATCH', pathTo('/items/articles', id, answered(fields)), changes, by)),
  some(
    1,
    step(
      'change author',
      'PATCH',
      pathTo('/items/authors', id, constantFrom('', '?fields=name,articles.title')),
      authorChanges,
      by,
    ),
  ),
  some(1, step('change items', 'PATCH', articlesPath(answered(fields)), several, by)),
  some(1, step('remove item', 'DELETE', pathTo('/items/articles', id, constant('')), undefined, by)),
  some(1, step('remove items', 'DELETE', '/items/articles', keys, by)),
);

const graphqlQuery = constantFrom(
  '{articles(sort:["id"]){id title author{name}}}',
  '{articles(sort:["id"],filter:{views:{_gt:5}}){title views rating}}',
  '{articles(sort:["id"],filter:{author:{name:{_eq:"Ann"}}}){title tags published}}',
  '{articles_by_id(id:1){title status author{id articles(sort:["id"],limit:1){title}}}}',
  '{articles_by_id(id:99){title}}',
  '{articles_by_id(id:2){title nope}}',
  '{articles_aggregated{countAll count{id} sum{views} avg{rating}}}',
  '{articles_aggregated(groupBy:["status"]){group count{id}}}',
  '{authors(sort:["id"]){name articles(sort:["id"]){title} articles_func{count}}}',
  '{authors(sort:["id"],filter:{articles:{title:{_eq:"One"}}}){name}}',
  '{articles(sort:["id"],search:"one"){title}}',
  '{articles(sort:["id"],limit:1,page:2){title}}',
  '{articles(sort:["nope"]){title}}',
  '{nope{id}}',
  '{articles(sort:["id"]){published_func{year} tags_func{count}}}',
  'mutation{create_articles_item(data:{id:11,title:"G"}){id title status}}',
  'mutation{create_articles_item(data:{id:11,title:"G",author:{id:12,name:"N"}}){title author{name}}}',
  'mutation{create_articles_item(data:{id:11}){id}}',
  'mutation{create_articles_items(data:[{id:12,title:"G"},{id:13,title:"H"}]){id}}',
  'mutation{update_articles_item(id:1,data:{title:"U"}){title}}',
  'mutation{update_articles_item(id:99,data:{title:"U"}){title}}',
  'mutation{update_articles_items(ids:[2,3],data:{views:1}){id views}}',
  'mutation{update_articles_batch(data:[{id:2,title:"B"}]){id title}}',
  'mutation{delete_articles_item(id:2){id}}',
  'mutation{create_articles_items(data:[{id:12,title:"G"},{id:13,title:"H"}],sort:["-title"],limit:1){title}}',
  'mutation{update_articles_items(ids:[1,2,3],data:{views:7},filter:{author:{name:{_eq:"Ann"}}},sort:["-id"]){id views}}',
  'mutation{update_articles_batch(data:[{id:1,views:3},{id:2,views:3}],page:2,limit:1){id}}',
  'mutation{create_authors_item(data:{id:11,name:"R",code:"A1"}){name}}',
  'mutation{create_authors_item(data:{id:11,name:"R",rank:2,articles:[{id:14,title:"In"}]}){name rank articles{title}}}',
  '{articles_aggregated(groupBy:["year(published)"],sort:["year(published)"]){group countAll}}',
  '{authors(sort:["name"]){name born born_func{year month} code rank}}',
  '{a:articles(sort:["views","title"],limit:2){...f} b:articles(sort:["id"],offset:3){...f status}} fragment f on articles{title author{name}}',
  '{articles(sort:["id"],filter:{tags_func:{count:{_gt:0}}}){title}}',
  '{authors(filter:{articles:{_some:{views:{_gt:5}}}},sort:["id"]){name}}',
  '{authors(filter:{articles:{_none:{views:{_gt:5}}}},sort:["id"]){name}}',
  'mutation{delete_articles_items(ids:[3,99]){ids}}',
);
const withVariables = record({
  text: constantFrom(
    'query q($f:articles_filter,$n:Int){articles(filter:$f,limit:$n,sort:["id"]){title}}',
    'query q($f:articles_filter!,$n:Int=1){articles(filter:$f,limit:$n,sort:["id"]){title @skip(if:false) views}}',
    'mutation m($d:create_articles_input!){create_articles_item(data:$d){title views author{name}}}',
  ),
  given: body({
    f: optional(constantFrom<unknown>({ views: { _gt: 5 } }, { author: { name: { _eq: 'Ann' } } }, { nope: 1 }, null)),
    n: optional(constantFrom<unknown>(1, 'x', null)),
    d: optional(
      constantFrom<unknown>({ id: 15, title: 'V' }, { id: 15, title: 'V', author: { id: 1 } }, { id: 1 }, {}),
    ),
  }),
}).map(({ text, given }) => ({ query: text, variables: given }));

/** Requests for /graphql. */
export const graphqlContent = step(
  'graphql items',
  'POST',
  '/graphql',
  oneof(
    some(
      6,
      graphqlQuery.map((text) => ({ query: text })),
    ),
    some(1, withVariables),
  ),
  by,
);
