import fc from 'fast-check';
import { chapter, check, type Tools } from './harness/check.js';
import { newStaticToken } from './harness/users/accounts.js';
import type { Answer } from './harness/target/response.js';
import { errorCode, inWords, mustAccept, mustHandOutNoToken, mustRefuse } from './harness/expectations.js';
import { demand, NotApplicable, require } from './harness/outcomes.js';
import { forAll } from './harness/generators/property.js';
import { modes, type SentTokens } from './harness/target/target.js';
import { timeApart } from './harness/run/timing.js';

/** How many attempts a Directus allows unless it was told otherwise. Observed: Directus 12.4.1. */
const ATTEMPTS = 25;
/** More attempts than these are too many to be tried out. */
const MOST_ATTEMPTS = 50;

const form = (email: string, password: string): string => new URLSearchParams({ email, password }).toString();

/** How many attempts to log in the target allows, as it says itself. */
async function attemptsAllowed({ administrator, evidence }: Tools): Promise<number> {
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
      `a long password, and what resembles it, in mode ${mode}`,
      async ({ target, newUser, evidence }) => {
        const password = `Pässwörd Ω ﬁ ${'Correct-Horse-Battery-Staple '.repeat(2)}${'x'.repeat(8)} The End`;
        evidence.names.add(password, 'LONG_PASSWORD', {
          kind: 'random',
          shell: `printf %s '${password}'`,
          isConstant: true,
        });
        const account = await newUser({ password });
        const login = async (attempt: string): ReturnType<typeof target.send> =>
          target.send({
            path: '/auth/login',
            body: { email: account.email, password: attempt, mode },
            mustEnd: true,
          });
        const right = await login(password);
        demand(right.succeeded, 'a long password with letters of other scripts to log in', inWords(right));
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
          attempts.map(async ([what, attempt]) =>
            mustHandOutNoToken(target, await login(attempt), `a login with ${what}`),
          ),
        );
      },
    );
  }

  check('login.payload', 'bodies that are wrong in each way', async ({ target, user, evidence }) => {
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
        const answer = await target.send({ path: '/auth/login', body, mustEnd: true });
        mustHandOutNoToken(target, answer, `a login ${what}`);
        demand(
          answer.status === 400 && errorCode(answer) === 'INVALID_PAYLOAD',
          `a login ${what} to be answered with 400 INVALID_PAYLOAD`,
          inWords(answer),
        );
      }),
    );
  });

  check('login.payload', 'whatever else the members are', async ({ target, user, evidence, plan }) => {
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
      const answer = await target.send({ path: '/auth/login', body: wrong, mustEnd: true });
      mustHandOutNoToken(target, answer, 'a login with members of other types');
      demand(answer.status === 400, 'a login with members of other types to be answered with 400', inWords(answer));
    });
  });

  check('login.not-in-url', 'by GET and by POST', async ({ target, user, evidence }) => {
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
        mustHandOutNoToken(target, await target.send({ ...parts, mustEnd: true }), 'credentials in the URL'),
      ),
    );
  });

  check('login.json-only', 'a form, and JSON that says it is something else', async ({ target, user, evidence }) => {
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
        const answer = await target.send({ path: '/auth/login', headers, body, mustEnd: true });
        mustHandOutNoToken(target, answer, `a login as ${type}`);
      }),
    );
  });

  check('login.email-case', 'in capitals', async ({ target, user, evidence }) => {
    const account = await user();
    account.nameIn(evidence);
    const { email, password } = account;
    const control = await target.loggedIn(account);
    const inCapitals = email.toUpperCase();
    evidence.names.add(
      inCapitals,
      'EMAIL_IN_CAPITALS',
      { kind: 'derived', shell: '"${EMAIL^^}"', from: ['EMAIL'] },
      false,
    );
    const answer = await target.login(account, undefined, { email: inCapitals, password });
    demand(answer.succeeded, 'a login with the e-mail in capitals to succeed', inWords(answer));
    const access = target.accessToken(answer, control.access.obtainedAt);
    mustAccept(target, await target.whoAmI({ header: access }), account, access, 'the access token');
  });

  check('login.new-session', "with another user's token in the request", async (tools) => {
    const { target, newUser, evidence } = tools;
    const token = newStaticToken(evidence);
    const [account, other] = [await newUser(), await newUser({ token: token.value })];
    const loggedIn = async (mode: 'json' | 'session', sent: SentTokens, what: string): Promise<void> => {
      const obtainedAt = performance.now();
      const body = { email: account.email, password: account.password, mode };
      const answer = await target.send(target.withTokens({ path: '/auth/login', body, mustEnd: true }, sent));
      // Who is logged in already may be sent away.
      if (answer.status >= 400 && answer.status < 500) return;
      const own = mode === 'json' ? target.accessToken(answer, obtainedAt) : target.sessionToken(answer, obtainedAt);
      mustAccept(
        target,
        await target.whoAmI(mode === 'json' ? { header: own } : { cookie: own }),
        account,
        own,
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
    mustAccept(
      target,
      await target.whoAmI({ cookie: session }),
      other,
      session,
      'the session token of another user, sent with a login,',
    );
  });

  check('login.new-session', 'with the own session token in the request', async ({ target, ownUser }) => {
    const account = await ownUser();
    const first = await target.loggedInBySession(account);
    const { email, password } = account;
    const obtainedAt = performance.now();
    const answer = await target.send(
      target.withTokens(
        { path: '/auth/login', body: { email, password, mode: 'session' }, mustEnd: true },
        { cookie: first },
      ),
    );
    if (answer.status >= 400 && answer.status < 500) return;
    const second = target.sessionToken(answer, obtainedAt);
    demand(second.value !== first.value, 'a login to give a new session token', 'it gives the one that was sent');
    const logout = await target.logoutByCookie('session', first.value);
    require(logout.succeeded || logout.status === 401, inWords(logout));
    mustAccept(
      target,
      await target.whoAmI({ cookie: second }),
      account,
      second,
      'the session token of a second login, after the logout of the first,',
    );
  });

  check('login.new-session', 'with the own refresh token as cookie', async ({ target, ownUser }) => {
    const account = await ownUser();
    const { refreshCookie } = target.description;
    const first = (await target.login(account, 'cookie')).cookie(refreshCookie)?.value;
    if (first === undefined) throw new NotApplicable('the target does not offer the mode cookie');
    const { email, password } = account;
    const answer = await target.send({
      path: '/auth/login',
      headers: { Cookie: `${refreshCookie}=${first}` },
      body: { email, password, mode: 'cookie' },
      mustEnd: true,
    });
    if (answer.status >= 400 && answer.status < 500) return;
    const second = answer.cookie(refreshCookie)?.value;
    demand(
      second !== undefined && second !== first,
      'a login in mode cookie to give a new refresh token',
      'it gives the one that was sent',
    );
  });

  check('login.leaves-others', 'later ones, in each mode', async ({ target, ownUser }) => {
    const account = await ownUser();
    const { refreshCookie } = target.description;
    const [first, session, cookie] = await Promise.all([
      target.loggedIn(account),
      target.loggedInBySession(account),
      target.login(account, 'cookie').then((answer) => answer.cookie(refreshCookie)?.value),
    ]);
    for (const login of await Promise.all(modes.map(async (mode) => target.login(account, mode))))
      require(login.succeeded, inWords(login));
    mustAccept(
      target,
      await target.whoAmI({ header: first.access }),
      account,
      first.access,
      'the access token of an earlier login',
    );
    mustAccept(
      target,
      await target.whoAmI({ cookie: session }),
      account,
      session,
      'the session token of an earlier login',
    );
    const refreshes = [
      ['json', first.refresh, async () => target.refresh(first.refresh, account)],
      ['session', session, async () => target.refreshByCookie('session', session.value, account)],
      ...(cookie === undefined
        ? []
        : [['cookie', first.refresh, async () => target.refreshByCookie('cookie', cookie, account)] as const]),
    ] as const;
    for (const [mode, token, refresh] of refreshes) {
      const answer = await refresh();
      if (!answer.succeeded) target.excuseIfOvertaken(token);
      demand(answer.succeeded, `the refresh of an earlier login in mode ${mode} to succeed`, inWords(answer));
    }
  });

  check('login.leaves-others', 'five at once, in modes json and session', async ({ target, ownUser }) => {
    const account = await ownUser();
    const [tokens, sessions] = await Promise.all([
      Promise.all(Array.from({ length: 5 }, async () => target.loggedIn(account))),
      Promise.all(Array.from({ length: 5 }, async () => target.loggedInBySession(account))),
    ]);
    demand(
      new Set(tokens.map(({ refresh }) => refresh.value)).size === 5 &&
        new Set(sessions.map(({ value }) => value)).size === 5,
      'five logins at once to give five refresh tokens, and as many session tokens',
      'some are the same',
    );
    const [ended, ...others] = sessions;
    const logout = await target.logoutByCookie('session', ended?.value ?? '');
    require(logout.succeeded, inWords(logout));
    for (const session of others)
      mustAccept(
        target,
        await target.whoAmI({ cookie: session }),
        account,
        session,
        'the session token of one of five logins at once',
      );
    for (const { access, refresh } of tokens) {
      mustAccept(
        target,
        await target.whoAmI({ header: access }),
        account,
        access,
        'the access token of one of five logins at once',
      );
      const answer = await target.refresh(refresh, account);
      if (!answer.succeeded) target.excuseIfOvertaken(refresh);
      demand(answer.succeeded, 'the refresh token of each of five logins at once to be good', inWords(answer));
    }
  });

  check('login.reset-token-needed', 'tokens of other kinds', async ({ target, newUser, evidence }) => {
    const token = newStaticToken(evidence);
    const account = await newUser({ token: token.value });
    const [{ access, refresh }, session] = [await target.loggedIn(account), await target.loggedInBySession(account)];
    const password = `${account.password}-other`;
    for (const [what, value] of [
      ['a standard token', access.value],
      ['a session token', session.value],
      ['a static token', token.value],
      ['a refresh token', refresh.value],
      ['a made-up token', 'made-up'],
    ] as const) {
      const answer = await target.send({ path: '/auth/password/reset', body: { token: value, password } });
      mustRefuse(answer, `a new password with ${what}`);
    }
    mustHandOutNoToken(target, await target.login(account, undefined, { password }), 'a login with that password');
    const login = await target.login(account);
    demand(login.succeeded, 'the old password to log in', inWords(login));
  });

  check('login.superfluous', 'in each mode', async ({ target, user }) => {
    const account = await user();
    for (const mode of modes) {
      for (const extra of [{ otp: '123456' }, { remember: true, device: { name: 'x' } }]) {
        const answer = await target.login(account, mode, extra);
        demand(
          answer.succeeded,
          `a login in mode ${mode} with ${Object.keys(extra).join(' and ')} beside e-mail and password to succeed`,
          inWords(answer),
        );
      }
    }
  });

  check('login.reset-request', 'of an unknown e-mail, and for another address', async ({ target, user }) => {
    const { email } = await user();
    const request = async (body: object): Promise<Answer> => target.send({ path: '/auth/password/request', body });
    const unknown = await request({ email: `nobody-${email}` });
    demand(
      unknown.status === 204 && unknown.response.body === '',
      'a request for a new password to be answered with 204 to an unknown e-mail too',
      inWords(unknown),
    );
    for (const address of [email, `nobody-${email}`]) {
      const answer = await request({ email: address, reset_url: 'https://attacker.example/reset' });
      mustRefuse(answer, 'a request for a new password, to be set on a page of another site,');
      demand(
        answer.status === 400 && errorCode(answer) === 'INVALID_PAYLOAD',
        'a request for a new password, to be set on a page of another site, to be answered with 400 INVALID_PAYLOAD',
        inWords(answer),
      );
    }
  });

  check('login.attempts-limited', 'with one attempt more than allowed', async (tools) => {
    const { target, newUser } = tools;
    const allowed = await attemptsAllowed(tools);
    if (allowed > MOST_ATTEMPTS) throw new NotApplicable(`the target allows ${allowed} attempts`);
    const account = await newUser();
    const { email, password } = account;
    const wrong = { email, password: `${password}x` };
    let left = allowed + 2;
    const guess = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const answer = await target.send({ path: '/auth/login', body: wrong });
        mustHandOutNoToken(target, answer, 'a login with a wrong password');
      }
    };
    await Promise.all(Array.from({ length: 8 }, guess));
    mustHandOutNoToken(target, await target.login(account), `a login after ${allowed + 2} wrong ones`);
  });

  check('login.same-time', 'in two rounds', async ({ target, newUser, evidence, alone }) => {
    const { email } = await newUser();
    const mark = evidence.mark();
    const attempt = async (address: string): Promise<number> => {
      const start = performance.now();
      const answer = await target.send({ path: '/auth/login', body: { email: address, password: 'a wrong password' } });
      const duration = performance.now() - start;
      mustHandOutNoToken(target, answer, 'a login with a wrong password');
      return duration;
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
    demand(
      apart === undefined,
      'attempts with a wrong password and with an unknown e-mail to take the same time',
      () => `the quickest of ${apart?.count ?? 0} took ${apart?.first ?? 0} ms and ${apart?.second ?? 0} ms`,
    );
  });

  check('login.same-answer', 'of each status', async ({ target, newUser, administrator, evidence }) => {
    const account = await newUser();
    const { email, password } = account;
    const wrong = await target.send({ path: '/auth/login', body: { email, password: `${password}x` } });
    require(!wrong.succeeded, inWords(wrong));
    for (const status of ['suspended', 'draft', 'invited', 'archived', 'unverified']) {
      await administrator.change(account, { status }, evidence);
      const answer = await target.login(account);
      demand(
        answer.status === wrong.status && answer.response.body === wrong.response.body,
        `a user whose status is ${status} to be refused as a wrong password is`,
        `${inWords(wrong)} for the wrong password, ${inWords(answer)} for the user, with ${answer.response.body === wrong.response.body ? 'the same body' : 'another body'}`,
      );
    }
  });
});
