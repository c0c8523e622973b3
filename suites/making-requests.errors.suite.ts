import fc from 'fast-check';
import { newStaticToken } from './harness/users/accounts.js';
import { changedAt, nameAltered } from './harness/generators/tampered-tokens.js';
import type { Answer } from './harness/target/response.js';
import { malformedBody, malformedToken } from './harness/generators/arbitraries.js';
import { chapter, check } from './harness/check.js';
import { errorCode, inWords, mustRefuse } from './harness/expectations.js';
import { demand, require } from './harness/outcomes.js';
import { forAll } from './harness/generators/property.js';
import { mustBeLike } from './harness/target/schemas.js';
import { modes, ways, type RequestParts } from './harness/target/target.js';

/** What Directus says with the codes whose message is always the same. Observed: Directus 12.4.1. */
const messages: Readonly<Record<string, string>> = {
  INVALID_CREDENTIALS: 'Invalid user credentials.',
  INVALID_TOKEN: 'Invalid token.',
};

/** What Directus adds to a code. Observed: Directus 12.4.1. */
const details: Readonly<Record<string, string>> = { INVALID_PAYLOAD: 'reason', ROUTE_NOT_FOUND: 'path' };

/** Demands that an answer be a refusal as Directus words it. Observed: Directus 12.4.1. */
function mustBeRefusal(answer: Answer, what: string, status: number, code: string): void {
  const expected = `${what} to be answered with ${status} ${code}`;
  demand(answer.status === status, expected, inWords(answer));
  const [type = 'no content type'] = answer.headers('content-type');
  demand(/^application\/json\b/.test(type), `the refusal of ${what} to be application/json`, `it is ${type}`);
  mustBeLike('error-envelope.schema.json', answer.json, `the body of the refusal of ${what}`);
  demand(errorCode(answer) === code, expected, inWords(answer));
  const members = Object.keys(answer.json as object).join();
  demand(members === 'errors', `the body of the refusal of ${what} to hold errors alone`, `it holds ${members}`);
  demand(
    !/\bat (?:(?!\bat )[^\n])*:\d+:\d+/.test(answer.response.body),
    `the refusal of ${what} not to show a stack`,
    'it does',
  );
  const [challenge] = answer.headers('www-authenticate');
  demand(
    !/^basic/i.test(challenge ?? ''),
    `the refusal of ${what} not to ask for other credentials`,
    `it asks for ${challenge ?? ''}`,
  );
  const { errors } = answer.json as { errors: { message: string; extensions: Record<string, unknown> }[] };
  const detail = details[code];
  demand(
    detail === undefined || typeof errors[0]?.extensions[detail] === 'string',
    `the refusal of ${what} to say its ${detail ?? ''} in extensions`,
    `it holds ${JSON.stringify(errors[0]?.extensions)}`,
  );
  const message = errors[0]?.message ?? '';
  demand(
    messages[code] === undefined || message === messages[code],
    `the refusal of ${what} to say "${messages[code] ?? ''}"`,
    `it says "${message}"`,
  );
}

function mustRefuseInEnvelope(answer: Answer, what: string): void {
  mustRefuse(answer, what);
  mustBeLike('error-envelope.schema.json', answer.json, `the body of the refusal of ${what}`);
}

