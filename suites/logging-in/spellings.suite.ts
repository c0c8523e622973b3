import { Shell } from '../harness/evidence/shell.js';
import { chapter, check, type CheckContext } from '../harness/check.js';
import { assumeSuccess, expectAccepted, expectNoToken } from '../harness/expectations.js';
import { emailSpellings, lengthenedEmails, passwordSpellings, type Spelling } from '../harness/generators/spellings.js';
import { assert, Inconclusive, NotApplicable } from '../harness/outcomes.js';
import { TransportError } from '../harness/target/http/transport-error.js';
import type { Response } from '../harness/target/http/response.js';
import { Account } from '../harness/users/account.js';

/** How long a long email address is, at least, in characters. */
const LONG_EMAIL = 100;
const LABEL = 'long-domain-name.';

/** A user with a password of a class; undefined where the target refuses to store it, and may. */
async function userWith(
  { newUser, evidence }: CheckContext,
  { stored, mayBeRejected }: Spelling,
): Promise<Account | undefined> {
  evidence.names.add(stored, 'SPELLED_PASSWORD', { kind: 'random', shell: Shell.literal(stored), isConstant: true });
  try {
    return await newUser({ password: stored });
  } catch (error) {
    if (mayBeRejected === true && error instanceof Inconclusive && !(error instanceof TransportError)) return undefined;
    throw error;
  }
}

const login = async ({ target }: CheckContext, email: string, password: string): Promise<Response> =>
  target.send({ path: '/auth/login', body: { email, password } });

chapter('Logging In', () => {
  for (const spelling of passwordSpellings) {
    check(
      'login.password-exact',
      `A password with ${spelling.name} is accepted as it was stored, and not with anything of it changed`,
      async (context) => {
        const account = await userWith(context, spelling);
        if (account === undefined) throw new NotApplicable(`the target stores no password with ${spelling.name}`);
        const right = await login(context, account.email, spelling.stored);
        assert(right.succeeded, `the password with ${spelling.name} that was stored to log in`, right.summary);
        const access = context.target.accessToken(right);
        expectAccepted(await context.target.whoAmI({ header: access }), account, 'the token of that login');
        for (const [what, password] of spelling.others)
          expectNoToken(
            await login(context, account.email, password),
            `a login with ${what} in a password with ${spelling.name}`,
          );
      },
    );
  }

  check(
    'login.email-exact',
    'A login with something added to the email address that is stored is rejected',
    async (context) => {
      const account = await context.newUser();
      const { email, password } = account;
      assumeSuccess(await login(context, email, password));
      for (const [what, longer] of lengthenedEmails(email))
        expectNoToken(await login(context, longer, password), `a login with ${what}`);
    },
  );

  for (const spelling of emailSpellings) {
    check(
      'login.email-exact',
      `An email address with ${spelling.name} is accepted as it was stored, and not with anything of it changed`,
      async (context) => {
        const { newUser, administrator, evidence } = context;
        const account = await newUser();
        const { id = '', email, password } = account;
        const change = await administrator.send(
          { method: 'PATCH', path: `/users/${id}`, body: { email: spelling.stored + email } },
          evidence,
        );
        if (change.rejected && spelling.mayBeRejected === true)
          throw new NotApplicable(`the target stores no email address with ${spelling.name}`);
        assert(change.succeeded, `an email address with ${spelling.name} to be stored`, change.summary);
        const right = await login(context, spelling.stored + email, password);
        assert(right.succeeded, `the email address with ${spelling.name} that was stored to log in`, right.summary);
        for (const [what, local] of spelling.others)
          expectNoToken(
            await login(context, local + email, password),
            `a login with ${what} in an email address with ${spelling.name}`,
          );
      },
    );
  }

  check(
    'login.email-exact',
    'An email address of a hundred characters is accepted as it was stored, and not with fewer',
    async (context) => {
      const { newUser, administrator, evidence } = context;
      const { id = '', email, password } = await newUser();
      // RFC 5321 section 4.5.3.1: up to 64 characters before the @, up to 255 behind it.
      const labels = LABEL.repeat(Math.ceil((LONG_EMAIL - email.length) / LABEL.length));
      const long = email.replace('@', `@${labels}`);
      const parts = { method: 'PATCH', path: `/users/${id}`, body: { email: long } };
      const change = await administrator.send(parts, evidence);
      if (change.rejected) throw new NotApplicable(`the target stores no email address of ${long.length} characters`);
      const right = await login(context, long, password);
      assert(right.succeeded, `an email address of ${long.length} characters that was stored to log in`, right.summary);
      for (const kept of [long.length - 1, 80, 64])
        expectNoToken(await login(context, long.slice(0, kept), password), 'a login with its first characters alone');
    },
    { needs: 'admin' },
  );

  check(
    'login.email-exact',
    'Users whose email addresses begin or end alike each log in as themselves',
    async ({ target, newUser }) => {
      const first = await newUser();
      const [name = '', domain = ''] = first.email.split('@');
      const others = [
        `${name}@${domain.replace('example', 'example-2')}`,
        `x${first.email}`,
        `${name}@x.${domain}`,
        `${name}+x@${domain}`,
      ];
      const accounts = [first];
      for (const email of others) {
        const { password, id = '', evidence } = await newUser({ email });
        accounts.push(Account.provisioned(email, password, id, evidence));
      }
      for (const account of accounts) {
        const login = await target.login(account);
        assert(login.succeeded, 'a user whose email begins or ends as those of others do to log in', login.summary);
        const use = await target.whoAmI({ header: target.accessToken(login) });
        expectAccepted(use, account, 'the access token of a user whose email begins or ends as those of others do');
      }
    },
    { needs: 'admin' },
  );
});
