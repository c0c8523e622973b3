import fc from 'fast-check';
import { Shell } from './harness/evidence/shell.js';
import { chapter, check, type CheckContext } from './harness/check.js';
import type { Response } from './harness/target/response.js';
import { expectAccepted, expectRejected, expectNoToken, assumeSuccess } from './harness/expectations.js';
import { assert, assume, NotApplicable } from './harness/outcomes.js';
import { forAll } from './harness/generators/property.js';
import type { SentTokens } from './harness/target/bearer-methods.js';
import { modes } from './harness/target/target.js';
import { timeApart } from './harness/run/timing.js';
import { newStaticToken } from './harness/users/new-static-token.js';

/** How many attempts a Directus allows unless it was told otherwise. Observed: Directus 12.4.1. */
const ATTEMPTS = 25;
/** More attempts than these are too many to be tried out. */
const MOST_ATTEMPTS = 50;

const form = (email: string, password: string): string => new URLSearchParams({ email, password }).toString();

/** How many attempts to log in the target allows, as it says itself. */
async function attemptsAllowed({ administrator, evidence }: CheckContext): Promise<number> {
  const settings = await administrator.send({ path: '/settings?fields=auth_login_attempts' }, evidence);
  if (!settings.succeeded) return ATTEMPTS;
  const attempts = settings.payload['auth_login_attempts'];
  if (typeof attempts !== 'number') throw new NotApplicable('the target is set up to allow any number of attempts');
  return attempts;
}

