import { tamperedForms, nameTampered } from '../harness/generators/tampered-tokens.js';
import { Shell } from '../harness/evidence/shell.js';
import { randomAlike } from '../harness/evidence/shell-functions.js';
import { chapter, check } from '../harness/check.js';
import { expectAccepted, expectRejected, assumeSuccess } from '../harness/expectations.js';
import { seesExpiry, untilExpiry, WHILE_MS } from '../harness/target/tokens/expiry.js';
import { claimsOf } from '../harness/target/tokens/jwt.js';
import { assert, assume, NotApplicable } from '../harness/outcomes.js';
import type { Account } from '../harness/users/account.js';
import { newStaticToken } from '../harness/users/new-static-token.js';
import { expectUsableOften } from '../harness/used-often.js';

const DAY_MS = 86_400_000;
/** Longer than keys of an API are valid where they expire: 30, 90 or 365 days. */
const LONG_MS = 400 * DAY_MS;

/** What fits into columns of databases and keys of indexes, in characters: a longer token may be stored cut there. */
const COLUMN_LENGTHS = [64, 72, 128, 191, 250, 255, 256, 512];

chapter('Static Tokens', () => {
  check(
    'static.does-not-expire',
    'A static token is accepted after a standard token of its user has expired',
    async ({ target, newUser, evidence, plan, wait }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const { access } = await target.loggedIn(account);
      await wait(untilExpiry(access, plan));
      expectAccepted(
        await target.whoAmI({ header: token }),
        account,
        'a static token older than a standard token can become',
      );
    },
    seesExpiry,
  );

  check(
    'static.authenticates',
    "A static token is accepted as its user's, twelve times",
    async ({ target, withStaticToken }) => {
      const { account, token } = await withStaticToken();
      for (let time = 1; time <= 12; time += 1) {
        expectAccepted(
          await target.whoAmI({ header: token }),
          account,
          time === 1 ? 'a static token' : 'a static token used before',
        );
      }
    },
  );

  check(
    'static.authenticates',
    'A static token is accepted for sixty requests, several at once',
    async ({ target, withStaticToken }) => {
      const { account, token } = await withStaticToken();
      await expectUsableOften(target, account, { header: token }, 'a static token');
    },
  );

  check(
    'static.authenticates',
    'The static token of a user who has neither an email address nor a password is accepted',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const parts = { method: 'PATCH', path: `/users/${account.id ?? ''}`, body: { email: null, password: null } };
      const change = await administrator.send(parts, evidence);
      if (!change.succeeded) throw new NotApplicable('the target has no users without email address and password');
      for (const sent of [{ header: token }, { query: token }])
        expectAccepted(
          await target.whoAmI(sent),
          account,
          'the static token of a user who has neither an email address nor a password',
        );
    },
    { needs: 'admin' },
  );

  check(
    'static.does-not-expire',
    'A static token is accepted after logins, refreshes and logouts of its user',
    async ({ target, newUser, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const stillWorks = async (when: string): Promise<void> =>
        expectAccepted(await target.whoAmI({ header: token }), account, `a static token ${when}`);
      const before = await target.whoAmI({ header: token });
      assumeSuccess(before);

      const [{ refresh }, sessions] = await Promise.all([target.loggedIn(account), target.sessionsOf(account)]);
      await stillWorks('after logins of its user');
      const [refreshed, ...renewed] = await Promise.all([
        target.refresh(refresh),
        ...sessions.map(async ({ value }) => target.refreshByCookie('session', value)),
      ]);
      await stillWorks('after refreshes of its user');
      if (refreshed.succeeded) await target.logout(target.standardTokens(refreshed).refresh);
      await stillWorks('after a logout of its user');
      for (const renewal of renewed)
        if (renewal.succeeded) await target.logoutByCookie('session', target.sessionToken(renewal).value);
      await stillWorks('after a logout of its user in mode session');
      await target.send({ path: '/auth/logout', body: { refresh_token: token.value } });
      await stillWorks('after it was sent to the logout itself');
    },
  );

  check(
    'static.does-not-expire',
    'A static token is accepted after some seconds',
    async ({ target, newUser, evidence, plan, wait }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const before = await target.whoAmI({ header: token });
      assumeSuccess(before);
      // Where the clock can be advanced: as old as a refresh token can become.
      const ageMs = plan.clock === undefined ? WHILE_MS : Math.max(WHILE_MS, target.description.refreshLifeMs ?? 0);
      await wait(ageMs);
      const what = `a static token that was set ${ageMs / 1000} seconds ago`;
      expectAccepted(await target.whoAmI({ header: token }), account, what);
      expectAccepted(await target.whoAmI({ query: token }), account, what);
    },
    { waits: true },
  );

  check(
    'static.does-not-expire',
    'A static token is accepted more than a year after it was set',
    async ({ target, newUser, evidence, wait }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const before = await target.whoAmI({ header: token });
      assumeSuccess(before);
      await wait(LONG_MS);
      for (const sent of [{ header: token }, { query: token }])
        expectAccepted(await target.whoAmI(sent), account, `a static token that was set ${LONG_MS / DAY_MS} days ago`);
    },
    { needsEach: ['admin', 'clock'] },
  );

  check('static.does-not-expire', 'A static token that is a JWT has no exp', async ({ plan }) => {
    if (plan.staticToken === undefined)
      throw new NotApplicable(
        'needs static-token: give --static-token; the tokens that the suite sets itself are no JWTs',
      );
    const exp = claimsOf(plan.staticToken)?.exp;
    assert(exp === undefined, 'the static token to carry no expiry', `it is a JWT whose exp is ${exp ?? ''}`);
    return Promise.resolve();
  });

  check(
    'static.exact',
    'Tampered static tokens and wildcards are rejected',
    async ({ target, withStaticToken, evidence }) => {
      const { account, token } = await withStaticToken();
      const { value } = token;
      const control = await target.whoAmI({ header: token });
      assume(control.succeeded, `the static token as it was set is not accepted: ${control.summary}`);
      for (const tampered of tamperedForms(value)) {
        nameTampered(evidence, tampered, value);
        expectRejected(await target.whoAmI({ header: tampered.value }), `a static token ${tampered.how}`, account);
      }
      // A token of hexadecimal digits, as the suite makes it up, has letters that can be in another case.
      const inCapitals = value.toUpperCase();
      if (inCapitals !== value)
        expectRejected(await target.whoAmI({ header: inCapitals }), 'a static token in capitals', account);
      expectRejected(await target.whoAmI({ query: ` ${value}` }), 'a static token with a space before it', account);
      expectRejected(await target.whoAmI({ query: `${value} ` }), 'a static token with a space behind it', account);
      const wildcards = [`${value.slice(0, 8)}%`, '%', '_'.repeat(value.length), `${value.slice(0, 8)}*`, '*', '.*'];
      for (const wildcard of wildcards) {
        for (const sent of [{ header: wildcard }, { query: wildcard }]) {
          expectRejected(await target.whoAmI(sent), 'a wildcard in place of the static token', account);
        }
      }
    },
  );

  check('static.by-cookie', 'A static token in the session cookie is accepted', async ({ target, withStaticToken }) => {
    const { account, token } = await withStaticToken();
    expectAccepted(await target.whoAmI({ cookie: token }), account, 'a static token in the session cookie');
  });

  check(
    'static.exact',
    'A long static token that was stored is accepted as a whole, and not its beginning',
    async ({ target, newUser, administrator, evidence }) => {
      const account = await newUser();
      const longest = Math.max(...COLUMN_LENGTHS) + 40;
      const token = Array.from({ length: Math.ceil(longest / 32) }, () => newStaticToken(evidence).value).join('');
      evidence.names.add(token, 'LONG_TOKEN', { kind: 'random', shell: randomAlike(token) });
      const path = `/users/${account.id ?? ''}`;
      const change = await administrator.send({ method: 'PATCH', path, body: { token } }, evidence);
      if (!change.succeeded) throw new NotApplicable(`the target stores no static token of ${token.length} characters`);
      for (const sent of [{ header: token }, { query: token }])
        expectAccepted(await target.whoAmI(sent), account, `a static token of ${token.length} characters`);
      for (const length of COLUMN_LENGTHS)
        expectRejected(
          await target.whoAmI({ header: token.slice(0, length) }),
          `the first ${length} of the ${token.length} characters of a static token`,
          account,
        );
    },
    { needs: 'admin' },
  );

  check(
    'static.exact',
    'Static tokens that begin or end alike each identify their own user',
    async ({ target, newUser, evidence }) => {
      const { value } = newStaticToken(evidence);
      const users: [Account, string][] = [];
      // One after the other: which of them is stored first must not matter.
      for (const token of [`${value}-a`, `${value}-b`, `a-${value}`, `b-${value}`]) {
        evidence.names.add(token, 'STATIC_TOKEN', { kind: 'random', shell: Shell.literal(token) });
        users.push([await newUser({ token }), token]);
      }
      for (const [account, token] of users)
        for (const sent of [{ header: token }, { query: token }])
          expectAccepted(await target.whoAmI(sent), account, 'a static token that begins or ends as others do');
    },
    { needs: 'admin' },
  );
});
