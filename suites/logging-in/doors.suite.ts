import { chapter, check, type CheckContext } from '../harness/check.js';
import { expectAccepted, expectNoToken } from '../harness/expectations.js';
import { graphql, outcome, result, written } from '../harness/target/graphql.js';
import { assert } from '../harness/outcomes.js';
import { converse } from '../harness/target/http/web-socket.js';
import { passwordOfEveryClass } from '../harness/generators/spellings.js';
import { Account } from '../harness/users/account.js';
import { Shell } from '../harness/evidence/shell.js';

/* Emails and passwords are compared in the same way at every door, and whichever way they were set. */

const { stored: PASSWORD, others: OTHERS } = passwordOfEveryClass;

/** Logs in, with what is given: whether that issues a token. */
type Door = (context: CheckContext, email: string, password: string) => Promise<{ issued: boolean; summary: string }>;

const byMutation: Door = async ({ target }, email, password) => {
  const query = `mutation{auth_login(email:${written(email)},password:${written(password)}){access_token}}`;
  const response = await graphql(target, query);
  return { issued: result(response, 'auth_login')['access_token'] !== undefined, summary: outcome(response) };
};

const byMessage: Door = async ({ target }, email, password) => {
  const { responses } = await converse(target, '/websocket', [{ type: 'auth', email, password }]);
  const status = responses[0]?.['status'];
  return { issued: status === 'ok', summary: `the message auth was answered ${JSON.stringify(status) ?? 'nothing'}` };
};

const doors = [
  { words: 'auth_login', door: byMutation, needs: 'graphql', others: OTHERS },
  // Each is a connection of its own.
  { words: 'the message auth', door: byMessage, needs: 'realtime', others: OTHERS.slice(0, 4) },
] as const;

/** Names the password in the evidence. */
const named = ({ evidence }: CheckContext): string => {
  evidence.names.add(PASSWORD, 'SPELLED_PASSWORD', {
    kind: 'random',
    shell: Shell.literal(PASSWORD),
    isConstant: true,
  });
  return PASSWORD;
};

chapter('Logging In', () => {
  for (const { words, door, needs, others } of doors) {
    check(
      'login.password-exact',
      `A password is accepted by ${words} as it was stored, and not with anything of it changed`,
      async (context) => {
        const { email } = await context.newUser({ password: named(context) });
        const right = await door(context, email, PASSWORD);
        assert(right.issued, `the password that was stored to be accepted by ${words}`, right.summary);
        for (const [what, password] of others) {
          const { issued, summary } = await door(context, email, password);
          assert(!issued, `${what} to be rejected by ${words}`, summary);
        }
      },
      { needsEach: ['admin', needs] },
    );

    check(
      'login.email-case',
      `A login by ${words} with the email address in capitals succeeds`,
      async (context) => {
        const { email, password } = await context.newUser();
        const exact = await door(context, email, password);
        assert(exact.issued, `the email address as it is stored to log in by ${words}`, exact.summary);
        const inCapitals = await door(context, email.toUpperCase(), password);
        assert(inCapitals.issued, `the email address in capitals to log in by ${words}`, inCapitals.summary);
      },
      { needsEach: ['admin', needs] },
    );
  }

  check(
    'login.password-exact',
    'A password that an update has set is accepted as it was set, and not with anything of it changed',
    async (context) => {
      const { target, newUser, administrator, evidence } = context;
      const account = await newUser();
      await administrator.change(account, { password: named(context) }, evidence);
      const login = async (password: string): ReturnType<typeof target.login> =>
        target.login(account, undefined, { password });
      const right = await login(PASSWORD);
      assert(right.succeeded, 'the password that an update has set to log in', right.summary);
      for (const [what, password] of OTHERS) expectNoToken(await login(password), `a login with ${what}`);
    },
    { needs: 'admin' },
  );

  check(
    'login.email-case',
    'A login succeeds with an email address that was set with capitals, in lower case and in capitals',
    async ({ target, newUser, administrator, evidence }) => {
      const { email, password, id = '', ...rest } = await newUser();
      const mixed = `MiXed-${email}`;
      const account = Account.provisioned(mixed, password, id, rest.evidence);
      await administrator.change(account, { email: mixed }, evidence);
      for (const given of [mixed, mixed.toLowerCase(), mixed.toUpperCase()]) {
        const login = await target.login(account, undefined, { email: given });
        assert(
          login.succeeded,
          `a login with an email address that was set with capitals, ${given === mixed ? 'as it was set' : given === mixed.toLowerCase() ? 'in lower case' : 'in capitals'}, to succeed`,
          login.summary,
        );
        const access = target.accessToken(login);
        expectAccepted(await target.whoAmI({ header: access }), account, 'the access token');
      }
    },
    { needs: 'admin' },
  );
});
