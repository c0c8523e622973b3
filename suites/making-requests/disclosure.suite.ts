import { chapter, check } from '../harness/check.js';
import { graphql, written } from '../harness/target/graphql.js';
import { assert } from '../harness/outcomes.js';
import type { Response } from '../harness/target/http/response.js';
import type { RequestParts } from '../harness/target/target.js';
import { newRandomPassword } from '../harness/users/new-password.js';
import { newStaticToken } from '../harness/users/new-static-token.js';

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
    'requests.errors.conceal',
    'A rejected creation or change of a user does not echo the password or the static token',
    async ({ target, newUser, newPrivilegedUser, unwantedUser, evidence }) => {
      const [somebody, account] = [await newUser(), await newPrivilegedUser()];
      const { access } = await target.loggedIn(account);
      const [token, password] = [newStaticToken(evidence), newRandomPassword(evidence, 'OTHER_PASSWORD')];
      const secrets = { password, token: token.value };
      const email = await unwantedUser();
      const changes: RequestParts[] = [
        { path: '/users', body: { ...secrets, email: 'no email address' } },
        { path: '/users', body: [{ ...secrets, email: somebody.email }] },
        { path: '/users', body: { ...secrets, email, role: 'no id' } },
        { method: 'PATCH', path: '/users/me', body: { ...secrets, email: somebody.email } },
        { method: 'PATCH', path: `/users/${account.id ?? ''}`, body: { ...secrets, email: 'no email address' } },
        { method: 'PATCH', path: '/users', body: { keys: [account.id], data: { ...secrets, email: somebody.email } } },
        { method: 'PATCH', path: '/users', body: `[${JSON.stringify({ id: account.id, ...secrets })}` },
      ];
      for (const parts of changes) {
        const response = await target.send(target.withTokens(parts, { header: access }));
        // What a target stores is its own affair; here it is what it says of what it does not.
        if (response.succeeded) continue;
        const shown = Object.entries(secrets).find(([, secret]) => response.body.includes(secret));
        assert(
          shown === undefined,
          `${parts.method ?? 'POST'} ${parts.path.replace(account.id ?? '', '<id>')} that is rejected not to repeat the ${shown?.[0] ?? ''}`,
          `${response.summary} with it in the body`,
        );
      }
    },
    { needs: 'admin' },
  );

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
