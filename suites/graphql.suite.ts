import { changedAt, mintLike, nameTampered } from './harness/generators/tampered-tokens.js';
import type { Response } from './harness/target/response.js';
import { sh } from './harness/evidence/shell.js';
import { chapter, check } from './harness/check.js';
import { graphql, outcome, result, written } from './harness/target/graphql.js';
import { expectRejected, assumeSuccess } from './harness/expectations.js';
import { claimsOf, lifetimeOf, Moment } from './harness/target/jwt.js';
import { assert, assume, NotApplicable } from './harness/outcomes.js';
import { modes, type Mode, type Target } from './harness/target/target.js';
import { oneTimePassword, twoFactorUser } from './harness/users/two-factor.js';
import { newStaticToken } from './harness/users/new-static-token.js';

const TOKENS = '{access_token refresh_token expires}';

const login = async (target: Target, email: string, password: string, mode?: Mode, otp?: string): Promise<Response> => {
  const more = `${mode === undefined ? '' : `,mode:${mode}`}${otp === undefined ? '' : `,otp:${written(otp)}`}`;
  return graphql(target, `mutation{auth_login(email:${written(email)},password:${written(password)}${more})${TOKENS}}`);
};

const refresh = async (target: Target, token: string): Promise<Response> =>
  graphql(target, `mutation{auth_refresh(refresh_token:${written(token)})${TOKENS}}`);

const nameOfCookie = ({ description }: Target, mode: 'cookie' | 'session'): string =>
  mode === 'session' ? description.sessionCookie : description.refreshCookie;

/** The token that a response sets as the cookie of a mode. */
const cookieOf = (target: Target, response: Response, mode: 'cookie' | 'session'): string | undefined =>
  response.cookie(nameOfCookie(target, mode))?.value;

/** auth_refresh or auth_logout by the cookie of a mode. */
const exchange = async (
  target: Target,
  mutation: 'auth_refresh' | 'auth_logout',
  mode: 'cookie' | 'session',
  token: string,
): Promise<Response> =>
  graphql(
    target,
    `mutation{${mutation}(mode:${mode})${mutation === 'auth_refresh' ? TOKENS : ''}}`,
    {},
    {
      Cookie: `${nameOfCookie(target, mode)}=${token}`,
    },
  );

/** Expects that a response issue no token. */
function mustHandOutNothing(target: Target, response: Response, what: string): void {
  const { sessionCookie, refreshCookie } = target.description;
  const handed = ['auth_login', 'auth_refresh', 'a', 'b'].some((field) =>
    Object.values(result(response, field)).some((value) => typeof value === 'string' && value.length > 20),
  );
  assert(!handed, `${what} to be exchanged for no token`, `${outcome(response)} with a token`);
  assert(
    response.cookie(sessionCookie) === undefined && response.cookie(refreshCookie) === undefined,
    `${what} to be exchanged for no token`,
    `${outcome(response)} with a cookie`,
  );
  assert(response.status < 500, `${what} to be rejected`, outcome(response));
}

/** Expects that auth_login say how long its token lives, in ms, as text. Observed: Directus 12.4.1. */
function mustSayExpiry(response: Response, lifeMs: number | undefined): void {
  const { expires } = result(response, 'auth_login');
  assert(
    typeof expires === 'string' && (lifeMs === undefined || Number(expires) === lifeMs),
    `auth_login to say in \`expires\` how long the token lives${lifeMs === undefined ? '' : ` ("${lifeMs}")`}`,
    `it says ${JSON.stringify(expires) ?? 'nothing'}`,
  );
}

