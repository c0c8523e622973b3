import { chapter, check } from '../harness/check.js';
import { expectAccepted, expectNoToken, expectRejected, assumeSuccess } from '../harness/expectations.js';
import type { Response } from '../harness/target/http/response.js';
import { whereUsersAreHidden } from '../harness/users/hidden-users.js';

/** The modes whose tokens are looked at. */
type Mode = 'json' | 'session';

chapter('Access Tokens', () => {
  check(
    'access.permissions-of-user',
    'Members of a login or refresh that name another user, a role or rights give neither that user nor rights',
    whereUsersAreHidden(async ({ target, newUser, administrator }) => {
      const [account, other] = [await newUser(), await newUser()];
      const { role = 'admin' } = administrator.access;
      const claims = { id: other.id, role, admin_access: true, app_access: true };
      const further: Readonly<Record<string, unknown>> = {
        ...claims,
        user: other.id,
        user_id: other.id,
        userId: other.id,
        sub: other.id,
        roles: [role],
        is_admin: true,
        isAdmin: true,
        admin: true,
        scope: 'admin',
        access_token: 'x',
        policies: [{ admin_access: true }],
        accountability: { ...claims, user: other.id, admin: true },
      };
      const polluted = JSON.stringify({ ...claims, admin: true, user: other.id });
      /** The same request with members beside those that it needs; as texts, as no object can have the second ones. */
      const bodies = (needed: object): string[] => {
        const own = JSON.stringify(needed).slice(1);
        return [
          `${JSON.stringify(further).slice(0, -1)},${own}`,
          `{"__proto__":${polluted},"constructor":{"prototype":${polluted}},${own}`,
        ];
      };
      const look = async (response: Response, mode: Mode, what: string): Promise<void> => {
        if (!response.succeeded) {
          expectNoToken(response, what);
          return;
        }
        const sent = target.accessIn(response, mode);
        expectAccepted(await target.whoAmI(sent), account, `a token out of ${what}`);
        const read = await target.send(target.withTokens({ path: `/users/${other.id ?? ''}` }, sent));
        expectRejected(read, `the record of another user, asked for with a token out of ${what},`, other);
      };
      for (const mode of ['json', 'session'] as const) {
        if (!target.modes.includes(mode)) continue;
        const { email, password } = account;
        for (const body of bodies({ email, password, mode })) {
          const what = `a login in mode ${mode} with members that name another user and rights`;
          await look(await target.send({ path: '/auth/login', body }), mode, what);
        }
        const what = `a refresh in mode ${mode} with members that name another user and rights`;
        // A refresh token is good once: each form of the body comes with another.
        for (const form of [0, 1]) {
          const login = await target.login(account, mode);
          assumeSuccess(login);
          const needed = mode === 'json' ? { mode, refresh_token: login.text('refresh_token') } : { mode };
          const own = mode === 'session' ? { cookie: target.sessionToken(login) } : {};
          const body = bodies(needed)[form];
          const parts = target.withTokens({ path: '/auth/refresh', body }, own);
          await look(await target.send(parts), mode, what);
        }
      }
      expectRejected(await target.whoAmI({}), 'a request without a token, after such logins,', other);
      const plain = await target.loggedIn(account);
      const read = await target.send(target.withTokens({ path: `/users/${other.id ?? ''}` }, { header: plain.access }));
      expectRejected(read, 'the record of another user, after such logins,', other);
    }),
    { needs: 'admin' },
  );
});
