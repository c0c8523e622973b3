import { chapter, check } from '../harness/check.js';
import {
  expectAccepted,
  expectNoToken,
  expectRejected,
  assumeOffered,
  assumeSuccess,
} from '../harness/expectations.js';
import { graphql, result, written } from '../harness/target/graphql.js';
import { assert, assume } from '../harness/outcomes.js';
import { converse } from '../harness/target/http/web-socket.js';
import { attemptsAllowed } from '../harness/users/attempts-allowed.js';
import { enableTwoFactor, oneTimePassword, wrongOneTimePassword } from '../harness/users/two-factor.js';
import type { Response } from '../harness/target/http/response.js';
import type { StaticToken } from '../harness/target/tokens/tokens.js';
import type { Account } from '../harness/users/account.js';
import { newStaticToken } from '../harness/users/new-static-token.js';
import { newRandomPassword } from '../harness/users/new-password.js';

/* Rules that hold at one door hold at the others. */

/** How many attempts are under way at once. */
const AT_ONCE = 6;
/** How often five refreshes at once are tried, where but one of them succeeded: that has been no race. */
const ROUNDS = 3;

/** Does something so many times, a few at once. */
async function times(count: number, one: (number: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await one(next);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

chapter('Token Lifecycle', () => {
  check(
    'lifecycle.attempts.every-door',
    'One attempt more than allowed, by auth_login and by the message auth in turn, locks the account',
    async (context) => {
      const { target, newUser, plan } = context;
      const allowed = await attemptsAllowed(context);
      const account = await newUser();
      const { email, password } = account;
      const wrong = `${password}x`;
      const byMutation = async (): Promise<void> => {
        const query = `mutation{auth_login(email:${written(email)},password:${written(wrong)}){access_token}}`;
        const response = await graphql(target, query);
        assert(
          result(response, 'auth_login')['access_token'] === undefined,
          'auth_login with a wrong password to issue no token',
          response.summary,
        );
      };
      const byMessage = async (): Promise<void> => {
        const { responses } = await converse(target, '/websocket', [{ type: 'auth', email, password: wrong }]);
        assert(responses[0]?.['status'] !== 'ok', 'the message auth with a wrong password to be rejected', 'it is not');
      };
      const doors = [
        ...(plan.capabilities.includes('graphql') ? [byMutation] : []),
        ...(plan.capabilities.includes('realtime') ? [byMessage] : []),
      ];
      // Of two doors neither is given so many that it locks the account alone.
      await times(allowed + 2, async (number) => doors[number % doors.length]?.());
      const what = `a login with the right password after ${allowed + 2} wrong ones by GraphQL and WebSocket`;
      expectNoToken(await target.attemptLogin(account), what);
    },
    { needs: ['graphql', 'realtime'] },
  );

  check(
    'lifecycle.attempts.one-time-passwords',
    'Wrong passwords and wrong one-time passwords, one more than allowed in all, lock the account of an administrator',
    async (context) => {
      const { target } = context;
      const allowed = await attemptsAllowed(context);
      const user = await enableTwoFactor(context, await context.newPrivilegedUser());
      const otp = wrongOneTimePassword(target, user.secret);
      const password = `${user.account.password}x`;
      // Of the two neither is wrong so often that it locks the account alone.
      await times(allowed + 2, async (number) => {
        const attempt = number % 2 === 0 ? { otp } : { password };
        expectNoToken(
          await target.attemptLogin(user.account, attempt),
          `a login with a wrong ${number % 2 === 0 ? 'one-time password' : 'password'}`,
        );
      });
      expectNoToken(
        await target.attemptLogin(user.account, { otp: await oneTimePassword(context, user) }),
        `a login with the right ones after ${allowed + 2} with a wrong password or a wrong one-time password`,
      );
    },
  );

  check(
    'lifecycle.creation.by-list',
    'Two users created by one request log in, each with the own password alone, and use their static tokens',
    async ({ target, administrator, unwantedUser, evidence }) => {
      const users = [await unwantedUser(), await unwantedUser()].map((email, number) => ({
        email,
        password: newRandomPassword(evidence, `PASSWORD_${number + 1}`),
        token: newStaticToken(evidence),
      }));
      const body = users.map(({ token, ...user }) => ({ ...user, token: token.value }));
      const creation = await administrator.send({ path: '/users', body }, evidence);
      assert(creation.succeeded, 'POST /users with a list of two users to create them', creation.summary);
      for (const [number, { email, password, token }] of users.entries()) {
        const which = number === 0 ? 'the first user' : 'the second user';
        const login = async (given: string): Promise<Response> =>
          target.send({ path: '/auth/login', body: { email, password: given } });
        const right = await login(password);
        assert(right.succeeded, `${which} of a list to log in`, right.summary);
        const other = users.find((user) => user.email !== email)?.password ?? '';
        expectNoToken(await login(other), `a login of ${which} of a list with the password of the other`);
        for (const sent of [{ header: token }, { query: token }]) {
          const me = await target.whoAmI(sent);
          assert(me.succeeded, `the static token of ${which} of a list to be accepted`, me.summary);
          const own = await target.whoAmI({ header: target.accessToken(right) });
          assert(me.id() === own.id(), `the static token of ${which} of a list to be of that user`, me.summary);
        }
      }
    },
    { needs: 'admin' },
  );

  check(
    'lifecycle.static.every-door',
    'Static tokens that one list gives to several users each replace the former one of their user',
    async ({ target, newUser, administrator, evidence }) => {
      const users: { account: Account; former: StaticToken; token: StaticToken }[] = [];
      for (let number = 0; number < 3; number += 1) {
        const former = newStaticToken(evidence);
        const account = await newUser({ token: former.value });
        users.push({ account, former, token: newStaticToken(evidence) });
      }
      const body = users.map(({ account: { id }, token: { value } }) => ({ id, token: value }));
      const change = await administrator.send({ method: 'PATCH', path: '/users', body }, evidence);
      assumeOffered(change, 'does not let an administrator change users by a list');
      for (const { account, former, token } of users) {
        expectRejected(await target.whoAmI({ header: former }), 'a static token that a list has replaced', account);
        expectAccepted(await target.whoAmI({ header: token }), account, 'a static token that a list has set');
      }
    },
    { needs: 'admin' },
  );

  check(
    'lifecycle.uncached.every-door',
    'Responses of GraphQL that issue tokens, and those to a query with a token, are not storable by shared caches',
    async ({ target, newUser }) => {
      const { email, password } = await newUser();
      const given = `email:${written(email)},password:${written(password)}`;
      const login = await graphql(target, `mutation{auth_login(${given}){access_token refresh_token expires}}`);
      const { access_token: access, refresh_token: refresh } = result(login, 'auth_login');
      assume(
        typeof access === 'string' && typeof refresh === 'string',
        'auth_login issues no tokens, which this check stands on',
      );
      const responses = [
        login,
        await graphql(target, `mutation{auth_login(${given},mode:cookie){access_token expires}}`),
        ...(target.modes.includes('session')
          ? [await graphql(target, `mutation{auth_login(${given},mode:session){expires}}`)]
          : []),
        await graphql(target, '{server_ping}', { header: access }),
        await graphql(target, `mutation{auth_refresh(refresh_token:${written(refresh)}){access_token refresh_token}}`),
      ];
      for (const response of responses) {
        assumeSuccess(response);
        const control = response.headers('cache-control').join();
        assert(
          /no-cache|no-store|private/i.test(control),
          `${response.what} to say Cache-Control: no-cache, no-store or private`,
          control === '' ? 'it says nothing' : `it says ${control}`,
        );
      }
    },
    { needs: 'graphql' },
  );

  check(
    'lifecycle.own-password.every-mode',
    'After a user sets a new password by an access token, each login of the user is rejected, in every mode',
    async (context) => {
      const { target, newPrivilegedUser } = context;
      const account = await newPrivilegedUser();
      const { refreshCookie } = target.description;
      const { access, refresh } = await target.loggedIn(account);
      const cookieOf = async (): Promise<string> => {
        const value = (await target.login(account, 'cookie')).cookie(refreshCookie)?.value;
        assume(value !== undefined, 'a login in mode cookie sets no refresh cookie, which this check stands on');
        return value;
      };
      const [older, younger] = [await cookieOf(), await cookieOf()];
      const sessions = await target.sessionsOf(account);
      const renewal = await target.refreshByCookie('cookie', younger, account);
      const renewed = renewal.cookie(refreshCookie)?.value;
      assume(renewed !== undefined, 'a refresh in mode cookie sets no refresh cookie, which this check stands on');
      const password = newRandomPassword(context.evidence, 'OTHER_PASSWORD');
      const change = await target.send(
        target.withTokens({ method: 'PATCH', path: '/users/me', body: { password } }, { header: access }),
      );
      assumeOffered(change, 'does not let users change their own password');
      const before = 'from before the new password';
      for (const session of sessions) {
        expectRejected(await target.whoAmI({ cookie: session }), `a session token ${before}`, account);
        expectNoToken(await target.refreshByCookie('session', session.value), `a session token ${before}`);
      }
      expectNoToken(await target.refresh(refresh), `a refresh token ${before}`);
      for (const [what, cookie] of [
        ['the older refresh cookie', older],
        ['the younger refresh cookie, which was refreshed,', renewed],
      ] as const)
        expectNoToken(await target.refreshByCookie('cookie', cookie), `${what} ${before}`);
      const login = await target.login(account, 'cookie', { password });
      assert(login.succeeded, 'a login with the new password to succeed', login.summary);
      expectAccepted(await target.whoAmI({ header: target.accessToken(login) }), account, 'its access token');
    },
  );

  check(
    'lifecycle.refresh.cookie-race',
    'After five concurrent refreshes in mode cookie exactly one of the issued refresh tokens is valid',
    async ({ target, newUser }) => {
      const account = await newUser();
      const { refreshCookie } = target.description;
      for (let round = 0, raced = false; round < ROUNDS && !raced; round += 1) {
        const token = (await target.login(account, 'cookie')).cookie(refreshCookie)?.value;
        assume(token !== undefined, 'a login in mode cookie sets no refresh cookie, which this check stands on');
        const responses = await Promise.all(
          Array.from({ length: 5 }, async () => target.refreshByCookie('cookie', token, account)),
        );
        const renewed = new Set(responses.flatMap((response) => response.cookie(refreshCookie)?.value ?? []));
        assert(
          renewed.size > 0,
          'one of five refreshes at once to succeed',
          responses.map(({ summary }) => summary).join(', '),
        );
        raced = renewed.size > 1;
        const again = [];
        for (const one of renewed) again.push(await target.refreshByCookie('cookie', one, account));
        const accepted = again.filter(({ succeeded }) => succeeded).length;
        assert(
          accepted === 1,
          'exactly one of the refresh tokens that five refreshes at once issue to be valid',
          `${accepted} of ${renewed.size} are`,
        );
        expectNoToken(await target.refreshByCookie('cookie', token), 'the refresh token that was used five times');
      }
    },
  );
});
