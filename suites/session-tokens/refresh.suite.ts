import { tamperedForms, tamperedJwts, nameTampered } from '../harness/generators/tampered-tokens.js';
import type { Response } from '../harness/target/http/response.js';
import { chapter, check } from '../harness/check.js';
import { assumeSuccess, expectAccepted, expectCookie, expectNoToken, expectRejected } from '../harness/expectations.js';
import { assumeUnexpired, untilExpiry, seesExpiry, canSee } from '../harness/target/tokens/expiry.js';
import { claimsOf } from '../harness/target/tokens/jwt.js';
import type { SessionToken } from '../harness/target/tokens/tokens.js';
import { assert, TokenExpired, NotApplicable } from '../harness/outcomes.js';

/** How much earlier than the old token a refreshed one may expire, in s: both are rounded. */
const ROUNDING_S = 1;

/** How often a login was refreshed before it is looked whether a refresh still extends it. */
const REFRESHES = 12;

/** So long after the beginning of a run whose clock is advanced few checks are under way, in ms: most look within seconds, or after a lifetime. */
const QUIET_MS = 60_000;

/** How often a refreshed session token is used in its grace. */
const USES_IN_GRACE = 4;

/** How long every tester can be expected to wait, in ms: a run against a Directus takes longer than this. */
const LEAST_PATIENCE_MS = 15_000;

/** How much longer than its grace an old session token may be accepted, in ms: it is rounded. */
const GRACE_MARGIN_MS = 2000;

/** How often it is tried whether it is still accepted, in ms. */
const GRACE_STEP_MS = 250;

chapter('Session Tokens', () => {
  check(
    'session.refresh.refused-after-expiry',
    'A session token cannot be refreshed once its lifetime is over',
    async ({ target, user, plan, wait }) => {
      const session = await target.loggedInBySession(await user());
      await wait(untilExpiry(session, plan));
      expectNoToken(await target.refreshByCookie('session', session.value), 'a session token that has expired');
    },
    seesExpiry,
  );

  check(
    'session.refresh.extends',
    'A refreshed session token is accepted after its predecessor has expired',
    async ({ target, user, plan, wait }) => {
      const account = await user();
      const session = await target.loggedInBySession(account);
      const halfMs = untilExpiry(session, plan) / 2;
      // Refreshed half-way, the new token has half of its life left when the old one has expired.
      await wait(halfMs);
      const response = await target.refreshByCookie('session', session.value, account);
      assumeSuccess(response);
      const renewed = target.sessionToken(response);
      await wait(halfMs);
      expectAccepted(await target.whoAmI({ cookie: renewed }), account, 'a refreshed session token');
    },
    seesExpiry,
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
      const renewed = expectCookie(response, sessionCookie, 'the refresh');
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
      const refreshed = async (token: SessionToken): Promise<SessionToken> => {
        const response = await target.refreshByCookie('session', token.value, account);
        assumeSuccess(response);
        return target.sessionToken(response);
      };
      const first = await target.loggedInBySession(account);
      let later = await target.loggedInBySession(account);
      for (let number = 1; number <= REFRESHES; number += 1) later = await refreshed(later);
      await wait(2100);
      for (const session of [first, later]) {
        const before = claimsOf(session.value)?.exp;
        if (before === undefined)
          throw new NotApplicable('the session token does not tell its expiry: give --patience or --clock-url');
        const after = claimsOf((await refreshed(session)).value)?.exp;
        assert(
          after !== undefined && after >= before + ROUNDING_S,
          `the new session token to expire later than the old one, two seconds after it was made${session === first ? '' : `, also after ${REFRESHES} refreshes`}`,
          `it expires ${after === undefined ? 'never' : `${after - before} s later`}`,
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
    'session.refresh.needs-session-token',
    'A static token is not exchanged for a session token',
    async ({ target, withStaticToken }) => {
      const { token } = await withStaticToken();
      expectNoToken(await target.refreshByCookie('session', token.value), 'a static token in place of a session token');
    },
    { needs: 'static-token' },
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
      // Where the clock is advanced, what other checks do between two waits takes its time, too: this one begins when most are over.
      if (plan.clock !== undefined) await wait(QUIET_MS);
      const account = await ownUser();
      const old = await target.loggedInBySession(account);
      const waitMs = plan.sessionGraceMs + GRACE_MARGIN_MS;
      if (waitMs > LEAST_PATIENCE_MS && !canSee(waitMs, plan))
        throw new NotApplicable(`the grace takes ${waitMs / 1000} s: be as patient (--patience), or give --clock-url`);
      if (waitMs > (old.lifetime.ms ?? Infinity) - GRACE_MARGIN_MS)
        throw new NotApplicable(
          `a session token lives ${(old.lifetime.ms ?? 0) / 1000} s, no longer than the grace: --session-grace says how long that is`,
        );
      const response = await target.refreshByCookie('session', old.value, account);
      assumeSuccess(response);
      // Used meanwhile, as by another tab, it is accepted for no longer.
      for (let use = 1; use <= USES_IN_GRACE; use += 1) {
        await target.whoAmI({ cookie: old });
        await wait(plan.sessionGraceMs / USES_IN_GRACE);
      }
      let use: Response;
      let overMs = 0;
      do {
        await wait(GRACE_STEP_MS);
        overMs += GRACE_STEP_MS;
        assumeUnexpired(target, old);
        use = await target.whoAmI({ cookie: old });
      } while (use.succeeded && overMs < GRACE_MARGIN_MS);
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
    for (const mode of [undefined, ...target.modes] as const) {
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
        const parts = { path: '/auth/refresh', body: { mode: 'session' } };
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
});
