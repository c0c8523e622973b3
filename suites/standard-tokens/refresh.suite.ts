import fc from 'fast-check';
import { tamperedForms, nameTampered } from '../harness/generators/tampered-tokens.js';
import { character, tokenLike } from '../harness/generators/arbitraries.js';
import { Shell } from '../harness/evidence/shell.js';
import { chapter, check } from '../harness/check.js';
import { expectAccepted, expectNoToken, assumeSuccess } from '../harness/expectations.js';
import { claimsOf } from '../harness/target/tokens/jwt.js';
import { assert, NotApplicable } from '../harness/outcomes.js';
import { forAll } from '../harness/generators/property.js';
import {
  expectMatchingExpiry,
  expectToOutlive,
  untilExpiry,
  seesExpiry,
  canSee,
} from '../harness/target/tokens/expiry.js';
import { tellsId } from '../harness/target/record-id.js';

/** The least length of a refresh token: 128 random bits, in base64url. */
const LEAST_CHARACTERS = 22;

/** How much later than it should a refresh token may expire, in ms: clocks count in seconds. */
const REFRESH_MARGIN_MS = 1500;

/** How often a race is looked for. */
const ROUNDS = 5;

chapter('Standard Tokens', () => {
  check(
    'standard.refresh.after-expiry',
    'A refresh token is accepted after its access token has expired',
    async ({ target, user, plan, wait }) => {
      const account = await user();
      const { access, refresh } = await target.loggedIn(account);
      expectToOutlive(refresh, access);
      await wait(untilExpiry(access, plan));
      const response = await target.refresh(refresh, account);
      assert(response.succeeded, 'a refresh after the expiry of the access token to succeed', response.summary);
      const renewed = target.accessToken(response);
      expectAccepted(await target.whoAmI({ header: renewed }), account, 'the new access token');
    },
  );

  check(
    'standard.refresh.outlives-access-token',
    'A refresh token outlives its access token',
    async ({ target, user, plan, wait }) => {
      const account = await user();
      const { access, refresh } = await target.loggedIn(account);
      expectToOutlive(refresh, access);
      await wait(untilExpiry(access, plan));
      const response = await target.refresh(refresh, account);
      assert(
        response.succeeded,
        'the refresh token to be accepted after its access token has expired',
        response.summary,
      );
    },
    seesExpiry,
  );

  check(
    'standard.refresh.outlives-access-token',
    'In mode cookie, the refresh cookie outlasts `expires`',
    async ({ target, user }) => {
      const account = await user();
      const response = await target.login(account, 'cookie');
      const cookie = response.cookie(target.description.refreshCookie);
      const { expires } = response.payload;
      if (!response.succeeded || cookie === undefined || typeof expires !== 'number') {
        throw new NotApplicable(
          'the target does not offer the mode cookie; --patience or --clock-url shows it in another way',
        );
      }
      const lifeMs = cookie.TTL(target.time.sinceEpoch());
      if (lifeMs === Infinity)
        throw new NotApplicable(
          'the cookie does not say how long it lasts; --patience or --clock-url shows it in another way',
        );
      assert(
        lifeMs > expires,
        `the refresh token to live longer than the access token (${expires} ms)`,
        `its cookie lasts ${Math.round(lifeMs)} ms`,
      );
      const renewal = await target.refreshByCookie('cookie', cookie.value, account);
      const renewed = renewal.cookie(target.description.refreshCookie)?.TTL(target.time.sinceEpoch());
      assert(
        renewed === undefined || renewed > expires,
        `the refresh token out of a refresh to live longer than the access token (${expires} ms)`,
        `its cookie lasts ${Math.round(renewed ?? 0)} ms`,
      );
    },
  );

  check(
    'standard.refresh.issues-new-token',
    'A refresh issues a valid access token with a full lifetime',
    async ({ target, user, wait }) => {
      const account = await user();
      const { access, refresh } = await target.loggedIn(account);
      // A JWT counts seconds: only a later second can tell a new expiry from an old one.
      await wait(1100);
      const response = await target.refresh(refresh, account);
      assert(
        response.succeeded && response.text('access_token') !== undefined,
        'a refresh to return an access token',
        response.summary,
      );
      const renewed = target.accessToken(response);
      expectAccepted(await target.whoAmI({ header: renewed }), account, 'the new access token');
      expectMatchingExpiry(response, renewed.value);
      const [before, after] = [claimsOf(access.value)?.exp, claimsOf(renewed.value)?.exp];
      if (before !== undefined && after !== undefined) {
        assert(
          after > before,
          'the new token to expire later than the old one',
          `it expires ${before - after} s earlier or at the same time`,
        );
      } else {
        assert(renewed.value !== access.value, 'a new access token', 'the refresh answered with the old one');
      }
    },
  );

  check(
    'standard.refresh.chain',
    'Three refreshes in a row each succeed with the refresh token of the one before',
    async ({ target, user }) => {
      const account = await user();
      let { refresh } = await target.loggedIn(account);
      for (const which of ['first', 'second', 'third']) {
        const response = await target.refresh(refresh, account);
        if (which === 'first') assumeSuccess(response);
        assert(response.succeeded, `the ${which} refresh in a row to succeed`, response.summary);
        const access = target.accessToken(response);
        expectAccepted(await target.whoAmI({ header: access }), account, `the access token of the ${which} refresh`);
        // A target that does not rotate may leave its owner with the same refresh token.
        const next = response.text('refresh_token');
        if (next !== undefined) ({ refresh } = target.standardTokens(response));
      }
    },
  );

  check(
    'standard.refresh.needs-refresh-token',
    'Unknown and tampered refresh tokens, and access tokens, are not exchanged for tokens',
    async ({ target, user, evidence }) => {
      const { access, refresh } = await target.loggedIn(await user());
      expectNoToken(await target.refresh('unknown'), 'an unknown refresh token');
      expectNoToken(await target.refresh(access.value), 'an access token sent as refresh token');
      for (const tampered of tamperedForms(refresh.value)) {
        nameTampered(evidence, tampered, refresh.value);
        expectNoToken(await target.refresh(tampered.value), `a refresh token ${tampered.how}`);
      }
      const inCapitals = refresh.value.toUpperCase();
      const { variable = 'REFRESH_TOKEN' } = evidence.names.get(refresh.value) ?? {};
      const shell = Shell.variable(variable, 'capitals');
      evidence.names.add(inCapitals, 'REFRESH_TOKEN_IN_CAPITALS', { kind: 'derived', shell });
      if (inCapitals !== refresh.value) {
        expectNoToken(await target.refresh(inCapitals), 'a refresh token in capitals');
        expectNoToken(await target.refreshByCookie('cookie', inCapitals), 'a refresh token in capitals, as cookie,');
      }
      const notText = [
        true,
        1,
        0,
        null,
        {},
        { _neq: '' },
        { $gt: '' },
        { $ne: null },
        { like: '%' },
        [],
        ['unknown'],
        [[]],
      ];
      for (const value of notText) {
        const body = { refresh_token: value, mode: 'json' };
        expectNoToken(
          await target.send({ path: '/auth/refresh', body }),
          `the value ${JSON.stringify(value)} as refresh token`,
        );
      }
      for (const wildcard of ['%', '_'.repeat(refresh.value.length), '*']) {
        expectNoToken(await target.refresh(wildcard), `the wildcard ${wildcard.slice(0, 1)} as refresh token`);
      }
    },
  );

  check(
    'standard.refresh.needs-refresh-token',
    'A static token is not exchanged for tokens',
    async ({ target, withStaticToken }) => {
      const { token } = await withStaticToken();
      expectNoToken(await target.refresh(token.value), 'a static token sent as refresh token');
    },
    { needs: 'static-token' },
  );

  check(
    'standard.refresh.needs-refresh-token',
    'Arbitrary strings are not exchanged for tokens',
    async ({ target, plan, evidence }) => {
      await forAll(
        fc.oneof(tokenLike, fc.string({ unit: character, maxLength: 100 })),
        { plan, evidence },
        async (made) => {
          expectNoToken(await target.refresh(made), 'an unknown refresh token');
        },
      );
    },
  );

  check(
    'standard.refresh.rotates',
    'A used refresh token is rejected, in the body and as cookie',
    async ({ target, user }) => {
      const account = await user();
      const { refresh } = await target.loggedIn(account);
      const first = await target.refresh(refresh, account);
      assumeSuccess(first);
      expectNoToken(await target.refresh(refresh, account), 'a refresh token that was used before');
      expectNoToken(
        await target.refreshByCookie('cookie', refresh.value, account),
        'a refresh token that was used before, as cookie,',
      );
    },
  );

  check(
    'standard.refresh.unguessable',
    'Refresh tokens of three logins and their refreshes are long and share nothing',
    async ({ target, user }) => {
      const account = await user();
      const values: string[] = [];
      for (let login = 0; login < 3; login += 1) {
        const { refresh } = await target.loggedIn(account);
        const renewal = await target.refresh(refresh, account);
        const renewed = renewal.text('refresh_token');
        values.push(...new Set([refresh.value, ...(renewed === undefined ? [] : [renewed])]));
      }
      for (const [number, value] of values.entries()) {
        assert(
          value.length >= LEAST_CHARACTERS,
          `a refresh token to have ${LEAST_CHARACTERS} characters or more`,
          `it has ${value.length}`,
        );
        assert(
          new Set(value).size >= LEAST_CHARACTERS / 2,
          'a refresh token to be made of many characters',
          `it is made of ${new Set(value).size}`,
        );
        assert(
          account.id === undefined || !tellsId(value, account.id),
          'a refresh token not to tell the id of its user',
          'it holds the id',
        );
        for (const other of values.slice(number + 1)) {
          const same = [...value].filter((character, place) => character === other[place]).length;
          assert(
            same <= value.length / 2,
            'the refresh tokens of two logins to differ in most characters',
            `${same} of ${value.length} are the same`,
          );
        }
      }
    },
  );

  check(
    'standard.refresh.expires',
    'A refresh token is rejected once its lifetime is over',
    async ({ target, user, plan, wait }) => {
      const { refreshLifeMs } = target.description;
      if (refreshLifeMs === undefined)
        throw new NotApplicable('the target does not say how long a refresh token lives');
      if (!canSee(refreshLifeMs + REFRESH_MARGIN_MS, plan))
        throw new NotApplicable(
          `a refresh token of this target lives ${refreshLifeMs / 1000} s, longer than --patience: give --clock-url, or make it shorter (on a Directus: REFRESH_TOKEN_TTL=6s)`,
        );
      const account = await user();
      const { refresh } = await target.loggedIn(account);
      refresh.lifetime.putUnderTest();
      await wait(refreshLifeMs + REFRESH_MARGIN_MS);
      expectNoToken(await target.refresh(refresh, account), 'a refresh token that has expired');
    },
    seesExpiry,
  );

  check(
    'standard.refresh.keeps-access-token',
    'A refresh leaves the access token from before valid',
    async ({ target, user, wait }) => {
      const account = await user();
      const { access, refresh } = await target.loggedIn(account);
      // Tokens of the same second may be the same.
      await wait(1100);
      const response = await target.refresh(refresh, account);
      assumeSuccess(response);
      expectAccepted(await target.whoAmI({ header: access }), account, 'an access token from before a refresh');
    },
  );

  check(
    'standard.refresh.concurrent',
    'After five concurrent refreshes exactly one of the issued refresh tokens is valid',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      // A round in which but one of them succeeds has not been a race.
      for (let round = 0, raced = false; round < ROUNDS && !raced; round += 1) {
        const { refresh } = await target.loggedIn(account);
        const responses = await Promise.all(Array.from({ length: 5 }, async () => target.refresh(refresh, account)));
        const renewed = responses.filter((response) => response.text('refresh_token') !== undefined);
        assert(
          renewed.length > 0,
          'one of five refreshes at once to succeed',
          responses.map(({ summary }) => summary).join(', '),
        );
        raced = renewed.length > 1;
        const tokens = [
          ...new Map(
            renewed.map((response) => target.standardTokens(response).refresh).map((token) => [token.value, token]),
          ).values(),
        ];
        let accepted = 0;
        for (const token of tokens) {
          const response = await target.refresh(token, account);
          if (response.succeeded) accepted += 1;
        }
        assert(
          accepted === 1,
          'exactly one of the refresh tokens that five refreshes at once issue to be valid',
          `${accepted} of ${tokens.length} are`,
        );
      }
    },
  );

  check(
    'standard.refresh.of-its-user',
    "A refresh that carries the access token of another user issues tokens of the refresh token's owner",
    async ({ target, newUser }) => {
      const [account, other] = [await newUser(), await newUser()];
      const [{ refresh }, { access: foreign }] = await Promise.all([target.loggedIn(account), target.loggedIn(other)]);
      const response = await target.refresh(refresh, account, undefined, { header: foreign });
      assumeSuccess(response);
      const access = target.accessToken(response);
      expectAccepted(
        await target.whoAmI({ header: access }),
        account,
        'the access token out of a refresh that another user sends',
      );
    },
  );

  check(
    'standard.refresh.of-its-user',
    "A refresh that carries the refresh cookie of another user issues tokens of the refresh token's owner",
    async ({ target, newUser }) => {
      const [account, other] = [await newUser(), await newUser()];
      const { refresh } = await target.loggedIn(account);
      const { refreshCookie } = target.description;
      const foreign = await target.loggedInByCookie(other);
      const response = await target.send({
        path: '/auth/refresh',
        headers: { Cookie: `${refreshCookie}=${foreign}` },
        body: { refresh_token: refresh.value },
      });
      assumeSuccess(response);
      const access = target.accessToken(response);
      expectAccepted(
        await target.whoAmI({ header: access }),
        account,
        'the access token out of a refresh token in the body, beside the cookie of another user,',
      );
    },
  );
});
