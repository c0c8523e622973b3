import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assumeSuccess, expectAccepted, expectRejected } from '../../suites/harness/expectations.js';
import { assert } from '../../suites/harness/outcomes.js';
import { runCheck, testTarget, type TestTarget } from './run-check.js';

/** Longer than a token of the target lives, in ms. */
const OVER_MS = 2300;

let target: TestTarget;
beforeAll(async () => {
  target = await testTarget({ settings: { ACCESS_TOKEN_TTL: '2s', SESSION_COOKIE_TTL: '2s', LOGIN_STALL_TIME: '0' } });
});
afterAll(async () => target.close());

describe('a token that expires before the check is done with it', () => {
  test('makes no failure where an author has not thought of it', async () => {
    let runs = 0;
    const result = await runCheck(target.url, async ({ target: api, newUser, wait }) => {
      runs += 1;
      const { access } = await api.loggedIn(await newUser());
      if (runs === 1) await wait(OVER_MS);
      const response = await api.whoAmI({ header: access });
      assert(response.succeeded, 'the token to be accepted', response.summary);
    });
    expect(result.verdict).toBe('pass');
    expect(runs).toBe(2);
  });

  test('in the end makes the check inconclusive, never a failure', { timeout: 20_000 }, async () => {
    const result = await runCheck(target.url, async ({ target: api, user, wait }) => {
      const account = await user();
      const { access } = await api.loggedIn(account);
      await wait(OVER_MS);
      expectAccepted(await api.whoAmI({ header: access }), account, 'a standard token');
    });
    expect(result).toMatchObject({ verdict: 'error', reason: expect.stringContaining('expired') as string });
  });

  test.each(['header', 'query', 'cookie'] as const)('is known, sent in the %s', async (method) => {
    let runs = 0;
    const result = await runCheck(target.url, async ({ target: api, user, wait }) => {
      runs += 1;
      const account = await user();
      const session = await api.loggedInBySession(account);
      if (runs === 1) await wait(OVER_MS);
      expectAccepted(await api.whoAmI({ [method]: session }), account, 'a session token');
    });
    expect([result.verdict, runs]).toEqual(['pass', 2]);
  });

  test('does not show that it was rejected for another reason', async () => {
    let runs = 0;
    const result = await runCheck(target.url, async ({ target: api, ownUser, wait }) => {
      runs += 1;
      const account = await ownUser();
      const session = await api.loggedInBySession(account);
      assumeSuccess(await api.logoutByCookie('session', session.value));
      if (runs === 1) await wait(OVER_MS);
      expectRejected(await api.whoAmI({ cookie: session }), 'a session token after the logout', account);
    });
    expect([result.verdict, runs]).toEqual(['pass', 2]);
  });

  test('is judged where its lifetime is what the check is about', async () => {
    const result = await runCheck(target.url, async ({ target: api, user, wait }) => {
      const account = await user();
      const { access } = await api.loggedIn(account);
      access.lifetime.putUnderTest();
      await wait(OVER_MS);
      expectAccepted(await api.whoAmI({ header: access }), account, 'a standard token');
    });
    expect(result.verdict).toBe('fail');
  });
});

test('a lifetime that is stated in seconds makes nothing inconclusive', async () => {
  const inSeconds = await testTarget({ settings: { ACCESS_TOKEN_TTL: '15m' }, defects: ['expires-in-seconds'] });
  const result = await runCheck(inSeconds.url, async ({ target: api, user, wait }) => {
    const { access } = await api.loggedIn(await user());
    await wait(1000);
    const stranger = { path: '/users/00000000-0000-4000-8000-000000000000' };
    expectRejected(await api.send(api.withTokens(stranger, { header: access })), 'a request for an unknown user');
  }).finally(inSeconds.close);
  expect(result).toMatchObject({ verdict: 'pass' });
});

test('a token that is rejected within its lifetime is a failure at once', async () => {
  let runs = 0;
  const result = await runCheck(target.url, async ({ target: api, newUser, administrator, evidence }) => {
    runs += 1;
    const account = await newUser();
    const session = await api.loggedInBySession(account);
    await administrator.change(account, { status: 'suspended' }, evidence);
    expectAccepted(await api.whoAmI({ cookie: session }), account, 'a session token');
  });
  // The second run is to confirm it.
  expect([result.verdict, result.confirmation, runs]).toEqual(['fail', 'confirmed', 2]);
});
