import fc from 'fast-check';
import { alterations, changedAt, jwtAlterations, nameAltered } from './harness/generators/tampered-tokens.js';
import type { Answer } from './harness/target/response.js';
import { placeIn, tokenLike } from './harness/generators/arbitraries.js';
import { chapter, check } from './harness/check.js';
import { inWords, mustAccept, mustHandOutNoToken, mustRefuse } from './harness/expectations.js';
import { demand, require } from './harness/outcomes.js';
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

  check('requests.token-valid', 'made-up tokens are refused, by each method', async ({ target, user }) => {
    const account = await user();
    for (const token of [...madeUp, account.email, ...(account.id === undefined ? [] : [account.id])]) {
      for (const method of bearerMethods) {
        // A cookie cannot carry every string.
        if (method === 'cookie' && /[\s"';,\\]/.test(token)) continue;
        mustRefuse(
          await target.whoAmI({ [method]: token }),
          `the made-up token "${token.slice(0, 40)}" ${methodInWords[method]}`,
          account,
        );
      }
    }
  });

  check(
    'requests.token-valid',
    'whatever is made up is refused, by whichever method',
    async ({ target, plan, evidence, user }) => {
      const account = await user();
      const example = fc.tuple(tokenLike, fc.constantFrom(...bearerMethods));
      await forAll(example, { plan, evidence }, async ([token, method]) => {
        mustRefuse(await target.whoAmI({ [method]: token }), `a made-up token ${methodInWords[method]}`, account);
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
      for (const method of bearerMethods)
        mustRefuse(
          await target.whoAmI({ [method]: altered.value }),
          `a standard token ${altered.how}, ${methodInWords[method]}`,
          account,
        );
    }
  });

  check('requests.token-untampered', 'altered session tokens are refused', async ({ target, user, evidence }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    const control = await target.whoAmI({ cookie: session });
    require(control.succeeded, `the token as it was given is not accepted: ${inWords(control)}`);
    for (const altered of [...alterations(session.value), ...jwtAlterations(session.value)]) {
      nameAltered(evidence, altered, session.value);
      for (const method of bearerMethods)
        mustRefuse(
          await target.whoAmI({ [method]: altered.value }),
          `a session token ${altered.how}, ${methodInWords[method]}`,
          account,
        );
    }
  });

  check(
    'requests.token-untampered',
    'a token with any one character changed is refused',
    async ({ target, user, plan, evidence }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      await forAll(
        fc.tuple(placeIn(access.value), fc.constantFrom(...bearerMethods)),
        { plan, evidence },
        async ([place, method]) => {
          const altered = changedAt(access.value, place);
          nameAltered(evidence, altered, access.value);
          mustRefuse(
            await target.whoAmI({ [method]: altered.value }),
            `a standard token ${altered.how}, ${methodInWords[method]}`,
            account,
          );
        },
      );
    },
  );

  check('requests.refresh-token-refused', 'a refresh token is refused, by each method', async ({ target, user }) => {
    const account = await user();
    const { refresh } = await target.loggedIn(account);
    for (const method of bearerMethods) {
      mustRefuse(await target.whoAmI({ [method]: refresh.value }), `a refresh token ${methodInWords[method]}`, account);
    }
    const headers = { Cookie: `${target.description.refreshCookie}=${refresh.value}` };
    mustRefuse(await target.send({ path: '/users/me', headers }), 'a refresh token as its own cookie', account);
  });

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
    const { refreshCookie, sessionCookie } = target.description;
    for (const cookies of [
      `theme=dark; ${sessionCookie}=${session.value}`,
      `${sessionCookie}=${session.value}; lang=en; a=b`,
      `${refreshCookie}=made-up; ${sessionCookie}=${session.value}`,
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

  check('requests.any-method', 'a request that changes the own record', async ({ target, user }) => {
    const account = await user();
    const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
    for (const [what, token, sent] of [
      ['a standard token in the header', access, { header: access }],
      ['a standard token in the query', access, { query: access }],
      ['the session cookie', session, { cookie: session }],
    ] as const) {
      // As a page of the target's own would send it.
      const headers = { Origin: new URL(target.description.url).origin };
      const parts = { method: 'PATCH', path: '/users/me', headers, body: {} };
      const answer = await target.send(target.withTokens(parts, sent));
      if (answer.status === 401) target.excuseIfOvertaken(token);
      // Whether the user may change anything is another matter.
      demand(answer.status !== 401, `PATCH /users/me with ${what} not to be taken for one without`, inWords(answer));
    }
  });

  check(
    'requests.any-method',
    'with a static token',
    async ({ target, withStaticToken }) => {
      const { token } = await withStaticToken();
      for (const sent of [{ header: token }, { query: token }]) {
        const answer = await target.send(target.withTokens({ method: 'PATCH', path: '/users/me', body: {} }, sent));
        demand(
          answer.status !== 401,
          'PATCH /users/me with a static token not to be taken for one without',
          inWords(answer),
        );
      }
    },
    { needs: 'static-token' },
  );

  check('requests.one-way', 'header and query at once are refused, good or bad', async ({ target, user }) => {
    const account = await user();
    const { access, refresh } = await target.loggedIn(account);
    const pairs: SentTokens[] = [
      { header: access, query: access },
      { header: access, query: 'garbage' },
      { header: 'garbage', query: access },
    ];
    for (const pair of pairs)
      mustRefuse(await target.whoAmI(pair), 'a token in the header beside one in the query', account);
    mustHandOutNoToken(
      target,
      await target.refresh(refresh, account, undefined, { header: access, query: access }),
      'a refresh with a token in the header beside one in the query',
    );
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

  check(
    'requests.header.scheme-case',
    'also before a static token, which does not count by the scheme Basic',
    async ({ target, withStaticToken }) => {
      const { account, token } = await withStaticToken();
      const send = async (authorization: string): Promise<Answer> =>
        target.send({ path: '/users/me', headers: { Authorization: authorization } });
      for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
        const answer = await send(`${scheme} ${token.value}`);
        if (scheme === 'Bearer') require(answer.succeeded, inWords(answer));
        mustAccept(target, answer, account, token, `a static token after the scheme ${scheme}`);
      }
      for (const credentials of [`token:${token.value}`, `${token.value}:`, `:${token.value}`]) {
        const answer = await send(`Basic ${Buffer.from(credentials).toString('base64')}`);
        mustRefuse(answer, 'a static token by the scheme Basic', account);
      }
    },
    { needs: 'static-token' },
  );

  check('requests.header.form', 'other schemes, quotes, more parts', async ({ target, user, evidence }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    const control = await target.whoAmI({ header: access });
    require(control.succeeded, inWords(control));
    const { value } = access;
    const basic = Buffer.from(`${account.email}:${account.password}`).toString('base64');
    evidence.names.add(basic, 'BASIC', {
      kind: 'derived',
      shell: '$(printf %s "$EMAIL:$PASSWORD" | openssl base64 -A)',
      from: ['EMAIL', 'PASSWORD'],
    });
    const tokenAsPassword = Buffer.from(`token:${value}`).toString('base64');
    evidence.names.add(tokenAsPassword, 'BASIC', {
      kind: 'derived',
      shell: '$(printf %s "token:$ACCESS_TOKEN" | openssl base64 -A)',
      from: ['ACCESS_TOKEN'],
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
      mustRefuse(
        await target.send({ path: '/users/me', headers: { Authorization: header } }),
        `${what} in the header`,
        account,
      );
    }
  });

  check('requests.header.one-space', 'two, and three', async ({ target, user }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    const control = await target.whoAmI({ header: access });
    require(control.succeeded, inWords(control));
    for (const spaces of ['  ', '   ']) {
      const headers = { Authorization: `Bearer${spaces}${access.value}` };
      mustRefuse(
        await target.send({ path: '/users/me', headers }),
        `${spaces.length} spaces between Bearer and the token`,
        account,
      );
    }
  });

  check('requests.query.form', 'repeated, arrays, objects, other names', async ({ target, user }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    const control = await target.whoAmI({ query: access });
    require(control.succeeded, inWords(control));
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
      mustRefuse(await target.send({ path: `/users/me?${query}` }), `${what} in the query`, account);
    }
  });

  check('requests.cookie.name', 'cookies of other names', async ({ target, user }) => {
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
      const answer = await target.send({ path: '/users/me', headers: { Cookie: cookie } });
      mustRefuse(answer, `a token in a cookie ${cookie.slice(0, cookie.indexOf('='))}`, account);
    }
  });

  check('requests.precedence', 'good and bad tokens by two methods', async ({ target, user }) => {
    const account = await user();
    const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
    mustAccept(
      target,
      await target.whoAmI({ header: access, cookie: 'bad' }),
      account,
      access,
      'a good token in the header, beside a bad cookie,',
    );
    mustAccept(
      target,
      await target.whoAmI({ query: access, cookie: 'bad' }),
      account,
      access,
      'a good token in the query, beside a bad cookie,',
    );
    mustRefuse(
      await target.whoAmI({ header: 'bad', cookie: session }),
      'a bad token in the header, beside a good cookie,',
      account,
    );
    mustRefuse(
      await target.whoAmI({ query: 'bad', cookie: session }),
      'a bad token in the query, beside a good cookie,',
      account,
    );
  });

  check('requests.precedence', 'what is no token is passed over', async ({ target, user }) => {
    const account = await user();
    const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
    const empty = await target.send(target.withTokens({ path: '/users/me?access_token=' }, { header: access }));
    mustAccept(target, empty, account, access, 'a good token in the header, beside an empty parameter access_token,');
    for (const authorization of ['', 'Basic eDp5', 'Token x']) {
      const headers = { Authorization: authorization };
      const what = authorization === '' ? 'an empty header' : `the header ${authorization}`;
      const byCookie = await target.send(target.withTokens({ path: '/users/me', headers }, { cookie: session }));
      mustAccept(target, byCookie, account, session, `the session cookie beside ${what}`);
      const byQuery = await target.send(target.withTokens({ path: '/users/me', headers }, { query: access }));
      mustAccept(target, byQuery, account, access, `a token in the query beside ${what}`);
    }
  });

  check('requests.precedence', 'of two session cookies the first', async ({ target, user }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    const { sessionCookie } = target.description;
    const send = async (...values: string[]): Promise<Answer> =>
      target.send({
        path: '/users/me',
        headers: { Cookie: values.map((value) => `${sessionCookie}=${value}`).join('; ') },
      });
    mustAccept(
      target,
      await send(session.value, 'bad'),
      account,
      session,
      'a good cookie before a bad one of the name',
    );
    mustRefuse(await send('bad', session.value), 'a bad cookie before a good one of the name', account);
  });

  check(
    'requests.precedence',
    'tokens of two users',
    async ({ target, newUser }) => {
      const [account, other] = [await newUser(), await newUser()];
      const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(other)]);
      for (const sent of [
        { header: access, cookie: session },
        { query: access, cookie: session },
      ]) {
        mustAccept(
          target,
          await target.whoAmI(sent),
          account,
          access,
          "a token in the header or query, beside another user's cookie,",
        );
      }
    },
    { needs: 'admin' },
  );

  check('requests.head', 'with and without a token', async ({ target, user }) => {
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
      mustRefuse(await head(sent), `HEAD /users/me ${what}`);
    }
    const good = await head({ header: access });
    if (!good.succeeded) target.excuseIfOvertaken(access);
    demand(good.succeeded && good.response.body === '', 'HEAD /users/me with a token to be let in', inWords(good));
  });

  check('requests.uncached', 'by each way', async ({ target, user }) => {
    const account = await user();
    const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
    for (const sent of [{ header: access }, { query: access }, { cookie: session }]) {
      const answer = await target.whoAmI(sent);
      require(answer.succeeded, inWords(answer));
      const [control = 'nothing'] = answer.headers('cache-control');
      demand(
        /no-cache|no-store|private/i.test(control),
        `${answer.what} to say Cache-Control: no-cache, no-store or private`,
        `it says ${control}`,
      );
    }
    for (const [what, sent] of [
      ['without a token', {}],
      ['with a bad token', { header: 'garbage' }],
      ['with a bad cookie', { cookie: 'garbage' }],
    ] as const) {
      const answer = await target.whoAmI(sent);
      mustRefuse(answer, `a request ${what}`, account);
      const control = answer.headers('cache-control').join();
      demand(
        !/public|max-age=[1-9]|s-maxage=[1-9]/i.test(control),
        `the refusal of a request ${what} not to be kept by caches`,
        `it says Cache-Control: ${control}`,
      );
    }
  });

  check('requests.cross-origin', 'an origin that nobody has heard of, and null', async ({ target, user }) => {
    const session = await target.loggedInBySession(await user());
    for (const origin of ['https://attacker.example', 'null']) {
      const preflight = { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' };
      const answers = [
        await target.send(target.withTokens({ path: '/users/me', headers: { Origin: origin } }, { cookie: session })),
        await target.send({ method: 'OPTIONS', path: '/auth/login', headers: { Origin: origin, ...preflight } }),
        await target.send({
          path: '/auth/refresh',
          headers: { Origin: origin },
          body: { mode: 'session', refresh_token: 'made-up' },
        }),
        await target.send({ path: '/auth/logout', headers: { Origin: origin }, body: { refresh_token: 'made-up' } }),
      ];
      for (const answer of answers) {
        const [allowed] = answer.headers('access-control-allow-origin');
        const [credentials] = answer.headers('access-control-allow-credentials');
        demand(
          allowed !== origin || credentials !== 'true',
          `${answer.what} not to let pages of ${origin} read what a session cookie lets in`,
          'it allows the origin, with credentials',
        );
      }
    }
  });
});