chapter('Logging In', () => {
  for (const mode of modes) {
    check(
      'login.password-exact',
      `A long password is accepted, and what resembles it is rejected, in mode ${mode}`,
      async ({ target, newUser, evidence }) => {
        const password = `Pässwörd Ω ﬁ ${'Correct-Horse-Battery-Staple '.repeat(2)}${'x'.repeat(8)} The End`;
        evidence.names.add(password, 'LONG_PASSWORD', {
          kind: 'random',
          shell: Shell.literal(password),
          isConstant: true,
        });
        const account = await newUser({ password });
        const login = async (attempt: string): ReturnType<typeof target.send> =>
          target.send({
            path: '/auth/login',
            body: { email: account.email, password: attempt, mode },
            hasSideEffect: true,
          });
        const right = await login(password);
        assert(right.succeeded, 'a long password with letters of other scripts to log in', right.summary);
        const attempts: [string, string][] = [
          ['the password in other case', password.toLowerCase()],
          ['the password with its case swapped', password.toUpperCase()],
          ['a space before the password', ` ${password}`],
          ['a space behind the password', `${password} `],
          ['the first 8 characters of the password', password.slice(0, 8)],
          ['the first 72 characters of the password', password.slice(0, 72)],
          ['the first 72 characters of the password and others', `${password.slice(0, 72)}something else`],
          ['the password without its accents', password.normalize('NFD').replace(/\p{M}/gu, '')],
          ['the password with its ligatures taken apart', password.replace('ﬁ', 'fi')],
          ['a wildcard', '%'],
        ];
        await Promise.all(
          attempts.map(async ([what, attempt]) => expectNoToken(await login(attempt), `a login with ${what}`)),
        );
      },
    );
  }

  check(
    'login.payload',
    'A login body that is malformed in any of the known ways is rejected with 400 INVALID_PAYLOAD',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const { email, password } = account;
      const bodies: [string, unknown][] = [
        ['without a password', { email }],
        ['without an e-mail', { password }],
        ['with nothing', {}],
        ['with an e-mail that is an array', { email: [email], password }],
        ['with an e-mail that is an object', { email: { _eq: email }, password }],
        ['with an e-mail that is null', { email: null, password }],
        ['with a password that is a number', { email, password: 1 }],
        ['with a password that is true', { email, password: true }],
        ['with a password that is an object', { email, password: { _neq: '' } }],
        ['with a password that is null', { email, password: null }],
        ['with an empty password', { email, password: '' }],
        ['with an e-mail that is none', { email: 'not-an-email', password }],
        ['with a mode that is a number', { email, password, mode: 1 }],
        ['with an otp that is a number', { email, password, otp: 123456 }],
        ['that is an array', [{ email, password }]],
        ['that is cut short', `{"email":"${email}"`],
        ['that is no JSON', '{bad'],
        ['that is a string', '"login"'],
      ];
      await Promise.all(
        bodies.map(async ([what, body]) => {
          const response = await target.send({ path: '/auth/login', body, hasSideEffect: true });
          expectNoToken(response, `a login ${what}`);
          assert(
            response.status === 400 && response.errorCode === 'INVALID_PAYLOAD',
            `a login ${what} to return 400 INVALID_PAYLOAD`,
            response.summary,
          );
        }),
      );
    },
  );

  check(
    'login.payload',
    'A login body with arbitrary members is rejected, and never a server error',
    async ({ target, user, evidence, plan }) => {
      const account = await user();
      account.nameIn(evidence);
      const { email, password } = account;
      const notText = fc.oneof(
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(fc.string()),
        fc.dictionary(fc.string(), fc.string()),
      );
      const body = fc.oneof(
        fc.record({ email: notText, password: fc.constant(password) }),
        fc.record({ email: fc.constant(email), password: notText }),
        fc.record({ email: fc.constant(email), password: fc.constant(password), mode: notText }),
      );
      await forAll(body, { plan, evidence, atMost: Math.ceil(plan.runs / 5) }, async (wrong) => {
        const response = await target.send({ path: '/auth/login', body: wrong, hasSideEffect: true });
        expectNoToken(response, 'a login with members of other types');
        assert(response.status === 400, 'a login with members of other types to return 400', response.summary);
      });
    },
  );

  check(
    'login.not-in-url',
    'Credentials in the URL are rejected, by GET and by POST',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const path = `/auth/login?${form(account.email, account.password)}`;
      const ways = [
        { path },
        { path: `${path}&mode=session` },
        { method: 'POST', path },
        { path, body: {} },
        { path, body: { mode: 'session' } },
      ];
      await Promise.all(
        ways.map(async (parts) =>
          expectNoToken(await target.send({ ...parts, hasSideEffect: true }), 'credentials in the URL'),
        ),
      );
    },
  );

  check(
    'login.json-only',
    'Credentials in a form, or in JSON under another content type, are rejected',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const { email, password } = account;
      const json = JSON.stringify({ email, password });
      const bodies = [
        ['application/x-www-form-urlencoded', form(email, password)],
        ['application/x-www-form-urlencoded', json],
        ['text/plain', json],
        ['text/plain', form(email, password)],
      ] as const;
      await Promise.all(
        bodies.map(async ([type, body]) => {
          const headers = { 'Content-Type': type };
          const response = await target.send({ path: '/auth/login', headers, body, hasSideEffect: true });
          expectNoToken(response, `a login as ${type}`);
        }),
      );
    },
  );

  check(
    'login.email-case',
    'A login with the e-mail address in capitals succeeds',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const { email, password } = account;
      await target.loggedIn(account);
      const inCapitals = email.toUpperCase();
      const named = evidence.names.get(email);
      if (named !== undefined) {
        const shell = Shell.variable(named.variable, 'capitals');
        evidence.names.add(inCapitals, 'EMAIL_IN_CAPITALS', { kind: 'derived', shell }, false);
      }
      const response = await target.login(account, undefined, { email: inCapitals, password });
      assert(response.succeeded, 'a login with the e-mail in capitals to succeed', response.summary);
      const access = target.accessToken(response);
      expectAccepted(await target.whoAmI({ header: access }), account, 'the access token');
    },
  );

  check(
    'login.new-session',
    'A login that carries a token of another user starts a session of the user who logs in',
    async (context) => {
      const { target, newUser, evidence } = context;
      const token = newStaticToken(evidence);
      const [account, other] = [await newUser(), await newUser({ token: token.value })];
      const loggedIn = async (mode: 'json' | 'session', sent: SentTokens, what: string): Promise<void> => {
        const body = { email: account.email, password: account.password, mode };
        const response = await target.send(target.withTokens({ path: '/auth/login', body, hasSideEffect: true }, sent));
        // Who is logged in already may be sent away.
        if (response.status >= 400 && response.status < 500) return;
        const own = mode === 'json' ? target.accessToken(response) : target.sessionToken(response);
        expectAccepted(
          await target.whoAmI(mode === 'json' ? { header: own } : { cookie: own }),
          account,
          `the token of a login in mode ${mode}, sent with ${what} of another user,`,
        );
      };
      const inEachMode = async (sent: SentTokens, what: string): Promise<unknown> =>
        Promise.all([loggedIn('json', sent, what), loggedIn('session', sent, what)]);

      await inEachMode({ header: (await target.loggedIn(other)).access }, 'a standard token in the header');
      await inEachMode({ query: (await target.loggedIn(other)).access }, 'a standard token in the query');
      await inEachMode({ header: token }, 'a static token in the header');
      const session = await target.loggedInBySession(other);
      await inEachMode({ cookie: session }, 'a session token as cookie');
      expectAccepted(
        await target.whoAmI({ cookie: session }),
        other,
        'the session token of another user, sent with a login,',
      );
    },
  );

  check(
    'login.new-session',
    "A login that carries the user's own session token starts a new session",
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const first = await target.loggedInBySession(account);
      const { email, password } = account;
      const response = await target.send(
        target.withTokens(
          { path: '/auth/login', body: { email, password, mode: 'session' }, hasSideEffect: true },
          { cookie: first },
        ),
      );
      if (response.status >= 400 && response.status < 500) return;
      const second = target.sessionToken(response);
      assert(second.value !== first.value, 'a login to give a new session token', 'it gives the one that was sent');
      const logout = await target.logoutByCookie('session', first.value);
      assume(logout.succeeded || logout.status === 401, logout.summary);
      expectAccepted(
        await target.whoAmI({ cookie: second }),
        account,
        'the session token of a second login, after the logout of the first,',
      );
    },
  );

  check(
    'login.new-session',
    "A login that carries the user's own refresh cookie starts a new session",
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const { refreshCookie } = target.description;
      const first = (await target.login(account, 'cookie')).cookie(refreshCookie)?.value;
      if (first === undefined) throw new NotApplicable('the target does not offer the mode cookie');
      const { email, password } = account;
      const response = await target.send({
        path: '/auth/login',
        headers: { Cookie: `${refreshCookie}=${first}` },
        body: { email, password, mode: 'cookie' },
        hasSideEffect: true,
      });
      if (response.status >= 400 && response.status < 500) return;
      const second = response.cookie(refreshCookie)?.value;
      assert(
        second !== undefined && second !== first,
        'a login in mode cookie to give a new refresh token',
        'it gives the one that was sent',
      );
    },
  );

  check(
    'login.leaves-others',
    'Later logins, in each mode, leave earlier sessions valid',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const { refreshCookie } = target.description;
      const [first, session, cookie] = await Promise.all([
        target.loggedIn(account),
        target.loggedInBySession(account),
        target.login(account, 'cookie').then((response) => response.cookie(refreshCookie)?.value),
      ]);
      for (const login of await Promise.all(modes.map(async (mode) => target.login(account, mode))))
        assumeSuccess(login);
      expectAccepted(await target.whoAmI({ header: first.access }), account, 'the access token of an earlier login');
      expectAccepted(await target.whoAmI({ cookie: session }), account, 'the session token of an earlier login');
      const refreshes = [
        ['json', async () => target.refresh(first.refresh, account)],
        ['session', async () => target.refreshByCookie('session', session.value, account)],
        ...(cookie === undefined
          ? []
          : [['cookie', async () => target.refreshByCookie('cookie', cookie, account)] as const]),
      ] as const;
      for (const [mode, refresh] of refreshes) {
        const response = await refresh();
        assert(response.succeeded, `the refresh of an earlier login in mode ${mode} to succeed`, response.summary);
      }
    },
  );

  check(
    'login.leaves-others',
    'Five concurrent logins, in modes json and session, give five independent sessions',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const [tokens, sessions] = await Promise.all([
        Promise.all(Array.from({ length: 5 }, async () => target.loggedIn(account))),
        Promise.all(Array.from({ length: 5 }, async () => target.loggedInBySession(account))),
      ]);
      assert(
        new Set(tokens.map(({ refresh }) => refresh.value)).size === 5 &&
          new Set(sessions.map(({ value }) => value)).size === 5,
        'five logins at once to give five refresh tokens, and as many session tokens',
        'some are the same',
      );
      const [ended, ...others] = sessions;
      const logout = await target.logoutByCookie('session', ended?.value ?? '');
      assumeSuccess(logout);
      for (const session of others)
        expectAccepted(
          await target.whoAmI({ cookie: session }),
          account,
          'the session token of one of five logins at once',
        );
      for (const { access, refresh } of tokens) {
        expectAccepted(
          await target.whoAmI({ header: access }),
          account,
          'the access token of one of five logins at once',
        );
        const response = await target.refresh(refresh, account);
        assert(response.succeeded, 'the refresh token of each of five logins at once to be good', response.summary);
      }
    },
  );

  check(
    'login.reset-token-needed',
    'A token of another kind does not reset a password',
    async ({ target, newUser, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const [{ access, refresh }, session] = [await target.loggedIn(account), await target.loggedInBySession(account)];
      const password = `${account.password}-other`;
      for (const [what, value] of [
        ['a standard token', access.value],
        ['a session token', session.value],
        ['a static token', token.value],
        ['a refresh token', refresh.value],
        ['an unknown token', 'unknown'],
      ] as const) {
        const response = await target.send({ path: '/auth/password/reset', body: { token: value, password } });
        expectRejected(response, `a new password with ${what}`);
      }
      expectNoToken(await target.login(account, undefined, { password }), 'a login with that password');
      const login = await target.login(account);
      assert(login.succeeded, 'the old password to log in', login.summary);
    },
  );

  check(
    'login.superfluous',
    'An unneeded one-time password and unknown members do not change a login, in each mode',
    async ({ target, user }) => {
      const account = await user();
      for (const mode of modes) {
        for (const extra of [{ otp: '123456' }, { remember: true, device: { name: 'x' } }]) {
          const response = await target.login(account, mode, extra);
          assert(
            response.succeeded,
            `a login in mode ${mode} with ${Object.keys(extra).join(' and ')} beside e-mail and password to succeed`,
            response.summary,
          );
        }
      }
    },
  );

  check(
    'login.reset-request',
    'A password reset request for an unknown e-mail address returns the same, and one with a foreign reset_url is rejected',
    async ({ target, user }) => {
      const { email } = await user();
      const request = async (body: object): Promise<Response> => target.send({ path: '/auth/password/request', body });
      const unknown = await request({ email: `nobody-${email}` });
      assert(
        unknown.status === 204 && unknown.body === '',
        'a request for a new password to return 204 to an unknown e-mail too',
        unknown.summary,
      );
      for (const address of [email, `nobody-${email}`]) {
        const response = await request({ email: address, reset_url: 'https://attacker.example/reset' });
        expectRejected(response, 'a request for a new password, to be set on a page of another site,');
        assert(
          response.status === 400 && response.errorCode === 'INVALID_PAYLOAD',
          'a request for a new password, to be set on a page of another site, to return 400 INVALID_PAYLOAD',
          response.summary,
        );
      }
    },
  );

  check('login.attempts-limited', 'One attempt more than allowed locks the account', async (context) => {
    const { target, newUser } = context;
    const allowed = await attemptsAllowed(context);
    if (allowed > MOST_ATTEMPTS) throw new NotApplicable(`the target allows ${allowed} attempts`);
    const account = await newUser();
    const { email, password } = account;
    const wrong = { email, password: `${password}x` };
    let left = allowed + 2;
    const guess = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const response = await target.send({ path: '/auth/login', body: wrong, limitIsAnswer: true });
        expectNoToken(response, 'a login with a wrong password');
      }
    };
    await Promise.all(Array.from({ length: 8 }, guess));
    const right = { email, password };
    const login = await target.send({ path: '/auth/login', body: right, hasSideEffect: true, limitIsAnswer: true });
    expectNoToken(login, `a login after ${allowed + 2} wrong ones`);
  });

  check(
    'login.same-time',
    'A wrong password and an unknown e-mail address take the same time, measured in two rounds',
    async ({ target, newUser, evidence, alone }) => {
      const { email } = await newUser();
      const mark = evidence.mark();
      const attempt = async (address: string): Promise<number> => {
        const response = await target.send({
          path: '/auth/login',
          body: { email: address, password: 'a wrong password' },
        });
        expectNoToken(response, 'a login with a wrong password');
        // Of the request alone, which may have waited for its turn.
        return response.asked.receivedAt - response.asked.sentAt;
      };
      const round = async (): ReturnType<typeof timeApart> => {
        await evidence.backTo(mark);
        return timeApart(
          async () => alone(async () => attempt(email)),
          async () => alone(async () => attempt(`nobody-${email}`)),
        );
      };
      const first = await round();
      const apart = first && (await round());
      assert(
        apart === undefined,
        'attempts with a wrong password and with an unknown e-mail to take the same time',
        () => `the quickest of ${apart?.count ?? 0} took ${apart?.first ?? 0} ms and ${apart?.second ?? 0} ms`,
      );
    },
  );

  check(
    'login.same-answer',
    'A login of a user of each inactive status returns the same as a wrong password',
    async ({ target, newUser, administrator, evidence }) => {
      const account = await newUser();
      const { email, password } = account;
      const wrong = await target.send({ path: '/auth/login', body: { email, password: `${password}x` } });
      assume(!wrong.succeeded, wrong.summary);
      for (const status of ['suspended', 'draft', 'invited', 'archived', 'unverified']) {
        await administrator.change(account, { status }, evidence);
        const response = await target.login(account);
        assert(
          response.status === wrong.status && response.body === wrong.body,
          `a user whose status is ${status} to be rejected as a wrong password is`,
          `${wrong.summary} for the wrong password, ${response.summary} for the user, with ${response.body === wrong.body ? 'the same body' : 'another body'}`,
        );
      }
    },
  );
});
