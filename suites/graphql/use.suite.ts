import { changedAt, mintLike, nameTampered } from '../harness/generators/tampered-tokens.js';
import { chapter, check } from '../harness/check.js';
import { graphql, idIn, outcome } from '../harness/target/graphql.js';
import { assumeSuccess } from '../harness/expectations.js';
import { claimsOf, Moment } from '../harness/target/tokens/jwt.js';
import { assert, assume, NotApplicable } from '../harness/outcomes.js';
import type { SentTokens } from '../harness/target/tokens/bearer-methods.js';
import { newStaticToken } from '../harness/users/new-static-token.js';
import { refreshTokenOf, expectNoTokens, login, refresh } from './mutations.js';

chapter('GraphQL', () => {
  check(
    'graphql.authenticates',
    'users_me identifies the user of a token sent by each bearer method',
    async ({ target, newPrivilegedUser, evidence }) => {
      const staticToken = newStaticToken(evidence);
      const account = await newPrivilegedUser({ token: staticToken.value });
      const [{ access }, sessions] = await Promise.all([target.loggedIn(account), target.sessionsOf(account)]);
      const ways: [string, SentTokens][] = [
        ['a standard token in the header', { header: access }],
        ['a standard token in the query', { query: access }],
        ...sessions.flatMap((session): [string, SentTokens][] => [
          ['the session cookie', { cookie: session }],
          ['a session token in the header', { header: session }],
        ]),
        ['a static token in the header', { header: staticToken }],
        ['a static token in the query', { query: staticToken }],
      ];
      for (const [way, sent] of ways) {
        const response = await graphql(target, '{users_me{id}}', sent);
        const id = idIn(response, 'users_me');
        assert(
          id !== undefined && (account.id === undefined || id === account.id),
          `${way} to let users_me name its user`,
          outcome(response),
        );
      }
    },
  );

  check(
    'graphql.token-valid',
    'users_me rejects a missing, an unknown and a tampered token',
    async ({ target, newPrivilegedUser, evidence }) => {
      const account = await newPrivilegedUser();
      const { access, refresh: refreshToken } = await target.loggedIn(account);
      const forged = changedAt(access.value, access.value.lastIndexOf('.') + 2);
      nameTampered(evidence, forged, access.value);
      const bad = ['unknown', forged.value, refreshToken.value].flatMap((token) => [
        { header: token },
        { query: token },
        { cookie: token },
      ]);
      const good = await graphql(target, '{users_me{id email}}', { header: access });
      assume(idIn(good, 'users_me') === account.id, outcome(good));
      for (const sent of [{}, ...bad]) {
        const response = await graphql(target, '{users_me{id email}}', sent);
        const what =
          Object.keys(sent).length === 0
            ? 'users_me without a token'
            : `users_me with a bad token in the ${Object.keys(sent)[0] ?? ''}`;
        // Where everybody may read users, a request without a token is told of none. Observed: Directus 11.17.4.
        if (Object.keys(sent).length > 0) assert(response.rejected, `${what} to be rejected (4xx)`, outcome(response));
        assert(idIn(response, 'users_me') === undefined, `${what} to name no user`, outcome(response));
      }
    },
  );

  check(
    'graphql.token-valid',
    'users_me rejects a revoked token, by POST and by GET',
    async ({ target, newPrivilegedUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newPrivilegedUser({ token: token.value });
      const sessions = await target.sessionsOf(account);
      for (const sent of [{ header: token }, ...sessions.map((session) => ({ cookie: session }))]) {
        const before = await graphql(target, '{users_me{id}}', sent);
        assume(idIn(before, 'users_me') === account.id, outcome(before));
      }
      for (const session of sessions) {
        const logout = await target.logoutByCookie('session', session.value);
        assumeSuccess(logout);
      }
      await administrator.change(account, { token: null }, evidence);
      const revoked: [string, SentTokens][] = [
        ...sessions.flatMap((session): [string, SentTokens][] => [
          ['a session token after its logout', { cookie: session }],
          ['a session token in the header after its logout', { header: session }],
        ]),
        ['a static token that was cleared', { header: token }],
      ];
      for (const [what, sent] of revoked) {
        const response = await graphql(target, '{users_me{id}}', sent);
        assert(response.rejected, `users_me with ${what} to be rejected (4xx)`, outcome(response));
        assert(idIn(response, 'users_me') === undefined, `users_me with ${what} to name no user`, outcome(response));
      }
      const byGet = await target.send({ path: `/graphql/system?query=${encodeURIComponent('{users_me{id email}}')}` });
      assert(idIn(byGet, 'users_me') === undefined, 'users_me by GET without a token to name no user', outcome(byGet));
    },
  );

  check(
    'graphql.token-valid',
    'users_me rejects an expired token',
    async ({ target, user, evidence, plan }) => {
      const { access } = await target.loggedIn(await user());
      if (claimsOf(access.value)?.iat === undefined)
        throw new NotApplicable('the access token does not say when it was issued');
      const expired = mintLike(
        evidence,
        access.value,
        { iat: Moment.afterIssue(-1800), exp: Moment.afterIssue(-900) },
        plan.secret ?? '',
      );
      // A query without data of a user: where the cookie is not read, it is no business of the token.
      for (const method of target.bearerMethods) {
        const response = await graphql(target, '{__typename}', { [method]: expired });
        assert(
          response.rejected,
          `a query with an expired token in the ${method} to be rejected (4xx)`,
          outcome(response),
        );
      }
    },
    { needs: 'secret' },
  );

  check(
    'graphql.inactive-user',
    'GraphQL rejects the logins, refreshes and tokens of a suspended user',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const { email, password } = account;
      const refreshToken = await refreshTokenOf(target, email, password);
      await administrator.change(account, { status: 'suspended' }, evidence);
      for (const mode of target.modes)
        expectNoTokens(target, await login(target, email, password, mode), 'auth_login of a suspended user');
      expectNoTokens(target, await refresh(target, refreshToken), 'auth_refresh of a suspended user');
      const me = await graphql(target, '{__typename}', { header: token });
      assert(me.status === 401, 'the static token of a suspended user to be rejected (401)', outcome(me));
    },
  );
});
