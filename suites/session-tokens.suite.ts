import { tamperedForms, tamperedJwts, mintLike, nameTampered } from './harness/generators/tampered-tokens.js';
import type { Response } from './harness/target/response.js';
import { chapter, check } from './harness/check.js';
import { expectAccepted, expectRejected, expectNoToken, assumeSuccess } from './harness/expectations.js';
import {
  expiryWithinPatience,
  expectMatchingExpiry,
  LONG_EXPIRED_S,
  expectExpiry,
  WHILE_MS,
  assumeUnexpired,
} from './harness/target/expiry.js';
import { claimsOf, Moment } from './harness/target/jwt.js';
import { assert, assume, TokenExpired, NotApplicable } from './harness/outcomes.js';
import { expectSchema } from './harness/target/schemas.js';
import { modes } from './harness/target/target.js';

/** How much earlier than the old token a refreshed one may expire, in s: both are rounded. */
const ROUNDING_S = 1;
/** How long every tester can be expected to wait, in ms: a run against a Directus takes longer than this. */
const LEAST_PATIENCE_MS = 15_000;
/** How much longer than its grace an old session token may be accepted, in ms: it is rounded. */
const GRACE_MARGIN_MS = 2000;
/** How often it is looked whether it is still let in, in ms. */
const GRACE_STEP_MS = 250;

