import { isSameAnswer } from '../harness/target/same-answer.js';
import { chapter, check } from '../harness/check.js';
import { graphql, outcome, result, written } from '../harness/target/graphql.js';
import { lifetimeOf } from '../harness/target/tokens/jwt.js';
import { assert } from '../harness/outcomes.js';
import { percentEncoded } from '../harness/target/percent-encoding.js';
import { newPassword } from '../harness/users/new-password.js';
import { oneTimePassword, twoFactorUser } from '../harness/users/two-factor.js';
import { login, TOKENS, expectNoTokens, mustSayExpiry } from './mutations.js';
import { assumeAttempts } from '../harness/users/attempts-allowed.js';

chapter('GraphQL', () => {
  check('graphql.login', 'auth_login delivers the tokens as each mode defines', async ({ target, newUser }) => {
    const { email, password, id } = await newUser();
    const { sessionCookie, refreshCookie } = target.description;

    const json = await login(target, email, password);
    const { access_token, refresh_token } = result(json, 'auth_login');
    assert(
      typeof access_token === 'string' && typeof refresh_token === 'string',
      'auth_login without a mode to return both tokens',
      outcome(json),
    );
    mustSayExpiry(json, 'auth_login', lifetimeOf(access_token));
    for (const name of [sessionCookie, refreshCookie])
      assert(
        json.cookie(name) === undefined,
        `auth_login without a mode to set no cookie ${name}`,
        `${outcome(json)} with the cookie`,
      );
    const me = await target.whoAmI({ header: access_token });
    assert(me.id() === id, 'the access token to identify its user', me.summary);

    const body = {
      query: `mutation($email:String!,$password:String!){auth_login(email:$email,password:$password)${TOKENS}}`,
      variables: { email, password },
    };
    const byVariables = await target.send({ path: '/graphql/system', body });
    assert(
      typeof result(byVariables, 'auth_login')['access_token'] === 'string',
      'auth_login with its arguments in variables to return an access token',
      outcome(byVariables),
    );

    const cookie = await login(target, email, password, 'cookie');
    assert(
      (result(cookie, 'auth_login')['refresh_token'] ?? null) === null,
      'auth_login in mode cookie to answer without a refresh token',
      outcome(cookie),
    );
    assert(
      cookie.cookie(refreshCookie)?.httpOnly === true,
      `auth_login in mode cookie to set an httpOnly cookie ${refreshCookie}`,
      outcome(cookie),
    );

    if (!target.modes.includes('session')) return;
    const session = await login(target, email, password, 'session');
    const held = result(session, 'auth_login');
    assert(
      (held['access_token'] ?? held['refresh_token'] ?? null) === null,
      'auth_login in mode session to answer without tokens',
      outcome(session),
    );
    const set = session.cookie(sessionCookie);
    assert(
      set?.httpOnly === true,
      `auth_login in mode session to set an httpOnly cookie ${sessionCookie}`,
      outcome(session),
    );
    assert(!session.body.includes(set.value), 'the body not to hold the session token', 'it does');
    mustSayExpiry(session, 'auth_login', lifetimeOf(set.value));
  });

  check(
    'graphql.login.needs-credentials',
    'auth_login issues no token for a wrong password or an unknown email address',
    async ({ target, newUser }) => {
      const { email, password } = await newUser();
      for (const mode of target.modes) {
        const wrong = await login(target, email, `${password}x`, mode);
        const again = await login(target, email, `${password}x`, mode);
        const unknown = await login(target, `nobody-${email}`, password, mode);
        expectNoTokens(target, wrong, 'auth_login with a wrong password');
        expectNoTokens(target, unknown, 'auth_login with an unknown email');
        assert(
          isSameAnswer(wrong, again, unknown),
          'a wrong password and an unknown email to be answered alike',
          `${outcome(wrong)} and ${outcome(unknown)}`,
        );
      }
    },
  );

  check(
    'graphql.login.needs-credentials',
    'auth_login issues no token for the password from before a change',
    async ({ target, newUser, administrator, evidence }) => {
      const account = await newUser();
      const { email, password } = account;
      const next = newPassword(evidence, account);
      await administrator.change(account, { password: next }, evidence);
      expectNoTokens(target, await login(target, email, password), 'auth_login with the password from before');
      const response = await login(target, email, next);
      assert(
        typeof result(response, 'auth_login')['access_token'] === 'string',
        'auth_login with the new password to succeed',
        outcome(response),
      );
    },
  );

  check(
    'graphql.post-only',
    'A mutation sent by GET, in the URL, logs no user in',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const { email, password } = account;
      for (const mode of target.modes) {
        const mutation = `mutation{auth_login(email:${written(email)},password:${written(password)},mode:${mode})${TOKENS}}`;
        const path = `/graphql/system?query=${percentEncoded(mutation)}`;
        expectNoTokens(target, await target.send({ path }), 'auth_login by GET');
        const two = percentEncoded(`query Ping{server_ping} ${mutation.replace('mutation', 'mutation Login')}`);
        for (const name of ['Login', 'Ping'])
          expectNoTokens(
            target,
            await target.send({
              path: `/graphql/system?query=${two}&operationName=${name}`,
            }),
            'auth_login by GET, beside a query,',
          );
      }
    },
  );

  check(
    'login.json-only',
    'auth_login that is sent as a form or as plain text, which a page of another site can send, logs no user in',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const { email, password } = account;
      const query = `mutation{auth_login(email:${written(email)},password:${written(password)})${TOKENS}}`;
      for (const [type, body] of [
        ['application/x-www-form-urlencoded', `query=${percentEncoded(query)}`],
        ['text/plain', JSON.stringify({ query })],
        ['text/plain', query],
        [
          'multipart/form-data; boundary=b',
          `--b\r\nContent-Disposition: form-data; name="query"\r\n\r\n${query}\r\n--b--\r\n`,
        ],
      ] as const) {
        const response = await target.send({ path: '/graphql/system', headers: { 'Content-Type': type }, body });
        expectNoTokens(target, response, `auth_login as ${type.replace(/;.*/, '')}`);
      }
    },
    { needsEach: ['graphql'] },
  );

  check(
    'graphql.login.once',
    'A request with two aliased auth_login is rejected',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const { email, password } = account;
      const attempt = (alias: string, attempted: string): string =>
        `${alias}:auth_login(email:${written(email)},password:${written(attempted)}){access_token}`;
      const response = await graphql(target, `mutation{${attempt('a', `${password}x`)} ${attempt('b', password)}}`);
      expectNoTokens(target, response, 'a request with two auth_login');
    },
  );

  check(
    'graphql.login.once',
    'A request with a list of queries, of which two are auth_login, is rejected',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const { email, password } = account;
      const body = [`${password}x`, password].map((attempted) => ({
        query: `mutation{auth_login(email:${written(email)},password:${written(attempted)}){access_token}}`,
      }));
      const response = await target.send({ path: '/graphql/system', body });
      const issued = /"access_token"\s*:\s*"/.test(response.body);
      assert(!issued, 'a list of two auth_login not to issue a token', outcome(response));
    },
  );

  check(
    'graphql.login.otp-required',
    'auth_login rejects a missing and a wrong one-time password and accepts the right one',
    async (context) => {
      await assumeAttempts(context);
      const { target } = context;
      const user = await twoFactorUser(context);
      const { email, password } = user.account;
      for (const mode of target.modes) {
        expectNoTokens(target, await login(target, email, password, mode), 'auth_login without the one-time password');
        expectNoTokens(
          target,
          await login(target, email, password, mode, '000000'),
          'auth_login with a wrong one-time password',
        );
      }
      const right = await login(target, email, password, 'json', await oneTimePassword(context, user));
      assert(
        typeof result(right, 'auth_login')['access_token'] === 'string',
        'auth_login with the right one-time password to succeed',
        outcome(right),
      );
    },
  );
});
