import { expectSchema } from '../harness/target/schemas.js';
import { expiredTokenLike } from '../harness/generators/expired-token.js';
import { chapter, check } from '../harness/check.js';
import { expectAccepted, expectRejected, assumeSuccess } from '../harness/expectations.js';
import { claimsOf, headerOf, lifetimeOf } from '../harness/target/tokens/jwt.js';
import { assert, assume, NotApplicable } from '../harness/outcomes.js';
import { isAgreed, expectExpiry, untilExpiry, seesExpiry, someTime, timeOf } from '../harness/target/tokens/expiry.js';
import { recordId } from '../harness/target/record-id.js';
import { expectUsableOften } from '../harness/used-often.js';

/** A standard token that lives longer than this is not short-lived, in ms: a day. */
const LONGEST_LIFE_MS = 86_400_000;

chapter('Standard Tokens', () => {
  check(
    'standard.expires',
    'A standard token is rejected once its lifetime is over',
    async ({ target, user, plan, wait }) => {
      const { access } = await target.loggedIn(await user());
      const waitMs = untilExpiry(access, plan);
      await wait(waitMs);
      await expectExpiry({ target, plan, wait, waitedMs: waitMs }, { header: access }, 'a standard token');
    },
    seesExpiry,
  );

  check(
    'standard.expires',
    'A standard token that expired six minutes ago is rejected',
    async (context) => {
      const { target, user } = context;
      const account = await user();
      const { access } = await target.loggedIn(account);
      const expired = await expiredTokenLike(context, access, 'header');
      for (const sent of [{ header: expired }, { query: expired }, { cookie: expired }])
        expectRejected(await target.whoAmI(sent), 'a standard token that expired six minutes ago', account);
    },
    { needs: 'secret' },
  );

  check('standard.authenticates', "A standard token is accepted as its user's", async ({ target, user }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    expectAccepted(await target.whoAmI({ header: access }), account, 'a standard token');
  });

  check(
    'standard.login.returns-expiry',
    'The exp of an access token is as far from the Date of its response as `expires` says',
    async ({ target, user }) => {
      const account = await user();
      const login = await target.login(account);
      const renewal = await target.refresh(login.text('refresh_token') ?? '', account);
      for (const response of [login, renewal]) {
        assumeSuccess(response);
        const { exp } = claimsOf(response.text('access_token') ?? '') ?? {};
        const [date = ''] = response.headers('date');
        if (exp === undefined || Number.isNaN(Date.parse(date)))
          throw new NotApplicable('the target does not tell its time, or the token its expiry');
        const left = exp * 1000 - Date.parse(date);
        assert(
          isAgreed(target, left - Number(response.payload['expires'])),
          `the access token out of ${response.what} to expire as long after the Date of the response as \`expires\` says`,
          `it expires ${Math.round(left / 1000)} s after it, and \`expires\` is ${JSON.stringify(response.payload['expires']) ?? 'not there'}`,
        );
      }
    },
  );

  check(
    'standard.short-lived',
    'A standard token expires within a day by its claims and by `expires`',
    async ({ target, user }) => {
      const login = await target.login(await user());
      const { access } = target.standardTokens(login);
      const claims = claimsOf(access.value);
      const { expires } = login.payload;
      const stated = typeof expires === 'number' ? expires : undefined;
      if (claims?.exp === undefined && stated === undefined)
        throw new NotApplicable('the target does not say how long an access token lives');
      // A token that does not say when it was issued still says when it expires.
      const left = claims?.exp === undefined || claims.iat !== undefined ? 0 : claims.exp * 1000 - timeOf(login);
      const lifeMs = Math.max(stated ?? 0, lifetimeOf(access.value) ?? 0, left);
      assert(
        lifeMs <= LONGEST_LIFE_MS,
        'an access token to expire within a day',
        `it lives ${Math.round(lifeMs / 3_600_000)} hours`,
      );
    },
  );

  check(
    'standard.reusable',
    'A standard token is accepted ten times, one after another and concurrently',
    async ({ target, user }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      const use = async (): Promise<void> =>
        expectAccepted(await target.whoAmI({ header: access }), account, 'a standard token used before');
      for (let time = 0; time < 5; time += 1) await use();
      await Promise.all(Array.from({ length: 5 }, use));
    },
  );

  check(
    'standard.reusable',
    'A standard token is accepted for sixty requests, several at once',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const { access } = await target.loggedIn(account);
      await expectUsableOften(target, account, { header: access }, 'a standard token');
    },
  );

  check(
    'standard.reusable',
    'A standard token is accepted after some seconds, and its refresh token is refreshed',
    async ({ target, ownUser, plan, wait }) => {
      const account = await ownUser();
      const { access, refresh } = await target.loggedIn(account);
      await wait(someTime(access, plan));
      for (const sent of [{ header: access }, { query: access }])
        expectAccepted(await target.whoAmI(sent), account, 'a standard token, some seconds old,');
      const response = await target.refresh(refresh, account);
      assert(
        response.succeeded,
        'a refresh token, some seconds old, to be exchanged for a new standard token',
        response.summary,
      );
    },
    { waits: true },
  );

  check('standard.claims', 'A standard token has the claims of Directus', async ({ target, user }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    const claims = claimsOf(access.value);
    assert(claims !== undefined, 'the access token to be a JWT', 'it is none');
    expectSchema('access-token-claims.schema.json', claims, 'the claims of an access token');
    assert(
      account.id === undefined || recordId(claims['id']) === account.id,
      "the claim id to be the user's",
      'it is another',
    );
  });

  check(
    'standard.claims',
    'A standard token has the claims and the header of Directus after logins and refreshes in modes json and cookie',
    async ({ target, user }) => {
      const account = await user();
      const { refreshCookie } = target.description;
      const json = await target.login(account);
      const responses = [json, await target.refresh(json.text('refresh_token') ?? '', account)];
      const cookie = await target.login(account, 'cookie');
      responses.push(
        cookie,
        await target.refreshByCookie('cookie', cookie.cookie(refreshCookie)?.value ?? '', account),
      );
      for (const response of responses) {
        const token = response.text('access_token');
        assume(token !== undefined, response.summary);
        expectSchema(
          'access-token-claims.schema.json',
          claimsOf(token),
          `the claims of an access token out of ${response.what}`,
        );
        expectSchema(
          'jwt-header.schema.json',
          headerOf(token),
          `the header of an access token out of ${response.what}`,
        );
      }
    },
  );

  check(
    'standard.claims',
    'The claims admin_access and app_access tell an administrator from a user without permissions',
    async ({ target, newPrivilegedUser, user }) => {
      for (const [who, account, rights] of [
        ['an administrator', await newPrivilegedUser(), true],
        ['a user without rights', await user(), false],
      ] as const) {
        const { access } = await target.loggedIn(account);
        const claims = claimsOf(access.value);
        assert(
          claims?.['admin_access'] === rights && claims['app_access'] === rights,
          `the claims admin_access and app_access of ${who} to be ${rights}`,
          `they are ${String(claims?.['admin_access'])} and ${String(claims?.['app_access'])}`,
        );
      }
    },
    { needs: 'admin' },
  );
});
