import { changedAt, nameTampered } from '../harness/generators/tampered-tokens.js';
import type { Response } from '../harness/target/http/response.js';
import { chapter, check } from '../harness/check.js';
import { expectError, expectNotFound } from '../harness/expectations.js';
import { HASHES } from '../harness/target/leaked-data.js';
import { graphql, idIn, outcome, written } from '../harness/target/graphql.js';
import { assert, assume } from '../harness/outcomes.js';
import { newStaticToken } from '../harness/users/new-static-token.js';
import { areUsersHidden } from '../harness/users/hidden-users.js';
import { login, refresh } from './mutations.js';
import { tellsId } from '../harness/target/record-id.js';

chapter('GraphQL', () => {
  check('graphql.errors', 'Errors of each kind have the status and code of Directus', async (context) => {
    const { target, newUser, evidence } = context;
    const { email, password } = await newUser();
    const { access } = await target.loggedIn(await newUser());
    const forged = changedAt(access.value, access.value.lastIndexOf('.') + 2);
    nameTampered(evidence, forged, access.value);
    const rejections: [string, Response, number, string][] = [
      ['auth_login with a wrong password', await login(target, email, `${password}x`), 200, 'INVALID_CREDENTIALS'],
      ['auth_refresh with an unknown token', await refresh(target, 'unknown'), 200, 'INVALID_CREDENTIALS'],
      ['auth_logout without a token', await graphql(target, 'mutation{auth_logout}'), 200, 'INVALID_PAYLOAD'],
      ['an unknown token', await graphql(target, '{__typename}', { header: 'unknown' }), 401, 'INVALID_CREDENTIALS'],
      ['a forged token', await graphql(target, '{__typename}', { header: forged.value }), 403, 'INVALID_TOKEN'],
    ];
    if (await areUsersHidden(context))
      rejections.push(['users_me without a token', await graphql(target, '{users_me{id}}'), 400, 'GRAPHQL_VALIDATION']);
    for (const [what, response, status, code] of rejections) {
      expectError(response, status, code, `${what} to return ${status} ${code}`);
    }
  });

  check(
    'graphql.conceals',
    'GraphQL shows neither an administrator nor the user a static token or a password',
    async (context) => {
      const { target, newUser, newPrivilegedUser, administrator, evidence } = context;
      const token = newStaticToken(evidence);
      const { id = '' } = await newUser({ token: token.value });
      const body = { query: `{users_by_id(id:${written(id)}){id token password}}` };
      const response = await administrator.send({ path: '/graphql/system', body }, evidence);
      assume(idIn(response, 'users_by_id') === id, outcome(response));
      assert(!response.body.includes(token.value), 'users_by_id not to show the static token', 'it shows it');
      assert(!/argon2/.test(response.body), 'users_by_id not to show the hash of the password', 'it shows it');
      const documents = [
        `{users_by_id(id:${written(id)}){id shown:token hidden:password}}`,
        `{users_by_id(id:${written(id)}){id ...f}} fragment f on directus_users{token password}`,
        `{users(filter:{id:{_eq:${written(id)}}}){id ... on directus_users{a:token b:password}}}`,
        '{roles{users{token password}}}',
      ];
      for (const query of documents) {
        const { body: shown } = await administrator.send({ path: '/graphql/system', body: { query } }, evidence);
        assert(
          !shown.includes(token.value) && HASHES.every((hash) => !shown.includes(hash)),
          `${query.replaceAll(id, '<id>')} to show the administrator neither static tokens nor passwords`,
          'it shows one',
        );
      }
      const own = newStaticToken(evidence);
      const reader = await newPrivilegedUser({ token: own.value });
      for (const query of ['{users_me{id token password}}', '{users{id token password}}']) {
        const response = await graphql(target, query, { header: own });
        assume(response.status === 200, outcome(response));
        assert(
          ![own.value, token.value, reader.password].some((secret) => response.body.includes(secret)),
          `${query} to show neither static tokens nor passwords`,
          'it shows one',
        );
      }
    },
  );

  check(
    'graphql.conceals',
    'A filter of GraphQL finds no user by the static token or by how the hash of the password begins',
    async ({ newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const { id = '' } = await newUser({ token: token.value });
      const found = async (filter: string): Promise<boolean> => {
        const query = `{users(filter:{_and:[{id:{_eq:${written(id)}}},{${filter}}]}){id}}`;
        const { body } = await administrator.send({ path: '/graphql/system', body: { query } }, evidence);
        return tellsId(body, id);
      };
      assume(await found(`id:{_eq:${written(id)}}`), 'the administrator does not find the user by the id, either');
      const other = newStaticToken(evidence).value;
      for (const [what, filter, control] of [
        ['the static token', `token:{_eq:${written(token.value)}}`, `token:{_eq:${written(other)}}`],
        [
          'the beginning of the static token',
          `token:{_starts_with:${written(token.value.slice(0, 8))}}`,
          `token:{_starts_with:${written(other.slice(0, 8))}}`,
        ],
        ...['$argon2', '$2', '$scrypt', '$pbkdf2'].map(
          (begins) =>
            [
              'how the hash of the password begins',
              `password:{_starts_with:${written(begins)}}`,
              'password:{_starts_with:"zzz"}',
            ] as const,
        ),
      ] as const)
        await expectNotFound(
          async () => found(filter),
          async () => found(control),
          `users with a filter not to find a user by ${what}`,
        );
    },
    { needsEach: ['admin', 'graphql'] },
  );
});
