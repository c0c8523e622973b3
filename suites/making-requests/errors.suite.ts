import fc from 'fast-check';
import { changedAt, nameTampered } from '../harness/generators/tampered-tokens.js';
import type { Response } from '../harness/target/http/response.js';
import { malformedBody, malformedToken } from '../harness/generators/arbitraries.js';
import { chapter, check } from '../harness/check.js';
import { expectError, expectRejected, assumeSuccess } from '../harness/expectations.js';
import { assert, assume } from '../harness/outcomes.js';
import { forAll } from '../harness/generators/property.js';
import { bearerMethods, methodInWords } from '../harness/target/tokens/bearer-methods.js';
import type { RequestParts } from '../harness/target/target.js';
import { expectSchema } from '../harness/target/schemas.js';
import { newStaticToken } from '../harness/users/new-static-token.js';
import { whereUsersAreHidden } from '../harness/users/hidden-users.js';

/** What Directus says with the codes whose message is always the same. Observed: Directus 12.4.1. */
const messages: Readonly<Record<string, string>> = {
  INVALID_CREDENTIALS: 'Invalid user credentials.',
  INVALID_TOKEN: 'Invalid token.',
};

/** What Directus adds to a code. Observed: Directus 12.4.1. */
const details: Readonly<Record<string, string>> = { INVALID_PAYLOAD: 'reason', ROUTE_NOT_FOUND: 'path' };

/** Where there is no user. */
const NO_USER = '/users/00000000-0000-4000-8000-000000000000';

