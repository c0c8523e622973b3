import { chapter, check } from '../harness/check.js';
import { graphql } from '../harness/target/graphql.js';
import { assert, assume } from '../harness/outcomes.js';
import type { Response } from '../harness/target/http/response.js';
import type { CookieMode, Target } from '../harness/target/target.js';
import type { Account } from '../harness/users/account.js';
import { describe, expectSameSite, LIFETIME_TOLERANCE_MS } from '../storing-tokens/cookies.js';
import { login, TOKENS } from './mutations.js';

/** What holds of a token cookie holds whichever way it was set. */

interface Issue {
  readonly name: string;
  /** Responses that set the cookie to a token: to auth_login and to auth_refresh. */
  readonly responses: readonly [what: string, response: Response][];
}

/** A login and a refresh by mutations, in a mode whose token comes as cookie: a precondition. */
async function issues(target: Target, { email, password }: Account, mode: CookieMode): Promise<Issue> {
  const name = target.cookieOf(mode);
  const first = await login(target, email, password, mode);
  const token = first.cookie(name)?.value;
  assume(token !== undefined, `auth_login in mode ${mode} sets no cookie ${name}`);
  const refresh = `mutation{auth_refresh(mode:${mode})${TOKENS}}`;
  const second = await graphql(target, refresh, {}, { Cookie: `${name}=${token}` });
  assume(second.cookie(name) !== undefined, `auth_refresh in mode ${mode} sets no cookie ${name}`);
  return {
    name,
    responses: [
      ['auth_login', first],
      ['auth_refresh', second],
    ],
  };
}

chapter('GraphQL', () => {
  check(
    'storing.cookie.same-site',
    'Token cookies set by GraphQL have SameSite=Lax or SameSite=Strict, in each mode',
    async ({ target, newUser }) => {
      const account = await newUser();
      for (const mode of target.cookieModes) {
        const { name, responses } = await issues(target, account, mode);
        for (const [what, response] of responses) expectSameSite(response, name, what);
      }
    },
    { needsEach: ['admin', 'graphql'] },
  );

  check(
    'storing.cookie.attributes',
    'Token cookies set by GraphQL have the attributes of those set by REST, in each mode',
    async ({ target, newUser }) => {
      const account = await newUser();
      for (const mode of target.cookieModes) {
        const { name, responses } = await issues(target, account, mode);
        const byRest = (await target.login(account, mode)).cookie(name);
        assume(byRest !== undefined, `a login in mode ${mode} sets no cookie ${name}`);
        for (const [what, response] of responses) {
          const [cookie, second] = response.cookies.filter(({ key }) => key === name);
          assert(cookie !== undefined && second === undefined, `${what} to set the cookie ${name} once`, 'it does not');
          const { path, domain, secure, httpOnly, maxAge } = cookie;
          const isAlike =
            path === byRest.path &&
            domain === byRest.domain &&
            secure === byRest.secure &&
            httpOnly === byRest.httpOnly;
          assert(
            isAlike && cookie.expires instanceof Date === byRest.expires instanceof Date,
            `the cookie ${name} set by ${what} to have the attributes of that set by POST /auth/login`,
            `they are ${describe(cookie)} and ${describe(byRest)}`,
          );
          const apart = Math.abs(Number(maxAge ?? 0) - Number(byRest.maxAge ?? 0)) * 1000;
          assert(
            apart <= LIFETIME_TOLERANCE_MS,
            `the cookie ${name} set by ${what} to have the lifetime of that set by POST /auth/login`,
            `they are ${describe(cookie)} and ${describe(byRest)}`,
          );
        }
      }
    },
    { needsEach: ['admin', 'graphql'] },
  );
});
