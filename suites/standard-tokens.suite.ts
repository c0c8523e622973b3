import fc from 'fast-check';
import type { Answer } from './harness/target/response.js';
import { mustBeLike } from './harness/target/schemas.js';
import { mintLike, alterations, nameAltered } from './harness/generators/tampered-tokens.js';
import { character, tokenLike } from './harness/generators/arbitraries.js';
import { sh, Shell } from './harness/evidence/shell.js';
import { chapter, check } from './harness/check.js';
import { inWords, mustAccept, mustHandOutNoToken, mustRefuse } from './harness/expectations.js';
import { claimsOf, headerOf, lifeOf, Moment } from './harness/target/jwt.js';
import { demand, NotApplicable, require, Unjudged } from './harness/outcomes.js';
import { forAll } from './harness/generators/property.js';
import { modes, type Mode } from './harness/target/target.js';
import {
  expiryWithinPatience,
  LONG_EXPIRED_S,
  mustAgreeOnExpiry,
  mustExpire,
  WHILE_MS,
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
    'a real token is refused when its time is over',
    async ({ target, user, plan, wait }) => {
      const { access } = await target.loggedIn(await user());
      const waitMs = expiryWithinPatience(access, plan);
      await wait(waitMs);
      await mustExpire({ target, plan, wait, waitedMs: waitMs }, { header: access }, 'a standard token');
    },
    { needs: 'patience' },
  );

  check(
    'standard.refresh.after-expiry',
    'a new token can be had when the old one has run out',
    async ({ target, user, plan, wait }) => {
      const account = await user();
      const { access, refresh } = await target.loggedIn(account);
      await wait(expiryWithinPatience(access, plan));
      const obtainedAt = performance.now();
      const answer = await target.refresh(refresh, account);
      if (!answer.succeeded) target.excuseIfOutlived(refresh, access);
      demand(answer.succeeded, 'a refresh after the expiry of the access token to succeed', inWords(answer));
      const renewed = target.accessToken(answer, obtainedAt);
      mustAccept(target, await target.whoAmI({ header: renewed }), account, renewed, 'the new access token');
    },
  );

  check(
    'standard.refresh.outlives-access-token',
    'a refresh token is good after its access token has expired',
    async ({ target, user, plan, wait }) => {
      const account = await user();
      const { access, refresh } = await target.loggedIn(account);
      await wait(expiryWithinPatience(access, plan));
      const answer = await target.refresh(refresh, account);
      if (!answer.succeeded) target.excuseIfOutlived(refresh, access);
      demand(answer.succeeded, 'the refresh token to be good after its access token has expired', inWords(answer));
    },
    { needs: 'patience' },
  );

  check(
    'standard.refresh.outlives-access-token',
    'in mode cookie, the cookie of the refresh token outlasts `expires`',
    async ({ target, user }) => {
      const answer = await target.login(await user(), 'cookie');
      const cookie = answer.cookie(target.description.refreshCookie);
      const { expires } = answer.payload;
      if (!answer.succeeded || cookie === undefined || typeof expires !== 'number') {
        throw new NotApplicable('the target does not offer the mode cookie; --patience shows it in another way');
      }
      const lifeMs = cookie.TTL();
      if (lifeMs === Infinity)
        throw new NotApplicable('the cookie does not say how long it lasts; --patience shows it in another way');
      demand(
        lifeMs > expires,
        `the refresh token to live longer than the access token (${expires} ms)`,
        `its cookie lasts ${Math.round(lifeMs)} ms`,
      );
    },
  );

  check(
    'standard.expires',
    'a token that expired six minutes ago is refused',
    async ({ target, user, plan, evidence }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      if (claimsOf(access.value) === undefined)
        throw new NotApplicable('the access token is not a JWT: give --patience instead');
      const secret = plan.secret ?? '';
      const live = mintLike(evidence, access.value, { iat: Moment.fromNow(0), exp: Moment.fromNow(300) }, secret);
      const control = await target.whoAmI({ header: live });
      require(control.succeeded, `a token minted with --secret that has not expired is not accepted either (${control.status}): is the secret the right one?`);
      const expired = mintLike(
        evidence,
        access.value,
        { iat: Moment.fromNow(-LONG_EXPIRED_S - 900), exp: Moment.fromNow(-LONG_EXPIRED_S) },
        secret,
      );
      for (const sent of [{ header: expired }, { query: expired }, { cookie: expired }])
        mustRefuse(await target.whoAmI(sent), 'a standard token that expired six minutes ago', account);
    },
    { needs: 'secret' },
  );

  check(
    'standard.login.returns-access-token',
    'the answer to a login carries an access token',
    async ({ target, user }) => {
      const answer = await target.login(await user());
      demand(answer.succeeded, 'the login to succeed', inWords(answer));
      demand(
        answer.text('access_token') !== undefined,
        'the payload to hold an access_token',
        `${inWords(answer)} without one`,
      );
    },
  );

  check(
    'standard.login.needs-credentials',
    'a wrong password, an unknown e-mail and a body without either buy no token',
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
          mustHandOutNoToken(target, await target.send({ path: '/auth/login', body, mustEnd: true }), what),
        ),
      );
    },
  );

  check(
    'standard.login.needs-credentials',
    'passwords that resemble the right one buy no token',
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
          const answer = await target.send({ path: '/auth/login', body: { email, password: attempt }, mustEnd: true });
          mustHandOutNoToken(target, answer, `a login with ${what}`);
        }),
      );
    },
    { needs: 'admin' },
  );

  check(
    'standard.login.needs-credentials',
    'right after the right password, a wrong one buys no token',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const { email, password } = account;
      for (const mode of modes) {
        const right = await target.login(account, mode);
        require(right.succeeded, inWords(right));
        for (const attempt of [`${password}x`, 'password']) {
          const body = { email, password: attempt, mode };
          mustHandOutNoToken(
            target,
            await target.send({ path: '/auth/login', body, mustEnd: true }),
            `a login in mode ${mode} with a wrong password, right after one with the right password,`,
          );
        }
      }
    },
  );

  check(
    'standard.login.needs-credentials',
    'with a good token along, a wrong password buys no token',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      const body = { email: account.email, password: `${account.password}x` };
      for (const sent of [{ header: access }, { query: access }, { cookie: session }]) {
        const answer = await target.send(target.withTokens({ path: '/auth/login', body, mustEnd: true }, sent));
        mustHandOutNoToken(target, answer, 'a login with a wrong password, sent with a good token,');
      }
    },
  );

  check(
    'standard.login.needs-credentials',
    'the password of another user, and e-mails that resemble the right one, buy no token',
    async ({ target, newUser }) => {
      const [account, other] = [await newUser(), await newUser()];
      const login = await target.login(other);
      require(login.succeeded, inWords(login));
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
          mustHandOutNoToken(
            target,
            await target.send({ path: '/auth/login', body, mustEnd: true }),
            `a login with ${what}`,
          ),
        ),
      );
    },
    { needs: 'admin' },
  );

  check('standard.authenticates', 'the access token lets its user in', async ({ target, user }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    mustAccept(target, await target.whoAmI({ header: access }), account, access, 'a standard token');
  });

  check(
    'standard.login.returns-expiry',
    '`expires` is in milliseconds and agrees with the token',
    async ({ target, user }) => {
      const answer = await target.login(await user());
      const token = answer.text('access_token');
      require(token !== undefined, `${inWords(answer)} without an access token`);
      const { expires } = answer.payload;
      const seen = `it is ${JSON.stringify(expires) ?? 'not there'}`;
      demand(
        Number.isFinite(Number(expires)) && Number(expires) > 0,
        '`expires` to be a positive number of milliseconds',
        seen,
      );
      mustAgreeOnExpiry(answer, token);
    },
  );

  check('standard.short-lived', 'by its own claims and by `expires`', async ({ target, user }) => {
    const { access } = await target.loggedIn(await user());
    const claims = claimsOf(access.value);
    if (claims?.exp === undefined && access.expiresMs === undefined)
      throw new NotApplicable('the target does not say how long an access token lives');
    const lifeMs = Math.max(access.expiresMs ?? 0, lifeOf(access.value) ?? 0);
    demand(
      lifeMs <= LONGEST_LIFE_MS,
      'an access token to expire within a day',
      `it lives ${Math.round(lifeMs / 3_600_000)} hours`,
    );
  });

  check(
    'standard.login.returns-refresh-token',
    'the answer to a login carries a refresh token of its own',
    async ({ target, user }) => {
      const answer = await target.login(await user());
      require(answer.succeeded, inWords(answer));
      const refresh = answer.text('refresh_token');
      demand(refresh !== undefined, 'the payload to hold a refresh_token', `${inWords(answer)} without one`);
      demand(
        refresh !== answer.text('access_token'),
        'the refresh token to be another than the access token',
        'they are the same',
      );
    },
  );

  check(
    'standard.reusable',
    'the same token lets its user in ten times, one after another and at once',
    async ({ target, user }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      const use = async (): Promise<void> =>
        mustAccept(target, await target.whoAmI({ header: access }), account, access, 'a standard token used before');
      for (let time = 0; time < 5; time += 1) await use();
      await Promise.all(Array.from({ length: 5 }, use));
    },
  );

  check(
    'standard.reusable',
    'also after some seconds, as its refresh token is',
    async ({ target, ownUser, wait }) => {
      const account = await ownUser();
      const { access, refresh } = await target.loggedIn(account);
      await wait(Math.min(WHILE_MS, (access.expiresMs ?? Infinity) / 2));
      for (const sent of [{ header: access }, { query: access }])
        mustAccept(target, await target.whoAmI(sent), account, access, 'a standard token, some seconds old,');
      const answer = await target.refresh(refresh, account);
      if (!answer.succeeded) target.excuseIfOvertaken(refresh);
      demand(answer.succeeded, 'a refresh token, some seconds old, to buy a new standard token', inWords(answer));
    },
    { waits: true },
  );

  check(
    'standard.refresh.issues-new-token',
    'a refresh buys a working access token with a full life',
    async ({ target, user, wait }) => {
      const account = await user();
      const { access, refresh } = await target.loggedIn(account);
      // A JWT counts seconds: only a later second can tell a new expiry from an old one.
      await wait(1100);
      const obtainedAt = performance.now();
      const answer = await target.refresh(refresh, account);
      if (!answer.succeeded) target.excuseIfOvertaken(refresh);
      demand(
        answer.succeeded && answer.text('access_token') !== undefined,
        'a refresh to answer with an access token',
        inWords(answer),
      );
      const renewed = target.accessToken(answer, obtainedAt);
      mustAccept(target, await target.whoAmI({ header: renewed }), account, renewed, 'the new access token');
      mustAgreeOnExpiry(answer, renewed.value);
      const [before, after] = [claimsOf(access.value)?.exp, claimsOf(renewed.value)?.exp];
      if (before !== undefined && after !== undefined) {
        demand(
          after > before,
          'the new token to expire later than the old one',
          `it expires ${before - after} s earlier or at the same time`,
        );
      } else {
        demand(renewed.value !== access.value, 'a new access token', 'the refresh answered with the old one');
      }
    },
  );

  check(
    'standard.refresh.chain',
    'three refreshes in a row, each with what the one before left',
    async ({ target, user }) => {
      const account = await user();
      let { refresh } = await target.loggedIn(account);
      for (const which of ['first', 'second', 'third']) {
        const obtainedAt = performance.now();
        const answer = await target.refresh(refresh, account);
        if (!answer.succeeded) target.excuseIfOvertaken(refresh);
        if (which === 'first') require(answer.succeeded, inWords(answer));
        demand(answer.succeeded, `the ${which} refresh in a row to succeed`, inWords(answer));
        const access = target.accessToken(answer, obtainedAt);
        mustAccept(
          target,
          await target.whoAmI({ header: access }),
          account,
          access,
          `the access token of the ${which} refresh`,
        );
        // A target that does not rotate may leave its owner with the same refresh token.
        const next = answer.text('refresh_token');
        if (next !== undefined) ({ refresh } = target.standardTokens(answer, obtainedAt));
      }
    },
  );

  check(
    'standard.refresh.needs-refresh-token',
    'made-up, altered and other tokens buy nothing',
    async ({ target, user, evidence }) => {
      const { access, refresh } = await target.loggedIn(await user());
      mustHandOutNoToken(target, await target.refresh('made-up'), 'a made-up refresh token');
      mustHandOutNoToken(target, await target.refresh(access.value), 'an access token sent as refresh token');
      for (const altered of alterations(refresh.value)) {
        nameAltered(evidence, altered, refresh.value);
        mustHandOutNoToken(target, await target.refresh(altered.value), `a refresh token ${altered.how}`);
      }
      for (const wildcard of ['%', '_'.repeat(refresh.value.length), '*']) {
        mustHandOutNoToken(
          target,
          await target.refresh(wildcard),
          `the wildcard ${wildcard.slice(0, 1)} as refresh token`,
        );
      }
    },
  );

  check(
    'standard.refresh.needs-refresh-token',
    'a static token sent as refresh token buys nothing',
    async ({ target, withStaticToken }) => {
      const { token } = await withStaticToken();
      mustHandOutNoToken(target, await target.refresh(token.value), 'a static token sent as refresh token');
    },
    { needs: 'static-token' },
  );

  check(
    'standard.refresh.needs-refresh-token',
    'whatever is made up buys nothing',
    async ({ target, plan, evidence }) => {
      await forAll(
        fc.oneof(tokenLike, fc.string({ unit: character, maxLength: 100 })),
        { plan, evidence },
        async (made) => {
          mustHandOutNoToken(target, await target.refresh(made), 'a made-up refresh token');
        },
      );
    },
  );

  check(
    'standard.logout.invalidates-refresh-token',
    'after a logout the refresh token buys nothing',
    async ({ target, ownUser }) => {
      const { refresh } = await target.loggedIn(await ownUser());
      const logout = await target.logout(refresh);
      demand(logout.succeeded, 'the logout to succeed', inWords(logout));
      mustHandOutNoToken(target, await target.refresh(refresh), 'a refresh after the logout');
    },
  );

  check(
    'standard.logout.invalidates-refresh-token',
    'nor does one that came from a refresh',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const first = await target.loggedIn(account);
      const obtainedAt = performance.now();
      const answer = await target.refresh(first.refresh, account);
      if (answer.text('refresh_token') === undefined)
        throw new Unjudged(`${inWords(answer)} without a refresh token, which this check stands on`);
      const second = target.standardTokens(answer, obtainedAt);
      const logout = await target.logout(second.refresh);
      demand(logout.succeeded, 'the logout to succeed', inWords(logout));
      mustHandOutNoToken(target, await target.refresh(second.refresh), 'a refresh after the logout');
      mustHandOutNoToken(
        target,
        await target.refresh(first.refresh),
        'a refresh, after the logout, with the refresh token from before',
      );
    },
  );

  check(
    'standard.logout.invalidates-refresh-token',
    'also when the access token comes along',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const first = await target.loggedIn(account);
      const obtainedAt = performance.now();
      const answer = await target.refresh(first.refresh, account, undefined, { header: first.access });
      if (!answer.succeeded) target.excuseIfOvertaken(first.access);
      demand(answer.succeeded, 'a refresh to succeed with the access token in the header', inWords(answer));
      const second = { ...first, ...target.standardTokens(answer, obtainedAt) };
      const body = { refresh_token: second.refresh.value };
      const logout = await target.send(target.withTokens({ path: '/auth/logout', body }, { header: second.access }));
      if (!logout.succeeded) target.excuseIfOvertaken(second.access);
      demand(logout.succeeded, 'the logout to succeed', inWords(logout));
      mustHandOutNoToken(target, await target.refresh(second.refresh), 'a refresh after the logout');
    },
  );

  check(
    'standard.logout.leaves-others',
    'a logout ends nothing by a token that is no longer good for it',
    async (tools) => {
      const { target, ownUser } = tools;
      const account = await ownUser();
      const { access, refresh: used } = await target.loggedIn(account);
      const obtainedAt = performance.now();
      const renewal = await target.refresh(used, account);
      if (!renewal.succeeded) target.excuseIfOvertaken(used);
      require(renewal.succeeded, inWords(renewal));
      const { refresh } = target.standardTokens(renewal, obtainedAt);
      for (const body of [
        ...(refresh.value === used.value ? [] : [{ refresh_token: used.value }]),
        { refresh_token: access.value },
        { refresh_token: refresh.value, mode: 'cookie' },
        { refresh_token: refresh.value, mode: 'session' },
      ])
        await target.send({ path: '/auth/logout', body });
      const answer = await target.refresh(refresh, account);
      if (!answer.succeeded) target.excuseIfOvertaken(refresh);
      demand(
        answer.succeeded,
        'the refresh token to be alive after logouts with the one from before, with the access token, and in other modes',
        inWords(answer),
      );
    },
  );

  check('standard.logout.login-again', 'after a logout a login gives working tokens', async ({ target, ownUser }) => {
    const account = await ownUser();
    const { refresh } = await target.loggedIn(account);
    const logout = await target.logout(refresh);
    require(logout.succeeded, inWords(logout));
    const obtainedAt = performance.now();
    const answer = await target.login(account);
    demand(
      answer.succeeded && answer.text('access_token') !== undefined,
      'a login after the logout to succeed',
      inWords(answer),
    );
    const access = target.accessToken(answer, obtainedAt);
    mustAccept(target, await target.whoAmI({ header: access }), account, access, 'the new access token');
  });

  check('standard.refresh.rotates', 'a refresh token that was used buys nothing', async ({ target, user }) => {
    const account = await user();
    const { refresh } = await target.loggedIn(account);
    const first = await target.refresh(refresh, account);
    require(first.succeeded, inWords(first));
    mustHandOutNoToken(target, await target.refresh(refresh, account), 'a refresh token that was used before');
    mustHandOutNoToken(
      target,
      await target.refreshByCookie('cookie', refresh.value, account),
      'a refresh token that was used before, as cookie,',
    );
  });

  check('standard.logout.leaves-others', 'after a logout another login goes on', async ({ target, ownUser }) => {
    const account = await ownUser();
    const [first, second] = [await target.loggedIn(account), await target.loggedIn(account)];
    const logout = await target.logout(first.refresh);
    require(logout.succeeded, inWords(logout));
    const answer = await target.refresh(second.refresh, account);
    if (!answer.succeeded) target.excuseIfOvertaken(second.refresh);
    demand(answer.succeeded, 'the refresh token of another login to go on', inWords(answer));
  });

  check('standard.claims', 'the claims are those of Directus', async ({ target, user }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    const claims = claimsOf(access.value);
    demand(claims !== undefined, 'the access token to be a JWT', 'it is none');
    mustBeLike('access-token-claims.schema.json', claims, 'the claims of an access token');
    demand(account.id === undefined || claims['id'] === account.id, "the claim id to be the user's", 'it is another');
  });

  check(
    'standard.claims',
    'the header, in modes json and cookie, after a login and a refresh',
    async ({ target, user }) => {
      const account = await user();
      const { refreshCookie } = target.description;
      const json = await target.login(account);
      const answers = [json, await target.refresh(json.text('refresh_token') ?? '', account)];
      const cookie = await target.login(account, 'cookie');
      answers.push(cookie, await target.refreshByCookie('cookie', cookie.cookie(refreshCookie)?.value ?? '', account));
      for (const answer of answers) {
        const token = answer.text('access_token');
        require(token !== undefined, inWords(answer));
        mustBeLike(
          'access-token-claims.schema.json',
          claimsOf(token),
          `the claims of an access token out of ${answer.what}`,
        );
        mustBeLike('jwt-header.schema.json', headerOf(token), `the header of an access token out of ${answer.what}`);
      }
    },
  );

  check(
    'standard.claims',
    'what they say of an administrator and of a user without rights',
    async ({ target, newPrivilegedUser, user }) => {
      for (const [who, account, rights] of [
        ['an administrator', await newPrivilegedUser(), true],
        ['a user without rights', await user(), false],
      ] as const) {
        const { access } = await target.loggedIn(account);
        const claims = claimsOf(access.value);
        demand(
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
    'the two answers are the same, in each mode',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const attempt = async (email: string, mode: Mode): Promise<Answer> =>
        target.send({ path: '/auth/login', body: { email, password: `${account.password}x`, mode } });
      const headerNames = ({ response }: Answer): string =>
        response.headers
          .map(([name]) => name.toLowerCase())
          .sort()
          .join();
      for (const mode of modes) {
        const [wrong, unknown] = [await attempt(account.email, mode), await attempt(`nobody-${account.email}`, mode)];
        demand(
          wrong.status === unknown.status && wrong.response.body === unknown.response.body,
          `a login in mode ${mode} with an unknown e-mail to be answered as one with a wrong password is`,
          `${inWords(wrong)} for the wrong password, ${inWords(unknown)} for the unknown e-mail, with ${wrong.response.body === unknown.response.body ? 'the same body' : 'another body'}`,
        );
        demand(
          headerNames(wrong) === headerNames(unknown),
          'both to be answered with the same headers',
          `${headerNames(wrong)} for the wrong password, ${headerNames(unknown)} for the unknown e-mail`,
        );
      }
    },
  );

  check('standard.refresh.unguessable', 'of three logins and their refreshes', async ({ target, user }) => {
    const account = await user();
    const values: string[] = [];
    for (let login = 0; login < 3; login += 1) {
      const { refresh } = await target.loggedIn(account);
      const renewal = await target.refresh(refresh, account);
      if (!renewal.succeeded) target.excuseIfOvertaken(refresh);
      const renewed = renewal.text('refresh_token');
      values.push(...new Set([refresh.value, ...(renewed === undefined ? [] : [renewed])]));
    }
    for (const [number, value] of values.entries()) {
      demand(
        value.length >= LEAST_CHARACTERS,
        `a refresh token to have ${LEAST_CHARACTERS} characters or more`,
        `it has ${value.length}`,
      );
      demand(
        new Set(value).size >= LEAST_CHARACTERS / 2,
        'a refresh token to be made of many characters',
        `it is made of ${new Set(value).size}`,
      );
      demand(
        account.id === undefined || !value.includes(account.id),
        'a refresh token not to tell the id of its user',
        'it holds the id',
      );
      for (const other of values.slice(number + 1)) {
        const same = [...value].filter((character, place) => character === other[place]).length;
        demand(
          same <= value.length / 2,
          'the refresh tokens of two logins to differ in most characters',
          `${same} of ${value.length} are the same`,
        );
      }
    }
  });

  check(
    'standard.refresh.expires',
    'a real refresh token buys nothing when its time is over',
    async ({ target, user, plan, wait }) => {
      const { refreshLifeMs } = target.description;
      if (refreshLifeMs === undefined)
        throw new NotApplicable('the target does not say how long a refresh token lives');
      if (refreshLifeMs + REFRESH_MARGIN_MS > (plan.patienceMs ?? 0))
        throw new NotApplicable(
          `a refresh token of this target lives ${refreshLifeMs / 1000} s, longer than --patience: on a Directus, REFRESH_TOKEN_TTL=6s makes it shorter`,
        );
      const account = await user();
      const { refresh } = await target.loggedIn(account);
      await wait(refreshLifeMs + REFRESH_MARGIN_MS);
      mustHandOutNoToken(target, await target.refresh(refresh, account), 'a refresh token that has expired');
    },
    { needs: 'patience' },
  );

  check('standard.login.mode', 'made-up modes buy no token', async ({ target, user }) => {
    const account = await user();
    account.nameIn(target.evidence);
    const { email, password } = account;
    for (const mode of ['made-up', 'JSON', 'SESSION', ' session', '', null, ['session'], { mode: 'session' }]) {
      const answer = await target.send({ path: '/auth/login', body: { email, password, mode }, mustEnd: true });
      mustHandOutNoToken(target, answer, `a login with the mode ${JSON.stringify(mode)}`);
    }
  });

  check('standard.refresh.keeps-access-token', 'after a refresh', async ({ target, user, wait }) => {
    const account = await user();
    const { access, refresh } = await target.loggedIn(account);
    // Tokens of the same second may be the same.
    await wait(1100);
    const answer = await target.refresh(refresh, account);
    if (!answer.succeeded) target.excuseIfOvertaken(refresh);
    require(answer.succeeded, inWords(answer));
    mustAccept(
      target,
      await target.whoAmI({ header: access }),
      account,
      access,
      'an access token from before a refresh',
    );
  });

  check('standard.logout.keeps-access-token', 'after a logout', async ({ target, ownUser }) => {
    const account = await ownUser();
    const { access, refresh } = await target.loggedIn(account);
    const logout = await target.logout(refresh);
    require(logout.succeeded, inWords(logout));
    mustAccept(
      target,
      await target.whoAmI({ header: access }),
      account,
      access,
      'an access token from before a logout',
    );
  });

  check('standard.refresh.concurrent', 'five at once', async ({ target, ownUser }) => {
    const account = await ownUser();
    // A round in which but one of them succeeds has not been a race.
    for (let round = 0, raced = false; round < ROUNDS && !raced; round += 1) {
      const { refresh } = await target.loggedIn(account);
      const obtainedAt = performance.now();
      const answers = await Promise.all(Array.from({ length: 5 }, async () => target.refresh(refresh, account)));
      const renewed = answers.filter((answer) => answer.text('refresh_token') !== undefined);
      if (renewed.length === 0) target.excuseIfOvertaken(refresh);
      demand(renewed.length > 0, 'one of five refreshes at once to succeed', answers.map(inWords).join(', '));
      raced = renewed.length > 1;
      const tokens = [
        ...new Map(
          renewed
            .map((answer) => target.standardTokens(answer, obtainedAt).refresh)
            .map((token) => [token.value, token]),
        ).values(),
      ];
      let alive = 0;
      for (const token of tokens) {
        const answer = await target.refresh(token, account);
        if (!answer.succeeded) target.excuseIfOvertaken(token);
        if (answer.succeeded) alive += 1;
      }
      demand(
        alive === 1,
        'exactly one of the refresh tokens that five refreshes at once hand out to be alive',
        `${alive} of ${tokens.length} are`,
      );
    }
  });

  check(
    'standard.refresh.of-its-user',
    'with the access token of another user in the header',
    async ({ target, newUser }) => {
      const [account, other] = [await newUser(), await newUser()];
      const [{ refresh }, { access: foreign }] = await Promise.all([target.loggedIn(account), target.loggedIn(other)]);
      const obtainedAt = performance.now();
      const answer = await target.refresh(refresh, account, undefined, { header: foreign });
      if (answer.status >= 400 && answer.status < 500) return;
      const access = target.accessToken(answer, obtainedAt);
      mustAccept(
        target,
        await target.whoAmI({ header: access }),
        account,
        access,
        'the access token out of a refresh that somebody else sends',
      );
    },
  );

  check(
    'standard.refresh.of-its-user',
    'with the refresh token of another user as cookie',
    async ({ target, newUser }) => {
      const [account, other] = [await newUser(), await newUser()];
      const { refresh } = await target.loggedIn(account);
      const login = await target.login(other, 'cookie');
      const { refreshCookie } = target.description;
      const foreign = login.cookie(refreshCookie)?.value;
      if (foreign === undefined) throw new NotApplicable('the target does not offer the mode cookie');
      const obtainedAt = performance.now();
      const answer = await target.send({
        path: '/auth/refresh',
        headers: { Cookie: `${refreshCookie}=${foreign}` },
        body: { refresh_token: refresh.value },
        mustEnd: true,
      });
      if (answer.status >= 400 && answer.status < 500) return;
      const access = target.accessToken(answer, obtainedAt);
      mustAccept(
        target,
        await target.whoAmI({ header: access }),
        account,
        access,
        'the access token out of a refresh token in the body, beside the cookie of another user,',
      );
    },
  );

  check('standard.refresh.mode', 'cookie, session and a made-up one', async ({ target, user }) => {
    const account = await user();
    const { refresh } = await target.loggedIn(account);
    for (const mode of ['cookie', 'session', 'made-up', 'JSON', 'SESSION'] as const) {
      const answer = await target.refresh(refresh, account, mode);
      mustHandOutNoToken(target, answer, `a refresh token in the body, in mode ${mode},`);
    }
    const { refreshCookie } = target.description;
    const headers = { Cookie: `${refreshCookie}=${refresh.value}` };
    for (const mode of ['json', 'session']) {
      const answer = await target.send({ path: '/auth/refresh', headers, body: { mode }, mustEnd: true });
      mustHandOutNoToken(target, answer, `a refresh token in its cookie, in mode ${mode},`);
    }
  });

  check('standard.refresh.not-in-url', 'by GET and by POST', async ({ target, user }) => {
    const account = await user();
    const { refresh } = await target.loggedIn(account);
    const path = `/auth/refresh?refresh_token=${refresh.value}`;
    for (const parts of [{ path }, { path: `${path}&mode=json` }, { method: 'POST', path }, { path, body: {} }]) {
      mustHandOutNoToken(target, await target.send({ ...parts, mustEnd: true }), 'a refresh token in the URL');
    }
  });

  check('standard.logout.idempotent', 'a second time, and with a made-up token', async ({ target, ownUser }) => {
    const { refresh } = await target.loggedIn(await ownUser());
    const first = await target.logout(refresh);
    require(first.succeeded, inWords(first));
    for (const [what, token] of [
      ['a second logout', refresh],
      ['a logout with a made-up refresh token', { ...refresh, value: 'made-up' }],
    ] as const) {
      const answer = await target.logout(token);
      demand(
        answer.status === first.status,
        `${what} to be answered with ${first.status} as the first`,
        inWords(answer),
      );
    }
  });

  check('standard.logout.post-only', 'GET logs nobody out', async ({ target, ownUser }) => {
    const account = await ownUser();
    const { refresh } = await target.loggedIn(account);
    const session = await target.loggedInBySession(account);
    const { refreshCookie } = target.description;
    const headers = { Cookie: `${refreshCookie}=${refresh.value}` };
    for (const path of ['/auth/logout', '/auth/logout?mode=session'])
      await target.send(target.withTokens({ path }, { cookie: session }));
    mustAccept(
      target,
      await target.whoAmI({ cookie: session }),
      account,
      session,
      'a session token after GET /auth/logout',
    );
    await target.send({ path: `/auth/logout?refresh_token=${refresh.value}`, headers });
    await target.send({ path: `/auth/logout?refresh_token=${refresh.value}&mode=cookie`, headers });
    for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])
      await target.send({
        path: `/auth/logout?refresh_token=${refresh.value}&mode=cookie&_method=POST`,
        headers: { ...headers, [name]: 'POST' },
      });
    const answer = await target.refresh(refresh, account);
    if (!answer.succeeded) target.excuseIfOvertaken(refresh);
    demand(answer.succeeded, 'the refresh token to be alive after GET /auth/logout', inWords(answer));
  });
});
