import fc from 'fast-check';
import { alterations, changedAt, jwtAlterations, nameAltered } from './harness/altered-tokens.js';
import type { Account } from './harness/accounts.js';
import type { Answer } from './harness/answer.js';
import { malformedBody, malformedToken, placeIn, tokenLike } from './harness/arbitraries.js';
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
    account.nameIn(evidence);
    const { access } = await target.loggedIn(account);
    const forged = changedAt(access.value, access.value.lastIndexOf('.') + 1);
    nameAltered(evidence, forged, access.value);
    const login = (body: object): RequestParts => ({ path: '/auth/login', body });
    const refusals: [string, RequestParts, number, string][] = [
      ['no token', { path: '/users/me' }, 401, 'INVALID_CREDENTIALS'],
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
    const headers: [string, string | string[]][] = [
      ['a bad token in a first header, before a good one in a second,', ['Bearer garbage', `Bearer ${value}`]],
      ['another scheme in a first header, before a token in a second,', ['Basic eDp5', `Bearer ${value}`]],
      ['a token without a scheme', value],
      ['the scheme Token', `Token ${value}`],
      ['the scheme JWT', `JWT ${value}`],
      ['the scheme Basic before a token', `Basic ${value}`],
      ['e-mail and password by the scheme Basic', `Basic ${basic}`],
      ['a colon behind Bearer', `Bearer: ${value}`],
      ['an equals sign behind Bearer', `Bearer=${value}`],
      ['nothing behind Bearer', 'Bearer'],
      ['a token in quotes', `Bearer "${value}"`],
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

  check('requests.precedence', 'good and bad tokens by two ways', async ({ target, user }) => {
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

  check('requests.nothing-else', 'headers by which gateways name a user', async ({ target, user }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    const names = [
      'X-Forwarded-User',
      'X-Forwarded-Email',
      'X-Remote-User',
      'Remote-User',
      'X-User',
      'X-User-Id',
      'X-Auth-User',
      'X-Directus-User',
      'X-WEBAUTH-USER',
    ];
    for (const name of names) {
      for (const value of [account.id ?? account.email, account.email]) {
        mustRefuse(
          await target.send({ path: '/users/me', headers: { [name]: value } }),
          `the header ${name} without a token`,
          account,
        );
      }
    }
    for (const name of [
      'X-Access-Token',
      'X-Auth-Token',
      'X-Authorization',
      'X-Api-Key',
      'Token',
      'Proxy-Authorization',
    ]) {
      for (const value of [access.value, `Bearer ${access.value}`]) {
        mustRefuse(
          await target.send({ path: '/users/me', headers: { [name]: value } }),
          `a token in the header ${name}`,
          account,
        );
      }
    }
    for (const name of ['X-Original-URL', 'X-Rewrite-URL', 'X-HTTP-Method-Override']) {
      const answer = await target.send({ path: '/server/ping', headers: { [name]: '/users/me' } });
      mustNotShow(answer, account, `the header ${name} without a token`);
    }
    for (const headers of [
      { 'X-Forwarded-For': '127.0.0.1' },
      { 'X-Real-IP': '127.0.0.1' },
      { Forwarded: 'for=127.0.0.1' },
    ]) {
      mustRefuse(
        await target.send({ path: '/users/me', headers }),
        'a request without a token that says it comes from the machine itself',
        account,
      );
    }
  });

  check('requests.nothing-else', 'other spellings of the path, and other methods', async ({ target, user }) => {
    const account = await user();
    const { id = '' } = account;
    const spellings = [
      '/users/me/',
      '/users//me',
      '//users/me',
      '/Users/Me',
      '/USERS/ME',
      '/users/me%20',
      '/users/me%00',
      '/users%2fme',
      '/users/me;a=b',
      '/users/me.json',
      '/users/me/.',
      '/server/..%2fusers/me',
      '/users/me?fields=*',
      '/users/me/?fields=*',
    ];
    for (const path of [
      ...spellings,
      ...(id === '' ? [] : [`/users/${id}`, `/users/${id}/`, `/users/${id}?fields=*`]),
      '/users',
      '/users?fields=*&limit=-1',
      '/users/',
    ]) {
      mustNotShow(
        await target.send({ path }),
        account,
        `GET ${id === '' ? path : path.replace(id, '<id>')} without a token`,
      );
    }
    const changes: RequestParts[] = [
      { method: 'PATCH', path: '/users/me', body: { first_name: 'Changed' } },
      { method: 'PATCH', path: '/users/me/', body: { first_name: 'Changed' } },
      { method: 'PUT', path: '/users/me', body: { first_name: 'Changed' } },
      { method: 'DELETE', path: '/users/me' },
      { method: 'SEARCH', path: '/users', body: { query: { limit: 1 } } },
      { method: 'POST', path: '/users/me', body: {} },
      { method: 'POST', path: '/users/me/tfa/generate', body: { password: account.password } },
    ];
    for (const parts of changes) {
      const answer = await target.send(parts);
      mustNotShow(answer, account, `${parts.method ?? ''} ${parts.path} without a token`);
      demand(
        answer.status >= 300,
        `${parts.method ?? ''} ${parts.path} without a token to be refused`,
        inWords(answer),
      );
    }
  });

  check('requests.nothing-else', 'a token in the body', async ({ target, user }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    const inForm = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const bodies: RequestParts[] = [
      { method: 'PATCH', path: '/users/me', body: { access_token: access.value } },
      { method: 'PATCH', path: '/users/me', headers: inForm, body: `access_token=${access.value}` },
      { method: 'GET', path: '/users/me', body: { access_token: access.value } },
      { method: 'GET', path: '/users/me', headers: inForm, body: `access_token=${access.value}` },
    ];
    for (const parts of bodies) mustRefuse(await target.send(parts), 'a token in the body', account);
  });

  check(
    'requests.bad-token-not-public',
    'by each way, on routes that need none',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const login = { path: '/auth/login', body: { email: account.email, password: account.password }, mustEnd: true };
      for (const [way, by] of ways) {
        for (const parts of [{ path: '/server/info' }, login]) {
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
  });

  check('requests.cross-origin', 'an origin that nobody has heard of, and null', async ({ target, user }) => {
    const session = await target.loggedInBySession(await user());
    for (const origin of ['https://attacker.example', 'null']) {
      const preflight = { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' };
      const answers = [
        await target.send(target.withTokens({ path: '/users/me', headers: { Origin: origin } }, { cookie: session })),
        await target.send({ method: 'OPTIONS', path: '/auth/login', headers: { Origin: origin, ...preflight } }),
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

/** Demands that an answer show nothing of a user, whatever its status. */
function mustNotShow(answer: Answer, { id, email }: Account, what: string): void {
  const shows = [id, email].find((value) => value !== undefined && answer.response.body.includes(value));
  // An answer that repeats what it was asked about, such as an error with its path, shows nothing.
  const asked = shows !== undefined && decodeURIComponent(answer.request.url).includes(shows) && answer.status >= 400;
  demand(
    shows === undefined || asked,
    `${what} not to show the record of a user`,
    `${inWords(answer)} with a user in it`,
  );
  const { data } = (answer.json ?? {}) as { data?: unknown };
  const records = (Array.isArray(data) ? data : [data]) as ({ id?: unknown } | null | undefined)[];
  const anybody = answer.succeeded && records.some((record) => typeof record?.id === 'string');
  demand(!anybody, `${what} not to show the record of anybody`, `${inWords(answer)} with a record`);
}

function mustRefuseInEnvelope(answer: Answer, what: string): void {
  mustRefuse(answer, what);
  mustBeLike('error-envelope.schema.json', answer.json, `the body of the refusal of ${what}`);
}
