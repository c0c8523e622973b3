import { chapter, check } from '../harness/check.js';
import { expectAccepted, expectNoToken, expectRejected, assumeSuccess } from '../harness/expectations.js';
import { assert, assume } from '../harness/outcomes.js';
import type { Response } from '../harness/target/http/response.js';
import type { CookieMode, Target } from '../harness/target/target.js';
import type { AnyAccessToken } from '../harness/target/tokens/tokens.js';

/* A refresh or logout is about the login whose cookie it brings, whosever access token it carries beside. */

/** A refresh or logout by a cookie, in a request with an access token in the header. */
async function byCookie(
  target: Target,
  what: 'refresh' | 'logout',
  mode: CookieMode,
  token: string,
  header: AnyAccessToken,
): Promise<Response> {
  const headers = { Cookie: `${target.cookieOf(mode)}=${token}` };
  const parts = { path: `/auth/${what}`, headers, body: { mode } };
  return target.send(target.withTokens(parts, { header }));
}

/** The token that a response sets as the cookie of a mode: a precondition. */
function inCookie(target: Target, response: Response, mode: CookieMode): string {
  const token = response.cookie(target.cookieOf(mode))?.value;
  assume(token !== undefined, `${response.summary} without a cookie ${target.cookieOf(mode)}`);
  return token;
}

chapter('Standard Tokens', () => {
  for (const mode of ['cookie', 'session'] as const) {
    const needsEach = mode === 'session' ? (['admin', 'session'] as const) : (['admin'] as const);

    check(
      mode === 'session' ? 'session.refresh.issues-new-token' : 'standard.refresh.of-its-user',
      `A refresh in mode ${mode} that carries the access token of another user issues tokens of the owner of the cookie`,
      async ({ target, newUser }) => {
        const [account, other] = [await newUser(), await newUser()];
        const { access: foreign } = await target.loggedIn(other);
        const login = await target.login(account, mode);
        const response = await byCookie(target, 'refresh', mode, inCookie(target, login, mode), foreign);
        assumeSuccess(response);
        expectAccepted(
          await target.whoAmI(target.accessIn(response, mode)),
          account,
          `the token out of a refresh in mode ${mode} that another user sends`,
        );
        const again = await target.refreshByCookie(mode, inCookie(target, response, mode), account);
        assumeSuccess(again);
      },
      { needsEach },
    );

    check(
      mode === 'session' ? 'session.logout.invalidates-session-token' : 'lifecycle.logout.every-door',
      `A logout in mode ${mode} that carries an access token ends the login of the cookie`,
      async ({ target, newUser }) => {
        const [account, other] = [await newUser(), await newUser()];
        const { access: own } = await target.loggedIn(account);
        const { access: foreign, refresh } = await target.loggedIn(other);
        for (const [whose, header] of [
          ['its own user', own],
          ['another user', foreign],
        ] as const) {
          const token = inCookie(target, await target.login(account, mode), mode);
          const logout = await byCookie(target, 'logout', mode, token, header);
          assumeSuccess(logout);
          const what = `the token of a login in mode ${mode}, after a logout with the access token of ${whose},`;
          expectNoToken(await target.refreshByCookie(mode, token), what);
          if (mode === 'session') expectRejected(await target.whoAmI({ cookie: token }), what, account);
        }
        const renewal = await target.refresh(refresh, other);
        assumeSuccess(renewal);
      },
      { needsEach },
    );
  }

  for (const mode of ['cookie', 'session'] as const) {
    check(
      'lifecycle.logout.spares-others',
      `With the cookies of both modes, a refresh and a logout in mode ${mode} are about the login of that mode alone`,
      async ({ target, ownUser }) => {
        const account = await ownUser();
        const other = mode === 'session' ? 'cookie' : 'session';
        const [own, beside] = [
          inCookie(target, await target.login(account, mode), mode),
          inCookie(target, await target.login(account, other), other),
        ];
        const send = async (what: 'refresh' | 'logout', token: string): Promise<Response> =>
          target.send({
            path: `/auth/${what}`,
            headers: { Cookie: `${target.cookieOf(other)}=${beside}; ${target.cookieOf(mode)}=${token}` },
            body: { mode },
          });
        const renewal = await send('refresh', own);
        assert(
          renewal.succeeded && renewal.cookie(target.cookieOf(other)) === undefined,
          `a refresh in mode ${mode} with the cookies of both modes to renew that of its mode alone`,
          renewal.summary,
        );
        const renewed = inCookie(target, renewal, mode);
        const logout = await send('logout', renewed);
        // Which cookies it clears is its own affair.
        assumeSuccess(logout);
        expectNoToken(await target.refreshByCookie(mode, renewed), `the cookie of mode ${mode} after its logout`);
        if (other === 'session')
          expectAccepted(await target.whoAmI({ cookie: beside }), account, 'the session cookie beside it');
        const goesOn = await target.refreshByCookie(other, beside, account);
        assert(goesOn.succeeded, `the login whose cookie of mode ${other} was sent too to go on`, goesOn.summary);
      },
      { needsEach: ['session'] },
    );
  }
});
