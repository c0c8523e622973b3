import { alterations, jwtAlterations, mintLike, nameAltered } from './harness/generators/tampered-tokens.js';
import type { Answer } from './harness/target/response.js';
import { chapter, check } from './harness/check.js';
import { inWords, mustAccept, mustHandOutNoToken, mustRefuse } from './harness/expectations.js';
import {
  expiryWithinPatience,
  mustAgreeOnExpiry,
  LONG_EXPIRED_S,
  mustExpire,
  WHILE_MS,
} from './harness/target/expiry.js';
import { claimsOf, Moment } from './harness/target/jwt.js';
import { demand, NotApplicable, Overtaken, require } from './harness/outcomes.js';
import { mustBeLike } from './harness/target/schemas.js';
import { modes } from './harness/target/target.js';

/** How much earlier than the old token a refreshed one may expire, in s: both are rounded. */
const ROUNDING_S = 1;
/** How long every tester can be expected to wait, in ms: a run against a Directus takes longer than this. */
const LEAST_PATIENCE_MS = 15_000;
/** How much longer than its grace an old session token may be let in, in ms: it is rounded. */
const GRACE_MARGIN_MS = 2000;
/** How often it is looked whether it is still let in, in ms. */
const GRACE_STEP_MS = 250;

chapter('Session Tokens', () => {
  check(
    'session.expires',
    'a real token is refused when its time is over',
    async ({ target, user, plan, wait }) => {
      const session = await target.loggedInBySession(await user());
      const waitMs = expiryWithinPatience(session, plan);
      await wait(waitMs);
      await mustExpire({ target, plan, wait, waitedMs: waitMs }, { cookie: session }, 'a session token');
    },
    { needs: 'patience' },
  );

  check(
    'session.refresh.refused-after-expiry',
    'a real token buys nothing when its time is over',
    async ({ target, user, plan, wait }) => {
      const session = await target.loggedInBySession(await user());
      await wait(expiryWithinPatience(session, plan));
      mustHandOutNoToken(
        target,
        await target.refreshByCookie('session', session.value),
        'a session token that has expired',
      );
    },
    { needs: 'patience' },
  );

  check(
    'session.refresh.extends',
    'a refreshed token is good when the old one has run out',
    async ({ target, user, plan, wait }) => {
      const account = await user();
      const session = await target.loggedInBySession(account);
      const waitMs = expiryWithinPatience(session, plan);
      // Refreshed half-way, the new token has half of its life left when the old one has run out.
      await wait(waitMs / 2);
      const obtainedAt = performance.now();
      const answer = await target.refreshByCookie('session', session.value, account);
      if (!answer.succeeded) target.excuseIfOvertaken(session);
      require(answer.succeeded, inWords(answer));
      const renewed = target.sessionToken(answer, obtainedAt);
      await wait(Math.max(0, session.obtainedAt + waitMs - performance.now()));
      mustAccept(target, await target.whoAmI({ cookie: renewed }), account, renewed, 'a refreshed session token');
    },
    { needs: 'patience' },
  );

  for (const [id, what] of [
    ['session.expires', 'is refused'],
    ['session.refresh.refused-after-expiry', 'buys nothing'],
  ] as const) {
    check(
      id,
      `a token that expired six minutes ago ${what}`,
      async ({ target, user, plan, evidence }) => {
        const account = await user();
        const session = await target.loggedInBySession(account);
        if (claimsOf(session.value) === undefined)
          throw new NotApplicable('the session token is not a JWT: give --patience instead');
        const secret = plan.secret ?? '';
        const live = mintLike(evidence, session.value, { iat: Moment.fromNow(0), exp: Moment.fromNow(300) }, secret);
        const control = await target.whoAmI({ cookie: live });
        require(control.succeeded, `a token minted with --secret that has not expired is not accepted either (${control.status}): is the secret the right one?`);
        const expired = mintLike(
          evidence,
          session.value,
          { iat: Moment.fromNow(-LONG_EXPIRED_S - 900), exp: Moment.fromNow(-LONG_EXPIRED_S) },
          secret,
        );
        if (id === 'session.expires') {
          for (const sent of [{ cookie: expired }, { header: expired }, { query: expired }])
            mustRefuse(await target.whoAmI(sent), 'a session token that expired six minutes ago', account);
        } else {
          mustHandOutNoToken(
            target,
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
    'the answer to a login in mode session sets a token',
    async ({ target, user }) => {
      const answer = await target.login(await user(), 'session');
      demand(answer.succeeded, 'the login to succeed', inWords(answer));
      const { sessionCookie } = target.description;
      demand(
        answer.cookie(sessionCookie) !== undefined,
        `the answer to set a cookie ${sessionCookie}`,
        `${inWords(answer)} without one`,
      );
    },
  );

  check(
    'session.login.needs-credentials',
    'a wrong password, an unknown e-mail and a body without either buy no token',
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
          const answer = await target.send({ path: '/auth/login', body: { ...body, mode: 'session' }, mustEnd: true });
          mustHandOutNoToken(target, answer, `${what}, in mode session,`);
        }),
      );
    },
  );

  check('session.authenticates', 'the session token lets its user in, five times', async ({ target, user }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    for (let time = 1; time <= 5; time += 1) {
      mustAccept(
        target,
        await target.whoAmI({ cookie: session }),
        account,
        session,
        time === 1 ? 'a session token' : 'a session token used before',
      );
    }
  });

  check(
    'session.authenticates',
    'also after some seconds, and then buys a new one',
    async ({ target, ownUser, wait }) => {
      const account = await ownUser();
      const session = await target.loggedInBySession(account);
      await wait(Math.min(WHILE_MS, (session.expiresMs ?? Infinity) / 2));
      for (const sent of [{ cookie: session }, { header: session }])
        mustAccept(target, await target.whoAmI(sent), account, session, 'a session token, some seconds old,');
      const answer = await target.refreshByCookie('session', session.value, account);
      if (!answer.succeeded) target.excuseIfOvertaken(session);
      demand(answer.succeeded, 'a session token, some seconds old, to buy a new one', inWords(answer));
    },
    { waits: true },
  );

  check(
    'session.refresh.issues-new-token',
    'a refresh with nothing but the session token sets a working one',
    async ({ target, user, wait }) => {
      const account = await user();
      const session = await target.loggedInBySession(account);
      // Tokens of the same second may be the same.
      await wait(1100);
      const obtainedAt = performance.now();
      const answer = await target.refreshByCookie('session', session.value, account);
      if (!answer.succeeded) target.excuseIfOvertaken(session);
      demand(answer.succeeded, 'a refresh with a session token to succeed', inWords(answer));
      const { sessionCookie } = target.description;
      const renewed = answer.cookie(sessionCookie);
      demand(renewed !== undefined, `the refresh to set a cookie ${sessionCookie}`, `${inWords(answer)} without one`);
      demand(renewed.value !== session.value, 'the refresh to set a new session token', 'it set the old one again');
      const token = target.sessionToken(answer, obtainedAt);
      mustAccept(target, await target.whoAmI({ cookie: token }), account, token, 'the new session token');
      const again = await target.refreshByCookie('session', token.value, account);
      if (!again.succeeded) target.excuseIfOvertaken(token);
      demand(
        again.succeeded && again.cookie(sessionCookie) !== undefined,
        'the new session token to buy the next one',
        inWords(again),
      );
    },
  );

  check('session.refresh.extends', 'the new token expires later than the old one', async ({ target, user, wait }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    const before = claimsOf(session.value)?.exp;
    if (before === undefined) throw new NotApplicable('the session token does not tell its expiry: give --patience');
    await wait(2100);
    const obtainedAt = performance.now();
    const answer = await target.refreshByCookie('session', session.value, account);
    if (!answer.succeeded) target.excuseIfOvertaken(session);
    require(answer.succeeded, inWords(answer));
    const after = claimsOf(target.sessionToken(answer, obtainedAt).value)?.exp;
    demand(
      after !== undefined && after >= before + ROUNDING_S,
      'the new session token to expire later than the old one, two seconds after it was made',
      `it expires ${after === undefined ? 'never' : `${after - before} s later`}`,
    );
  });

  check('session.single-token', 'neither login nor refresh hands out another token', async ({ target, user }) => {
    const account = await user();
    const login = await target.login(account, 'session');
    require(login.succeeded, inWords(login));
    const session = target.sessionToken(login, performance.now());
    const refresh = await target.refreshByCookie('session', session.value, account);
    for (const answer of [login, refresh]) {
      for (const member of ['access_token', 'refresh_token']) {
        demand(
          answer.payload[member] === undefined || answer.payload[member] === null,
          `the payload of ${answer.what} in mode session to hold no ${member}`,
          `${inWords(answer)} with one`,
        );
      }
      const { refreshCookie } = target.description;
      demand(
        answer.cookie(refreshCookie) === undefined,
        `${answer.what} in mode session to set no cookie ${refreshCookie}`,
        `${inWords(answer)} with one`,
      );
    }
  });

  check('session.stored-as-cookie', 'the token stands in Set-Cookie and nowhere else', async ({ target, user }) => {
    const account = await user();
    const login = await target.login(account, 'session');
    const session = target.sessionToken(login, performance.now());
    const refresh = await target.refreshByCookie('session', session.value, account);
    for (const answer of [login, refresh]) {
      const value = answer.cookie(target.description.sessionCookie)?.value;
      if (value === undefined) continue;
      demand(
        !answer.response.body.includes(value),
        `the body of ${answer.what} in mode session not to hold the session token`,
        `${inWords(answer)} with the token in its body`,
      );
      const session = claimsOf(value)?.['session'];
      demand(
        typeof session !== 'string' || !answer.response.body.includes(session),
        `the body of ${answer.what} in mode session not to hold the session that the token names`,
        `${inWords(answer)} with it in its body`,
      );
      const header = answer.response.headers.find(
        ([name, content]) => name.toLowerCase() !== 'set-cookie' && content.includes(value),
      );
      demand(
        header === undefined,
        `no header of ${answer.what} but Set-Cookie to hold the session token`,
        `the header ${header?.[0] ?? ''} holds it`,
      );
    }
  });

  check(
    'session.refresh.needs-session-token',
    'made-up and altered session tokens buy nothing',
    async ({ target, user, evidence }) => {
      const account = await user();
      const session = await target.loggedInBySession(account);
      mustHandOutNoToken(target, await target.refreshByCookie('session', 'made-up'), 'a made-up session token');
      const { access, refresh } = await target.loggedIn(account);
      for (const [what, { value }] of [
        ['an access token', access],
        ['a refresh token', refresh],
      ] as const) {
        const answer = await target.refreshByCookie('session', value, account);
        mustHandOutNoToken(target, answer, `${what} in place of a session token`);
      }
      for (const altered of [...alterations(session.value), ...jwtAlterations(session.value)]) {
        nameAltered(evidence, altered, session.value);
        mustHandOutNoToken(
          target,
          await target.refreshByCookie('session', altered.value),
          `a session token ${altered.how}`,
        );
      }
    },
  );

  check(
    'session.logout.invalidates-session-token',
    'after a logout the session token neither lets in nor refreshes',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const session = await target.loggedInBySession(account);
      const before = await target.whoAmI({ cookie: session });
      require(before.succeeded, inWords(before));
      const logout = await target.logoutByCookie('session', session.value);
      demand(logout.succeeded, 'the logout to succeed', inWords(logout));
      mustRefuse(await target.whoAmI({ cookie: session }), 'a session token after the logout', account);
      mustHandOutNoToken(
        target,
        await target.refreshByCookie('session', session.value),
        'a session token, after the logout,',
      );
    },
  );

  check(
    'session.logout.invalidates-session-token',
    'nor does one that came from a refresh',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const first = await target.loggedInBySession(account);
      const obtainedAt = performance.now();
      const renewal = await target.refreshByCookie('session', first.value, account);
      if (!renewal.succeeded) target.excuseIfOvertaken(first);
      require(renewal.succeeded, inWords(renewal));
      const session = target.sessionToken(renewal, obtainedAt);
      const logout = await target.logoutByCookie('session', session.value);
      demand(logout.succeeded, 'the logout to succeed', inWords(logout));
      mustRefuse(await target.whoAmI({ cookie: session }), 'a session token after the logout', account);
      mustHandOutNoToken(
        target,
        await target.refreshByCookie('session', session.value),
        'a session token, after the logout,',
      );
    },
  );

  check(
    'session.logout.login-again',
    'after a logout a login gives a working session token',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const session = await target.loggedInBySession(account);
      const logout = await target.logoutByCookie('session', session.value);
      require(logout.succeeded, inWords(logout));
      const obtainedAt = performance.now();
      const answer = await target.login(account, 'session');
      demand(answer.succeeded, 'a login after the logout to succeed', inWords(answer));
      const again = target.sessionToken(answer, obtainedAt);
      mustAccept(target, await target.whoAmI({ cookie: again }), account, again, 'the new session token');
    },
  );

  check(
    'session.refresh.needs-session-token',
    'a static token buys nothing',
    async ({ target, withStaticToken }) => {
      const { token } = await withStaticToken();
      mustHandOutNoToken(
        target,
        await target.refreshByCookie('session', token.value),
        'a static token in place of a session token',
      );
    },
    { needs: 'static-token' },
  );

  check('session.claims', 'the claims are those of Directus', async ({ target, user }) => {
    const session = await target.loggedInBySession(await user());
    const claims = claimsOf(session.value);
    demand(claims !== undefined, 'the session token to be a JWT', 'it is none');
    mustBeLike('session-token-claims.schema.json', claims, 'the claims of a session token');
  });

  check(
    'session.payload',
    'the payload is that of Directus, after a login and after a refresh',
    async ({ target, user }) => {
      const account = await user();
      const login = await target.login(account, 'session');
      require(login.succeeded, inWords(login));
      const session = target.sessionToken(login, performance.now());
      for (const answer of [login, await target.refreshByCookie('session', session.value, account)]) {
        mustBeLike(
          'token-response-session.schema.json',
          answer.payload,
          `the payload of ${answer.what} in mode session`,
        );
        mustAgreeOnExpiry(answer, answer.cookie(target.description.sessionCookie)?.value ?? '');
      }
    },
  );

  check('session.refresh.concurrent', 'five at once', async ({ target, ownUser }) => {
    const account = await ownUser();
    const session = await target.loggedInBySession(account);
    const obtainedAt = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => target.refreshByCookie('session', session.value, account)),
    );
    const sessions = new Set<unknown>();
    for (const answer of answers) {
      if (!answer.succeeded) target.excuseIfOvertaken(session);
      demand(answer.succeeded, 'each of five refreshes at once to succeed', inWords(answer));
      const renewed = target.sessionToken(answer, obtainedAt);
      mustAccept(
        target,
        await target.whoAmI({ cookie: renewed }),
        account,
        renewed,
        'a token out of five refreshes at once',
      );
      sessions.add(claimsOf(renewed.value)?.['session']);
    }
    demand(
      sessions.size === 1,
      'five refreshes at once to leave tokens of one session',
      `they are of ${sessions.size} sessions`,
    );
  });

  check(
    'session.refresh.ends-old',
    'after the grace',
    async ({ target, ownUser, plan, wait }) => {
      const account = await ownUser();
      const old = await target.loggedInBySession(account);
      const waitMs = plan.sessionGraceMs + GRACE_MARGIN_MS;
      if (waitMs > Math.max(plan.patienceMs ?? 0, LEAST_PATIENCE_MS))
        throw new NotApplicable(`the grace takes ${waitMs / 1000} s: be as patient (--patience)`);
      if (waitMs > (old.expiresMs ?? Infinity) - GRACE_MARGIN_MS)
        throw new NotApplicable(
          `a session token lives ${(old.expiresMs ?? 0) / 1000} s, no longer than the grace: --session-grace says how long that is`,
        );
      const answer = await target.refreshByCookie('session', old.value, account);
      if (!answer.succeeded) target.excuseIfOvertaken(old);
      require(answer.succeeded, inWords(answer));
      const latest = performance.now() + waitMs;
      await wait(plan.sessionGraceMs);
      let use: Answer;
      do {
        await wait(GRACE_STEP_MS);
        target.excuseIfOvertaken(old);
        use = await target.whoAmI({ cookie: old });
      } while (use.succeeded && performance.now() < latest);
      mustRefuse(use, 'a session token that was refreshed, after the grace,', account);
      mustHandOutNoToken(
        target,
        await target.refreshByCookie('session', old.value, account),
        'a session token that was refreshed, after the grace,',
      );
    },
    { waits: true },
  );

  check('session.refresh.grace', 'use and refresh', async ({ target, user, plan }) => {
    const account = await user();
    const old = await target.loggedInBySession(account);
    const refreshedAt = performance.now();
    const answer = await target.refreshByCookie('session', old.value, account);
    if (!answer.succeeded) target.excuseIfOvertaken(old);
    require(answer.succeeded, inWords(answer));
    const use = await target.whoAmI({ cookie: old });
    const again = await target.refreshByCookie('session', old.value, account);
    if (performance.now() - refreshedAt > plan.sessionGraceMs / 2)
      throw new Overtaken('the grace was over before the check was done: run with --concurrency 1');
    mustAccept(target, use, account, old, 'a session token, right after its refresh,');
    demand(again.succeeded, 'a second refresh of a session token, right after the first, to succeed', inWords(again));
  });

  check('session.refresh.by-cookie-only', 'the token in the body', async ({ target, user }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    for (const mode of [undefined, ...modes] as const) {
      const answer = await target.refresh(session.value, account, mode);
      mustHandOutNoToken(
        target,
        answer,
        `a session token in the body, in ${mode === undefined ? 'no mode' : `mode ${mode}`},`,
      );
    }
  });

  check('session.refresh.by-cookie-only', 'the token in the header and the query', async ({ target, user }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    for (const [what, sent] of [
      ['header', { header: session }],
      ['query', { query: session }],
    ] as const) {
      const parts = { path: '/auth/refresh', body: { mode: 'session' }, mustEnd: true };
      const answer = await target.send(target.withTokens(parts, sent));
      mustHandOutNoToken(target, answer, `a refresh in mode session with the token in the ${what}`);
    }
  });

  check('session.refresh.new-session', 'the claim session', async ({ target, user }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    const before = claimsOf(session.value)?.['session'];
    if (before === undefined) throw new NotApplicable('the session token does not name its session');
    const obtainedAt = performance.now();
    const answer = await target.refreshByCookie('session', session.value, account);
    if (!answer.succeeded) target.excuseIfOvertaken(session);
    require(answer.succeeded, inWords(answer));
    const after = claimsOf(target.sessionToken(answer, obtainedAt).value)?.['session'];
    demand(after !== before, 'the refreshed token to name a new session', 'it names the old one');
  });

  check('session.by-header-and-query', 'instead of the cookie', async ({ target, user }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    mustAccept(target, await target.whoAmI({ header: session }), account, session, 'a session token in the header');
    mustAccept(target, await target.whoAmI({ query: session }), account, session, 'a session token in the query');
  });

  check('session.logout.leaves-others', 'another login goes on', async ({ target, ownUser }) => {
    const account = await ownUser();
    const [first, second] = [await target.loggedInBySession(account), await target.loggedInBySession(account)];
    const { refresh } = await target.loggedIn(account);
    const logout = await target.logoutByCookie('session', first.value);
    require(logout.succeeded, inWords(logout));
    mustAccept(target, await target.whoAmI({ cookie: second }), account, second, 'the session token of another login');
    const answer = await target.refresh(refresh, account);
    if (!answer.succeeded) target.excuseIfOvertaken(refresh);
    demand(answer.succeeded, 'the refresh token of another login to go on', inWords(answer));
  });

  check(
    'session.dead-cookie-cleared',
    'when its user is suspended',
    async ({ target, newUser, administrator, evidence }) => {
      const account = await newUser();
      const session = await target.loggedInBySession(account);
      await administrator.change(account, { status: 'suspended' }, evidence);
      const { sessionCookie } = target.description;
      for (const answer of [
        await target.whoAmI({ cookie: session }),
        await target.refreshByCookie('session', session.value),
      ]) {
        mustRefuse(answer, 'the session token of a suspended user', account);
        demand(
          answer.cookies.some(({ key, value }) => key === sessionCookie && value === ''),
          `the refusal of the session token of a suspended user to clear the cookie ${sessionCookie}`,
          inWords(answer),
        );
      }
    },
    { needs: 'admin' },
  );

  check('session.dead-cookie-cleared', 'and a good one is not', async ({ target, user }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    const { sessionCookie } = target.description;
    for (const parts of [
      { path: '/users/me' },
      { path: '/users/00000000-0000-4000-8000-000000000000' },
      { path: '/there-is-no-such-route' },
      { path: '/auth/refresh', body: { refresh_token: 'made-up' } },
    ]) {
      const answer = await target.send(target.withTokens(parts, { cookie: session }));
      const set = answer.cookies.find(({ key }) => key === sessionCookie);
      if (set !== undefined) target.excuseIfOvertaken(session);
      demand(
        set === undefined,
        `${answer.what} to leave the cookie ${sessionCookie} of a session that goes on`,
        `${inWords(answer)} and ${set?.value === '' ? 'clears it' : 'sets it'}`,
      );
    }
  });

  check('session.dead-cookie-cleared', 'after a logout, and when it is made up', async ({ target, ownUser }) => {
    const account = await ownUser();
    const session = await target.loggedInBySession(account);
    const logout = await target.logoutByCookie('session', session.value);
    require(logout.succeeded, inWords(logout));
    const { sessionCookie } = target.description;
    for (const [what, token] of [
      ['that has been logged out', session.value],
      ['that is made up', 'made-up'],
    ] as const) {
      const answer = await target.whoAmI({ cookie: token });
      mustRefuse(answer, `a session token ${what}`, account);
      const cleared = answer.cookies.find(({ key }) => key === sessionCookie);
      demand(
        cleared?.value === '',
        `the refusal of a session token ${what} to clear the cookie ${sessionCookie}`,
        `${inWords(answer)} ${cleared === undefined ? 'without setting it' : 'and sets it to something'}`,
      );
    }
  });
});
