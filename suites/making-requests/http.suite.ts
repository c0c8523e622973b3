import { chapter, check } from '../harness/check.js';
import { expectRejected, assumeSuccess } from '../harness/expectations.js';
import { assert } from '../harness/outcomes.js';
import type { SentTokens } from '../harness/target/bearer-methods.js';

chapter('Making Requests', () => {
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
