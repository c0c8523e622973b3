import { chapter, check } from '../harness/check.js';
import { graphql, written } from '../harness/target/graphql.js';
import { assert } from '../harness/outcomes.js';
import type { Response } from '../harness/target/http/response.js';

/** What shows the inside of a server, by what it is: all texts of one of these rows, in lower case. */
const insides: readonly (readonly [what: string, rows: readonly (readonly string[])[]])[] = [
  ['a stack trace', [['\n    at '], ['\\n    at '], ['traceback (most recent call last)'], ['goroutine 1 [']]],
  [
    'a path of its file system',
    [['node_modules/'], ['node_modules\\'], ['.js:'], ['.ts:'], ['.mjs:'], ['.py", line'], ['.php:'], ['/var/www/']],
  ],
  [
    'a query to its database',
    [
      ['select * from'],
      ['select "', ' from "'],
      ['select `', ' from `'],
      ['insert into "'],
      ['insert into `'],
      ['delete from "'],
      ['delete from `'],
      ['update "', '" set "'],
      ['update `', '` set `'],
    ],
  ],
  [
    'a message of its database',
    [['sqlite_'], ['sqlstate'], ['econnrefused'], ['er_dup_entry'], ['er_parse_error'], ['ora-0']],
  ],
];

/** Expects that a response show nothing of how the server is made. */
function mustNotDisclose(response: Response, what: string): void {
  const text = [response.body, ...response.headerPairs.map(([, value]) => value)].join('\n');
  const plain = text.toLowerCase().replaceAll('\\"', '"');
  const [shown] = insides.find(([, rows]) => rows.some((texts) => texts.every((one) => plain.includes(one)))) ?? [];
  assert(shown === undefined, `the response to ${what} not to show how the server is made`, `it shows ${shown ?? ''}`);
}

chapter('Making Requests', () => {
  check(
    'requests.errors.internals',
    'Responses to rejected and malformed requests show neither stack traces nor queries, at each endpoint',
    async ({ target, user, plan }) => {
      const account = await user();
      const { email, password } = account;
      const { access } = await target.loggedIn(account);
      for (const method of target.bearerMethods)
        for (const token of ['unknown', `${access.value}x`, 'a.b.c'])
          mustNotDisclose(await target.whoAmI({ [method]: token }), 'a bad token');
      const bodies: [string, unknown][] = [
        ['/auth/login', { email, password: `${password}x` }],
        ['/auth/login', { email: `nobody-${email}`, password }],
        ['/auth/login', { email: { _eq: 1 }, password: [] }],
        ['/auth/login', { email, password, mode: 'unknown' }],
        ['/auth/login', '{"email":'],
        ['/auth/refresh', { refresh_token: 'unknown' }],
        ['/auth/refresh', { refresh_token: 'unknown', mode: 'json' }],
        ['/auth/refresh', { refresh_token: { a: 1 } }],
        ['/auth/refresh', { mode: 'session' }],
        ['/auth/refresh', '{bad'],
        ['/auth/logout', { refresh_token: 'unknown' }],
        ['/auth/logout', { refresh_token: ['x'] }],
        ['/auth/logout', {}],
        ['/auth/logout', '[}'],
      ];
      for (const [path, body] of bodies) mustNotDisclose(await target.send({ path, body }), `a bad body at ${path}`);
      for (const path of [
        '/there-is-no-such-route',
        '/users/not-an-id',
        "/users?filter[id][_eq]=x'",
        '/users/me?fields=x.y.z',
      ])
        mustNotDisclose(await target.send(target.withTokens({ path }, { header: access })), `GET ${path}`);
      const body = { first_name: { a: 1 }, email: 5 };
      const change = target.withTokens({ method: 'PATCH', path: '/users/me', body }, { header: access });
      mustNotDisclose(await target.send(change), 'PATCH /users/me with members of other types');
      if (!plan.capabilities.includes('graphql')) return;
      for (const query of [
        '{',
        '{there_is_no_such_field}',
        `mutation{auth_login(email:${written(email)},password:"wrong"){access_token}}`,
        'mutation{auth_refresh(refresh_token:"unknown"){access_token}}',
        'mutation{auth_logout(refresh_token:"unknown")}',
      ])
        mustNotDisclose(await graphql(target, query), `the query ${query.replace(email, '<email>')}`);
    },
  );
});
