import { targetTime } from './harness/target/time.js';
import fc from 'fast-check';
import type { Response } from './harness/target/response.js';
import { expectSchema } from './harness/target/schemas.js';
import { mintLike, tamperedForms, nameTampered } from './harness/generators/tampered-tokens.js';
import { character, tokenLike } from './harness/generators/arbitraries.js';
import { Shell, sh } from './harness/evidence/shell.js';
import { chapter, check } from './harness/check.js';
import { expectAccepted, expectRejected, expectNoToken, assumeSuccess } from './harness/expectations.js';
import { claimsOf, headerOf, lifetimeOf, Moment } from './harness/target/jwt.js';
import { assert, assume, Inconclusive, NotApplicable } from './harness/outcomes.js';
import { forAll } from './harness/generators/property.js';
import { modes, type Mode } from './harness/target/target.js';
import {
  untilExpiry,
  LONG_EXPIRED_S,
  expectMatchingExpiry,
  expectExpiry,
  expectToOutlive,
  seesExpiry,
  someTime,
  canSee,
} from './harness/target/expiry.js';

/** A standard token that lives longer than this is not short-lived, in ms: a day. */
const LONGEST_LIFE_MS = 86_400_000;
/** The least length of a refresh token: 128 random bits, in base64url. */
const LEAST_CHARACTERS = 22;
/** How much later than it should a refresh token may expire, in ms: clocks count in seconds. */
const REFRESH_MARGIN_MS = 1500;

/** How often a race is looked for. */
const ROUNDS = 5;

