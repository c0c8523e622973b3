import { changedAt, mintLike, nameAltered } from './harness/generators/tampered-tokens.js';
import { newStaticToken } from './harness/users/accounts.js';
import type { Answer } from './harness/target/response.js';
import { sh } from './harness/evidence/shell.js';
import { chapter, check } from './harness/check.js';
import { graphql, outcome, result, written } from './harness/target/graphql.js';
import { errorCode, inWords, mustRefuse } from './harness/expectations.js';
import { claimsOf, lifeOf, Moment } from './harness/target/jwt.js';
import { demand, NotApplicable, require } from './harness/outcomes.js';
import { modes, type Mode, type Target } from './harness/target/target.js';
import { oneTimePassword, twoFactorUser } from './harness/users/two-factor.js';

const TOKENS = '{access_token refresh_token expires}';

const login = async (target: Target, email: string, password: string, mode?: Mode, otp?: string): Promise<Answer> => {
  const more = `${mode === undefined ? '' : `,mode:${mode}`}${otp === undefined ? '' : `,otp:${written(otp)}`}`;
  return graphql(target, `mutation{auth_login(email:${written(email)},password:${written(password)}${more})${TOKENS}}`);
};

const refresh = async (target: Target, token: string): Promise<Answer> =>
  graphql(target, `mutation{auth_refresh(refresh_token:${written(token)})${TOKENS}}`);

const nameOfCookie = ({ description }: Target, mode: 'cookie' | 'session'): string =>
  mode === 'session' ? description.sessionCookie : description.refreshCookie;

/** The token that an answer sets as the cookie of a mode. */
const cookieOf = (target: Target, answer: Answer, mode: 'cookie' | 'session'): string | undefined =>
  answer.cookie(nameOfCookie(target, mode))?.value;

/** auth_refresh or auth_logout by the cookie of a mode. */
const exchange = async (
  target: Target,
  mutation: 'auth_refresh' | 'auth_logout',
  mode: 'cookie' | 'session',
  token: string,
): Promise<Answer> =>
  graphql(
    target,
    `mutation{${mutation}(mode:${mode})${mutation === 'auth_refresh' ? TOKENS : ''}}`,
    {},
    {
      Cookie: `${nameOfCookie(target, mode)}=${token}`,
    },
  );

/** Demands that an answer hand out no token. */
function mustHandOutNothing(target: Target, answer: Answer, what: string): void {
  const { sessionCookie, refreshCookie } = target.description;
  const handed = ['auth_login', 'auth_refresh', 'a', 'b'].some((field) =>
    Object.values(result(answer, field)).some((value) => typeof value === 'string' && value.length > 20),
  );
  demand(!handed, `${what} to buy no token`, `${outcome(answer)} with a token`);
  demand(
    answer.cookie(sessionCookie) === undefined && answer.cookie(refreshCookie) === undefined,
    `${what} to buy no token`,
    `${outcome(answer)} with a cookie`,
  );
  demand(answer.status < 500, `${what} to be refused`, outcome(answer));
}

/** Demands that auth_login say how long its token lives, in ms, as text. Observed: Directus 12.4.1. */
function mustSayExpiry(answer: Answer, lifeMs: number | undefined): void {
  const { expires } = result(answer, 'auth_login');
  demand(
    typeof expires === 'string' && (lifeMs === undefined || Number(expires) === lifeMs),
    `auth_login to say in \`expires\` how long the token lives${lifeMs === undefined ? '' : ` ("${lifeMs}")`}`,
    `it says ${JSON.stringify(expires) ?? 'nothing'}`,
  );
}

/** The refresh token of a login: a precondition. */
async function refreshTokenOf(target: Target, email: string, password: string): Promise<string> {
  const answer = await login(target, email, password);
  const { refresh_token } = result(answer, 'auth_login');
  require(typeof refresh_token === 'string', `auth_login gives no refresh token: ${outcome(answer)}`);
  return refresh_token;
}

