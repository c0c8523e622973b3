import { chapter, check } from '../harness/check.js';
import { nameTampered, tamperedForms } from '../harness/generators/tampered-tokens.js';
import { expectNoToken, assumeSuccess } from '../harness/expectations.js';
import { assert, NotApplicable } from '../harness/outcomes.js';

chapter('Standard Tokens', () => {
  check(
    'standard.refresh.needs-refresh-token',
    'Tampered refresh tokens of mode cookie, and one in capitals, are not exchanged for tokens, as cookie and in the body',
    async ({ target, user, evidence }) => {
      const account = await user();
      const token = await target.loggedInByCookie(account);
      const inCapitals = token.toUpperCase();
      const others: [string, string][] = [
        ...tamperedForms(token).map((tampered): [string, string] => {
          nameTampered(evidence, tampered, token);
          return [tampered.how, tampered.value];
        }),
        ...(inCapitals === token ? [] : [['in capitals', inCapitals] as [string, string]]),
      ];
      for (const [how, value] of others) {
        expectNoToken(await target.refreshByCookie('cookie', value), `a refresh cookie ${how}`);
        expectNoToken(await target.refresh(value), `a refresh token of mode cookie ${how}, in the body,`);
      }
      const renewal = await target.refreshByCookie('cookie', token, account);
      assumeSuccess(renewal);
    },
  );

  check(
    'standard.refresh.mode',
    'A refresh token is rejected in the modes cookie and session and in an unknown one',
    async ({ target, user }) => {
      const account = await user();
      const { refresh } = await target.loggedIn(account);
      for (const mode of ['cookie', 'session', 'unknown', 'JSON', 'SESSION'] as const) {
        const response = await target.refresh(refresh, account, mode);
        expectNoToken(response, `a refresh token in the body, in mode ${mode},`);
      }
      const { refreshCookie } = target.description;
      const headers = { Cookie: `${refreshCookie}=${refresh.value}` };
      for (const mode of ['json', 'session']) {
        const response = await target.send({ path: '/auth/refresh', headers, body: { mode } });
        expectNoToken(response, `a refresh token in its cookie, in mode ${mode},`);
      }
    },
  );

  check(
    'standard.refresh.not-in-url',
    'A refresh token in the URL is rejected, by GET and by POST',
    async ({ target, user }) => {
      const account = await user();
      const { refresh } = await target.loggedIn(account);
      const path = `/auth/refresh?refresh_token=${refresh.value}`;
      for (const parts of [{ path }, { path: `${path}&mode=json` }, { method: 'POST', path }, { path, body: {} }]) {
        expectNoToken(await target.send(parts), 'a refresh token in the URL');
      }
    },
  );

  check(
    'storing.cookie.refresh-logout',
    'A logout with the refresh token in the body ends a login of mode cookie',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const token = await target.loggedInByCookie(account);
      const logout = await target.logout(token);
      if (logout.rejected && logout.status !== 429)
        throw new NotApplicable('the target takes the refresh token of mode cookie as cookie alone');
      assumeSuccess(logout);
      expectNoToken(
        await target.refreshByCookie('cookie', token),
        'the refresh token of a login in mode cookie, after a logout by the body,',
      );
    },
  );

  check(
    'storing.cookie.refresh-logout',
    'A logout with the refresh token as cookie ends a login of mode json',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const { refresh } = await target.loggedIn(account);
      const logout = await target.logoutByCookie('cookie', refresh.value);
      if (logout.rejected && logout.status !== 429)
        throw new NotApplicable('the target takes the refresh token of mode json in the body alone');
      assumeSuccess(logout);
      expectNoToken(
        await target.refresh(refresh),
        'the refresh token of a login in mode json, after a logout by the cookie,',
      );
    },
  );

  check(
    'lifecycle.refresh.every-door',
    'A refresh token that was issued as a cookie is refreshed in the body, and one of the body as a cookie',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const issued = await target.loggedInByCookie(account);
      const inBody = await target.refresh(issued, account, 'json');
      assert(
        inBody.succeeded,
        'a refresh token of a login in mode cookie to be refreshed in mode json',
        inBody.summary,
      );
      const next = inBody.text('refresh_token') ?? '';
      const asCookie = await target.refreshByCookie('cookie', next, account);
      assert(asCookie.succeeded, 'a refresh token of mode json to be refreshed in mode cookie', asCookie.summary);
    },
  );
});
