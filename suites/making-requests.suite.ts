import fc from 'fast-check';
import { alterations, changedAt, jwtAlterations, nameAltered } from './harness/altered-tokens.js';
import { placeIn, tokenLike } from './harness/arbitraries.js';
import { chapter, check } from './harness/check.js';
import { errorCode, inWords, mustAccept, mustRefuse } from './harness/expectations.js';
import { demand, require } from './harness/outcomes.js';
import { forAll } from './harness/property.js';
import { mustBeLike } from './harness/schemas.js';
import type { RequestParts, SentTokens } from './harness/target.js';

/** Made-up tokens of many shapes. */
const madeUp = [
  'garbage',
  'null',
  'undefined',
  'true',
  '0',
  'admin',
  'a.b.c',
  '..',
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.',
  'eyJhbGciOiJub25lIn0.e30.',
  '00000000-0000-0000-0000-000000000000',
  "' OR '1'='1",
  'a'.repeat(4000),
];

const ways: [string, (token: string) => SentTokens][] = [
  ['in the header', (token) => ({ header: token })],
  ['as query parameter', (token) => ({ query: token })],
  ['as session cookie', (token) => ({ cookie: token })],
];

chapter('Making Requests', () => {
  check(
    'requests.token-required',
    'reading and changing the own record without a token is refused',
    async ({ target, user }) => {
      const account = await user();
      mustRefuse(await target.whoAmI({}), 'a request without a token', account);
      mustRefuse(await target.send({ path: '/users/me?fields=*' }), 'a request without a token', account);
      const patch = await target.send({ method: 'PATCH', path: '/users/me', body: {} });
      mustRefuse(patch, 'a change without a token', account);
    },
  );

  check(
    'requests.token-required',
    'also right after somebody has logged in and made a request',
    async ({ target, user }) => {
      const account = await user();
      const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      await target.whoAmI({ header: access });
      await target.whoAmI({ cookie: session });
      mustRefuse(await target.whoAmI({}), 'a request without a token, after others with one', account);
    },
  );

  check('requests.token-valid', 'made-up tokens are refused, by each way', async ({ target, user }) => {
    const account = await user();
    for (const token of madeUp) {
      for (const [way, by] of ways) {
        // A cookie cannot carry every string.
        if (way === 'as session cookie' && /[\s"';,\\]/.test(token)) continue;
        mustRefuse(await target.whoAmI(by(token)), `the made-up token "${token.slice(0, 40)}" ${way}`, account);
      }
    }
  });

  check(
    'requests.token-valid',
    'whatever is made up is refused, by whichever way',
    async ({ target, plan, evidence, user }) => {
      const account = await user();
      const example = fc.tuple(tokenLike, fc.constantFrom(...ways));
      await forAll(example, { plan, evidence }, async ([token, [way, by]]) => {
        mustRefuse(await target.whoAmI(by(token)), `a made-up token ${way}`, account);
      });
    },
  );

  check('requests.token-untampered', 'altered standard tokens are refused', async ({ target, user, evidence }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    const control = await target.whoAmI({ header: access });
    require(control.succeeded, `the token as it was given is not accepted: ${inWords(control)}`);
    for (const altered of [...alterations(access.value), ...jwtAlterations(access.value)]) {
      nameAltered(evidence, altered, access.value);
      mustRefuse(await target.whoAmI({ header: altered.value }), `a standard token ${altered.how}`, account);
    }
  });

  check('requests.token-untampered', 'altered session tokens are refused', async ({ target, user, evidence }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    const control = await target.whoAmI({ cookie: session });
    require(control.succeeded, `the token as it was given is not accepted: ${inWords(control)}`);
    for (const altered of [...alterations(session.value), ...jwtAlterations(session.value)]) {
      nameAltered(evidence, altered, session.value);
      mustRefuse(await target.whoAmI({ cookie: altered.value }), `a session token ${altered.how}`, account);
    }
  });

  check(
    'requests.token-untampered',
    'a token with any one character changed is refused',
    async ({ target, user, plan, evidence }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      await forAll(
        fc.tuple(placeIn(access.value), fc.constantFrom(...ways)),
        { plan, evidence },
        async ([place, [way, by]]) => {
          const altered = changedAt(access.value, place);
          nameAltered(evidence, altered, access.value);
          mustRefuse(await target.whoAmI(by(altered.value)), `a standard token ${altered.how}, ${way}`, account);
        },
      );
    },
  );

  check(
    'requests.refresh-token-refused',
    'a refresh token lets nobody in, by none of the ways',
    async ({ target, user }) => {
      const account = await user();
      const { refresh } = await target.loggedIn(account);
      for (const [way, by] of ways) {
        mustRefuse(await target.whoAmI(by(refresh.value)), `a refresh token ${way}`, account);
      }
      const headers = { Cookie: `${target.description.refreshCookie}=${refresh.value}` };
      mustRefuse(await target.send({ path: '/users/me', headers }), 'a refresh token as its own cookie', account);
    },
  );

  check('requests.header.standard', 'a standard token in the header lets its user in', async ({ target, user }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    mustAccept(target, await target.whoAmI({ header: access }), account, access, 'a standard token in the header');
  });

  check(
    'requests.header.static',
    'a static token in the header lets its user in',
    async ({ target, withStaticToken }) => {
      const { account, token } = await withStaticToken();
      mustAccept(target, await target.whoAmI({ header: token }), account, token, 'a static token in the header');
    },
  );

  check('requests.cookie', 'a request with the cookie and nothing else lets its user in', async ({ target, user }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    mustAccept(target, await target.whoAmI({ cookie: session }), account, session, 'the session cookie alone');
  });

  check('requests.cookie', 'also among other cookies', async ({ target, user }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    const { sessionCookie } = target.description;
    for (const cookies of [
      `theme=dark; ${sessionCookie}=${session.value}`,
      `${sessionCookie}=${session.value}; lang=en; a=b`,
    ]) {
      const answer = await target.send({ path: '/users/me', headers: { Cookie: cookies } });
      mustAccept(target, answer, account, session, 'the session cookie among others');
    }
  });

  check('requests.query.standard', 'a standard token in the query lets its user in', async ({ target, user }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    mustAccept(target, await target.whoAmI({ query: access }), account, access, 'a standard token as query parameter');
    const among = await target.send(target.withTokens({ path: '/users/me?fields=id' }, { query: access }));
    mustAccept(target, among, account, access, 'a standard token as query parameter beside another');
  });

  check(
    'requests.query.static',
    'a static token in the query lets its user in',
    async ({ target, withStaticToken }) => {
      const { account, token } = await withStaticToken();
      mustAccept(target, await target.whoAmI({ query: token }), account, token, 'a static token as query parameter');
    },
  );

  check('requests.one-way', 'header and query at once are refused, good or bad', async ({ target, user }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    const pairs: SentTokens[] = [
      { header: access, query: access },
      { header: access, query: 'garbage' },
      { header: 'garbage', query: access },
    ];
    for (const pair of pairs)
      mustRefuse(await target.whoAmI(pair), 'a token in the header beside one in the query', account);
  });

  check('requests.header.scheme-case', 'bearer, BEARER and bEaReR let the user in', async ({ target, user }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR']) {
      const answer = await target.send({ path: '/users/me', headers: { Authorization: `${scheme} ${access.value}` } });
      if (scheme === 'Bearer') require(answer.succeeded, inWords(answer));
      mustAccept(target, answer, account, access, `a standard token after the scheme ${scheme}`);
    }
  });

  check('requests.errors', 'the refusals of each kind', async ({ target, user, evidence }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    const forged = changedAt(access.value, access.value.lastIndexOf('.') + 1);
    nameAltered(evidence, forged, access.value);
    const login = (body: object): RequestParts => ({ path: '/auth/login', body });
    const refusals: [string, RequestParts, number, string][] = [
      ['no token', { path: '/users/me' }, 401, 'INVALID_CREDENTIALS'],
      ['an unknown token', target.withTokens({ path: '/users/me' }, { header: 'garbage' }), 401, 'INVALID_CREDENTIALS'],
      ['a wrong signature', target.withTokens({ path: '/users/me' }, { header: forged.value }), 403, 'INVALID_TOKEN'],
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
    ];
    for (const [what, parts, status, code] of refusals) {
      const answer = await target.send(parts);
      mustBeLike('error-envelope.schema.json', answer.json, `the body of the refusal of ${what}`);
      const expected = `${what} to be answered with ${status} ${code}`;
      demand(answer.status === status && errorCode(answer) === code, expected, inWords(answer));
    }
  });
});
