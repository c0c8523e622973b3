import { chapter, check } from '../harness/check.js';
import { assumeSuccess, expectNoToken } from '../harness/expectations.js';
import { assert, assume, NotApplicable } from '../harness/outcomes.js';
import type { Response } from '../harness/target/http/response.js';
import { isSameAnswer } from '../harness/target/same-answer.js';
import type { Mode, Target } from '../harness/target/target.js';
import { timeApart } from '../harness/run/timing.js';
import type { Account } from '../harness/users/account.js';
import { attemptsAllowed } from '../harness/users/attempts-allowed.js';

/** So many attempts a target must allow, for a count that goes on to be told from one that begins anew. */
const LEAST_ATTEMPTS = 4;

/** Attempts that are under way at once. */
const AT_ONCE = 8;

/** Makes so many attempts, each with its number, several at once. */
async function severalAtOnce(count: number, attempt: (number: number) => Promise<void>): Promise<void> {
  let next = 0;
  const attempts = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await attempt(next - 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, attempts));
}

/** Attempts so many logins with a wrong password, several at once. */
async function attemptWrongly(target: Target, account: Account, count: number): Promise<void> {
  const wrong = { password: `${account.password}x` };
  await severalAtOnce(count, async () => {
    expectNoToken(await target.attemptLogin(account, wrong), 'a login with a wrong password');
  });
}

/**
 * A login that no limit keeps from its response.
 * @throws NotApplicable where the target has had too many logins, of whomever
 */
async function spared(target: Target, account: Account, mode?: Mode): Promise<Response> {
  const login = await target.attemptLogin(account, { ...(mode && { mode }) });
  if (login.status === 429) throw new NotApplicable('the target limits logins by more than the account');
  return login;
}