chapter('Making Requests', () => {
  check('requests.errors', 'the refusals of each kind', async ({ target, user, evidence }) => {
    const account = await user();
    account.nameIn(evidence);
    const { access } = await target.loggedIn(account);
    const forged = changedAt(access.value, access.value.lastIndexOf('.') + 1);
    nameAltered(evidence, forged, access.value);
    const login = (body: object): RequestParts => ({ path: '/auth/login', body });
    const refusals: [string, RequestParts, number, string][] = [
      ['no token', { path: '/users/me' }, 401, 'INVALID_CREDENTIALS'],
      ['no token, for a page,', { path: '/users/me', headers: { Accept: 'text/html' } }, 401, 'INVALID_CREDENTIALS'],
      ['no token, in German,', { path: '/users/me', headers: { 'Accept-Language': 'de' } }, 401, 'INVALID_CREDENTIALS'],
      ['an empty token', { path: '/users/me?access_token=' }, 401, 'INVALID_CREDENTIALS'],
      ['an empty cookie', target.withTokens({ path: '/users/me' }, { cookie: '' }), 401, 'INVALID_CREDENTIALS'],
      [
        'Bearer without a token',
        { path: '/users/me', headers: { Authorization: 'Bearer' } },
        401,
        'INVALID_CREDENTIALS',
      ],
      ['a change without a token', { method: 'PATCH', path: '/users/me', body: {} }, 401, 'INVALID_CREDENTIALS'],
      ['another unknown route', { path: '/there-is-no-such-route' }, 404, 'ROUTE_NOT_FOUND'],
      [
        'an unknown route, with a token,',
        target.withTokens({ path: '/there-is-no-such-route' }, { header: access }),
        404,
        'ROUTE_NOT_FOUND',
      ],
      [
        'the removal of nobody',
        { method: 'DELETE', path: '/users/00000000-0000-4000-8000-000000000000' },
        403,
        'FORBIDDEN',
      ],
      ['an unknown token', target.withTokens({ path: '/users/me' }, { header: 'garbage' }), 401, 'INVALID_CREDENTIALS'],
      [
        'an unknown token in the query',
        target.withTokens({ path: '/users/me' }, { query: 'garbage' }),
        401,
        'INVALID_CREDENTIALS',
      ],
      [
        'an unknown session cookie',
        target.withTokens({ path: '/users/me' }, { cookie: 'garbage' }),
        401,
        'INVALID_CREDENTIALS',
      ],
      [
        'a wrong password',
        login({ email: account.email, password: `${account.password}x` }),
        401,
        'INVALID_CREDENTIALS',
      ],
      [
        'a refresh by an unknown session cookie',
        { ...target.withTokens({ path: '/auth/refresh', body: { mode: 'session' } }, { cookie: 'garbage' }) },
        401,
        'INVALID_CREDENTIALS',
      ],
      ...ways.map(([way, by]): [string, RequestParts, number, string] => [
        `a wrong signature ${way}`,
        target.withTokens({ path: '/users/me' }, by(forged.value)),
        403,
        'INVALID_TOKEN',
      ]),
      [
        'an unknown refresh token',
        { path: '/auth/refresh', body: { refresh_token: 'garbage' } },
        401,
        'INVALID_CREDENTIALS',
      ],
      ['a refresh without a token', { path: '/auth/refresh', body: {} }, 400, 'INVALID_PAYLOAD'],
      ['a logout without a token', { path: '/auth/logout', body: {} }, 400, 'INVALID_PAYLOAD'],
      ['a session logout without one', { path: '/auth/logout', body: { mode: 'session' } }, 400, 'INVALID_PAYLOAD'],
      ['a session refresh without one', { path: '/auth/refresh', body: { mode: 'session' } }, 400, 'INVALID_PAYLOAD'],
      ['an unknown user', login({ email: `nobody-${account.email}`, password: 'x' }), 401, 'INVALID_CREDENTIALS'],
      ['a login without a password', login({ email: account.email }), 400, 'INVALID_PAYLOAD'],
      ['a body that is no JSON', { path: '/auth/login', body: '{bad' }, 400, 'INVALID_PAYLOAD'],
      ['an unknown route', { path: '/auth/login', method: 'GET' }, 404, 'ROUTE_NOT_FOUND'],
    ];
    for (const [what, parts, status, code] of refusals) {
      const answer = await target.send(parts);
      if (errorCode(answer) === 'TOKEN_EXPIRED') target.excuseIfOvertaken(access);
      mustBeRefusal(answer, what, status, code);
    }
  });

  check('requests.errors', 'tokens that are spent', async ({ target, ownUser }) => {
    const account = await ownUser();
    const { refreshCookie } = target.description;
    const { access, refresh } = await target.loggedIn(account);
    const renewal = await target.refresh(refresh, account);
    require(renewal.succeeded, inWords(renewal));
    mustBeRefusal(await target.refresh(refresh), 'a refresh token that was used before', 401, 'INVALID_CREDENTIALS');
    mustBeRefusal(await target.refresh(access.value), 'an access token as refresh token', 401, 'INVALID_CREDENTIALS');
    for (const mode of ['cookie', 'session', 'made-up'] as const) {
      mustBeRefusal(
        await target.refresh(refresh, account, mode),
        `a refresh token in the body, in mode ${mode},`,
        400,
        'INVALID_PAYLOAD',
      );
    }
    const last = await target.loggedIn(account);
    const logout = await target.logout(last.refresh);
    require(logout.succeeded, inWords(logout));
    mustBeRefusal(await target.refresh(last.refresh), 'a refresh after the logout', 401, 'INVALID_CREDENTIALS');

    const session = await target.loggedInBySession(account);
    const sessionLogout = await target.logoutByCookie('session', session.value);
    require(sessionLogout.succeeded, inWords(sessionLogout));
    const ended = 'a session token after the logout';
    for (const answer of [
      await target.whoAmI({ cookie: session }),
      await target.whoAmI({ header: session }),
      await target.whoAmI({ query: session }),
      await target.refreshByCookie('session', session.value),
    ]) {
      if (errorCode(answer) === 'TOKEN_EXPIRED') target.excuseIfOvertaken(session);
      mustBeRefusal(answer, ended, 401, 'INVALID_CREDENTIALS');
    }

    const cookie = (await target.login(account, 'cookie')).cookie(refreshCookie)?.value;
    require(cookie !== undefined, `a login in mode cookie sets no cookie ${refreshCookie}`);
    const cookieLogout = await target.logoutByCookie('cookie', cookie);
    require(cookieLogout.succeeded, inWords(cookieLogout));
    mustBeRefusal(
      await target.refreshByCookie('cookie', cookie),
      'a refresh in mode cookie after the logout',
      401,
      'INVALID_CREDENTIALS',
    );
    mustBeRefusal(
      await target.whoAmI({ header: access, query: access }),
      'a token in the header and in the query',
      400,
      'INVALID_PAYLOAD',
    );
  });

  check(
    'requests.errors',
    'what ends with its user, and what the user may not do',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const [account, other] = [await newUser({ token: token.value }), await newUser()];
      const [{ access, refresh }, session] = [await target.loggedIn(account), await target.loggedInBySession(account)];
      const change = async (changes: object): Promise<void> => administrator.change(account, changes, evidence);
      for (const method of ['GET', 'PATCH', 'DELETE']) {
        const parts = { method, path: `/users/${other.id ?? ''}`, ...(method === 'PATCH' && { body: {} }) };
        const answer = await target.send(target.withTokens(parts, { header: access }));
        if (errorCode(answer) === 'TOKEN_EXPIRED') target.excuseIfOvertaken(access);
        mustBeRefusal(answer, `${method} of another user, without permission,`, 403, 'FORBIDDEN');
      }
      mustBeRefusal(await target.send({ path: '/users' }), 'GET /users without a token', 403, 'FORBIDDEN');
      await change({ status: 'suspended' });
      const suspended = 'of a suspended user';
      for (const mode of modes)
        mustBeRefusal(await target.login(account, mode), `a login ${suspended}`, 401, 'INVALID_CREDENTIALS');
      for (const sent of [{ header: token }, { query: token }])
        mustBeRefusal(await target.whoAmI(sent), `a static token ${suspended}`, 401, 'INVALID_CREDENTIALS');
      const bySession = await target.whoAmI({ cookie: session });
      if (errorCode(bySession) === 'TOKEN_EXPIRED') target.excuseIfOvertaken(session);
      mustBeRefusal(bySession, `a session token ${suspended}`, 401, 'INVALID_CREDENTIALS');
      mustBeRefusal(await target.refresh(refresh), `a refresh token ${suspended}`, 401, 'INVALID_CREDENTIALS');
      await change({ status: 'active', token: null });
      mustBeRefusal(await target.whoAmI({ header: token }), 'a static token set to null', 401, 'INVALID_CREDENTIALS');
    },
    { needs: 'admin' },
  );

  check(
    'requests.errors.conceal',
    'by each way, and at login, refresh and logout',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const { access } = await target.loggedIn(account);
      const forged = changedAt(access.value, access.value.lastIndexOf('.') + 1);
      nameAltered(evidence, forged, access.value);
      const made = 'a-made-up-token-of-nobody';
      const wrong = `${account.password}-wrong`;
      const attempts: [string, string, RequestParts][] = [
        ...ways.flatMap(([way, by]): [string, string, RequestParts][] =>
          [made, forged.value].map((token) => [
            `a bad token ${way}`,
            token,
            target.withTokens({ path: '/users/me' }, by(token)),
          ]),
        ),
        [
          'a route that there is not',
          access.value,
          target.withTokens({ path: '/there-is-no-such-route' }, { query: access }),
        ],
        ['a token by two ways', made, target.withTokens({ path: '/users/me' }, { header: made, query: made })],
        ['a wrong password', wrong, { path: '/auth/login', body: { email: account.email, password: wrong } }],
        ['a wrong mode', wrong, { path: '/auth/login', body: { email: account.email, password: wrong, mode: 'x' } }],
        ['a bad refresh token', made, { path: '/auth/refresh', body: { refresh_token: made } }],
        [
          'a bad refresh token in a wrong mode',
          made,
          { path: '/auth/refresh', body: { refresh_token: made, mode: 'x' } },
        ],
        [
          'a body that is cut short',
          wrong,
          { path: '/auth/login', body: `{"email":"${account.email}","password":"${wrong}"` },
        ],
        [
          'a bad session cookie',
          made,
          target.withTokens({ path: '/auth/refresh', body: { mode: 'session' } }, { cookie: made }),
        ],
      ];
      for (const [what, secret, parts] of attempts) {
        const answer = await target.send({ ...parts, mustEnd: true });
        mustRefuse(answer, what);
        const header = answer.response.headers.find(([, value]) => value.includes(secret));
        demand(
          header === undefined && !answer.response.body.includes(secret),
          `the refusal of ${what} not to repeat it`,
          `${inWords(answer)} with it in the ${header === undefined ? 'body' : `header ${header[0]}`}`,
        );
      }
    },
  );
  check(
    'requests.bad-token-not-public',
    'by each way, on routes that need none',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const login = { path: '/auth/login', body: { email: account.email, password: account.password }, mustEnd: true };
      for (const [way, by] of ways) {
        for (const parts of [
          { path: '/server/info' },
          login,
          { path: '/auth/refresh', body: { refresh_token: 'made-up' } },
          { path: '/auth/logout', body: { refresh_token: 'made-up' } },
        ]) {
          const answer = await target.send(target.withTokens(parts, by('garbage')));
          demand(
            answer.status === 401 && errorCode(answer) === 'INVALID_CREDENTIALS',
            `a bad token ${way} to be refused on ${parts.path} with 401 INVALID_CREDENTIALS`,
            inWords(answer),
          );
        }
      }
    },
  );

  check('requests.bad-token-not-public', 'two tokens, on routes that need none', async ({ target, user }) => {
    const { access } = await target.loggedIn(await user());
    for (const path of ['/server/ping', '/server/info']) {
      const answer = await target.send(target.withTokens({ path }, { header: access, query: access }));
      demand(
        answer.status === 400 && errorCode(answer) === 'INVALID_PAYLOAD',
        `a token in the header and in the query to be refused on ${path} with 400 INVALID_PAYLOAD`,
        inWords(answer),
      );
    }
  });
  for (const id of ['requests.malformed', 'requests.malformed.envelope'] as const) {
    const judge = id === 'requests.malformed' ? mustRefuse : mustRefuseInEnvelope;

    check(id, 'random headers, queries and cookies', async ({ target, plan, evidence, user }) => {
      const account = await user();
      await forAll(malformedToken(target.description.sessionCookie), { plan, evidence }, async ({ query, headers }) => {
        const what = query === '' ? Object.keys(headers).join() : 'query';
        judge(await target.send({ path: `/users/me${query}`, headers }), `a malformed ${what}`, account);
      });
    });

    check(id, 'random bodies', async ({ target, plan, evidence }) => {
      const example = fc.tuple(fc.constantFrom('/auth/refresh', '/auth/logout'), malformedBody);
      await forAll(example, { plan, evidence }, async ([path, { type, body }]) => {
        judge(
          await target.send({ path, headers: { 'Content-Type': type }, body, mustEnd: true }),
          `a malformed body at ${path}`,
        );
      });
    });

    check(id, 'random bodies of a login', async ({ target, plan, evidence }) => {
      await forAll(malformedBody, { plan, evidence, atMost: Math.ceil(plan.runs / 10) }, async ({ type, body }) => {
        judge(
          await target.send({ path: '/auth/login', headers: { 'Content-Type': type }, body, mustEnd: true }),
          'a malformed body at /auth/login',
        );
      });
    });

    check(id, 'a body of two million characters, and one that is nested a thousand times', async ({ target }) => {
      const bodies = [JSON.stringify({ email: 'a'.repeat(2_000_000) }), `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`];
      for (const path of ['/auth/login', '/auth/refresh']) {
        for (const body of bodies)
          judge(await target.send({ path, body, mustEnd: true }), `an oversized body at ${path}`);
      }
    });
  }
});