chapter('Session Tokens', () => {
  check(
    'session.expires',
    'A session token is rejected once its lifetime is over',
    async ({ target, user, plan, wait }) => {
      const session = await target.loggedInBySession(await user());
      const waitMs = expiryWithinPatience(session, plan);
      await wait(waitMs);
      await expectExpiry({ target, plan, wait, waitedMs: waitMs }, { cookie: session }, 'a session token');
    },
    { needs: 'patience' },
  );

  check(
    'session.refresh.refused-after-expiry',
    'A session token cannot be refreshed once its lifetime is over',
    async ({ target, user, plan, wait }) => {
      const session = await target.loggedInBySession(await user());
      await wait(expiryWithinPatience(session, plan));
      expectNoToken(await target.refreshByCookie('session', session.value), 'a session token that has expired');
    },
    { needs: 'patience' },
  );

  check(
    'session.refresh.extends',
    'A refreshed session token is accepted after its predecessor has expired',
    async ({ target, user, plan, wait }) => {
      const account = await user();
      const session = await target.loggedInBySession(account);
      const waitMs = expiryWithinPatience(session, plan);
      // Refreshed half-way, the new token has half of its life left when the old one has expired.
      await wait(waitMs / 2);
      const response = await target.refreshByCookie('session', session.value, account);
      assumeSuccess(response);
      const renewed = target.sessionToken(response);
      await wait(Math.max(0, session.lifetime.issuedAt + waitMs - performance.now()));
      expectAccepted(await target.whoAmI({ cookie: renewed }), account, 'a refreshed session token');
    },
    { needs: 'patience' },
  );

  for (const [id, what] of [
    ['session.expires', 'is rejected'],
    ['session.refresh.refused-after-expiry', 'is not refreshed'],
  ] as const) {
    check(
      id,
      `A session token that expired six minutes ago ${what}`,
      async ({ target, user, plan, evidence }) => {
        const account = await user();
        const session = await target.loggedInBySession(account);
        if (claimsOf(session.value) === undefined)
          throw new NotApplicable('the session token is not a JWT: give --patience instead');
        const secret = plan.secret ?? '';
        const live = mintLike(evidence, session.value, { iat: Moment.fromNow(0), exp: Moment.fromNow(300) }, secret);
        const control = await target.whoAmI({ cookie: live });
        assume(
          control.succeeded,
          `a token minted with --secret that has not expired is not accepted either (${control.status}): is the secret the right one?`,
        );
        const expired = mintLike(
          evidence,
          session.value,
          { iat: Moment.fromNow(-LONG_EXPIRED_S - 900), exp: Moment.fromNow(-LONG_EXPIRED_S) },
          secret,
        );
        if (id === 'session.expires') {
          for (const sent of [{ cookie: expired }, { header: expired }, { query: expired }])
            expectRejected(await target.whoAmI(sent), 'a session token that expired six minutes ago', account);
        } else {
          expectNoToken(
            await target.refreshByCookie('session', expired, account),
            'a session token that expired six minutes ago',
          );
        }
      },
      { needs: 'secret' },
    );
  }

  check(
    'session.login.returns-session-token',
    'A login in mode session sets a session token',
    async ({ target, user }) => {
      const response = await target.login(await user(), 'session');
      assert(response.succeeded, 'the login to succeed', response.summary);
      const { sessionCookie } = target.description;
      assert(
        response.cookie(sessionCookie) !== undefined,
        `the response to set a cookie ${sessionCookie}`,
        `${response.summary} without one`,
      );
    },
  );

  check(
    'session.login.needs-credentials',
    'A login in mode session with a wrong password, an unknown e-mail address or a missing member issues no token',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const { email, password } = account;
      const attempts: [string, object][] = [
        ['a login with a wrong password', { email, password: `${password}x` }],
        ['a login with an unknown e-mail', { email: `nobody-${email}`, password }],
        ['a login without a password', { email }],
        ['a login with nothing', {}],
      ];
      await Promise.all(
        attempts.map(async ([what, body]) => {
          const response = await target.send({
            path: '/auth/login',
            body: { ...body, mode: 'session' },
            hasSideEffect: true,
          });
          expectNoToken(response, `${what}, in mode session,`);
        }),
      );
    },
  );

  check('session.authenticates', 'A session token is accepted five times', async ({ target, user }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    for (let time = 1; time <= 5; time += 1) {
      expectAccepted(
        await target.whoAmI({ cookie: session }),
        account,
        time === 1 ? 'a session token' : 'a session token used before',
      );
    }
  });

  check(
    'session.authenticates',
    'A session token is accepted after some seconds and refreshed into a new one',
    async ({ target, ownUser, wait }) => {
      const account = await ownUser();
      const session = await target.loggedInBySession(account);
      await wait(Math.min(WHILE_MS, (session.lifetime.ms ?? Infinity) / 2));
      for (const sent of [{ cookie: session }, { header: session }])
        expectAccepted(await target.whoAmI(sent), account, 'a session token, some seconds old,');
      const response = await target.refreshByCookie('session', session.value, account);
      assert(response.succeeded, 'a session token, some seconds old, to be exchanged for a new one', response.summary);
    },
    { waits: true },
  );

  check(
    'session.refresh.issues-new-token',
    'A refresh with only the session token sets a valid new one',
    async ({ target, user, wait }) => {
      const account = await user();
      const session = await target.loggedInBySession(account);
      // Tokens of the same second may be the same.
      await wait(1100);
      const response = await target.refreshByCookie('session', session.value, account);
      assert(response.succeeded, 'a refresh with a session token to succeed', response.summary);
      const { sessionCookie } = target.description;
      const renewed = response.cookie(sessionCookie);
      assert(renewed !== undefined, `the refresh to set a cookie ${sessionCookie}`, `${response.summary} without one`);
      assert(renewed.value !== session.value, 'the refresh to set a new session token', 'it set the old one again');
      const token = target.sessionToken(response);
      expectAccepted(await target.whoAmI({ cookie: token }), account, 'the new session token');
      const again = await target.refreshByCookie('session', token.value, account);
      assert(
        again.succeeded && again.cookie(sessionCookie) !== undefined,
        'the new session token to be exchanged for the next one',
        again.summary,
      );
    },
  );

  check(
    'session.refresh.extends',
    'A refreshed session token expires later than its predecessor',
    async ({ target, user, wait }) => {
      const account = await user();
      const session = await target.loggedInBySession(account);
      const before = claimsOf(session.value)?.exp;
      if (before === undefined) throw new NotApplicable('the session token does not tell its expiry: give --patience');
      await wait(2100);
      const response = await target.refreshByCookie('session', session.value, account);
      assumeSuccess(response);
      const after = claimsOf(target.sessionToken(response).value)?.exp;
      assert(
        after !== undefined && after >= before + ROUNDING_S,
        'the new session token to expire later than the old one, two seconds after it was made',
        `it expires ${after === undefined ? 'never' : `${after - before} s later`}`,
      );
    },
  );

  check(
    'session.single-token',
    'A login and a refresh in mode session return no access or refresh token',
    async ({ target, user }) => {
      const account = await user();
      const login = await target.login(account, 'session');
      assumeSuccess(login);
      const session = target.sessionToken(login);
      const refresh = await target.refreshByCookie('session', session.value, account);
      for (const response of [login, refresh]) {
        for (const member of ['access_token', 'refresh_token']) {
          assert(
            response.payload[member] === undefined || response.payload[member] === null,
            `the payload of ${response.what} in mode session to hold no ${member}`,
            `${response.summary} with one`,
          );
        }
        const { refreshCookie } = target.description;
        assert(
          response.cookie(refreshCookie) === undefined,
          `${response.what} in mode session to set no cookie ${refreshCookie}`,
          `${response.summary} with one`,
        );
      }
    },
  );

  check(
    'session.stored-as-cookie',
    'A login and a refresh deliver the session token in Set-Cookie alone',
    async ({ target, user }) => {
      const account = await user();
      const login = await target.login(account, 'session');
      const session = target.sessionToken(login);
      const refresh = await target.refreshByCookie('session', session.value, account);
      for (const response of [login, refresh]) {
        const value = response.cookie(target.description.sessionCookie)?.value;
        if (value === undefined) continue;
        assert(
          !response.body.includes(value),
          `the body of ${response.what} in mode session not to hold the session token`,
          `${response.summary} with the token in its body`,
        );
        const session = claimsOf(value)?.['session'];
        assert(
          typeof session !== 'string' || !response.body.includes(session),
          `the body of ${response.what} in mode session not to hold the session that the token names`,
          `${response.summary} with it in its body`,
        );
        const header = response.headerPairs.find(
          ([name, content]) => name.toLowerCase() !== 'set-cookie' && content.includes(value),
        );
        assert(
          header === undefined,
          `no header of ${response.what} but Set-Cookie to hold the session token`,
          `the header ${header?.[0] ?? ''} holds it`,
        );
      }
    },
  );

  check(
    'session.refresh.needs-session-token',
    'Unknown and tampered session tokens, access tokens and refresh tokens are not exchanged for a session token',
    async ({ target, user, evidence }) => {
      const account = await user();
      const session = await target.loggedInBySession(account);
      expectNoToken(await target.refreshByCookie('session', 'unknown'), 'an unknown session token');
      const { access, refresh } = await target.loggedIn(account);
      for (const [what, { value }] of [
        ['an access token', access],
        ['a refresh token', refresh],
      ] as const) {
        const response = await target.refreshByCookie('session', value, account);
        expectNoToken(response, `${what} in place of a session token`);
      }
      for (const tampered of [...tamperedForms(session.value), ...tamperedJwts(session.value)]) {
        nameTampered(evidence, tampered, session.value);
        expectNoToken(await target.refreshByCookie('session', tampered.value), `a session token ${tampered.how}`);
      }
    },
  );

  check(
    'session.logout.invalidates-session-token',
    'After a logout the session token is rejected for requests and for refreshes',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const session = await target.loggedInBySession(account);
      const before = await target.whoAmI({ cookie: session });
      assumeSuccess(before);
      const logout = await target.logoutByCookie('session', session.value);
      assert(logout.succeeded, 'the logout to succeed', logout.summary);
      expectRejected(await target.whoAmI({ cookie: session }), 'a session token after the logout', account);
      expectNoToken(await target.refreshByCookie('session', session.value), 'a session token, after the logout,');
    },
  );

  check(
    'session.logout.invalidates-session-token',
    'After a logout a session token that came from a refresh is rejected',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const first = await target.loggedInBySession(account);
      const renewal = await target.refreshByCookie('session', first.value, account);
      assumeSuccess(renewal);
      const session = target.sessionToken(renewal);
      const logout = await target.logoutByCookie('session', session.value);
      assert(logout.succeeded, 'the logout to succeed', logout.summary);
      expectRejected(await target.whoAmI({ cookie: session }), 'a session token after the logout', account);
      expectNoToken(await target.refreshByCookie('session', session.value), 'a session token, after the logout,');
    },
  );

  check(
    'session.logout.login-again',
    'After a logout a login issues a valid session token',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const session = await target.loggedInBySession(account);
      const logout = await target.logoutByCookie('session', session.value);
      assumeSuccess(logout);
      const response = await target.login(account, 'session');
      assert(response.succeeded, 'a login after the logout to succeed', response.summary);
      const again = target.sessionToken(response);
      expectAccepted(await target.whoAmI({ cookie: again }), account, 'the new session token');
    },
  );

  check(
    'session.refresh.needs-session-token',
    'A static token is not exchanged for a session token',
    async ({ target, withStaticToken }) => {
      const { token } = await withStaticToken();
      expectNoToken(await target.refreshByCookie('session', token.value), 'a static token in place of a session token');
    },
    { needs: 'static-token' },
  );

  check('session.claims', 'A session token has the claims of Directus', async ({ target, user }) => {
    const session = await target.loggedInBySession(await user());
    const claims = claimsOf(session.value);
    assert(claims !== undefined, 'the session token to be a JWT', 'it is none');
    expectSchema('session-token-claims.schema.json', claims, 'the claims of a session token');
  });

  check(
    'session.payload',
    'The payload of a login and a refresh in mode session is that of Directus',
    async ({ target, user }) => {
      const account = await user();
      const login = await target.login(account, 'session');
      assumeSuccess(login);
      const session = target.sessionToken(login);
      for (const response of [login, await target.refreshByCookie('session', session.value, account)]) {
        expectSchema(
          'token-response-session.schema.json',
          response.payload,
          `the payload of ${response.what} in mode session`,
        );
        expectMatchingExpiry(response, response.cookie(target.description.sessionCookie)?.value ?? '');
      }
    },
  );

  check(
    'session.refresh.concurrent',
    'Five concurrent refreshes of one session token all succeed and result in one session',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const session = await target.loggedInBySession(account);
      const responses = await Promise.all(
        Array.from({ length: 5 }, async () => target.refreshByCookie('session', session.value, account)),
      );
      const sessions = new Set<unknown>();
      for (const response of responses) {
        assert(response.succeeded, 'each of five refreshes at once to succeed', response.summary);
        const renewed = target.sessionToken(response);
        expectAccepted(await target.whoAmI({ cookie: renewed }), account, 'a token out of five refreshes at once');
        sessions.add(claimsOf(renewed.value)?.['session']);
      }
      assert(
        sessions.size === 1,
        'five refreshes at once to leave tokens of one session',
        `they are of ${sessions.size} sessions`,
      );
    },
  );

  check(
    'session.refresh.ends-old',
    'A refreshed session token is rejected once the grace period has ended',
    async ({ target, ownUser, plan, wait }) => {
      const account = await ownUser();
      const old = await target.loggedInBySession(account);
      const waitMs = plan.sessionGraceMs + GRACE_MARGIN_MS;
      if (waitMs > Math.max(plan.patienceMs ?? 0, LEAST_PATIENCE_MS))
        throw new NotApplicable(`the grace takes ${waitMs / 1000} s: be as patient (--patience)`);
      if (waitMs > (old.lifetime.ms ?? Infinity) - GRACE_MARGIN_MS)
        throw new NotApplicable(
          `a session token lives ${(old.lifetime.ms ?? 0) / 1000} s, no longer than the grace: --session-grace says how long that is`,
        );
      const response = await target.refreshByCookie('session', old.value, account);
      assumeSuccess(response);
      const latest = performance.now() + waitMs;
      await wait(plan.sessionGraceMs);
      let use: Response;
      do {
        await wait(GRACE_STEP_MS);
        assumeUnexpired(old);
        use = await target.whoAmI({ cookie: old });
      } while (use.succeeded && performance.now() < latest);
      expectRejected(use, 'a session token that was refreshed, after the grace,', account);
      expectNoToken(
        await target.refreshByCookie('session', old.value, account),
        'a session token that was refreshed, after the grace,',
      );
    },
    { waits: true },
  );

  check(
    'session.refresh.grace',
    'A refreshed session token is accepted and refreshed again within the grace period',
    async ({ target, user, plan }) => {
      const account = await user();
      const old = await target.loggedInBySession(account);
      const response = await target.refreshByCookie('session', old.value, account);
      assumeSuccess(response);
      const use = await target.whoAmI({ cookie: old });
      const again = await target.refreshByCookie('session', old.value, account);
      if (again.asked.receivedAt - response.asked.sentAt > plan.sessionGraceMs / 2)
        throw new TokenExpired('the grace was over before the check was done: run with --concurrency 1');
      expectAccepted(use, account, 'a session token, right after its refresh,');
      assert(again.succeeded, 'a second refresh of a session token, right after the first, to succeed', again.summary);
    },
  );

  check('session.refresh.by-cookie-only', 'A session token in the body is not refreshed', async ({ target, user }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    for (const mode of [undefined, ...modes] as const) {
      const response = await target.refresh(session.value, account, mode);
      expectNoToken(response, `a session token in the body, in ${mode === undefined ? 'no mode' : `mode ${mode}`},`);
    }
  });

  check(
    'session.refresh.by-cookie-only',
    'A session token in the header or the query is not refreshed',
    async ({ target, user }) => {
      const account = await user();
      const session = await target.loggedInBySession(account);
      for (const [what, sent] of [
        ['header', { header: session }],
        ['query', { query: session }],
      ] as const) {
        const parts = { path: '/auth/refresh', body: { mode: 'session' }, hasSideEffect: true };
        const response = await target.send(target.withTokens(parts, sent));
        expectNoToken(response, `a refresh in mode session with the token in the ${what}`);
      }
    },
  );

  check('session.refresh.new-session', 'A refreshed session token names a new session', async ({ target, user }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    const before = claimsOf(session.value)?.['session'];
    if (before === undefined) throw new NotApplicable('the session token does not name its session');
    const response = await target.refreshByCookie('session', session.value, account);
    assumeSuccess(response);
    const after = claimsOf(target.sessionToken(response).value)?.['session'];
    assert(after !== before, 'the refreshed token to name a new session', 'it names the old one');
  });

  check(
    'session.by-header-and-query',
    'A session token in the header and in the query is accepted',
    async ({ target, user }) => {
      const account = await user();
      const session = await target.loggedInBySession(account);
      expectAccepted(await target.whoAmI({ header: session }), account, 'a session token in the header');
      expectAccepted(await target.whoAmI({ query: session }), account, 'a session token in the query');
    },
  );

  check(
    'session.logout.leaves-others',
    "A logout in mode session leaves the user's other sessions valid",
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const [first, second] = [await target.loggedInBySession(account), await target.loggedInBySession(account)];
      const { refresh } = await target.loggedIn(account);
      const logout = await target.logoutByCookie('session', first.value);
      assumeSuccess(logout);
      expectAccepted(await target.whoAmI({ cookie: second }), account, 'the session token of another login');
      const response = await target.refresh(refresh, account);
      assert(response.succeeded, 'the refresh token of another login to go on', response.summary);
    },
  );

  check(
    'session.dead-cookie-cleared',
    'The session cookie of a suspended user is cleared with the rejection',
    async ({ target, newUser, administrator, evidence }) => {
      const account = await newUser();
      const session = await target.loggedInBySession(account);
      await administrator.change(account, { status: 'suspended' }, evidence);
      const { sessionCookie } = target.description;
      for (const response of [
        await target.whoAmI({ cookie: session }),
        await target.refreshByCookie('session', session.value),
      ]) {
        expectRejected(response, 'the session token of a suspended user', account);
        assert(
          response.cookies.some(({ key, value }) => key === sessionCookie && value === ''),
          `the rejection of the session token of a suspended user to clear the cookie ${sessionCookie}`,
          response.summary,
        );
      }
    },
    { needs: 'admin' },
  );

  check('session.dead-cookie-cleared', 'A valid session cookie is not cleared', async ({ target, user }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    const { sessionCookie } = target.description;
    for (const parts of [
      { path: '/users/me' },
      { path: '/users/00000000-0000-4000-8000-000000000000' },
      { path: '/there-is-no-such-route' },
      { path: '/auth/refresh', body: { refresh_token: 'unknown' } },
    ]) {
      const response = await target.send(target.withTokens(parts, { cookie: session }));
      const set = response.cookies.find(({ key }) => key === sessionCookie);
      assert(
        set === undefined,
        `${response.what} to leave the cookie ${sessionCookie} of a session that goes on`,
        `${response.summary} and ${set?.value === '' ? 'clears it' : 'sets it'}`,
      );
    }
  });

  check(
    'session.dead-cookie-cleared',
    'The session cookie is cleared after a logout and when it is unknown',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const session = await target.loggedInBySession(account);
      const logout = await target.logoutByCookie('session', session.value);
      assumeSuccess(logout);
      const { sessionCookie } = target.description;
      for (const [what, token] of [
        ['that has been logged out', session.value],
        ['that is unknown', 'unknown'],
      ] as const) {
        const response = await target.whoAmI({ cookie: token });
        expectRejected(response, `a session token ${what}`, account);
        const cleared = response.cookies.find(({ key }) => key === sessionCookie);
        assert(
          cleared?.value === '',
          `the rejection of a session token ${what} to clear the cookie ${sessionCookie}`,
          `${response.summary} ${cleared === undefined ? 'without setting it' : 'and sets it to something'}`,
        );
      }
    },
  );
});
