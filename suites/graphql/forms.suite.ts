import { chapter, check, type CheckContext } from '../harness/check.js';
import { assumeSuccess } from '../harness/expectations.js';
import { emptyGraphqlForms, graphqlForms, type GraphqlForm } from '../harness/generators/graphql-forms.js';
import { assert, assume } from '../harness/outcomes.js';
import { graphql, idIn, outcome, result, written } from '../harness/target/graphql.js';
import { methodInWords } from '../harness/target/tokens/bearer-methods.js';
import { newStaticToken } from '../harness/users/new-static-token.js';
import { TOKENS } from './mutations.js';
import { whereUsersAreHidden } from '../harness/users/hidden-users.js';
import { tellsId } from '../harness/target/record-id.js';

/* A rule that holds of a query holds of every way to write it. */

const ownId = ({ directusVersion }: CheckContext['plan']): GraphqlForm[] =>
  graphqlForms({ field: 'users_me', type: 'directus_users', member: 'id' }, directusVersion);

chapter('GraphQL', () => {
  check(
    'graphql.authenticates',
    'users_me identifies the user however the query is written, and nothing is shown where nothing is asked for',
    async ({ target, newPrivilegedUser, plan }) => {
      const account = await newPrivilegedUser();
      const { access } = await target.loggedIn(account);
      for (const { name, answersAs, parts } of ownId(plan))
        for (const method of target.bearerMethods) {
          const response = await target.send(target.withTokens(parts, { [method]: access }));
          const id = idIn(response, answersAs);
          assert(
            id !== undefined && (account.id === undefined || id === account.id),
            `users_me in a query ${name}, with a token ${methodInWords[method]}, to name its user`,
            outcome(response),
          );
        }
      for (const [name, body] of emptyGraphqlForms)
        for (const sent of [{ header: access }, {}]) {
          const response = await target.send(target.withTokens({ path: '/graphql/system', body }, sent));
          assert(
            response.status < 500 && (account.id === undefined || !tellsId(response.body, account.id)),
            `a request ${name} to show nothing that was asked for before`,
            outcome(response),
          );
        }
    },
  );

  check(
    'graphql.token-valid',
    'users_me names no user without a token, and with a revoked one, however the query is written',
    async ({ target, newPrivilegedUser, administrator, evidence, plan }) => {
      const token = newStaticToken(evidence);
      const account = await newPrivilegedUser({ token: token.value });
      const before = await graphql(target, '{users_me{id}}', { header: token });
      assume(idIn(before, 'users_me') === account.id, outcome(before));
      await administrator.change(account, { token: null }, evidence);
      for (const { name, answersAs, parts } of ownId(plan))
        for (const [what, sent] of [
          ['no token', {}],
          ['a static token that was cleared', { header: token }],
        ] as const) {
          const response = await target.send(target.withTokens(parts, sent));
          assert(
            idIn(response, answersAs) === undefined && !tellsId(response.body, account.id ?? '-'),
            `users_me in a query ${name} with ${what} to name no user`,
            outcome(response),
          );
          assert(
            !('header' in sent) || response.rejected,
            `a query ${name} with ${what} to be rejected (4xx)`,
            outcome(response),
          );
        }
    },
    { needsEach: ['admin', 'graphql'] },
  );

  check(
    'graphql.permissions',
    'A user without permissions is shown no other user however the query is written',
    whereUsersAreHidden(async ({ target, newUser, administrator, evidence, plan }) => {
      const { id = '', email } = await newUser();
      const asked = { field: 'users_by_id', given: `(id:${written(id)})`, type: 'directus_users', member: 'email' };
      const { access } = await target.loggedIn(await newUser());
      const control = await administrator.send(
        { path: '/graphql/system', body: { query: `{${asked.field}${asked.given}{email}}` } },
        evidence,
      );
      assume(result(control, asked.field)['email'] === email, outcome(control));
      for (const { name, parts } of graphqlForms(asked, plan.directusVersion)) {
        // The same query has just been answered to an administrator: what is kept of that is for no other user.
        const allowed = await administrator.send(parts, evidence);
        assumeSuccess(allowed);
        const response = await target.send(target.withTokens(parts, { header: access }));
        assert(
          !response.body.includes(email),
          `users_by_id in a query ${name} of a user without permissions not to show another user`,
          `${outcome(response)} with the email of that user`,
        );
      }
    }),
    { needsEach: ['admin', 'graphql'] },
  );

  check(
    'graphql.login',
    'auth_login issues tokens by an alias, in a fragment, and with a name and variables',
    async ({ target, newUser }) => {
      const { email, password, id } = await newUser();
      const given = `(email:${written(email)},password:${written(password)})`;
      const variables = { email, password };
      const declared = '($email:String!,$password:String!)';
      for (const [what, body, field] of [
        ['by an alias', { query: `mutation{mine:auth_login${given}${TOKENS}}` }, 'mine'],
        [
          'in a fragment',
          { query: `mutation{...Login} fragment Login on Mutation{auth_login${given}${TOKENS}}` },
          'auth_login',
        ],
        [
          'with a name and variables',
          {
            query: `query Ping{server_ping} mutation Login${declared}{auth_login(email:$email,password:$password)${TOKENS}}`,
            operationName: 'Login',
            variables,
          },
          'auth_login',
        ],
      ] as const) {
        const response = await target.send({ path: '/graphql/system', body });
        const { access_token: access } = result(response, field);
        assert(typeof access === 'string', `auth_login ${what} to return an access token`, outcome(response));
        const me = await target.whoAmI({ header: access });
        assert(me.id() === id, `the access token of auth_login ${what} to identify its user`, me.summary);
      }
    },
    { needsEach: ['admin', 'graphql'] },
  );
});
