import { chapter, check, type CheckContext } from '../harness/check.js';
import { expectNoToken } from '../harness/expectations.js';
import { assert, assume, NotApplicable } from '../harness/outcomes.js';
import { timeApart } from '../harness/run/timing.js';

/** How many attempts a Directus allows unless it was told otherwise. Observed: Directus 12.4.1. */
const ATTEMPTS = 25;

/** More attempts than these are too many to be tried out. */
const MOST_ATTEMPTS = 50;

/** How many attempts to log in the target allows, as it says itself. */
async function attemptsAllowed({ administrator, evidence }: CheckContext): Promise<number> {
  const settings = await administrator.send({ path: '/settings?fields=auth_login_attempts' }, evidence);
  if (!settings.succeeded) return ATTEMPTS;
  const attempts = settings.payload['auth_login_attempts'];
  if (typeof attempts !== 'number') throw new NotApplicable('the target is set up to allow any number of attempts');
  return attempts;
}

chapter('Logging In', () => {
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
        const response = await target.send({ path: '/auth/login', body: wrong });
        expectNoToken(response, 'a login with a wrong password');
      }
    };
    await Promise.all(Array.from({ length: 8 }, guess));
    expectNoToken(await target.login(account), `a login after ${allowed + 2} wrong ones`);
  });

  check(
    'login.same-time',
    'A wrong password and an unknown e-mail address take the same time, measured in two rounds or more',
    async ({ target, newUser, evidence, alone }) => {
      const start = evidence.mark();
      const attempt = async (address: string): Promise<number> => {
        const before = performance.now();
        const response = await target.send({
          path: '/auth/login',
          body: { email: address, password: 'a wrong password' },
        });
        const duration = performance.now() - before;
        expectNoToken(response, 'a login with a wrong password');
        return duration;
      };
      const apart = await timeApart(async () => {
        await evidence.backTo(start);
        const { email } = await newUser();
        return [
          async () => alone(async () => attempt(email)),
          async () => alone(async () => attempt(`nobody-${email}`)),
        ];
      });
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