chapter('Logging In', () => {
  check('login.attempts-limited', 'One attempt more than allowed locks the account', async (context) => {
    const { target, newUser } = context;
    const allowed = await attemptsAllowed(context);
    const account = await newUser();
    await attemptWrongly(target, account, allowed + 2);
    expectNoToken(await target.attemptLogin(account), `a login after ${allowed + 2} wrong ones`);
  });

  check(
    'login.same-answer',
    'A login of a user whom wrong passwords have suspended returns the same as one of an unknown email',
    async (context) => {
      const { target, newUser, administrator, evidence } = context;
      const allowed = await attemptsAllowed(context);
      const account = await newUser();
      const unknown = { email: `nobody-${account.email}` };
      await attemptWrongly(target, account, allowed + 2);
      const record = await administrator.send({ path: `/users/${account.id ?? ''}?fields=id,status` }, evidence);
      // A target may lock accounts for a time, by something other than their status, and say so.
      if (record.text('status') !== 'suspended')
        throw new NotApplicable('the target does not suspend users for wrong passwords');
      const [first, again] = [await target.attemptLogin(account, unknown), await target.attemptLogin(account, unknown)];
      for (const given of [{}, { password: `${account.password}x` }]) {
        const response = await target.attemptLogin(account, given);
        if ([first, again, response].some(({ status }) => status === 429))
          throw new NotApplicable('the target limits logins by more than the account');
        const isSame = isSameAnswer(first, again, response);
        assert(
          isSame,
          'a user whom wrong passwords have suspended to be rejected as an unknown email is',
          `${first.summary} for an unknown email, ${response.summary} for the user, with ${isSame ? 'the same body' : 'another body'}`,
        );
      }
    },
  );

  check(
    'login.attempts-limited',
    'Attempts in each mode, in other spellings of the email, from other addresses and between logins of others are counted together',
    async (context) => {
      const { target, newUser, administrator, evidence } = context;
      const allowed = await attemptsAllowed(context);
      const [account, other] = [await newUser(), await newUser()];
      account.nameIn(target.evidence);
      const { email, password } = account;
      const spellings = [email, email.toUpperCase(), `${email.charAt(0).toUpperCase()}${email.slice(1)}`];
      // Other spellings of the path, where they log in too.
      const paths = ['/auth/login'];
      for (const path of ['/auth/login?x=1', '/auth/login/', '/AUTH/login']) {
        const body = { email: other.email, password: other.password };
        const login = await target.send({ path, body, limitIsAnswer: true });
        if (login.succeeded) paths.push(path);
      }
      await severalAtOnce(allowed + 2, async (number) => {
        const mode = target.modes[number % target.modes.length];
        const address = `203.0.113.${number + 1}`;
        const wrong = await target.send({
          path: paths[number % paths.length] ?? '/auth/login',
          headers: { 'X-Forwarded-For': address, 'X-Real-IP': address, 'User-Agent': `Client/${number}` },
          body: { email: spellings[number % spellings.length], password: `${password}x`, mode },
          limitIsAnswer: true,
        });
        expectNoToken(wrong, 'a login with a wrong password');
        if (number % 5 === 0) await target.attemptLogin(other);
      });
      expectNoToken(
        await target.attemptLogin(account),
        `a login after ${allowed + 2} wrong ones, in each mode, in several spellings of the email and from several addresses,`,
      );
      const spared = await target.attemptLogin(other);
      // A limit by address, which some targets have beside that of the account, tells nothing of the account.
      if (spared.status === 429) return;
      assert(spared.succeeded, 'a user to log in while the account of another is locked', spared.summary);
      const id = account.id ?? '';
      const record = await administrator.send({ path: `/users/${id}?fields=id,status` }, evidence);
      // A target may lock accounts for a time, by something other than their status.
      if (record.text('status') !== 'suspended') return;
      await administrator.change(account, { status: 'active' }, evidence);
      const again = await target.attemptLogin(account);
      assert(again.succeeded, 'a locked user to log in once an administrator has ended the suspension', again.summary);
    },
  );

  check('login.attempts-limited', 'A right login begins the count of wrong ones anew', async (context) => {
    const { target, newUser } = context;
    const allowed = await attemptsAllowed(context);
    if (allowed < LEAST_ATTEMPTS) throw new NotApplicable(`the target allows ${allowed} attempts`);
    const account = await newUser();
    const mustLogIn = async (after: string): Promise<void> => {
      const login = await spared(target, account);
      assert(login.succeeded, `a login ${after}, of which the target allows ${allowed}, to succeed`, login.summary);
    };
    await attemptWrongly(target, account, allowed - 2);
    await mustLogIn(`after ${allowed - 2} wrong ones`);
    await attemptWrongly(target, account, LEAST_ATTEMPTS);
    await mustLogIn(`after ${LEAST_ATTEMPTS} wrong ones since the last right one`);
  });

  check(
    'login.attempts-limited',
    'Requests, refreshes and logouts of the user leave the count of wrong passwords as it is',
    async (context) => {
      const { target, newUser } = context;
      const allowed = await attemptsAllowed(context);
      const account = await newUser();
      const { access, refresh } = target.standardTokens(await spared(target, account));
      const ended = target.standardTokens(await spared(target, account));
      const session = target.modes.includes('session')
        ? target.sessionToken(await spared(target, account, 'session'))
        : undefined;
      // One attempt fewer than allowed locks no account.
      await attemptWrongly(target, account, allowed - 1);
      assumeSuccess(await target.whoAmI({ header: access }));
      assumeSuccess(await target.refresh(refresh, account));
      if (session !== undefined) assumeSuccess(await target.refreshByCookie('session', session.value, account));
      assumeSuccess(await target.logout(ended.refresh));
      await attemptWrongly(target, account, 3);
      expectNoToken(
        await target.attemptLogin(account),
        `a login after ${allowed + 2} wrong ones, before the last of which the user was there,`,
      );
    },
  );

  for (const [subject, kind, status] of [
    ['A wrong password', 'a wrong password', 'active'],
    ['A suspended user', 'a suspended user', 'suspended'],
  ] as const)
    check(
      'login.same-time',
      `${subject} and an unknown email address take the same time, measured in two rounds or more`,
      async ({ target, newUser, evidence, alone }) => {
        const start = evidence.mark();
        const attempt = async (address: string): Promise<number> => {
          const response = await target.send({
            path: '/auth/login',
            body: { email: address, password: 'a wrong password' },
          });
          expectNoToken(response, 'a login with a wrong password');
          // Of the request alone, which may have waited for its turn.
          return response.asked.receivedAt - response.asked.sentAt;
        };
        const apart = await timeApart(async () => {
          await evidence.backTo(start);
          const { email } = await newUser({ status });
          return [
            async () => alone(async () => attempt(email)),
            async () => alone(async () => attempt(`nobody-${email}`)),
          ];
        });
        assert(
          apart === undefined,
          `attempts with ${kind} and with an unknown email to take the same time`,
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
      const attempt = async (): Promise<Response> =>
        target.send({ path: '/auth/login', body: { email, password: `${password}x` } });
      const [wrong, again] = [await attempt(), await attempt()];
      assume(!wrong.succeeded && wrong.status < 500, wrong.summary);
      for (const status of ['suspended', 'draft', 'invited', 'archived', 'unverified']) {
        await administrator.change(account, { status }, evidence);
        const response = await target.login(account);
        const isSame = isSameAnswer(wrong, again, response);
        assert(
          isSame,
          `a user whose status is ${status} to be rejected as a wrong password is`,
          `${wrong.summary} for the wrong password, ${response.summary} for the user, with ${isSame ? 'the same body' : 'another body'}`,
        );
      }
    },
  );
});
