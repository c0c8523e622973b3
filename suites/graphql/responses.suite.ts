import { changedAt, nameTampered } from '../harness/generators/tampered-tokens.js';
import type { Response } from '../harness/target/http/response.js';
import { chapter, check } from '../harness/check.js';
import { graphql, outcome, result, written } from '../harness/target/graphql.js';
import { assert, assume } from '../harness/outcomes.js';
import { newStaticToken } from '../harness/users/new-static-token.js';
import { login, refresh } from './mutations.js';

chapter('GraphQL', () => {
  check(
    'graphql.errors',
    'Errors of each kind have the status and code of Directus',
    async ({ target, newUser, evidence }) => {
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
        ['users_me without a token', await graphql(target, '{users_me{id}}'), 400, 'GRAPHQL_VALIDATION'],
      ];
      for (const [what, response, status, code] of rejections) {
        assert(
          response.status === status && response.errorCode === code,
          `${what} to return ${status} ${code}`,
          `${outcome(response)} ${response.errorCode ?? ''}`,
        );
      }
    },
  );

  check(
    'graphql.conceals',
    'GraphQL shows neither an administrator nor the user a static token or a password',
    async (context) => {
      const { target, newUser, newPrivilegedUser, administrator, evidence } = context;
      const token = newStaticToken(evidence);
      const { id = '' } = await newUser({ token: token.value });
      const body = { query: `{users_by_id(id:${written(id)}){id token password}}` };
      const response = await administrator.send({ path: '/graphql/system', body }, evidence);
      assume(result(response, 'users_by_id')['id'] === id, outcome(response));
      assert(!response.body.includes(token.value), 'users_by_id not to show the static token', 'it shows it');
      assert(!/argon2/.test(response.body), 'users_by_id not to show the hash of the password', 'it shows it');
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
});
