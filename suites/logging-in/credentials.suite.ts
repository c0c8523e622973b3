import fc from 'fast-check';
import { Shell } from '../harness/evidence/shell.js';
import { chapter, check } from '../harness/check.js';
import { expectAccepted, expectNoToken, expectError } from '../harness/expectations.js';
import { assert } from '../harness/outcomes.js';
import { forAll } from '../harness/generators/property.js';
import { passwordCases } from '../harness/generators/spellings.js';
import { modes } from '../harness/target/target.js';
import { assumeAttempts } from '../harness/users/attempts-allowed.js';

const form = (email: string, password: string): string => new URLSearchParams({ email, password }).toString();

chapter('Logging In', () => {
  for (const mode of modes) {
    check(
      'login.password-exact',
      `A long password is accepted, and what resembles it is rejected, in mode ${mode}`,
      async (context) => {
        await assumeAttempts(context);
        const { target, newUser, evidence } = context;
        const password = `Pässwörd Ω ﬁ ${'Correct-Horse-Battery-Staple '.repeat(2)}${'x'.repeat(8)} The End`;
        evidence.names.add(password, 'LONG_PASSWORD', {
          kind: 'random',
          shell: Shell.literal(password),
          isConstant: true,
        });
        const account = await newUser({ password });
        const login = async (attempt: string | string[]): ReturnType<typeof target.send> =>
          target.send({
            path: '/auth/login',
            body: { email: account.email, password: attempt, mode },
          });
        const right = await login(password);
        assert(right.succeeded, 'a long password with letters of other scripts to log in', right.summary);
        const attempts: [string, string | string[]][] = [
          ...passwordCases(password),
          ['a space before the password', ` ${password}`],
          ['a space behind the password', `${password} `],
          ['the first 8 characters of the password', password.slice(0, 8)],
          ['the first 72 characters of the password', password.slice(0, 72)],
          ['the first 72 characters of the password and others', `${password.slice(0, 72)}something else`],
          ['the password without its accents', password.normalize('NFD').replace(/\p{M}/gu, '')],
          ['the password with its ligatures taken apart', password.replace('ﬁ', 'fi')],
          ['a wildcard', '%'],
          ['a list of passwords, with the password among them', ['wrong', password, 'other']],
        ];
        await Promise.all(
          attempts.map(async ([what, attempt]) => expectNoToken(await login(attempt), `a login with ${what}`)),
        );
      },
      { needsEach: mode === 'session' ? ['session'] : [] },
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
        ['without an email', { password }],
        ['with nothing', {}],
        ['with an email that is an array', { email: [email], password }],
        ['with an email that is an object', { email: { _eq: email }, password }],
        ['with an email that is null', { email: null, password }],
        ['with a password that is a number', { email, password: 1 }],
        ['with a password that is true', { email, password: true }],
        ['with a password that is an object', { email, password: { _neq: '' } }],
        ['with a password that is null', { email, password: null }],
        ['with an empty password', { email, password: '' }],
        ['with a list of passwords', { email, password: ['wrong', password] }],
        ['with a password in a list', { email, password: [password] }],
        ['with a password in an object', { email, password: { password } }],
        ['with an email that is none', { email: 'not-an-email', password }],
        ['with a mode that is a number', { email, password, mode: 1 }],
        ['with an otp that is a number', { email, password, otp: 123456 }],
        ['with an otp that is true', { email, password, otp: true }],
        ['with an otp that is an array', { email, password, otp: ['123456'] }],
        ['that is an array', [{ email, password }]],
        ['that is cut short', `{"email":"${email}"`],
        ['that is no JSON', '{bad'],
        ['that is a string', '"login"'],
      ];
      await Promise.all(
        bodies.map(async ([what, body]) => {
          const response = await target.send({ path: '/auth/login', body });
          expectNoToken(response, `a login ${what}`);
          expectError(response, 400, 'INVALID_PAYLOAD', `a login ${what} to return 400 INVALID_PAYLOAD`);
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
        const response = await target.send({ path: '/auth/login', body: wrong });
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
      await Promise.all(ways.map(async (parts) => expectNoToken(await target.send(parts), 'credentials in the URL')));
    },
  );

  for (const [title, type] of [
    ['Credentials in a form are rejected', 'application/x-www-form-urlencoded'],
    ['Credentials in plain text are rejected', 'text/plain'],
  ] as const)
    check('login.json-only', title, async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const { email, password } = account;
      await Promise.all(
        [form(email, password), JSON.stringify({ email, password })].map(async (body) => {
          const headers = { 'Content-Type': type };
          const response = await target.send({ path: '/auth/login', headers, body });
          expectNoToken(response, `a login as ${type}`);
        }),
      );
    });

  check(
    'login.email-case',
    'A login with the email address in capitals succeeds',
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
      assert(response.succeeded, 'a login with the email in capitals to succeed', response.summary);
      const access = target.accessToken(response);
      expectAccepted(await target.whoAmI({ header: access }), account, 'the access token');
    },
  );

  check(
    'login.superfluous',
    'An unneeded one-time password and unknown members do not change a login, in each mode',
    async ({ target, user }) => {
      const account = await user();
      for (const mode of target.modes) {
        for (const extra of [{ otp: '123456' }, { remember: true, device: { name: 'x' } }]) {
          const response = await target.login(account, mode, extra);
          assert(
            response.succeeded,
            `a login in mode ${mode} with ${Object.keys(extra).join(' and ')} beside email and password to succeed`,
            response.summary,
          );
        }
      }
    },
  );
});
