import { chapter, check } from '../harness/check.js';
import { expectRejected, assumeSuccess } from '../harness/expectations.js';
import { assert, assume } from '../harness/outcomes.js';
import { lookAlikeOrigins } from '../harness/generators/look-alike-origins.js';
import type { SentTokens } from '../harness/target/tokens/bearer-methods.js';
import type { Response } from '../harness/target/http/response.js';
import type { RequestParts, Target } from '../harness/target/target.js';

/**
 * Expects a token to count for a request: that it succeeds, or that what is missing is a permission, which is what the same request without
 * a token is not told.
 * @throws Violation; Inconclusive where both are told the same
 */
async function expectCounted(target: Target, parts: RequestParts, sent: SentTokens, what: string): Promise<void> {
  const response = await target.send(target.withTokens(parts, sent));
  const request = `${parts.method ?? 'GET'} ${parts.path} with ${what}`;
  assert(response.status !== 401, `${request} not to be taken for one without`, response.summary);
  if (response.succeeded) return;
  assume(response.rejected, `${request} is neither accepted nor rejected: ${response.summary}`);
  const without = await target.send(parts);
  assume(
    without.status !== response.status || without.errorCode !== response.errorCode,
    `${request} is answered as one without a token is: ${response.summary}`,
  );
}

chapter('Making Requests', () => {
  check(
    'requests.any-method',
    'A token of each type is accepted for PATCH as it is for GET',
    async ({ target, user }) => {
      const account = await user();
      const [{ access }, sessions] = await Promise.all([target.loggedIn(account), target.sessionsOf(account)]);
      const uses: [string, SentTokens][] = [
        ['a standard token in the header', { header: access }],
        ['a standard token in the query', { query: access }],
        ...sessions.map((session): [string, SentTokens] => ['the session cookie', { cookie: session }]),
      ];
      for (const [what, sent] of uses) {
        // As a page of the target's own would send it.
        const headers = { Origin: new URL(target.description.url).origin };
        const parts = { method: 'PATCH', path: '/users/me', headers, body: {} };
        await expectCounted(target, parts, sent, what);
      }
    },
  );

  check(
    'requests.any-method',
    'A static token is accepted for every HTTP method',
    async ({ target, withStaticToken }) => {
      const { token } = await withStaticToken();
      for (const sent of [{ header: token }, { query: token }]) {
        await expectCounted(target, { method: 'PATCH', path: '/users/me', body: {} }, sent, 'a static token');
      }
    },
    { needs: 'static-token' },
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
      const [{ access }, sessions] = await Promise.all([target.loggedIn(account), target.sessionsOf(account)]);
      for (const sent of [{ header: access }, { query: access }, ...sessions.map((session) => ({ cookie: session }))]) {
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
    'requests.uncached',
    'Responses with users and roles, and to changes, are not storable by shared caches',
    async ({ target, newPrivilegedUser }) => {
      const account = await newPrivilegedUser();
      const [{ access }, sessions] = [await target.loggedIn(account), await target.sessionsOf(account)];
      const senders: SentTokens[] = [{ header: access }, { query: access }, ...sessions.map((cookie) => ({ cookie }))];
      // What of these a target has is its own affair.
      const elsewhere: RequestParts[] = [
        { path: '/files?limit=1' },
        { path: '/activity?limit=1' },
        { path: '/settings?fields=id' },
        { path: '/roles?limit=1' },
        { path: '/auth/logout', body: { refresh_token: 'unknown' } },
        { method: 'SEARCH', path: '/users', body: { query: { limit: 1 } } },
        { method: 'HEAD', path: '/users/me' },
        { method: 'PATCH', path: '/users/me', body: { first_name: 'Cached' } },
      ];
      const requests: RequestParts[] = [
        { path: '/users/me?fields=id' },
        { path: `/users/${account.id ?? ''}` },
        { path: '/users?limit=1' },
        ...elsewhere,
      ];
      for (const parts of requests) {
        for (const sent of senders) {
          const response = await target.send(target.withTokens(parts, sent));
          if (elsewhere.includes(parts) && !response.succeeded) continue;
          assumeSuccess(response);
          const control = response.headers('cache-control').join() || 'nothing';
          assert(
            /no-cache|no-store|private/i.test(control) && !/public|s-maxage=[1-9]/i.test(control),
            `${response.what.replace(account.id ?? '', '<id>')} to say Cache-Control: no-cache, no-store or private`,
            `it says ${control}`,
          );
        }
      }
    },
    { needs: 'admin' },
  );

  check(
    'requests.cross-origin',
    "An origin that looks like the server's own, an unknown one and null may not read responses with the session cookie",
    async ({ target, user, plan }) => {
      const account = await user();
      const { email, password } = account;
      const session = await target.loggedInBySession(account);
      const isSomebodyElses = (origin: string): boolean => origin === 'null' || origin === 'https://attacker.example';
      /** Requests that succeed, and those at other endpoints. */
      const others = async (origin: string): Promise<Response[]> => {
        const headers = { Origin: origin };
        const renewals = target.cookieModes.map(async (mode): Promise<Response> => {
          const name = target.cookieOf(mode);
          const Cookie = `${name}=${(await target.login(account, mode)).cookie(name)?.value ?? ''}`;
          return target.send({ path: '/auth/refresh', headers: { ...headers, Cookie }, body: { mode } });
        });
        const sent = (parts: RequestParts): RequestParts =>
          target.withTokens({ ...parts, headers }, { cookie: session });
        return Promise.all([
          target.send({
            path: '/auth/login',
            headers,
            body: { email, password, mode: 'session' },
          }),
          ...renewals,
          target.send(sent({ method: 'PATCH', path: '/users/me', body: {} })),
          target.send(sent({ method: 'SEARCH', path: '/users', body: { query: { limit: 1 } } })),
          target.send(sent({ path: '/server/info' })),
          target.send(sent({ path: '/there-is-no-such-route' })),
          ...(plan.capabilities.includes('graphql')
            ? [
                target.send(sent({ path: '/graphql/system', body: { query: '{server_ping}' } })),
                target.send({
                  method: 'OPTIONS',
                  path: '/graphql/system',
                  headers: { ...headers, 'Access-Control-Request-Method': 'POST' },
                }),
              ]
            : []),
        ]);
      };
      // A page of any origin may load it as a script, with the cookies of the browser.
      for (const parameter of ['callback', 'jsonp', 'cb']) {
        const parts = {
          path: `/users/me?${parameter}=f`,
          headers: { Accept: '*/*', Referer: 'https://attacker.example/' },
        };
        const response = await target.send(target.withTokens(parts, { cookie: session }));
        const [type = ''] = response.headers('content-type');
        assert(
          !/^\W*f\s*(?:&&\s*f\s*)?\(/.test(response.body) && !/javascript|ecmascript/i.test(type),
          `GET /users/me?${parameter}=f with a session cookie not to be answered as a script, which pages of every origin may load`,
          `${response.summary} as ${type}`,
        );
      }
      for (const [what, origin] of lookAlikeOrigins(target.description.url)) {
        const headers = { Origin: origin };
        const preflight = { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' };
        const change = { ...preflight, 'Access-Control-Request-Method': 'PATCH' };
        const body = { mode: 'session', refresh_token: 'unknown' };
        const atOnce = await Promise.all([
          target.send(target.withTokens({ path: '/users/me', headers }, { cookie: session })),
          target.send({ method: 'OPTIONS', path: '/auth/login', headers: { ...headers, ...preflight } }),
          target.send({ method: 'OPTIONS', path: '/users/me', headers: { ...headers, ...preflight } }),
          target.send({ path: '/auth/login', headers, body: { email: 'nobody@example.com', password: 'x' } }),
          target.send({ path: '/auth/refresh', headers, body }),
          target.send({ path: '/auth/logout', headers, body: { refresh_token: 'unknown' } }),
          target.send({ method: 'OPTIONS', path: '/users/me', headers: { ...headers, ...change } }),
        ]);
        const responses = isSomebodyElses(origin) ? [...atOnce, ...(await others(origin))] : atOnce;
        for (const response of responses) {
          const allowed = response.headers('access-control-allow-origin');
          const credentials = response.headers('access-control-allow-credentials');
          assert(
            !allowed.includes(origin) || !credentials.includes('true'),
            `${response.what} not to let pages of an origin ${what} (${origin}) read what a session cookie gives`,
            'it allows the origin, with credentials',
          );
        }
      }
    },
  );
});
