import fc from 'fast-check';
import { chapter, check, type Tools } from './harness/check.js';
import { errorCode, inWords, mustAccept, mustHandOutNoToken } from './harness/expectations.js';
import { demand, NotApplicable, require } from './harness/outcomes.js';
import { forAll } from './harness/property.js';
import { modes } from './harness/target.js';
import { timeApart } from './harness/timing.js';

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
        const password = `Pässwörd Ω ${'Correct-Horse-Battery-Staple '.repeat(2)}${'x'.repeat(8)} The End`;
        evidence.names.add(password, 'LONG_PASSWORD', { kind: 'random', shell: `printf %s '${password}'` });
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
      evidence.backTo(mark);
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

  check('login.same-answer', 'of a user who is suspended', async ({ target, newUser, administrator, evidence }) => {
    const account = await newUser();
    const { email, password } = account;
    const wrong = await target.send({ path: '/auth/login', body: { email, password: `${password}x` } });
    require(!wrong.succeeded, inWords(wrong));
    const change = await administrator.send(
      { method: 'PATCH', path: `/users/${account.id ?? ''}`, body: { status: 'suspended' } },
      evidence,
    );
    require(change.succeeded, inWords(change));
    const suspended = await target.login(account);
    demand(
      suspended.status === wrong.status && suspended.response.body === wrong.response.body,
      'a suspended user to be refused as a wrong password is',
      `${inWords(wrong)} for the wrong password, ${inWords(suspended)} for the suspended user, with ${suspended.response.body === wrong.response.body ? 'the same body' : 'another body'}`,
    );
  });
});
