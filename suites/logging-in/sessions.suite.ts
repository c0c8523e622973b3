import { chapter, check } from '../harness/check.js';
import { expectAccepted, assumeSuccess } from '../harness/expectations.js';
import { assert, assume } from '../harness/outcomes.js';
import type { SentTokens } from '../harness/target/tokens/bearer-methods.js';
import type { Response } from '../harness/target/http/response.js';
import type { Mode } from '../harness/target/target.js';
import { newStaticToken } from '../harness/users/new-static-token.js';

chapter('Logging In', () => {
  check(
    'login.new-session',
    'A login that carries a token of another user starts a session of the user who logs in',
    async (context) => {
      const { target, newUser, evidence } = context;
      const token = newStaticToken(evidence);
      const [account, other] = [await newUser(), await newUser({ token: token.value })];
      const loggedIn = async (mode: 'json' | 'session', sent: SentTokens, what: string): Promise<void> => {
        const body = { email: account.email, password: account.password, mode };
        const response = await target.send(target.withTokens({ path: '/auth/login', body }, sent));
        assumeSuccess(response);
        const own = mode === 'json' ? target.accessToken(response) : target.sessionToken(response);
        expectAccepted(
          await target.whoAmI(mode === 'json' ? { header: own } : { cookie: own }),
          account,
          `the token of a login in mode ${mode}, sent with ${what} of another user,`,
        );
      };
      const inEachMode = async (sent: SentTokens, what: string): Promise<unknown> =>
        Promise.all([
          loggedIn('json', sent, what),
          ...(target.modes.includes('session') ? [loggedIn('session', sent, what)] : []),
        ]);

      await inEachMode({ header: (await target.loggedIn(other)).access }, 'a standard token in the header');
      await inEachMode({ query: (await target.loggedIn(other)).access }, 'a standard token in the query');
      await inEachMode({ header: token }, 'a static token in the header');
      for (const session of await target.sessionsOf(other)) {
        await inEachMode({ cookie: session }, 'a session token as cookie');
        expectAccepted(
          await target.whoAmI({ cookie: session }),
          other,
          'the session token of another user, sent with a login,',
        );
      }
    },
  );

  check(
    'login.new-session',
    "A login that carries the user's own session token starts a new session",
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const first = await target.loggedInBySession(account);
      const { email, password } = account;
      const response = await target.send(
        target.withTokens({ path: '/auth/login', body: { email, password, mode: 'session' } }, { cookie: first }),
      );
      assumeSuccess(response);
      const second = target.sessionToken(response);
      assert(second.value !== first.value, 'a login to give a new session token', 'it gives the one that was sent');
      const logout = await target.logoutByCookie('session', first.value);
      assume(logout.succeeded || logout.status === 401, logout.summary);
      expectAccepted(
        await target.whoAmI({ cookie: second }),
        account,
        'the session token of a second login, after the logout of the first,',
      );
    },
  );

  check(
    'login.new-session',
    "A login that carries the user's own refresh cookie starts a new session",
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const { refreshCookie } = target.description;
      const first = await target.loggedInByCookie(account);
      const { email, password } = account;
      const response = await target.send({
        path: '/auth/login',
        headers: { Cookie: `${refreshCookie}=${first}` },
        body: { email, password, mode: 'cookie' },
      });
      assumeSuccess(response);
      const second = response.cookie(refreshCookie)?.value;
      assert(
        second !== undefined && second !== first,
        'a login in mode cookie to give a new refresh token',
        'it gives the one that was sent',
      );
    },
  );

  check(
    'login.leaves-others',
    'Later logins, in each mode, leave earlier sessions valid',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const [first, sessions, cookie] = await Promise.all([
        target.loggedIn(account),
        target.sessionsOf(account),
        target.loggedInByCookie(account),
      ]);
      for (const login of await Promise.all(target.modes.map(async (mode) => target.login(account, mode))))
        assumeSuccess(login);
      expectAccepted(await target.whoAmI({ header: first.access }), account, 'the access token of an earlier login');
      for (const session of sessions)
        expectAccepted(await target.whoAmI({ cookie: session }), account, 'the session token of an earlier login');
      const refreshes: [Mode, () => Promise<Response>][] = [
        ['json', async () => target.refresh(first.refresh, account)],
        ...sessions.map(({ value }): [Mode, () => Promise<Response>] => [
          'session',
          async () => target.refreshByCookie('session', value, account),
        ]),
        ['cookie', async () => target.refreshByCookie('cookie', cookie, account)],
      ];
      for (const [mode, refresh] of refreshes) {
        const response = await refresh();
        assert(response.succeeded, `the refresh of an earlier login in mode ${mode} to succeed`, response.summary);
      }
    },
  );

  check(
    'login.leaves-others',
    'Five concurrent logins, in modes json and session, give five independent sessions',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const [tokens, sessions] = await Promise.all([
        Promise.all(Array.from({ length: 5 }, async () => target.loggedIn(account))),
        Promise.all(Array.from({ length: 5 }, async () => target.sessionsOf(account))).then((each) => each.flat()),
      ]);
      assert(
        new Set(tokens.map(({ refresh }) => refresh.value)).size === 5 &&
          new Set(sessions.map(({ value }) => value)).size === (target.modes.includes('session') ? 5 : 0),
        'five logins at once to give five refresh tokens, and as many session tokens',
        'some are the same',
      );
      const [ended, ...others] = sessions;
      if (ended !== undefined) {
        const logout = await target.logoutByCookie('session', ended.value);
        assumeSuccess(logout);
      }
      for (const session of others)
        expectAccepted(
          await target.whoAmI({ cookie: session }),
          account,
          'the session token of one of five logins at once',
        );
      for (const { access, refresh } of tokens) {
        expectAccepted(
          await target.whoAmI({ header: access }),
          account,
          'the access token of one of five logins at once',
        );
        const response = await target.refresh(refresh, account);
        assert(response.succeeded, 'the refresh token of each of five logins at once to be accepted', response.summary);
      }
    },
  );
});
