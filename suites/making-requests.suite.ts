import fc from 'fast-check';
import { tamperedForms, changedAt, tamperedJwts, nameTampered } from './harness/generators/tampered-tokens.js';
import type { Response } from './harness/target/response.js';
import { placeIn, tokenLike } from './harness/generators/arbitraries.js';
import { type Shell, sh } from './harness/evidence/shell.js';
import { inBase64 } from './harness/evidence/shell-functions.js';
import { chapter, check } from './harness/check.js';
import { expectAccepted, expectRejected, expectNoToken, assumeSuccess } from './harness/expectations.js';
import { assert, assume } from './harness/outcomes.js';
import { forAll } from './harness/generators/property.js';
import { bearerMethods, methodInWords, type SentTokens } from './harness/target/bearer-methods.js';

/** Made-up tokens of many shapes. */
const madeUp = [
  'garbage',
  'null',
  'undefined',
  'true',
  '0',
  'admin',
  '**********',
  'a.b.c',
  '..',
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.',
  'eyJhbGciOiJub25lIn0.e30.',
  '00000000-0000-0000-0000-000000000000',
  "' OR '1'='1",
  'a'.repeat(4000),
];

chapter('Making Requests', () => {
  check(
    'requests.token-required',
    "Reading and changing the user's own record without a token is rejected",
    async ({ target, user }) => {
      const account = await user();
      expectRejected(await target.whoAmI({}), 'a request without a token', account);
      expectRejected(await target.send({ path: '/users/me?fields=*' }), 'a request without a token', account);
      const patch = await target.send({ method: 'PATCH', path: '/users/me', body: {} });
      expectRejected(patch, 'a change without a token', account);
    },
  );

  check(
    'requests.token-required',
    'A request without a token is rejected right after an authenticated one',
    async ({ target, user }) => {
      const account = await user();
      const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      await target.whoAmI({ header: access });
      await target.whoAmI({ cookie: session });
      expectRejected(await target.whoAmI({}), 'a request without a token, after others with one', account);
    },
  );

  check('requests.token-valid', 'Unknown tokens are rejected, by each bearer method', async ({ target, user }) => {
    const account = await user();
    for (const token of [...madeUp, account.email, ...(account.id === undefined ? [] : [account.id])]) {
      for (const method of bearerMethods) {
        // A cookie cannot carry every string.
        if (method === 'cookie' && /[\s"';,\\]/.test(token)) continue;
        expectRejected(
          await target.whoAmI({ [method]: token }),
          `the unknown token "${token.slice(0, 40)}" ${methodInWords[method]}`,
          account,
        );
      }
    }
  });

  check(
    'requests.token-valid',
    'Arbitrary strings are rejected as tokens, by each bearer method',
    async ({ target, plan, evidence, user }) => {
      const account = await user();
      const example = fc.tuple(tokenLike, fc.constantFrom(...bearerMethods));
      await forAll(example, { plan, evidence }, async ([token, method]) => {
        expectRejected(await target.whoAmI({ [method]: token }), `an unknown token ${methodInWords[method]}`, account);
      });
    },
  );

  check('requests.token-untampered', 'Tampered standard tokens are rejected', async ({ target, user, evidence }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    const control = await target.whoAmI({ header: access });
    assume(control.succeeded, `the token as it was given is not accepted: ${control.summary}`);
    for (const tampered of [...tamperedForms(access.value), ...tamperedJwts(access.value)]) {
      nameTampered(evidence, tampered, access.value);
      for (const method of bearerMethods)
        expectRejected(
          await target.whoAmI({ [method]: tampered.value }),
          `a standard token ${tampered.how}, ${methodInWords[method]}`,
          account,
        );
    }
  });

  check('requests.token-untampered', 'Tampered session tokens are rejected', async ({ target, user, evidence }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    const control = await target.whoAmI({ cookie: session });
    assume(control.succeeded, `the token as it was given is not accepted: ${control.summary}`);
    for (const tampered of [...tamperedForms(session.value), ...tamperedJwts(session.value)]) {
      nameTampered(evidence, tampered, session.value);
      for (const method of bearerMethods)
        expectRejected(
          await target.whoAmI({ [method]: tampered.value }),
          `a session token ${tampered.how}, ${methodInWords[method]}`,
          account,
        );
    }
  });

  check(
    'requests.token-untampered',
    'A token with any single character changed is rejected',
    async ({ target, user, plan, evidence }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      await forAll(
        fc.tuple(placeIn(access.value), fc.constantFrom(...bearerMethods)),
        { plan, evidence },
        async ([place, method]) => {
          const tampered = changedAt(access.value, place);
          nameTampered(evidence, tampered, access.value);
          expectRejected(
            await target.whoAmI({ [method]: tampered.value }),
            `a standard token ${tampered.how}, ${methodInWords[method]}`,
            account,
          );
        },
      );
    },
  );

  check(
    'requests.refresh-token-refused',
    'A refresh token is rejected as access token, by each bearer method',
    async ({ target, user }) => {
      const account = await user();
      const { refresh } = await target.loggedIn(account);
      for (const method of bearerMethods) {
        expectRejected(
          await target.whoAmI({ [method]: refresh.value }),
          `a refresh token ${methodInWords[method]}`,
          account,
        );
      }
      const headers = { Cookie: `${target.description.refreshCookie}=${refresh.value}` };
      expectRejected(await target.send({ path: '/users/me', headers }), 'a refresh token as its own cookie', account);
    },
  );

  check(
    'requests.header.standard',
    'A standard token in the Authorization header is accepted',
    async ({ target, user }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      expectAccepted(await target.whoAmI({ header: access }), account, 'a standard token in the header');
    },
  );

  check(
    'requests.header.static',
    'A static token in the Authorization header is accepted',
    async ({ target, withStaticToken }) => {
      const { account, token } = await withStaticToken();
      expectAccepted(await target.whoAmI({ header: token }), account, 'a static token in the header');
    },
  );

  check(
    'requests.cookie',
    'The session cookie is accepted as the only credential of a request',
    async ({ target, user }) => {
      const account = await user();
      const session = await target.loggedInBySession(account);
      expectAccepted(await target.whoAmI({ cookie: session }), account, 'the session cookie alone');
    },
  );

  check('requests.cookie', 'The session cookie is accepted among other cookies', async ({ target, user }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    const { refreshCookie, sessionCookie } = target.description;
    for (const cookies of [
      `theme=dark; ${sessionCookie}=${session.value}`,
      `${sessionCookie}=${session.value}; lang=en; a=b`,
      `${refreshCookie}=unknown; ${sessionCookie}=${session.value}`,
    ]) {
      const response = await target.send({ path: '/users/me', headers: { Cookie: cookies } });
      expectAccepted(response, account, 'the session cookie among others');
    }
  });

  check('requests.query.standard', 'A standard token in the query is accepted', async ({ target, user }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    expectAccepted(await target.whoAmI({ query: access }), account, 'a standard token as query parameter');
    const among = await target.send(target.withTokens({ path: '/users/me?fields=id' }, { query: access }));
    expectAccepted(among, account, 'a standard token as query parameter beside another');
  });

  check('requests.query.static', 'A static token in the query is accepted', async ({ target, withStaticToken }) => {
    const { account, token } = await withStaticToken();
    expectAccepted(await target.whoAmI({ query: token }), account, 'a static token as query parameter');
  });

  check(
    'requests.any-method',
    'A token of each type is accepted for PATCH as it is for GET',
    async ({ target, user }) => {
      const account = await user();
      const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      for (const [what, sent] of [
        ['a standard token in the header', { header: access }],
        ['a standard token in the query', { query: access }],
        ['the session cookie', { cookie: session }],
      ] as const) {
        // As a page of the target's own would send it.
        const headers = { Origin: new URL(target.description.url).origin };
        const parts = { method: 'PATCH', path: '/users/me', headers, body: {} };
        const response = await target.send(target.withTokens(parts, sent));
        // Whether the user may change anything is another matter.
        assert(
          response.status !== 401,
          `PATCH /users/me with ${what} not to be taken for one without`,
          response.summary,
        );
      }
    },
  );

  check(
    'requests.any-method',
    'A static token is accepted for every HTTP method',
    async ({ target, withStaticToken }) => {
      const { token } = await withStaticToken();
      for (const sent of [{ header: token }, { query: token }]) {
        const response = await target.send(target.withTokens({ method: 'PATCH', path: '/users/me', body: {} }, sent));
        assert(
          response.status !== 401,
          'PATCH /users/me with a static token not to be taken for one without',
          response.summary,
        );
      }
    },
    { needs: 'static-token' },
  );

  check(
    'requests.one-way',
    'A token in the header and one in the query at once are rejected, valid or not',
    async ({ target, user }) => {
      const account = await user();
      const { access, refresh } = await target.loggedIn(account);
      const pairs: SentTokens[] = [
        { header: access, query: access },
        { header: access, query: 'garbage' },
        { header: 'garbage', query: access },
      ];
      for (const pair of pairs)
        expectRejected(await target.whoAmI(pair), 'a token in the header beside one in the query', account);
      expectNoToken(
        await target.refresh(refresh, account, undefined, { header: access, query: access }),
        'a refresh with a token in the header beside one in the query',
      );
    },
  );

  check(
    'requests.header.scheme-case',
    'The schemes bearer, BEARER and bEaReR are accepted',
    async ({ target, user }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR']) {
        const response = await target.send({
          path: '/users/me',
          headers: { Authorization: `${scheme} ${access.value}` },
        });
        if (scheme === 'Bearer') assumeSuccess(response);
        expectAccepted(response, account, `a standard token after the scheme ${scheme}`);
      }
    },
  );

  check(
    'requests.header.scheme-case',
    'Any case of Bearer is accepted before a static token, and the scheme Basic is not',
    async ({ target, withStaticToken }) => {
      const { account, token } = await withStaticToken();
      const send = async (authorization: string): Promise<Response> =>
        target.send({ path: '/users/me', headers: { Authorization: authorization } });
      for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
        const response = await send(`${scheme} ${token.value}`);
        if (scheme === 'Bearer') assumeSuccess(response);
        expectAccepted(response, account, `a static token after the scheme ${scheme}`);
      }
      for (const credentials of [`token:${token.value}`, `${token.value}:`, `:${token.value}`]) {
        const response = await send(`Basic ${Buffer.from(credentials).toString('base64')}`);
        expectRejected(response, 'a static token by the scheme Basic', account);
      }
    },
    { needs: 'static-token' },
  );

  check(
    'requests.header.form',
    'Other schemes, quoted tokens and more than one token in the Authorization header are rejected',
    async ({ target, user, evidence }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      const control = await target.whoAmI({ header: access });
      assumeSuccess(control);
      const { value } = access;
      const nameOf = (text: string): Shell => evidence.names.shellOf(text);
      const basic = Buffer.from(`${account.email}:${account.password}`).toString('base64');
      evidence.names.add(basic, 'BASIC', {
        kind: 'derived',
        shell: inBase64(sh`${nameOf(account.email)}:${nameOf(account.password)}`),
      });
      const tokenAsPassword = Buffer.from(`token:${value}`).toString('base64');
      evidence.names.add(tokenAsPassword, 'BASIC', {
        kind: 'derived',
        shell: inBase64(sh`token:${nameOf(value)}`),
      });
      const headers: [string, string | string[]][] = [
        ['a bad token in a first header, before a good one in a second,', ['Bearer garbage', `Bearer ${value}`]],
        ['another scheme in a first header, before a token in a second,', ['Basic eDp5', `Bearer ${value}`]],
        ['a token without a scheme', value],
        ['the scheme Token', `Token ${value}`],
        ['the scheme JWT', `JWT ${value}`],
        ['the scheme Basic before a token', `Basic ${value}`],
        ['a token as password of the scheme Basic', `Basic ${tokenAsPassword}`],
        ['e-mail and password by the scheme Basic', `Basic ${basic}`],
        ['a colon behind Bearer', `Bearer: ${value}`],
        ['an equals sign behind Bearer', `Bearer=${value}`],
        ['nothing behind Bearer', 'Bearer'],
        ['a token in quotes', `Bearer "${value}"`],
        ['a tab behind Bearer', `Bearer\t${value}`],
        ['a comma behind the token', `Bearer ${value},`],
        ['another part behind the token', `Bearer ${value} x`],
        ['another part before the token', `Bearer x ${value}`],
        ['another scheme before Bearer', `Basic x, Bearer ${value}`],
        ['12,000 characters', `Bearer ${'a'.repeat(12_000)}`],
        ['letters of other scripts', 'Bearer \u00e9\u00fc'],
      ];
      for (const [what, header] of headers) {
        expectRejected(
          await target.send({ path: '/users/me', headers: { Authorization: header } }),
          `${what} in the header`,
          account,
        );
      }
    },
  );

  check(
    'requests.header.one-space',
    'Two and three spaces between Bearer and the token are rejected',
    async ({ target, user }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      const control = await target.whoAmI({ header: access });
      assumeSuccess(control);
      for (const spaces of ['  ', '   ']) {
        const headers = { Authorization: `Bearer${spaces}${access.value}` };
        expectRejected(
          await target.send({ path: '/users/me', headers }),
          `${spaces.length} spaces between Bearer and the token`,
          account,
        );
      }
    },
  );

  check(
    'requests.query.form',
    'A token in a repeated, nested or differently named query parameter is rejected',
    async ({ target, user }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      const control = await target.whoAmI({ query: access });
      assumeSuccess(control);
      const { value } = access;
      const queries: [string, string][] = [
        ['the parameter twice', `access_token=${value}&access_token=${value}`],
        ['the parameter twice, once bad', `access_token=${value}&access_token=bad`],
        ['an array', `access_token[]=${value}`],
        ['an array with a number', `access_token[0]=${value}`],
        ['an object', `access_token[token]=${value}`],
        ['nothing', 'access_token='],
        ['Bearer before the token', `access_token=Bearer%20${value}`],
        ['a space before the token', `access_token=%20${value}`],
        ['the parameter token', `token=${value}`],
        ['the parameter accessToken', `accessToken=${value}`],
        ['the parameter ACCESS_TOKEN', `ACCESS_TOKEN=${value}`],
      ];
      for (const [what, query] of queries) {
        expectRejected(await target.send({ path: `/users/me?${query}` }), `${what} in the query`, account);
      }
    },
  );

  check('requests.cookie.name', 'A token in a cookie of another name is rejected', async ({ target, user }) => {
    const account = await user();
    const [{ access, refresh }, session] = await Promise.all([
      target.loggedIn(account),
      target.loggedInBySession(account),
    ]);
    const { sessionCookie, refreshCookie } = target.description;
    const cookies = [
      `access_token=${access.value}`,
      `token=${access.value}`,
      `session=${session.value}`,
      `${refreshCookie}=${access.value}`,
      `${refreshCookie}=${session.value}`,
      `${refreshCookie}=${refresh.value}`,
      `${sessionCookie.toUpperCase()}=${session.value}`,
      `x${sessionCookie}=${session.value}`,
    ];
    for (const cookie of cookies) {
      const response = await target.send({ path: '/users/me', headers: { Cookie: cookie } });
      expectRejected(response, `a token in a cookie ${cookie.slice(0, cookie.indexOf('='))}`, account);
    }
  });

  check(
    'requests.precedence',
    'A token in header or query takes precedence over the session cookie, valid or not',
    async ({ target, user }) => {
      const account = await user();
      const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      expectAccepted(
        await target.whoAmI({ header: access, cookie: 'bad' }),
        account,
        'a good token in the header, beside a bad cookie,',
      );
      expectAccepted(
        await target.whoAmI({ query: access, cookie: 'bad' }),
        account,
        'a good token in the query, beside a bad cookie,',
      );
      expectRejected(
        await target.whoAmI({ header: 'bad', cookie: session }),
        'a bad token in the header, beside a good cookie,',
        account,
      );
      expectRejected(
        await target.whoAmI({ query: 'bad', cookie: session }),
        'a bad token in the query, beside a good cookie,',
        account,
      );
    },
  );

  check(
    'requests.precedence',
    'An Authorization header that holds no bearer token leaves the session cookie in force',
    async ({ target, user }) => {
      const account = await user();
      const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      const empty = await target.send(target.withTokens({ path: '/users/me?access_token=' }, { header: access }));
      expectAccepted(empty, account, 'a good token in the header, beside an empty parameter access_token,');
      for (const authorization of ['', 'Basic eDp5', 'Token x']) {
        const headers = { Authorization: authorization };
        const what = authorization === '' ? 'an empty header' : `the header ${authorization}`;
        const byCookie = await target.send(target.withTokens({ path: '/users/me', headers }, { cookie: session }));
        expectAccepted(byCookie, account, `the session cookie beside ${what}`);
        const byQuery = await target.send(target.withTokens({ path: '/users/me', headers }, { query: access }));
        expectAccepted(byQuery, account, `a token in the query beside ${what}`);
      }
    },
  );

  check('requests.precedence', 'Of two session cookies the first counts', async ({ target, user }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    const { sessionCookie } = target.description;
    const send = async (...values: string[]): Promise<Response> =>
      target.send({
        path: '/users/me',
        headers: { Cookie: values.map((value) => `${sessionCookie}=${value}`).join('; ') },
      });
    expectAccepted(await send(session.value, 'bad'), account, 'a good cookie before a bad one of the name');
    expectRejected(await send('bad', session.value), 'a bad cookie before a good one of the name', account);
  });

  check(
    'requests.precedence',
    'Of the tokens of two users the one in header or query counts, not the session cookie',
    async ({ target, newUser }) => {
      const [account, other] = [await newUser(), await newUser()];
      const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(other)]);
      for (const sent of [
        { header: access, cookie: session },
        { query: access, cookie: session },
      ]) {
        expectAccepted(
          await target.whoAmI(sent),
          account,
          "a token in the header or query, beside another user's cookie,",
        );
      }
    },
    { needs: 'admin' },
  );

  check('requests.head', 'HEAD is authenticated as GET is', async ({ target, user }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    const head = async (sent: SentTokens): ReturnType<typeof target.send> =>
      target.send(target.withTokens({ method: 'HEAD', path: '/users/me' }, sent));
    for (const [what, sent] of [
      ['without a token', {}],
      ['with a bad token in the header', { header: 'garbage' }],
      ['with a bad token in the query', { query: 'garbage' }],
      ['with a bad cookie', { cookie: 'garbage' }],
    ] as const) {
      expectRejected(await head(sent), `HEAD /users/me ${what}`);
    }
    const good = await head({ header: access });
    assert(good.succeeded && good.body === '', 'HEAD /users/me with a token to be accepted', good.summary);
  });

  check(
    'requests.uncached',
    'Authenticated responses and rejections are not storable by shared caches, by each bearer method',
    async ({ target, user }) => {
      const account = await user();
      const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      for (const sent of [{ header: access }, { query: access }, { cookie: session }]) {
        const response = await target.whoAmI(sent);
        assumeSuccess(response);
        const [control = 'nothing'] = response.headers('cache-control');
        assert(
          /no-cache|no-store|private/i.test(control),
          `${response.what} to say Cache-Control: no-cache, no-store or private`,
          `it says ${control}`,
        );
      }
      for (const [what, sent] of [
        ['without a token', {}],
        ['with a bad token', { header: 'garbage' }],
        ['with a bad cookie', { cookie: 'garbage' }],
      ] as const) {
        const response = await target.whoAmI(sent);
        expectRejected(response, `a request ${what}`, account);
        const control = response.headers('cache-control').join();
        assert(
          !/public|max-age=[1-9]|s-maxage=[1-9]/i.test(control),
          `the rejection of a request ${what} not to be kept by caches`,
          `it says Cache-Control: ${control}`,
        );
      }
    },
  );

  check(
    'requests.cross-origin',
    'An unknown origin and the origin null may not read responses with the session cookie',
    async ({ target, user }) => {
      const session = await target.loggedInBySession(await user());
      for (const origin of ['https://attacker.example', 'null']) {
        const preflight = { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' };
        const responses = [
          await target.send(target.withTokens({ path: '/users/me', headers: { Origin: origin } }, { cookie: session })),
          await target.send({ method: 'OPTIONS', path: '/auth/login', headers: { Origin: origin, ...preflight } }),
          await target.send({
            path: '/auth/refresh',
            headers: { Origin: origin },
            body: { mode: 'session', refresh_token: 'unknown' },
          }),
          await target.send({ path: '/auth/logout', headers: { Origin: origin }, body: { refresh_token: 'unknown' } }),
        ];
        for (const response of responses) {
          const [allowed] = response.headers('access-control-allow-origin');
          const [credentials] = response.headers('access-control-allow-credentials');
          assert(
            allowed !== origin || credentials !== 'true',
            `${response.what} not to let pages of ${origin} read what a session cookie lets in`,
            'it allows the origin, with credentials',
          );
        }
      }
    },
  );
});
