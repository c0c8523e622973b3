import type { Response } from '../harness/target/http/response.js';
import { chapter, check } from '../harness/check.js';
import { assumeSuccess, expectAccepted, expectRejected, expectNoToken } from '../harness/expectations.js';
import type { SentTokens } from '../harness/target/tokens/bearer-methods.js';

chapter('Making Requests', () => {
  check(
    'requests.one-way',
    'A token in the header and one in the query at once are rejected, valid or not',
    async ({ target, user }) => {
      const account = await user();
      const { access, refresh } = await target.loggedIn(account);
      const pairs: SentTokens[] = [
        { header: access, query: access },
        { header: access, query: 'garbage' },
        { header: 'garbage', query: access },
      ];
      for (const pair of pairs)
        expectRejected(await target.whoAmI(pair), 'a token in the header beside one in the query', account);
      expectNoToken(
        await target.refresh(refresh, account, undefined, { header: access, query: access }),
        'a refresh with a token in the header beside one in the query',
      );
    },
  );

  check(
    'requests.precedence',
    'A token in header or query takes precedence over the session cookie, valid or not',
    async ({ target, user }) => {
      const account = await user();
      const [{ access }, sessions] = await Promise.all([target.loggedIn(account), target.sessionsOf(account)]);
      expectAccepted(
        await target.whoAmI({ header: access, cookie: 'bad' }),
        account,
        'a valid token in the header, beside an invalid cookie,',
      );
      expectAccepted(
        await target.whoAmI({ query: access, cookie: 'bad' }),
        account,
        'a valid token in the query, beside an invalid cookie,',
      );
      for (const session of sessions) {
        expectRejected(
          await target.whoAmI({ header: 'bad', cookie: session }),
          'an invalid token in the header, beside a valid cookie,',
          account,
        );
        expectRejected(
          await target.whoAmI({ query: 'bad', cookie: session }),
          'an invalid token in the query, beside a valid cookie,',
          account,
        );
      }
    },
  );

  check(
    'requests.precedence',
    'A token in header or query is accepted beside the cookie of a session that was logged out or refreshed',
    async ({ target, user }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      const [ended, replaced] = [await target.loggedInBySession(account), await target.loggedInBySession(account)];
      assumeSuccess(await target.logoutByCookie('session', ended.value));
      assumeSuccess(await target.refreshByCookie('session', replaced.value, account));
      for (const [what, { value }] of [
        ['logged out', ended],
        ['refreshed', replaced],
      ] as const)
        for (const sent of [{ header: access }, { query: access }])
          expectAccepted(
            await target.whoAmI({ ...sent, cookie: value }),
            account,
            `a valid token in the ${'header' in sent ? 'header' : 'query'}, beside the cookie of a session that was ${what},`,
          );
    },
    { needsEach: ['session'] },
  );

  check(
    'requests.precedence',
    'An Authorization header that holds no bearer token leaves the session cookie in force',
    async ({ target, user }) => {
      const account = await user();
      const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      const empty = await target.send(target.withTokens({ path: '/users/me?access_token=' }, { header: access }));
      expectAccepted(empty, account, 'a valid token in the header, beside an empty parameter access_token,');
      for (const authorization of ['', 'Basic eDp5', 'Token x']) {
        const headers = { Authorization: authorization };
        const what = authorization === '' ? 'an empty header' : `the header ${authorization}`;
        const byCookie = await target.send(target.withTokens({ path: '/users/me', headers }, { cookie: session }));
        expectAccepted(byCookie, account, `the session cookie beside ${what}`);
        const byQuery = await target.send(target.withTokens({ path: '/users/me', headers }, { query: access }));
        expectAccepted(byQuery, account, `a token in the query beside ${what}`);
      }
    },
  );

  check('requests.precedence', 'Of two session cookies the first counts', async ({ target, user }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    const { sessionCookie } = target.description;
    const send = async (...values: string[]): Promise<Response> =>
      target.send({
        path: '/users/me',
        headers: { Cookie: values.map((value) => `${sessionCookie}=${value}`).join('; ') },
      });
    expectAccepted(await send(session.value, 'bad'), account, 'a valid cookie before an invalid one of the same name');
    expectRejected(await send('bad', session.value), 'an invalid cookie before a valid one of the same name', account);
  });

  check(
    'requests.precedence',
    'Of the tokens of two users the one in header or query counts, not the session cookie',
    async ({ target, newUser }) => {
      const [account, other] = [await newUser(), await newUser()];
      const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(other)]);
      for (const sent of [
        { header: access, cookie: session },
        { query: access, cookie: session },
      ]) {
        expectAccepted(
          await target.whoAmI(sent),
          account,
          "a token in the header or query, beside another user's cookie,",
        );
      }
    },
    { needs: 'admin' },
  );
});