chapter('GraphQL', () => {
  check('graphql.login', 'in each mode', async ({ target, newUser }) => {
    const { email, password, id } = await newUser();
    const { sessionCookie, refreshCookie } = target.description;

    const json = await login(target, email, password);
    const { access_token, refresh_token } = result(json, 'auth_login');
    demand(
      typeof access_token === 'string' && typeof refresh_token === 'string',
      'auth_login without a mode to answer with both tokens',
      outcome(json),
    );
    mustSayExpiry(json, lifeOf(access_token));
    const me = await target.whoAmI({ header: access_token });
    demand(me.text('id') === id, 'the access token to identify its user', inWords(me));

    const body = {
      query: `mutation($email:String!,$password:String!){auth_login(email:$email,password:$password)${TOKENS}}`,
      variables: { email, password },
    };
    const byVariables = await target.send({ path: '/graphql/system', body, mustEnd: true });
    demand(
      typeof result(byVariables, 'auth_login')['access_token'] === 'string',
      'auth_login with its arguments in variables to answer with an access token',
      outcome(byVariables),
    );

    const cookie = await login(target, email, password, 'cookie');
    demand(
      result(cookie, 'auth_login')['refresh_token'] === null,
      'auth_login in mode cookie to answer without a refresh token',
      outcome(cookie),
    );
    demand(
      cookie.cookie(refreshCookie)?.httpOnly === true,
      `auth_login in mode cookie to set an httpOnly cookie ${refreshCookie}`,
      outcome(cookie),
    );

    const session = await login(target, email, password, 'session');
    const held = result(session, 'auth_login');
    demand(
      held['access_token'] === null && held['refresh_token'] === null,
      'auth_login in mode session to answer without tokens',
      outcome(session),
    );
    const set = session.cookie(sessionCookie);
    demand(
      set?.httpOnly === true,
      `auth_login in mode session to set an httpOnly cookie ${sessionCookie}`,
      outcome(session),
    );
    demand(!session.response.body.includes(set.value), 'the body not to hold the session token', 'it does');
    mustSayExpiry(session, lifeOf(set.value));
  });

  check('graphql.login.needs-credentials', 'a wrong password and an unknown e-mail', async ({ target, newUser }) => {
    const { email, password } = await newUser();
    for (const mode of ['json', 'session'] as const) {
      const wrong = await login(target, email, `${password}x`, mode);
      const unknown = await login(target, `nobody-${email}`, password, mode);
      mustHandOutNothing(target, wrong, 'auth_login with a wrong password');
      mustHandOutNothing(target, unknown, 'auth_login with an unknown e-mail');
      demand(
        wrong.status === unknown.status && wrong.response.body === unknown.response.body,
        'a wrong password and an unknown e-mail to be answered alike',
        `${outcome(wrong)} and ${outcome(unknown)}`,
      );
    }
  });

  check(
    'graphql.login.needs-credentials',
    'the password from before',
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
      const answer = await login(target, email, next);
      demand(
        typeof result(answer, 'auth_login')['access_token'] === 'string',
        'auth_login with the new password to succeed',
        outcome(answer),
      );
    },
  );

  check('graphql.post-only', 'a login in the URL', async ({ target, user, evidence }) => {
    const account = await user();
    account.nameIn(evidence);
    const { email, password } = account;
    for (const mode of ['json', 'session']) {
      const mutation = `mutation{auth_login(email:${written(email)},password:${written(password)},mode:${mode})${TOKENS}}`;
      const path = `/graphql/system?query=${encodeURIComponent(mutation)}`;
      mustHandOutNothing(target, await target.send({ path, mustEnd: true }), 'auth_login by GET');
    }
  });

  check('graphql.login.once', 'two passwords by aliases', async ({ target, user, evidence }) => {
    const account = await user();
    account.nameIn(evidence);
    const { email, password } = account;
    const attempt = (alias: string, attempted: string): string =>
      `${alias}:auth_login(email:${written(email)},password:${written(attempted)}){access_token}`;
    const answer = await graphql(target, `mutation{${attempt('a', `${password}x`)} ${attempt('b', password)}}`);
    mustHandOutNothing(target, answer, 'a request with two auth_login');
  });

  check('graphql.login.otp-required', 'without, with a wrong and with the right one', async (tools) => {
    const { target } = tools;
    const user = await twoFactorUser(tools);
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
    const right = await login(target, email, password, 'json', await oneTimePassword(tools, user));
    demand(
      typeof result(right, 'auth_login')['access_token'] === 'string',
      'auth_login with the right one-time password to succeed',
      outcome(right),
    );
  });

  check('graphql.authenticates', 'by each way', async ({ target, newPrivilegedUser, evidence }) => {
    const staticToken = newStaticToken(evidence);
    const account = await newPrivilegedUser({ token: staticToken.value });
    const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
    for (const [way, token, sent] of [
      ['a standard token in the header', access, { header: access }],
      ['a standard token in the query', access, { query: access }],
      ['the session cookie', session, { cookie: session }],
      ['a session token in the header', session, { header: session }],
      ['a static token in the header', staticToken, { header: staticToken }],
      ['a static token in the query', staticToken, { query: staticToken }],
    ] as const) {
      const answer = await graphql(target, '{users_me{id}}', sent);
      const { id } = result(answer, 'users_me');
      if (id === undefined) target.excuseIfOvertaken(token);
      demand(
        id !== undefined && (account.id === undefined || id === account.id),
        `${way} to let users_me name its user`,
        outcome(answer),
      );
    }
  });

  check('graphql.token-valid', 'none, made-up and altered ones', async ({ target, newPrivilegedUser, evidence }) => {
    const account = await newPrivilegedUser();
    const { access, refresh: refreshToken } = await target.loggedIn(account);
    const forged = changedAt(access.value, access.value.lastIndexOf('.') + 2);
    nameAltered(evidence, forged, access.value);
    const bad = ['made-up', forged.value, refreshToken.value].flatMap((token) => [
      { header: token },
      { query: token },
      { cookie: token },
    ]);
    const good = await graphql(target, '{users_me{id email}}', { header: access });
    require(result(good, 'users_me')['id'] === account.id, outcome(good));
    for (const sent of [{}, ...bad]) {
      const answer = await graphql(target, '{users_me{id email}}', sent);
      const what =
        Object.keys(sent).length === 0
          ? 'users_me without a token'
          : `users_me with a bad token in the ${Object.keys(sent)[0] ?? ''}`;
      demand(answer.status >= 400 && answer.status < 500, `${what} to be refused (4xx)`, outcome(answer));
      demand(result(answer, 'users_me')['id'] === undefined, `${what} to name nobody`, outcome(answer));
    }
  });

  check('graphql.token-valid', 'revoked ones, and by GET', async ({ target, newPrivilegedUser, evidence }) => {
    const token = newStaticToken(evidence);
    const account = await newPrivilegedUser({ token: token.value });
    const session = await target.loggedInBySession(account);
    const { access } = await target.loggedIn(account);
    for (const sent of [{ header: token }, { cookie: session }]) {
      const before = await graphql(target, '{users_me{id}}', sent);
      require(result(before, 'users_me')['id'] === account.id, outcome(before));
    }
    const logout = await target.logoutByCookie('session', session.value);
    require(logout.succeeded, inWords(logout));
    const parts = { method: 'PATCH', path: '/users/me', body: { token: null } };
    const cleared = await target.send(target.withTokens(parts, { header: access }));
    if (!cleared.succeeded) target.excuseIfOvertaken(access);
    require(cleared.succeeded, inWords(cleared));
    for (const [what, sent] of [
      ['a session token after its logout', { cookie: session }],
      ['a session token in the header after its logout', { header: session }],
      ['a static token that was cleared', { header: token }],
    ] as const) {
      const answer = await graphql(target, '{users_me{id}}', sent);
      demand(answer.status >= 400 && answer.status < 500, `users_me with ${what} to be refused (4xx)`, outcome(answer));
      demand(result(answer, 'users_me')['id'] === undefined, `users_me with ${what} to name nobody`, outcome(answer));
    }
    const byGet = await target.send({ path: `/graphql/system?query=${encodeURIComponent('{users_me{id email}}')}` });
    mustRefuse(byGet, 'users_me by GET without a token', account);
  });

  check(
    'graphql.token-valid',
    'an expired one',
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
        const answer = await graphql(target, '{__typename}', sent);
        demand(
          answer.status >= 400 && answer.status < 500,
          `a query with an expired token in the ${Object.keys(sent).join()} to be refused (4xx)`,
          outcome(answer),
        );
      }
    },
    { needs: 'secret' },
  );

  check('graphql.refresh', 'twice with the same token', async ({ target, newUser }) => {
    const { email, password, id } = await newUser();
    const token = await refreshTokenOf(target, email, password);
    const answer = await refresh(target, token);
    const { access_token, refresh_token } = result(answer, 'auth_refresh');
    demand(
      typeof access_token === 'string' && typeof refresh_token === 'string',
      'auth_refresh to answer with new tokens',
      outcome(answer),
    );
    const me = await target.whoAmI({ header: access_token });
    demand(me.text('id') === id, 'the new access token to identify its user', inWords(me));
    mustHandOutNothing(target, await refresh(target, token), 'auth_refresh with a refresh token that was used before');
    mustHandOutNothing(target, await refresh(target, access_token), 'auth_refresh with an access token');
    mustHandOutNothing(target, await refresh(target, 'made-up'), 'auth_refresh with a made-up token');
  });

  check('graphql.refresh', 'by the cookies of modes cookie and session', async ({ target, newUser }) => {
    const { email, password, id } = await newUser();
    for (const mode of ['cookie', 'session'] as const) {
      const first = cookieOf(target, await login(target, email, password, mode), mode);
      require(first !== undefined, `auth_login in mode ${mode} sets no cookie`);
      const headers = { Cookie: `${nameOfCookie(target, mode)}=${first}` };
      mustHandOutNothing(
        target,
        await graphql(target, `mutation{auth_refresh${TOKENS}}`, {}, headers),
        'auth_refresh without a mode, by a cookie,',
      );
      const answer = await exchange(target, 'auth_refresh', mode, first);
      const second = cookieOf(target, answer, mode);
      demand(
        second !== undefined && second !== first,
        `auth_refresh in mode ${mode} to replace the cookie`,
        outcome(answer),
      );
      demand(
        answer.cookies.every(({ httpOnly }) => httpOnly),
        `auth_refresh in mode ${mode} to set the cookie httpOnly`,
        'it is not',
      );
      demand(
        result(answer, 'auth_refresh')['refresh_token'] === null && !answer.response.body.includes(second),
        `auth_refresh in mode ${mode} to answer without the token of the cookie`,
        'it stands in the body',
      );
      const access =
        mode === 'cookie' ? { header: String(result(answer, 'auth_refresh')['access_token']) } : { cookie: second };
      const me = await target.whoAmI(access);
      demand(me.text('id') === id, `the token out of auth_refresh in mode ${mode} to identify its user`, inWords(me));
      if (mode === 'cookie')
        mustHandOutNothing(
          target,
          await exchange(target, 'auth_refresh', mode, first),
          'auth_refresh with a cookie that was used before',
        );
    }
  });

  check('graphql.logout', 'by the cookies of modes cookie and session', async ({ target, newUser }) => {
    const account = await newUser();
    for (const mode of ['cookie', 'session'] as const) {
      const token = cookieOf(target, await login(target, account.email, account.password, mode), mode);
      require(token !== undefined, `auth_login in mode ${mode} sets no cookie`);
      const answer = await exchange(target, 'auth_logout', mode, token);
      const { data } = (answer.json ?? {}) as { data?: { auth_logout?: unknown } };
      demand(data?.auth_logout === true, `auth_logout in mode ${mode} to answer true`, outcome(answer));
      const name = nameOfCookie(target, mode);
      demand(
        answer.cookies.some(({ key, value }) => key === name && value === ''),
        `auth_logout in mode ${mode} to clear the cookie ${name}`,
        outcome(answer),
      );
      mustHandOutNothing(target, await exchange(target, 'auth_refresh', mode, token), 'auth_refresh after the logout');
      mustHandOutNothing(target, await target.refreshByCookie(mode, token), 'a refresh after the logout');
      if (mode === 'session')
        mustRefuse(await target.whoAmI({ cookie: token }), 'a session token after auth_logout', account);
    }
  });

  check('graphql.inactive-user', 'who is suspended', async ({ target, newUser, administrator, evidence }) => {
    const token = newStaticToken(evidence);
    const account = await newUser({ token: token.value });
    const { email, password } = account;
    const refreshToken = await refreshTokenOf(target, email, password);
    await administrator.change(account, { status: 'suspended' }, evidence);
    for (const mode of modes)
      mustHandOutNothing(target, await login(target, email, password, mode), 'auth_login of a suspended user');
    mustHandOutNothing(target, await refresh(target, refreshToken), 'auth_refresh of a suspended user');
    const me = await graphql(target, '{__typename}', { header: token });
    demand(me.status === 401, 'the static token of a suspended user to be refused (401)', outcome(me));
  });

  check('graphql.errors', 'of each kind', async ({ target, newUser, evidence }) => {
    const { email, password } = await newUser();
    const { access } = await target.loggedIn(await newUser());
    const forged = changedAt(access.value, access.value.lastIndexOf('.') + 2);
    nameAltered(evidence, forged, access.value);
    const refusals: [string, Answer, number, string][] = [
      ['auth_login with a wrong password', await login(target, email, `${password}x`), 200, 'INVALID_CREDENTIALS'],
      ['auth_refresh with a made-up token', await refresh(target, 'made-up'), 200, 'INVALID_CREDENTIALS'],
      ['auth_logout without a token', await graphql(target, 'mutation{auth_logout}'), 200, 'INVALID_PAYLOAD'],
      ['a made-up token', await graphql(target, '{__typename}', { header: 'made-up' }), 401, 'INVALID_CREDENTIALS'],
      ['a forged token', await graphql(target, '{__typename}', { header: forged.value }), 403, 'INVALID_TOKEN'],
      ['users_me without a token', await graphql(target, '{users_me{id}}'), 400, 'GRAPHQL_VALIDATION'],
    ];
    for (const [what, answer, status, code] of refusals) {
      demand(
        answer.status === status && errorCode(answer) === code,
        `${what} to be answered with ${status} ${code}`,
        `${outcome(answer)} ${errorCode(answer) ?? ''}`,
      );
    }
  });

  check('graphql.logout', 'then a refresh by GraphQL and by REST', async ({ target, newUser }) => {
    const { email, password } = await newUser();
    const token = await refreshTokenOf(target, email, password);
    const answer = await graphql(target, `mutation{auth_logout(refresh_token:${written(token)})}`);
    const { data } = (answer.json ?? {}) as { data?: { auth_logout?: unknown } };
    demand(data?.auth_logout === true, 'auth_logout to answer true', outcome(answer));
    mustHandOutNothing(target, await refresh(target, token), 'auth_refresh after the logout');
    mustHandOutNothing(target, await target.refresh(token), 'a refresh after the logout');
  });

  check('graphql.conceals', 'to the administrator and to its user', async (tools) => {
    const { target, newUser, newPrivilegedUser, administrator, evidence } = tools;
    const token = newStaticToken(evidence);
    const { id = '' } = await newUser({ token: token.value });
    const body = { query: `{users_by_id(id:${written(id)}){id token password}}` };
    const answer = await administrator.send({ path: '/graphql/system', body }, evidence);
    require(result(answer, 'users_by_id')['id'] === id, outcome(answer));
    demand(!answer.response.body.includes(token.value), 'users_by_id not to show the static token', 'it shows it');
    demand(!/argon2/.test(answer.response.body), 'users_by_id not to show the hash of the password', 'it shows it');
    const own = newStaticToken(evidence);
    const reader = await newPrivilegedUser({ token: own.value });
    for (const query of ['{users_me{id token password}}', '{users{id token password}}']) {
      const answer = await graphql(target, query, { header: own });
      require(answer.status === 200, outcome(answer));
      demand(
        ![own.value, token.value, reader.password].some((secret) => answer.response.body.includes(secret)),
        `${query} to show neither static tokens nor passwords`,
        'it shows one',
      );
    }
  });
});
