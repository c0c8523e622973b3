import { changedAt, mintLike, nameAltered } from './harness/altered-tokens.js';
import { newStaticToken } from './harness/accounts.js';
import type { Answer } from './harness/answer.js';
import { chapter, check } from './harness/check.js';
import { graphql, outcome, result, written } from './harness/graphql.js';
import { inWords } from './harness/expectations.js';
import { claimsOf } from './harness/jwt.js';
import { demand, NotApplicable, require } from './harness/outcomes.js';
import type { Mode, Target } from './harness/target.js';
import { oneTimePassword, twoFactorUser } from './harness/two-factor.js';

const TOKENS = '{access_token refresh_token expires}';

const login = async (target: Target, email: string, password: string, mode?: Mode, otp?: string): Promise<Answer> => {
  const more = `${mode === undefined ? '' : `,mode:${mode}`}${otp === undefined ? '' : `,otp:${written(otp)}`}`;
  return graphql(target, `mutation{auth_login(email:${written(email)},password:${written(password)}${more})${TOKENS}}`);
};

const refresh = async (target: Target, token: string): Promise<Answer> =>
  graphql(target, `mutation{auth_refresh(refresh_token:${written(token)})${TOKENS}}`);

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
    const me = await target.whoAmI({ header: access_token });
    demand(me.text('id') === id, 'the access token to identify its user', inWords(me));

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

  check('graphql.authenticates', 'by each way', async ({ target, newPrivilegedUser }) => {
    const account = await newPrivilegedUser();
    const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
    for (const [way, token, sent] of [
      ['a standard token in the header', access, { header: access }],
      ['a standard token in the query', access, { query: access }],
      ['the session cookie', session, { cookie: session }],
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

  check(
    'graphql.token-valid',
    'an expired one',
    async ({ target, user, evidence, plan }) => {
      const { access } = await target.loggedIn(await user());
      const now = claimsOf(access.value)?.iat;
      if (now === undefined) throw new NotApplicable('the access token does not say when it was issued');
      const expired = mintLike(evidence, access.value, { iat: now - 1800, exp: now - 900 }, plan.secret ?? '');
      const answer = await graphql(target, '{users_me{id}}', { header: expired });
      demand(
        result(answer, 'users_me')['id'] === undefined && answer.status < 500,
        'users_me with an expired token to name nobody',
        outcome(answer),
      );
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

  check('graphql.logout', 'then a refresh by GraphQL and by REST', async ({ target, newUser }) => {
    const { email, password } = await newUser();
    const token = await refreshTokenOf(target, email, password);
    const answer = await graphql(target, `mutation{auth_logout(refresh_token:${written(token)})}`);
    const { data } = (answer.json ?? {}) as { data?: { auth_logout?: unknown } };
    demand(data?.auth_logout === true, 'auth_logout to answer true', outcome(answer));
    mustHandOutNothing(target, await refresh(target, token), 'auth_refresh after the logout');
    mustHandOutNothing(target, await target.refresh(token), 'a refresh after the logout');
  });

  check('graphql.conceals', 'to the administrator', async ({ newUser, administrator, evidence }) => {
    const token = newStaticToken(evidence);
    const { id = '' } = await newUser({ token: token.value });
    const body = { query: `{users_by_id(id:${written(id)}){id token password}}` };
    const answer = await administrator.send({ path: '/graphql/system', body }, evidence);
    require(result(answer, 'users_by_id')['id'] === id, outcome(answer));
    demand(!answer.response.body.includes(token.value), 'users_by_id not to show the static token', 'it shows it');
    demand(!/argon2/.test(answer.response.body), 'users_by_id not to show the hash of the password', 'it shows it');
  });
});
