import { chapter, check } from '../harness/check.js';
import { expectNoToken, assumeSuccess } from '../harness/expectations.js';

/** Texts that end a string of SQL, of LDAP or of another query, and go on with what is always true. */
const injections: readonly string[] = [
  `' OR '1'='1`,
  `' OR 1=1 --`,
  `x' OR 'x'='x' /*`,
  `" OR ""="`,
  `') OR ('1'='1`,
  `' UNION SELECT * FROM directus_users --`,
  '*)(uid=*))(|(uid=*',
  '{"$ne":null}',
];

/** Passwords that products are delivered with, or that open everything. */
const defaults: readonly string[] = ['admin', 'changeme', '123456', 'd1r3ctu5', 'directus', 'test', 'secret', 'master'];

chapter('Standard Tokens', () => {
  check(
    'standard.login.needs-credentials',
    'Pieces of queries, and passwords that products are delivered with, issue no token',
    async ({ target, newUser }) => {
      // Two users: a target may lock one who has too many attempts.
      const [one, other] = [await newUser(), await newUser()];
      for (const account of [one, other]) {
        const right = await target.login(account);
        assumeSuccess(right);
      }
      const login = async (what: string, body: object): Promise<void> =>
        expectNoToken(await target.send({ path: '/auth/login', body }), what);
      for (const text of injections) {
        await login(`a login with the password ${text}`, { email: one.email, password: text });
        await login(`a login with ${text} behind the email`, { email: `${one.email}${text}`, password: one.password });
        await login(`a login with the email ${text}`, { email: text, password: text });
        await login(`a login with ${text} in the local part`, { email: `${text}@example.com`, password: one.password });
      }
      for (const password of defaults)
        await login(`a login with the password ${password}`, { email: other.email, password });
    },
    { needs: 'admin' },
  );

  check(
    'standard.refresh.needs-refresh-token',
    'Pieces of queries are not exchanged for tokens, in the body and as cookie',
    async ({ target, user }) => {
      // There is a login that could be found.
      await target.loggedIn(await user());
      for (const text of injections) {
        expectNoToken(await target.refresh(text), `the refresh token ${text}`);
        expectNoToken(await target.refreshByCookie('cookie', encodeURIComponent(text)), `the refresh cookie ${text}`);
      }
    },
  );
});
