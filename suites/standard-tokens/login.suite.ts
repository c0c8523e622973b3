import type { Response } from '../harness/target/http/response.js';
import { Shell, sh } from '../harness/evidence/shell.js';
import { chapter, check } from '../harness/check.js';
import { expectNoToken, assumeSuccess } from '../harness/expectations.js';
import { assert, assume, NotApplicable } from '../harness/outcomes.js';
import { isSameAnswer } from '../harness/target/same-answer.js';
import type { Mode } from '../harness/target/target.js';
import { expectMatchingExpiry } from '../harness/target/tokens/expiry.js';

/** Values that some server compares with a password, or hands to its database, without looking at their type. */
const notPasswords = [
  true,
  false,
  0,
  1,
  null,
  {},
  { _neq: '' },
  { $ne: null },
  { $gt: '' },
  [],
  [''],
  ['x', 'y'],
  'null',
  'undefined',
  '%',
];

/** How often two responses are asked for anew whose headers differ. */
const AGAIN = 6;

chapter('Standard Tokens', () => {
  check('standard.login.returns-access-token', 'A login returns an access token', async ({ target, user }) => {
    const response = await target.login(await user());
    assert(response.succeeded, 'the login to succeed', response.summary);
    assert(
      response.text('access_token') !== undefined,
      'the payload to hold an access_token',
      `${response.summary} without one: it holds ${response.memberNames}`,
    );
  });

  check(
    'standard.login.needs-credentials',
    'A wrong password, an unknown email address and a missing member issue no token',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const { email, password } = account;
      const nobody = `nobody-${email}`;
      const attempts: [string, object][] = [
        ['a login with a wrong password', { email, password: `${password}x` }],
        ['a login with an unknown email', { email: nobody, password }],
        ['a login without a password', { email }],
        ['a login with an empty password', { email, password: '' }],
        ['a login without an email', { password }],
        ['a login with nothing', {}],
        ...notPasswords.map((value): [string, object] => [
          `a login with the password ${JSON.stringify(value)}`,
          { email, password: value },
        ]),
        ['a login with an email that is an object', { email: { _neq: '' }, password }],
        ['a login with an email that is true', { email: true, password }],
      ];
      await Promise.all(
        attempts.map(async ([what, body]) => expectNoToken(await target.send({ path: '/auth/login', body }), what)),
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
          });
          expectNoToken(response, `a login with ${what}`);
        }),
      );
    },
    { needs: 'admin' },
  );

  check(
    'standard.login.needs-credentials',
    'A user without a password cannot log in',
    async ({ target, administrator, unwantedUser, newUser, evidence }) => {
      const email = await unwantedUser();
      const creation = await administrator.send({ path: '/users', body: { email } }, evidence);
      if (!creation.succeeded) throw new NotApplicable('the target creates no users without a password');
      const { password } = await newUser();
      for (const value of [...notPasswords, '', ' ', 'password', email, password])
        expectNoToken(
          await target.send({ path: '/auth/login', body: { email, password: value } }),
          `a login of a user without a password, with the password ${value === password ? 'of another user' : JSON.stringify(value)},`,
        );
      expectNoToken(
        await target.send({ path: '/auth/login', body: { email } }),
        'a login of a user without a password, with none,',
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
      for (const mode of target.modes) {
        const right = await target.login(account, mode);
        assumeSuccess(right);
        for (const attempt of [`${password}x`, 'password']) {
          const body = { email, password: attempt, mode };
          expectNoToken(
            await target.send({ path: '/auth/login', body }),
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
      const [{ access }, sessions] = await Promise.all([target.loggedIn(account), target.sessionsOf(account)]);
      const body = { email: account.email, password: `${account.password}x` };
      for (const sent of [{ header: access }, { query: access }, ...sessions.map((session) => ({ cookie: session }))]) {
        const response = await target.send(target.withTokens({ path: '/auth/login', body }, sent));
        expectNoToken(response, 'a login with a wrong password, sent with a valid token,');
      }
    },
  );

  check(
    'standard.login.needs-credentials',
    'The password of another user, and email addresses that resemble the right one, issue no token',
    async ({ target, newUser }) => {
      const [account, other] = [await newUser(), await newUser()];
      const login = await target.login(other);
      assumeSuccess(login);
      const { email, password } = account;
      const attempts: [string, object][] = [
        ['the password of another user', { email, password: other.password }],
        ['the email of another user', { email: other.email, password }],
        ['a wildcard in the email', { email: email.replace(/-\d+@/, '%@'), password }],
        ['the email cut short', { email: email.replace('.com', '.co'), password }],
        ['something before the email', { email: `x${email}`, password }],
        ['something behind a plus in the email', { email: email.replace('@', '+x@'), password }],
      ];
      await Promise.all(
        attempts.map(async ([what, body]) =>
          expectNoToken(await target.send({ path: '/auth/login', body }), `a login with ${what}`),
        ),
      );
    },
    { needs: 'admin' },
  );

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
    'standard.login.returns-refresh-token',
    'A login returns a refresh token that differs from the access token',
    async ({ target, user }) => {
      const response = await target.login(await user());
      assumeSuccess(response);
      const refresh = response.text('refresh_token');
      assert(
        refresh !== undefined,
        'the payload to hold a refresh_token',
        `${response.summary} without one: it holds ${response.memberNames}`,
      );
      assert(
        refresh !== response.text('access_token'),
        'the refresh token to be another than the access token',
        'they are the same',
      );
    },
  );

  check(
    'standard.login.unknown-alike',
    'An unknown email address and a wrong password return the same, in each mode',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const attempt = async (email: string, mode: Mode): Promise<Response> =>
        target.send({ path: '/auth/login', body: { email, password: `${account.password}x`, mode } });
      const headerNames = ({ headerPairs }: Response): string[] => headerPairs.map(([name]) => name.toLowerCase());
      /** Headers that tell two emails apart: what comes by chance, as from a cache, does so with neither of them each time. */
      const telling = async (wrong: Response, unknown: Response, mode: Mode): Promise<string[]> => {
        const [ofWrong, ofUnknown] = [[wrong], [unknown]];
        const differing = (): string[] =>
          [...new Set([...ofWrong, ...ofUnknown].flatMap(headerNames))].filter((name) => {
            const [isThere, isNotThere] = [ofWrong, ofUnknown].map((all) =>
              all.map((one) => headerNames(one).includes(name)),
            );
            return new Set(isThere).size === 1 && new Set(isNotThere).size === 1 && isThere?.[0] !== isNotThere?.[0];
          });
        for (let time = 0; time < AGAIN && differing().length > 0; time += 1) {
          ofWrong.push(await attempt(account.email, mode));
          ofUnknown.push(await attempt(`nobody-${account.email}`, mode));
        }
        return differing();
      };
      for (const mode of target.modes) {
        const [wrong, again] = [await attempt(account.email, mode), await attempt(account.email, mode)];
        const unknown = await attempt(`nobody-${account.email}`, mode);
        const isSame = isSameAnswer(wrong, again, unknown);
        assert(
          isSame,
          `a login in mode ${mode} with an unknown email to be answered as one with a wrong password is`,
          `${wrong.summary} for the wrong password, ${unknown.summary} for the unknown email, with ${isSame ? 'the same body' : 'another body'}`,
        );
        const names = await telling(wrong, unknown, mode);
        assert(
          names.length === 0,
          'a wrong password and an unknown email to be answered with the same headers',
          `each time one of them alone has ${names.join(', ')}`,
        );
      }
    },
  );

  check('standard.login.mode', 'A login with an unknown mode issues no token', async ({ target, user }) => {
    const account = await user();
    account.nameIn(target.evidence);
    const { email, password } = account;
    for (const mode of ['unknown', 'JSON', 'SESSION', ' session', '', null, ['session'], { mode: 'session' }]) {
      const response = await target.send({ path: '/auth/login', body: { email, password, mode } });
      expectNoToken(response, `a login with the mode ${JSON.stringify(mode)}`);
    }
  });
});