/** The refresh token of a login: a precondition. */
async function refreshTokenOf(target: Target, email: string, password: string): Promise<string> {
  const response = await login(target, email, password);
  const { refresh_token } = result(response, 'auth_login');
  assume(typeof refresh_token === 'string', `auth_login gives no refresh token: ${outcome(response)}`);
  return refresh_token;
}

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
    mustSayExpiry(json, lifetimeOf(access_token));
    const me = await target.whoAmI({ header: access_token });
    assert(me.text('id') === id, 'the access token to identify its user', me.summary);

    const body = {
      query: `mutation($email:String!,$password:String!){auth_login(email:$email,password:$password)${TOKENS}}`,
      variables: { email, password },
    };
    const byVariables = await target.send({ path: '/graphql/system', body, hasSideEffect: true });
    assert(
      typeof result(byVariables, 'auth_login')['access_token'] === 'string',
      'auth_login with its arguments in variables to return an access token',
      outcome(byVariables),
    );

    const cookie = await login(target, email, password, 'cookie');
    assert(
      result(cookie, 'auth_login')['refresh_token'] === null,
      'auth_login in mode cookie to answer without a refresh token',
      outcome(cookie),
    );
    assert(
      cookie.cookie(refreshCookie)?.httpOnly === true,
      `auth_login in mode cookie to set an httpOnly cookie ${refreshCookie}`,
      outcome(cookie),
    );

    const session = await login(target, email, password, 'session');
    const held = result(session, 'auth_login');
    assert(
      held['access_token'] === null && held['refresh_token'] === null,
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
    mustSayExpiry(session, lifetimeOf(set.value));
  });

  check(
    'graphql.login.needs-credentials',
    'auth_login issues no token for a wrong password or an unknown e-mail address',
    async ({ target, newUser }) => {
      const { email, password } = await newUser();
      for (const mode of ['json', 'session'] as const) {
        const wrong = await login(target, email, `${password}x`, mode);
        const unknown = await login(target, `nobody-${email}`, password, mode);
        mustHandOutNothing(target, wrong, 'auth_login with a wrong password');
        mustHandOutNothing(target, unknown, 'auth_login with an unknown e-mail');
        assert(
          wrong.status === unknown.status && wrong.body === unknown.body,
          'a wrong password and an unknown e-mail to be answered alike',
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
      const next = `${password}-new`;
      evidence.names.add(next, 'NEW_PASSWORD', {
        kind: 'derived',
        shell: sh`${evidence.names.shellOf(password)}-new`,
      });
      await administrator.change(account, { password: next }, evidence);
      mustHandOutNothing(target, await login(target, email, password), 'auth_login with the password from before');
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
      for (const mode of ['json', 'session']) {
        const mutation = `mutation{auth_login(email:${written(email)},password:${written(password)},mode:${mode})${TOKENS}}`;
        const path = `/graphql/system?query=${encodeURIComponent(mutation)}`;
        mustHandOutNothing(target, await target.send({ path, hasSideEffect: true }), 'auth_login by GET');
      }
    },
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
      mustHandOutNothing(target, response, 'a request with two auth_login');
    },
  );

  check(
    'graphql.login.otp-required',
    'auth_login rejects a missing and a wrong one-time password and accepts the right one',
    async (context) => {
      const { target } = context;
      const user = await twoFactorUser(context);
      const { email, password } = user.account;
      for (const mode of ['json', 'session'] as const) {
        mustHandOutNothing(
          target,
          await login(target, email, password, mode),
          'auth_login without the one-time password',
        );
        mustHandOutNothing(
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

  check(
    'graphql.authenticates',
    'users_me identifies the user of a token sent by each bearer method',
    async ({ target, newPrivilegedUser, evidence }) => {
      const staticToken = newStaticToken(evidence);
      const account = await newPrivilegedUser({ token: staticToken.value });
      const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      for (const [way, sent] of [
        ['a standard token in the header', { header: access }],
        ['a standard token in the query', { query: access }],
        ['the session cookie', { cookie: session }],
        ['a session token in the header', { header: session }],
        ['a static token in the header', { header: staticToken }],
        ['a static token in the query', { query: staticToken }],
      ] as const) {
        const response = await graphql(target, '{users_me{id}}', sent);
        const { id } = result(response, 'users_me');
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
      assume(result(good, 'users_me')['id'] === account.id, outcome(good));
      for (const sent of [{}, ...bad]) {
        const response = await graphql(target, '{users_me{id email}}', sent);
        const what =
          Object.keys(sent).length === 0
            ? 'users_me without a token'
            : `users_me with a bad token in the ${Object.keys(sent)[0] ?? ''}`;
        assert(response.status >= 400 && response.status < 500, `${what} to be rejected (4xx)`, outcome(response));
        assert(result(response, 'users_me')['id'] === undefined, `${what} to name nobody`, outcome(response));
      }
    },
  );

  check(
    'graphql.token-valid',
    'users_me rejects a revoked token, by POST and by GET',
    async ({ target, newPrivilegedUser, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newPrivilegedUser({ token: token.value });
      const session = await target.loggedInBySession(account);
      const { access } = await target.loggedIn(account);
      for (const sent of [{ header: token }, { cookie: session }]) {
        const before = await graphql(target, '{users_me{id}}', sent);
        assume(result(before, 'users_me')['id'] === account.id, outcome(before));
      }
      const logout = await target.logoutByCookie('session', session.value);
      assumeSuccess(logout);
      const parts = { method: 'PATCH', path: '/users/me', body: { token: null } };
      const cleared = await target.send(target.withTokens(parts, { header: access }));
      assumeSuccess(cleared);
      for (const [what, sent] of [
        ['a session token after its logout', { cookie: session }],
        ['a session token in the header after its logout', { header: session }],
        ['a static token that was cleared', { header: token }],
      ] as const) {
        const response = await graphql(target, '{users_me{id}}', sent);
        assert(
          response.status >= 400 && response.status < 500,
          `users_me with ${what} to be rejected (4xx)`,
          outcome(response),
        );
        assert(
          result(response, 'users_me')['id'] === undefined,
          `users_me with ${what} to name nobody`,
          outcome(response),
        );
      }
      const byGet = await target.send({ path: `/graphql/system?query=${encodeURIComponent('{users_me{id email}}')}` });
      expectRejected(byGet, 'users_me by GET without a token', account);
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
      for (const sent of [{ header: expired }, { query: expired }, { cookie: expired }]) {
        const response = await graphql(target, '{__typename}', sent);
        assert(
          response.status >= 400 && response.status < 500,
          `a query with an expired token in the ${Object.keys(sent).join()} to be rejected (4xx)`,
          outcome(response),
        );
      }
    },
    { needs: 'secret' },
  );

  check(
    'graphql.refresh',
    'auth_refresh issues new tokens and rejects the refresh token that it replaced',
    async ({ target, newUser }) => {
      const { email, password, id } = await newUser();
      const token = await refreshTokenOf(target, email, password);
      const response = await refresh(target, token);
      const { access_token, refresh_token } = result(response, 'auth_refresh');
      assert(
        typeof access_token === 'string' && typeof refresh_token === 'string',
        'auth_refresh to return new tokens',
        outcome(response),
      );
      const me = await target.whoAmI({ header: access_token });
      assert(me.text('id') === id, 'the new access token to identify its user', me.summary);
      mustHandOutNothing(
        target,
        await refresh(target, token),
        'auth_refresh with a refresh token that was used before',
      );
      mustHandOutNothing(target, await refresh(target, access_token), 'auth_refresh with an access token');
      mustHandOutNothing(target, await refresh(target, 'unknown'), 'auth_refresh with an unknown token');
    },
  );

  check(
    'graphql.refresh',
    'auth_refresh works with the cookies of modes cookie and session',
    async ({ target, newUser }) => {
      const { email, password, id } = await newUser();
      for (const mode of ['cookie', 'session'] as const) {
        const first = cookieOf(target, await login(target, email, password, mode), mode);
        assume(first !== undefined, `auth_login in mode ${mode} sets no cookie`);
        const headers = { Cookie: `${nameOfCookie(target, mode)}=${first}` };
        mustHandOutNothing(
          target,
          await graphql(target, `mutation{auth_refresh${TOKENS}}`, {}, headers),
          'auth_refresh without a mode, by a cookie,',
        );
        const response = await exchange(target, 'auth_refresh', mode, first);
        const second = cookieOf(target, response, mode);
        assert(
          second !== undefined && second !== first,
          `auth_refresh in mode ${mode} to replace the cookie`,
          outcome(response),
        );
        assert(
          response.cookies.every(({ httpOnly }) => httpOnly),
          `auth_refresh in mode ${mode} to set the cookie httpOnly`,
          'it is not',
        );
        assert(
          result(response, 'auth_refresh')['refresh_token'] === null && !response.body.includes(second),
          `auth_refresh in mode ${mode} to answer without the token of the cookie`,
          'it appears in the body',
        );
        const access =
          mode === 'cookie' ? { header: String(result(response, 'auth_refresh')['access_token']) } : { cookie: second };
        const me = await target.whoAmI(access);
        assert(me.text('id') === id, `the token out of auth_refresh in mode ${mode} to identify its user`, me.summary);
        if (mode === 'cookie')
          mustHandOutNothing(
            target,
            await exchange(target, 'auth_refresh', mode, first),
            'auth_refresh with a cookie that was used before',
          );
      }
    },
  );

  check(
    'graphql.logout',
    'auth_logout works with the cookies of modes cookie and session',
    async ({ target, newUser }) => {
      const account = await newUser();
      for (const mode of ['cookie', 'session'] as const) {
        const token = cookieOf(target, await login(target, account.email, account.password, mode), mode);
        assume(token !== undefined, `auth_login in mode ${mode} sets no cookie`);
        const response = await exchange(target, 'auth_logout', mode, token);
        const { data } = (response.json ?? {}) as { data?: { auth_logout?: unknown } };
        assert(data?.auth_logout === true, `auth_logout in mode ${mode} to answer true`, outcome(response));
        const name = nameOfCookie(target, mode);
        assert(
          response.cookies.some(({ key, value }) => key === name && value === ''),
          `auth_logout in mode ${mode} to clear the cookie ${name}`,
          outcome(response),
        );
        mustHandOutNothing(
          target,
          await exchange(target, 'auth_refresh', mode, token),
          'auth_refresh after the logout',
        );
        mustHandOutNothing(target, await target.refreshByCookie(mode, token), 'a refresh after the logout');
        if (mode === 'session')
          expectRejected(await target.whoAmI({ cookie: token }), 'a session token after auth_logout', account);
      }
    },
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
      for (const mode of modes)
        mustHandOutNothing(target, await login(target, email, password, mode), 'auth_login of a suspended user');
      mustHandOutNothing(target, await refresh(target, refreshToken), 'auth_refresh of a suspended user');
      const me = await graphql(target, '{__typename}', { header: token });
      assert(me.status === 401, 'the static token of a suspended user to be rejected (401)', outcome(me));
    },
  );

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
    'graphql.logout',
    'After auth_logout the refresh token is rejected by GraphQL and by REST',
    async ({ target, newUser }) => {
      const { email, password } = await newUser();
      const token = await refreshTokenOf(target, email, password);
      const response = await graphql(target, `mutation{auth_logout(refresh_token:${written(token)})}`);
      const { data } = (response.json ?? {}) as { data?: { auth_logout?: unknown } };
      assert(data?.auth_logout === true, 'auth_logout to answer true', outcome(response));
      mustHandOutNothing(target, await refresh(target, token), 'auth_refresh after the logout');
      mustHandOutNothing(target, await target.refresh(token), 'a refresh after the logout');
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