chapter('Standard Tokens', () => {
  check(
    'standard.expires',
    'A standard token is rejected once its lifetime is over',
    async ({ target, user, plan, wait }) => {
      const { access } = await target.loggedIn(await user());
      const waitMs = untilExpiry(access, plan);
      await wait(waitMs);
      await expectExpiry({ target, plan, wait, waitedMs: waitMs }, { header: access }, 'a standard token');
    },
    seesExpiry,
  );

  check(
    'standard.refresh.after-expiry',
    'A refresh token is accepted after its access token has expired',
    async ({ target, user, plan, wait }) => {
      const account = await user();
      const { access, refresh } = await target.loggedIn(account);
      expectToOutlive(refresh, access);
      await wait(untilExpiry(access, plan));
      const response = await target.refresh(refresh, account);
      assert(response.succeeded, 'a refresh after the expiry of the access token to succeed', response.summary);
      const renewed = target.accessToken(response);
      expectAccepted(await target.whoAmI({ header: renewed }), account, 'the new access token');
    },
  );

  check(
    'standard.refresh.outlives-access-token',
    'A refresh token outlives its access token',
    async ({ target, user, plan, wait }) => {
      const account = await user();
      const { access, refresh } = await target.loggedIn(account);
      expectToOutlive(refresh, access);
      await wait(untilExpiry(access, plan));
      const response = await target.refresh(refresh, account);
      assert(response.succeeded, 'the refresh token to be good after its access token has expired', response.summary);
    },
    seesExpiry,
  );

  check(
    'standard.refresh.outlives-access-token',
    'In mode cookie, the refresh cookie outlasts `expires`',
    async ({ target, user }) => {
      const response = await target.login(await user(), 'cookie');
      const cookie = response.cookie(target.description.refreshCookie);
      const { expires } = response.payload;
      if (!response.succeeded || cookie === undefined || typeof expires !== 'number') {
        throw new NotApplicable(
          'the target does not offer the mode cookie; --patience or --clock-url shows it in another way',
        );
      }
      const lifeMs = cookie.TTL(targetTime());
      if (lifeMs === Infinity)
        throw new NotApplicable(
          'the cookie does not say how long it lasts; --patience or --clock-url shows it in another way',
        );
      assert(
        lifeMs > expires,
        `the refresh token to live longer than the access token (${expires} ms)`,
        `its cookie lasts ${Math.round(lifeMs)} ms`,
      );
    },
  );

  check(
    'standard.expires',
    'A standard token that expired six minutes ago is rejected',
    async ({ target, user, plan, evidence }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      if (claimsOf(access.value) === undefined)
        throw new NotApplicable('the access token is not a JWT: give --patience or --clock-url instead');
      const secret = plan.secret ?? '';
      const live = mintLike(evidence, access.value, { iat: Moment.afterIssue(0), exp: Moment.afterIssue(300) }, secret);
      const control = await target.whoAmI({ header: live });
      assume(
        control.succeeded,
        `a token minted with --secret that has not expired is not accepted either (${control.status}): is the secret the right one?`,
      );
      const expired = mintLike(
        evidence,
        access.value,
        { iat: Moment.afterIssue(-LONG_EXPIRED_S - 900), exp: Moment.afterIssue(-LONG_EXPIRED_S) },
        secret,
      );
      for (const sent of [{ header: expired }, { query: expired }, { cookie: expired }])
        expectRejected(await target.whoAmI(sent), 'a standard token that expired six minutes ago', account);
    },
    { needs: 'secret' },
  );

  check('standard.login.returns-access-token', 'A login returns an access token', async ({ target, user }) => {
    const response = await target.login(await user());
    assert(response.succeeded, 'the login to succeed', response.summary);
    assert(
      response.text('access_token') !== undefined,
      'the payload to hold an access_token',
      `${response.summary} without one`,
    );
  });

  check(
    'standard.login.needs-credentials',
    'A wrong password, an unknown e-mail address and a missing member issue no token',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const { email, password } = account;
      const nobody = `nobody-${email}`;
      const attempts: [string, object][] = [
        ['a login with a wrong password', { email, password: `${password}x` }],
        ['a login with an unknown e-mail', { email: nobody, password }],
        ['a login without a password', { email }],
        ['a login with an empty password', { email, password: '' }],
        ['a login without an e-mail', { password }],
        ['a login with nothing', {}],
      ];
      await Promise.all(
        attempts.map(async ([what, body]) =>
          expectNoToken(await target.send({ path: '/auth/login', body, hasSideEffect: true }), what),
        ),
      );
    },
  );

  check(
    'standard.login.needs-credentials',
    'Passwords that resemble the right one issue no token',
    async ({ target, newUser, evidence }) => {
      const { email, password } = await newUser();
      const half = Math.floor(password.length / 2);
      const { variable = 'PASSWORD' } = evidence.names.get(password) ?? {};
      const attempts: [string, string, Shell][] = [
        ['the right password cut short', password.slice(0, -1), Shell.variable(variable, 'but the last character')],
        ['the first half of the right password', password.slice(0, half), Shell.variable(variable, [0, half])],
        ['the right password in capitals', password.toUpperCase(), Shell.variable(variable, 'capitals')],
        ['something behind the right password', `${password}x`, sh`${Shell.variable(variable)}x`],
      ];
      await Promise.all(
        attempts.map(async ([what, attempt, shell]) => {
          evidence.names.add(attempt, 'WRONG_PASSWORD', { kind: 'derived', shell });
          const response = await target.send({
            path: '/auth/login',
            body: { email, password: attempt },
            hasSideEffect: true,
          });
          expectNoToken(response, `a login with ${what}`);
        }),
      );
    },
    { needs: 'admin' },
  );

  check(
    'standard.login.needs-credentials',
    'Right after a login with the right password, a wrong one issues no token',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const { email, password } = account;
      for (const mode of modes) {
        const right = await target.login(account, mode);
        assumeSuccess(right);
        for (const attempt of [`${password}x`, 'password']) {
          const body = { email, password: attempt, mode };
          expectNoToken(
            await target.send({ path: '/auth/login', body, hasSideEffect: true }),
            `a login in mode ${mode} with a wrong password, right after one with the right password,`,
          );
        }
      }
    },
  );

  check(
    'standard.login.needs-credentials',
    'A wrong password sent with a valid token issues no token',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      const body = { email: account.email, password: `${account.password}x` };
      for (const sent of [{ header: access }, { query: access }, { cookie: session }]) {
        const response = await target.send(target.withTokens({ path: '/auth/login', body, hasSideEffect: true }, sent));
        expectNoToken(response, 'a login with a wrong password, sent with a good token,');
      }
    },
  );

  check(
    'standard.login.needs-credentials',
    'The password of another user, and e-mail addresses that resemble the right one, issue no token',
    async ({ target, newUser }) => {
      const [account, other] = [await newUser(), await newUser()];
      const login = await target.login(other);
      assumeSuccess(login);
      const { email, password } = account;
      const attempts: [string, object][] = [
        ['the password of another user', { email, password: other.password }],
        ['the e-mail of another user', { email: other.email, password }],
        ['a wildcard in the e-mail', { email: email.replace(/-\d+@/, '%@'), password }],
        ['the e-mail cut short', { email: email.replace('.com', '.co'), password }],
        ['something before the e-mail', { email: `x${email}`, password }],
        ['something behind a plus in the e-mail', { email: email.replace('@', '+x@'), password }],
      ];
      await Promise.all(
        attempts.map(async ([what, body]) =>
          expectNoToken(await target.send({ path: '/auth/login', body, hasSideEffect: true }), `a login with ${what}`),
        ),
      );
    },
    { needs: 'admin' },
  );

  check('standard.authenticates', "A standard token is accepted as its user's", async ({ target, user }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    expectAccepted(await target.whoAmI({ header: access }), account, 'a standard token');
  });

  check(
    'standard.login.returns-expiry',
    '`expires` is in milliseconds and agrees with the token',
    async ({ target, user }) => {
      const response = await target.login(await user());
      const token = response.text('access_token');
      assume(token !== undefined, `${response.summary} without an access token`);
      const { expires } = response.payload;
      const seen = `it is ${JSON.stringify(expires) ?? 'not there'}`;
      assert(
        Number.isFinite(Number(expires)) && Number(expires) > 0,
        '`expires` to be a positive number of milliseconds',
        seen,
      );
      expectMatchingExpiry(response, token);
    },
  );

  check(
    'standard.short-lived',
    'A standard token expires within a day by its claims and by `expires`',
    async ({ target, user }) => {
      const { access } = await target.loggedIn(await user());
      const claims = claimsOf(access.value);
      if (claims?.exp === undefined && access.lifetime.ms === undefined)
        throw new NotApplicable('the target does not say how long an access token lives');
      const lifeMs = Math.max(access.lifetime.ms ?? 0, lifetimeOf(access.value) ?? 0);
      assert(
        lifeMs <= LONGEST_LIFE_MS,
        'an access token to expire within a day',
        `it lives ${Math.round(lifeMs / 3_600_000)} hours`,
      );
    },
  );

  check(
    'standard.login.returns-refresh-token',
    'A login returns a refresh token that differs from the access token',
    async ({ target, user }) => {
      const response = await target.login(await user());
      assumeSuccess(response);
      const refresh = response.text('refresh_token');
      assert(refresh !== undefined, 'the payload to hold a refresh_token', `${response.summary} without one`);
      assert(
        refresh !== response.text('access_token'),
        'the refresh token to be another than the access token',
        'they are the same',
      );
    },
  );

  check(
    'standard.reusable',
    'A standard token is accepted ten times, one after another and concurrently',
    async ({ target, user }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      const use = async (): Promise<void> =>
        expectAccepted(await target.whoAmI({ header: access }), account, 'a standard token used before');
      for (let time = 0; time < 5; time += 1) await use();
      await Promise.all(Array.from({ length: 5 }, use));
    },
  );

  check(
    'standard.reusable',
    'A standard token is accepted after some seconds, and its refresh token is refreshed',
    async ({ target, ownUser, plan, wait }) => {
      const account = await ownUser();
      const { access, refresh } = await target.loggedIn(account);
      await wait(someTime(access, plan));
      for (const sent of [{ header: access }, { query: access }])
        expectAccepted(await target.whoAmI(sent), account, 'a standard token, some seconds old,');
      const response = await target.refresh(refresh, account);
      assert(
        response.succeeded,
        'a refresh token, some seconds old, to be exchanged for a new standard token',
        response.summary,
      );
    },
    { waits: true },
  );

  check(
    'standard.refresh.issues-new-token',
    'A refresh issues a valid access token with a full lifetime',
    async ({ target, user, wait }) => {
      const account = await user();
      const { access, refresh } = await target.loggedIn(account);
      // A JWT counts seconds: only a later second can tell a new expiry from an old one.
      await wait(1100);
      const response = await target.refresh(refresh, account);
      assert(
        response.succeeded && response.text('access_token') !== undefined,
        'a refresh to return an access token',
        response.summary,
      );
      const renewed = target.accessToken(response);
      expectAccepted(await target.whoAmI({ header: renewed }), account, 'the new access token');
      expectMatchingExpiry(response, renewed.value);
      const [before, after] = [claimsOf(access.value)?.exp, claimsOf(renewed.value)?.exp];
      if (before !== undefined && after !== undefined) {
        assert(
          after > before,
          'the new token to expire later than the old one',
          `it expires ${before - after} s earlier or at the same time`,
        );
      } else {
        assert(renewed.value !== access.value, 'a new access token', 'the refresh answered with the old one');
      }
    },
  );

  check(
    'standard.refresh.chain',
    'Three refreshes in a row each succeed with the refresh token of the one before',
    async ({ target, user }) => {
      const account = await user();
      let { refresh } = await target.loggedIn(account);
      for (const which of ['first', 'second', 'third']) {
        const response = await target.refresh(refresh, account);
        if (which === 'first') assumeSuccess(response);
        assert(response.succeeded, `the ${which} refresh in a row to succeed`, response.summary);
        const access = target.accessToken(response);
        expectAccepted(await target.whoAmI({ header: access }), account, `the access token of the ${which} refresh`);
        // A target that does not rotate may leave its owner with the same refresh token.
        const next = response.text('refresh_token');
        if (next !== undefined) ({ refresh } = target.standardTokens(response));
      }
    },
  );

  check(
    'standard.refresh.needs-refresh-token',
    'Unknown and tampered refresh tokens, and access tokens, are not exchanged for tokens',
    async ({ target, user, evidence }) => {
      const { access, refresh } = await target.loggedIn(await user());
      expectNoToken(await target.refresh('unknown'), 'an unknown refresh token');
      expectNoToken(await target.refresh(access.value), 'an access token sent as refresh token');
      for (const tampered of tamperedForms(refresh.value)) {
        nameTampered(evidence, tampered, refresh.value);
        expectNoToken(await target.refresh(tampered.value), `a refresh token ${tampered.how}`);
      }
      for (const wildcard of ['%', '_'.repeat(refresh.value.length), '*']) {
        expectNoToken(await target.refresh(wildcard), `the wildcard ${wildcard.slice(0, 1)} as refresh token`);
      }
    },
  );

  check(
    'standard.refresh.needs-refresh-token',
    'A static token is not exchanged for tokens',
    async ({ target, withStaticToken }) => {
      const { token } = await withStaticToken();
      expectNoToken(await target.refresh(token.value), 'a static token sent as refresh token');
    },
    { needs: 'static-token' },
  );

  check(
    'standard.refresh.needs-refresh-token',
    'Arbitrary strings are not exchanged for tokens',
    async ({ target, plan, evidence }) => {
      await forAll(
        fc.oneof(tokenLike, fc.string({ unit: character, maxLength: 100 })),
        { plan, evidence },
        async (made) => {
          expectNoToken(await target.refresh(made), 'an unknown refresh token');
        },
      );
    },
  );

  check(
    'standard.logout.invalidates-refresh-token',
    'After a logout the refresh token is rejected',
    async ({ target, ownUser }) => {
      const { refresh } = await target.loggedIn(await ownUser());
      const logout = await target.logout(refresh);
      assert(logout.succeeded, 'the logout to succeed', logout.summary);
      expectNoToken(await target.refresh(refresh), 'a refresh after the logout');
    },
  );

  check(
    'standard.logout.invalidates-refresh-token',
    'After a logout a refresh token that came from a refresh is rejected',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const first = await target.loggedIn(account);
      const response = await target.refresh(first.refresh, account);
      if (response.text('refresh_token') === undefined)
        throw new Inconclusive(`${response.summary} without a refresh token, which this check stands on`);
      const second = target.standardTokens(response);
      const logout = await target.logout(second.refresh);
      assert(logout.succeeded, 'the logout to succeed', logout.summary);
      expectNoToken(await target.refresh(second.refresh), 'a refresh after the logout');
      expectNoToken(
        await target.refresh(first.refresh),
        'a refresh, after the logout, with the refresh token from before',
      );
    },
  );

  check(
    'standard.logout.invalidates-refresh-token',
    'After a logout that carries the access token the refresh token is rejected',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const first = await target.loggedIn(account);
      const response = await target.refresh(first.refresh, account, undefined, { header: first.access });
      assert(response.succeeded, 'a refresh to succeed with the access token in the header', response.summary);
      const second = { ...first, ...target.standardTokens(response) };
      const body = { refresh_token: second.refresh.value };
      const logout = await target.send(target.withTokens({ path: '/auth/logout', body }, { header: second.access }));
      assert(logout.succeeded, 'the logout to succeed', logout.summary);
      expectNoToken(await target.refresh(second.refresh), 'a refresh after the logout');
    },
  );

  check(
    'standard.logout.leaves-others',
    'A logout with a used refresh token, an access token or another mode leaves the refresh token valid',
    async (context) => {
      const { target, ownUser } = context;
      const account = await ownUser();
      const { access, refresh: used } = await target.loggedIn(account);
      const renewal = await target.refresh(used, account);
      assumeSuccess(renewal);
      const { refresh } = target.standardTokens(renewal);
      for (const body of [
        ...(refresh.value === used.value ? [] : [{ refresh_token: used.value }]),
        { refresh_token: access.value },
        { refresh_token: refresh.value, mode: 'cookie' },
        { refresh_token: refresh.value, mode: 'session' },
      ])
        await target.send({ path: '/auth/logout', body });
      const response = await target.refresh(refresh, account);
      assert(
        response.succeeded,
        'the refresh token to be valid after logouts with the one from before, with the access token, and in other modes',
        response.summary,
      );
    },
  );

  check('standard.logout.login-again', 'After a logout a login issues valid tokens', async ({ target, ownUser }) => {
    const account = await ownUser();
    const { refresh } = await target.loggedIn(account);
    const logout = await target.logout(refresh);
    assumeSuccess(logout);
    const response = await target.login(account);
    assert(
      response.succeeded && response.text('access_token') !== undefined,
      'a login after the logout to succeed',
      response.summary,
    );
    const access = target.accessToken(response);
    expectAccepted(await target.whoAmI({ header: access }), account, 'the new access token');
  });

  check(
    'standard.refresh.rotates',
    'A used refresh token is rejected, in the body and as cookie',
    async ({ target, user }) => {
      const account = await user();
      const { refresh } = await target.loggedIn(account);
      const first = await target.refresh(refresh, account);
      assumeSuccess(first);
      expectNoToken(await target.refresh(refresh, account), 'a refresh token that was used before');
      expectNoToken(
        await target.refreshByCookie('cookie', refresh.value, account),
        'a refresh token that was used before, as cookie,',
      );
    },
  );

  check(
    'standard.logout.leaves-others',
    "A logout leaves the user's other sessions valid",
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const [first, second] = [await target.loggedIn(account), await target.loggedIn(account)];
      const logout = await target.logout(first.refresh);
      assumeSuccess(logout);
      const response = await target.refresh(second.refresh, account);
      assert(response.succeeded, 'the refresh token of another login to go on', response.summary);
    },
  );

  check('standard.claims', 'A standard token has the claims of Directus', async ({ target, user }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    const claims = claimsOf(access.value);
    assert(claims !== undefined, 'the access token to be a JWT', 'it is none');
    expectSchema('access-token-claims.schema.json', claims, 'the claims of an access token');
    assert(account.id === undefined || claims['id'] === account.id, "the claim id to be the user's", 'it is another');
  });

  check(
    'standard.claims',
    'A standard token has the claims and the header of Directus after logins and refreshes in modes json and cookie',
    async ({ target, user }) => {
      const account = await user();
      const { refreshCookie } = target.description;
      const json = await target.login(account);
      const responses = [json, await target.refresh(json.text('refresh_token') ?? '', account)];
      const cookie = await target.login(account, 'cookie');
      responses.push(
        cookie,
        await target.refreshByCookie('cookie', cookie.cookie(refreshCookie)?.value ?? '', account),
      );
      for (const response of responses) {
        const token = response.text('access_token');
        assume(token !== undefined, response.summary);
        expectSchema(
          'access-token-claims.schema.json',
          claimsOf(token),
          `the claims of an access token out of ${response.what}`,
        );
        expectSchema(
          'jwt-header.schema.json',
          headerOf(token),
          `the header of an access token out of ${response.what}`,
        );
      }
    },
  );

  check(
    'standard.claims',
    'The claims admin_access and app_access tell an administrator from a user without permissions',
    async ({ target, newPrivilegedUser, user }) => {
      for (const [who, account, rights] of [
        ['an administrator', await newPrivilegedUser(), true],
        ['a user without rights', await user(), false],
      ] as const) {
        const { access } = await target.loggedIn(account);
        const claims = claimsOf(access.value);
        assert(
          claims?.['admin_access'] === rights && claims['app_access'] === rights,
          `the claims admin_access and app_access of ${who} to be ${rights}`,
          `they are ${String(claims?.['admin_access'])} and ${String(claims?.['app_access'])}`,
        );
      }
    },
    { needs: 'admin' },
  );

  check(
    'standard.login.unknown-alike',
    'An unknown e-mail address and a wrong password return the same, in each mode',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const attempt = async (email: string, mode: Mode): Promise<Response> =>
        target.send({ path: '/auth/login', body: { email, password: `${account.password}x`, mode } });
      const headerNames = ({ headerPairs }: Response): string =>
        headerPairs
          .map(([name]) => name.toLowerCase())
          .sort()
          .join();
      for (const mode of modes) {
        const [wrong, unknown] = [await attempt(account.email, mode), await attempt(`nobody-${account.email}`, mode)];
        assert(
          wrong.status === unknown.status && wrong.body === unknown.body,
          `a login in mode ${mode} with an unknown e-mail to be answered as one with a wrong password is`,
          `${wrong.summary} for the wrong password, ${unknown.summary} for the unknown e-mail, with ${wrong.body === unknown.body ? 'the same body' : 'another body'}`,
        );
        assert(
          headerNames(wrong) === headerNames(unknown),
          'both to be answered with the same headers',
          `${headerNames(wrong)} for the wrong password, ${headerNames(unknown)} for the unknown e-mail`,
        );
      }
    },
  );

  check(
    'standard.refresh.unguessable',
    'Refresh tokens of three logins and their refreshes are long and share nothing',
    async ({ target, user }) => {
      const account = await user();
      const values: string[] = [];
      for (let login = 0; login < 3; login += 1) {
        const { refresh } = await target.loggedIn(account);
        const renewal = await target.refresh(refresh, account);
        const renewed = renewal.text('refresh_token');
        values.push(...new Set([refresh.value, ...(renewed === undefined ? [] : [renewed])]));
      }
      for (const [number, value] of values.entries()) {
        assert(
          value.length >= LEAST_CHARACTERS,
          `a refresh token to have ${LEAST_CHARACTERS} characters or more`,
          `it has ${value.length}`,
        );
        assert(
          new Set(value).size >= LEAST_CHARACTERS / 2,
          'a refresh token to be made of many characters',
          `it is made of ${new Set(value).size}`,
        );
        assert(
          account.id === undefined || !value.includes(account.id),
          'a refresh token not to tell the id of its user',
          'it holds the id',
        );
        for (const other of values.slice(number + 1)) {
          const same = [...value].filter((character, place) => character === other[place]).length;
          assert(
            same <= value.length / 2,
            'the refresh tokens of two logins to differ in most characters',
            `${same} of ${value.length} are the same`,
          );
        }
      }
    },
  );

  check(
    'standard.refresh.expires',
    'A refresh token is rejected once its lifetime is over',
    async ({ target, user, plan, wait }) => {
      const { refreshLifeMs } = target.description;
      if (refreshLifeMs === undefined)
        throw new NotApplicable('the target does not say how long a refresh token lives');
      if (!canSee(refreshLifeMs + REFRESH_MARGIN_MS, plan))
        throw new NotApplicable(
          `a refresh token of this target lives ${refreshLifeMs / 1000} s, longer than --patience: give --clock-url, or make it shorter (on a Directus: REFRESH_TOKEN_TTL=6s)`,
        );
      const account = await user();
      const { refresh } = await target.loggedIn(account);
      refresh.lifetime.putUnderTest();
      await wait(refreshLifeMs + REFRESH_MARGIN_MS);
      expectNoToken(await target.refresh(refresh, account), 'a refresh token that has expired');
    },
    seesExpiry,
  );

  check('standard.login.mode', 'A login with an unknown mode issues no token', async ({ target, user }) => {
    const account = await user();
    account.nameIn(target.evidence);
    const { email, password } = account;
    for (const mode of ['unknown', 'JSON', 'SESSION', ' session', '', null, ['session'], { mode: 'session' }]) {
      const response = await target.send({ path: '/auth/login', body: { email, password, mode }, hasSideEffect: true });
      expectNoToken(response, `a login with the mode ${JSON.stringify(mode)}`);
    }
  });

  check(
    'standard.refresh.keeps-access-token',
    'A refresh leaves the access token from before valid',
    async ({ target, user, wait }) => {
      const account = await user();
      const { access, refresh } = await target.loggedIn(account);
      // Tokens of the same second may be the same.
      await wait(1100);
      const response = await target.refresh(refresh, account);
      assumeSuccess(response);
      expectAccepted(await target.whoAmI({ header: access }), account, 'an access token from before a refresh');
    },
  );

  check(
    'standard.logout.keeps-access-token',
    'A logout leaves the access token from before valid',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const { access, refresh } = await target.loggedIn(account);
      const logout = await target.logout(refresh);
      assumeSuccess(logout);
      expectAccepted(await target.whoAmI({ header: access }), account, 'an access token from before a logout');
    },
  );

  check(
    'standard.refresh.concurrent',
    'After five concurrent refreshes exactly one of the issued refresh tokens is valid',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      // A round in which but one of them succeeds has not been a race.
      for (let round = 0, raced = false; round < ROUNDS && !raced; round += 1) {
        const { refresh } = await target.loggedIn(account);
        const responses = await Promise.all(Array.from({ length: 5 }, async () => target.refresh(refresh, account)));
        const renewed = responses.filter((response) => response.text('refresh_token') !== undefined);
        assert(
          renewed.length > 0,
          'one of five refreshes at once to succeed',
          responses.map(({ summary }) => summary).join(', '),
        );
        raced = renewed.length > 1;
        const tokens = [
          ...new Map(
            renewed.map((response) => target.standardTokens(response).refresh).map((token) => [token.value, token]),
          ).values(),
        ];
        let alive = 0;
        for (const token of tokens) {
          const response = await target.refresh(token, account);
          if (response.succeeded) alive += 1;
        }
        assert(
          alive === 1,
          'exactly one of the refresh tokens that five refreshes at once issue to be valid',
          `${alive} of ${tokens.length} are`,
        );
      }
    },
  );

  check(
    'standard.refresh.of-its-user',
    "A refresh that carries the access token of another user issues tokens of the refresh token's owner",
    async ({ target, newUser }) => {
      const [account, other] = [await newUser(), await newUser()];
      const [{ refresh }, { access: foreign }] = await Promise.all([target.loggedIn(account), target.loggedIn(other)]);
      const response = await target.refresh(refresh, account, undefined, { header: foreign });
      if (response.status >= 400 && response.status < 500) return;
      const access = target.accessToken(response);
      expectAccepted(
        await target.whoAmI({ header: access }),
        account,
        'the access token out of a refresh that another user sends',
      );
    },
  );

  check(
    'standard.refresh.of-its-user',
    "A refresh that carries the refresh cookie of another user issues tokens of the refresh token's owner",
    async ({ target, newUser }) => {
      const [account, other] = [await newUser(), await newUser()];
      const { refresh } = await target.loggedIn(account);
      const login = await target.login(other, 'cookie');
      const { refreshCookie } = target.description;
      const foreign = login.cookie(refreshCookie)?.value;
      if (foreign === undefined) throw new NotApplicable('the target does not offer the mode cookie');
      const response = await target.send({
        path: '/auth/refresh',
        headers: { Cookie: `${refreshCookie}=${foreign}` },
        body: { refresh_token: refresh.value },
        hasSideEffect: true,
      });
      if (response.status >= 400 && response.status < 500) return;
      const access = target.accessToken(response);
      expectAccepted(
        await target.whoAmI({ header: access }),
        account,
        'the access token out of a refresh token in the body, beside the cookie of another user,',
      );
    },
  );

  check(
    'standard.refresh.mode',
    'A refresh token is rejected in the modes cookie and session and in an unknown one',
    async ({ target, user }) => {
      const account = await user();
      const { refresh } = await target.loggedIn(account);
      for (const mode of ['cookie', 'session', 'unknown', 'JSON', 'SESSION'] as const) {
        const response = await target.refresh(refresh, account, mode);
        expectNoToken(response, `a refresh token in the body, in mode ${mode},`);
      }
      const { refreshCookie } = target.description;
      const headers = { Cookie: `${refreshCookie}=${refresh.value}` };
      for (const mode of ['json', 'session']) {
        const response = await target.send({ path: '/auth/refresh', headers, body: { mode }, hasSideEffect: true });
        expectNoToken(response, `a refresh token in its cookie, in mode ${mode},`);
      }
    },
  );

  check(
    'standard.refresh.not-in-url',
    'A refresh token in the URL is rejected, by GET and by POST',
    async ({ target, user }) => {
      const account = await user();
      const { refresh } = await target.loggedIn(account);
      const path = `/auth/refresh?refresh_token=${refresh.value}`;
      for (const parts of [{ path }, { path: `${path}&mode=json` }, { method: 'POST', path }, { path, body: {} }]) {
        expectNoToken(await target.send({ ...parts, hasSideEffect: true }), 'a refresh token in the URL');
      }
    },
  );

  check(
    'standard.logout.idempotent',
    'A second logout, and one with an unknown token, return the same as the first',
    async ({ target, ownUser }) => {
      const { refresh } = await target.loggedIn(await ownUser());
      const first = await target.logout(refresh);
      assumeSuccess(first);
      for (const [what, token] of [
        ['a second logout', refresh],
        ['a logout with an unknown refresh token', { ...refresh, value: 'unknown' }],
      ] as const) {
        const response = await target.logout(token);
        assert(response.status === first.status, `${what} to return ${first.status} as the first`, response.summary);
      }
    },
  );

  check('standard.logout.post-only', 'A logout by GET ends no session', async ({ target, ownUser }) => {
    const account = await ownUser();
    const { refresh } = await target.loggedIn(account);
    const session = await target.loggedInBySession(account);
    const { refreshCookie } = target.description;
    const headers = { Cookie: `${refreshCookie}=${refresh.value}` };
    for (const path of ['/auth/logout', '/auth/logout?mode=session'])
      await target.send(target.withTokens({ path }, { cookie: session }));
    expectAccepted(await target.whoAmI({ cookie: session }), account, 'a session token after GET /auth/logout');
    await target.send({ path: `/auth/logout?refresh_token=${refresh.value}`, headers });
    await target.send({ path: `/auth/logout?refresh_token=${refresh.value}&mode=cookie`, headers });
    for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])
      await target.send({
        path: `/auth/logout?refresh_token=${refresh.value}&mode=cookie&_method=POST`,
        headers: { ...headers, [name]: 'POST' },
      });
    const response = await target.refresh(refresh, account);
    assert(response.succeeded, 'the refresh token to be valid after GET /auth/logout', response.summary);
  });
});