/** Whether a line says "at" and then a place in a source. A time of day is none: digits stand before its first colon. */
const showsStack = (text: string): boolean =>
  text.split(/[\n"]/).some((line) => {
    const at = line.search(/\bat /);
    return at >= 0 && /[^\d\s":]:\d+:\d+/.test(line.slice(at));
  });

/** Expects that a response be a rejection as Directus words it. Observed: Directus 12.4.1. */
function expectRejection(response: Response, what: string, status: number, code: string): void {
  const expected = `${what} to return ${status} ${code}`;
  assert(response.status === status, expected, response.summary);
  const [type = 'no content type'] = response.headers('content-type');
  assert(/^application\/json\b/.test(type), `the rejection of ${what} to be application/json`, `it is ${type}`);
  expectSchema('error-envelope.schema.json', response.json, `the body of the rejection of ${what}`);
  expectError(response, status, code, expected);
  const members = Object.keys(response.json as object).join();
  assert(members === 'errors', `the body of the rejection of ${what} to hold errors alone`, `it holds ${members}`);
  assert(!showsStack(response.body), `the rejection of ${what} not to show a stack`, 'it does');
  const [challenge] = response.headers('www-authenticate');
  assert(
    !/^basic/i.test(challenge ?? ''),
    `the rejection of ${what} not to ask for other credentials`,
    `it asks for ${challenge ?? ''}`,
  );
  const { errors } = response.json as { errors: { message: string; extensions: Record<string, unknown> }[] };
  const detail = details[code];
  assert(
    detail === undefined || typeof errors[0]?.extensions[detail] === 'string',
    `the rejection of ${what} to say its ${detail ?? ''} in extensions`,
    `it holds ${JSON.stringify(errors[0]?.extensions)}`,
  );
  const message = errors[0]?.message ?? '';
  assert(
    messages[code] === undefined || message === messages[code],
    `the rejection of ${what} to say "${messages[code] ?? ''}"`,
    `it says "${message}"`,
  );
}

function expectRejectionInEnvelope(response: Response, what: string): void {
  expectRejected(response, what);
  expectSchema('error-envelope.schema.json', response.json, `the body of the rejection of ${what}`);
}

chapter('Making Requests', () => {
  check(
    'requests.errors',
    'A rejected request of each kind has the status, code and error format of Directus',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const { access } = await target.loggedIn(account);
      const forged = changedAt(access.value, access.value.lastIndexOf('.') + 1);
      nameTampered(evidence, forged, access.value);
      const login = (body: object): RequestParts => ({ path: '/auth/login', body });
      const ofSessions: [string, RequestParts, number, string][] = [
        [
          'an unknown session cookie',
          target.withTokens({ path: '/users/me' }, { cookie: 'garbage' }),
          401,
          'INVALID_CREDENTIALS',
        ],
        [
          'a refresh by an unknown session cookie',
          { ...target.withTokens({ path: '/auth/refresh', body: { mode: 'session' } }, { cookie: 'garbage' }) },
          401,
          'INVALID_CREDENTIALS',
        ],
        ['a session logout without one', { path: '/auth/logout', body: { mode: 'session' } }, 400, 'INVALID_PAYLOAD'],
        ['a session refresh without one', { path: '/auth/refresh', body: { mode: 'session' } }, 400, 'INVALID_PAYLOAD'],
      ];
      const rejections: [string, RequestParts, number, string][] = [
        ['no token', { path: '/users/me' }, 401, 'INVALID_CREDENTIALS'],
        ['no token, for a page,', { path: '/users/me', headers: { Accept: 'text/html' } }, 401, 'INVALID_CREDENTIALS'],
        [
          'no token, in German,',
          { path: '/users/me', headers: { 'Accept-Language': 'de' } },
          401,
          'INVALID_CREDENTIALS',
        ],
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
        ['the removal of no user', { method: 'DELETE', path: NO_USER }, 403, 'FORBIDDEN'],
        [
          'an unknown token',
          target.withTokens({ path: '/users/me' }, { header: 'garbage' }),
          401,
          'INVALID_CREDENTIALS',
        ],
        [
          'an unknown token in the query',
          target.withTokens({ path: '/users/me' }, { query: 'garbage' }),
          401,
          'INVALID_CREDENTIALS',
        ],
        [
          'a wrong password',
          login({ email: account.email, password: `${account.password}x` }),
          401,
          'INVALID_CREDENTIALS',
        ],
        ...target.bearerMethods.map((method): [string, RequestParts, number, string] => [
          `a wrong signature ${methodInWords[method]}`,
          target.withTokens({ path: '/users/me' }, { [method]: forged.value }),
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
        ['an unknown user', login({ email: `nobody-${account.email}`, password: 'x' }), 401, 'INVALID_CREDENTIALS'],
        ['a login without a password', login({ email: account.email }), 400, 'INVALID_PAYLOAD'],
        ['a body that is no JSON', { path: '/auth/login', body: '{bad' }, 400, 'INVALID_PAYLOAD'],
        ['an unknown route', { path: '/auth/login', method: 'GET' }, 404, 'ROUTE_NOT_FOUND'],
        ...(target.modes.includes('session') ? ofSessions : []),
      ];
      for (const [what, parts, status, code] of rejections) {
        const response = await target.send(parts);
        expectRejection(response, what, status, code);
      }
    },
  );

  check(
    'requests.errors',
    'A request with a used, revoked or replaced token is rejected with the status and code of Directus',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const { refreshCookie } = target.description;
      const { access, refresh } = await target.loggedIn(account);
      const renewal = await target.refresh(refresh, account);
      assumeSuccess(renewal);
      expectRejection(
        await target.refresh(refresh),
        'a refresh token that was used before',
        401,
        'INVALID_CREDENTIALS',
      );
      expectRejection(
        await target.refresh(access.value),
        'an access token as refresh token',
        401,
        'INVALID_CREDENTIALS',
      );
      for (const mode of ['cookie', 'session', 'unknown'] as const) {
        expectRejection(
          await target.refresh(refresh, account, mode),
          `a refresh token in the body, in mode ${mode},`,
          400,
          'INVALID_PAYLOAD',
        );
      }
      const last = await target.loggedIn(account);
      const logout = await target.logout(last.refresh);
      assumeSuccess(logout);
      expectRejection(await target.refresh(last.refresh), 'a refresh after the logout', 401, 'INVALID_CREDENTIALS');

      for (const session of await target.sessionsOf(account)) {
        const sessionLogout = await target.logoutByCookie('session', session.value);
        assumeSuccess(sessionLogout);
        const ended = 'a session token after the logout';
        for (const response of [
          await target.whoAmI({ cookie: session }),
          await target.whoAmI({ header: session }),
          await target.whoAmI({ query: session }),
          await target.refreshByCookie('session', session.value),
          await target.logoutByCookie('session', session.value),
        ]) {
          expectRejection(response, ended, 401, 'INVALID_CREDENTIALS');
        }
      }

      const cookie = (await target.login(account, 'cookie')).cookie(refreshCookie)?.value;
      assume(cookie !== undefined, `a login in mode cookie sets no cookie ${refreshCookie}`);
      const cookieLogout = await target.logoutByCookie('cookie', cookie);
      assumeSuccess(cookieLogout);
      expectRejection(
        await target.refreshByCookie('cookie', cookie),
        'a refresh in mode cookie after the logout',
        401,
        'INVALID_CREDENTIALS',
      );
      expectRejection(
        await target.whoAmI({ header: access, query: access }),
        'a token in the header and in the query',
        400,
        'INVALID_PAYLOAD',
      );
    },
    { directus: '>=10.11.1' },
  );

  check(
    'requests.errors',
    'A request of a suspended user, or without permission, is rejected with the status and code of Directus',
    whereUsersAreHidden(async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const [account, other] = [await newUser({ token: token.value }), await newUser()];
      const [{ access, refresh }, sessions] = [await target.loggedIn(account), await target.sessionsOf(account)];
      const change = async (changes: object): Promise<void> => administrator.change(account, changes, evidence);
      for (const method of ['GET', 'PATCH', 'DELETE']) {
        const parts = { method, path: `/users/${other.id ?? ''}`, ...(method === 'PATCH' && { body: {} }) };
        const response = await target.send(target.withTokens(parts, { header: access }));
        expectRejection(response, `${method} of another user, without permission,`, 403, 'FORBIDDEN');
      }
      // What there is not is answered as what there is: the response does not tell which users exist.
      const unknown = target.withTokens({ path: NO_USER }, { header: access });
      expectRejection(await target.send(unknown), 'GET of no user, without permission,', 403, 'FORBIDDEN');
      expectRejection(await target.send({ path: '/users' }), 'GET /users without a token', 403, 'FORBIDDEN');
      await change({ status: 'suspended' });
      const suspended = 'of a suspended user';
      for (const mode of target.modes)
        expectRejection(await target.login(account, mode), `a login ${suspended}`, 401, 'INVALID_CREDENTIALS');
      for (const sent of [{ header: token }, { query: token }])
        expectRejection(await target.whoAmI(sent), `a static token ${suspended}`, 401, 'INVALID_CREDENTIALS');
      for (const session of sessions) {
        const bySession = await target.whoAmI({ cookie: session });
        expectRejection(bySession, `a session token ${suspended}`, 401, 'INVALID_CREDENTIALS');
      }
      expectRejection(await target.refresh(refresh), `a refresh token ${suspended}`, 401, 'INVALID_CREDENTIALS');
      await change({ status: 'active', token: null });
      expectRejection(await target.whoAmI({ header: token }), 'a static token set to null', 401, 'INVALID_CREDENTIALS');
    }),
    { needs: 'admin', directus: '>=11.6.1' },
  );

  check(
    'requests.errors.conceal',
    'Error responses do not echo a token or password, by each bearer method and at login, refresh and logout',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const { access } = await target.loggedIn(account);
      const forged = changedAt(access.value, access.value.lastIndexOf('.') + 1);
      nameTampered(evidence, forged, access.value);
      const made = 'a-token-that-nobody-has';
      const wrong = `${account.password}-wrong`;
      const attempts: [string, string, RequestParts][] = [
        ...bearerMethods.flatMap((method): [string, string, RequestParts][] =>
          [made, forged.value].map((token) => [
            `a bad token ${methodInWords[method]}`,
            token,
            target.withTokens({ path: '/users/me' }, { [method]: token }),
          ]),
        ),
        [
          'a route that there is not',
          access.value,
          target.withTokens({ path: '/there-is-no-such-route' }, { query: access }),
        ],
        ['a token by two methods', made, target.withTokens({ path: '/users/me' }, { header: made, query: made })],
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
        const response = await target.send(parts);
        expectRejected(response, what);
        const header = response.headerPairs.find(([, value]) => value.includes(secret));
        assert(
          header === undefined && !response.body.includes(secret),
          `the rejection of ${what} not to repeat it`,
          `${response.summary} with it in the ${header === undefined ? 'body' : `header ${header[0]}`}`,
        );
      }
    },
  );

  for (const id of ['requests.malformed', 'requests.malformed.envelope'] as const) {
    const judge = id === 'requests.malformed' ? expectRejected : expectRejectionInEnvelope;

    check(
      id,
      'Arbitrary headers, queries and cookies return 4xx and never a server error',
      async ({ target, plan, evidence, user }) => {
        const account = await user();
        await forAll(
          malformedToken(target.description.sessionCookie),
          { plan, evidence },
          async ({ query, headers }) => {
            const what = query === '' ? Object.keys(headers).join() : 'query';
            judge(await target.send({ path: `/users/me${query}`, headers }), `a malformed ${what}`, account);
          },
        );
      },
    );

    check(id, 'Arbitrary bodies return 4xx and never a server error', async ({ target, plan, evidence }) => {
      const example = fc.tuple(fc.constantFrom('/auth/refresh', '/auth/logout'), malformedBody);
      await forAll(example, { plan, evidence }, async ([path, { type, body }]) => {
        judge(await target.send({ path, headers: { 'Content-Type': type }, body }), `a malformed body at ${path}`);
      });
    });

    check(id, 'Arbitrary login bodies return 4xx and never a server error', async ({ target, plan, evidence }) => {
      await forAll(malformedBody, { plan, evidence, atMost: Math.ceil(plan.runs / 10) }, async ({ type, body }) => {
        judge(
          await target.send({ path: '/auth/login', headers: { 'Content-Type': type }, body }),
          'a malformed body at /auth/login',
        );
      });
    });

    check(
      id,
      'A body of two million characters, and one nested a thousand levels deep, return 4xx and never a server error',
      async ({ target }) => {
        const bodies = [
          JSON.stringify({ email: 'a'.repeat(2_000_000) }),
          `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`,
        ];
        for (const path of ['/auth/login', '/auth/refresh']) {
          for (const body of bodies) judge(await target.send({ path, body }), `an oversized body at ${path}`);
        }
      },
    );
  }
});
