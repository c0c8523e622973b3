import fc from 'fast-check';
import { tamperedForms, tamperedJwts } from '../harness/generators/tampered-tokens.js';
import {
  withOneCharacterChanged,
  withOtherParts,
  withSignatureOfOtherLength,
} from '../harness/generators/respelled-tokens.js';
import { tokenLike } from '../harness/generators/arbitraries.js';
import { chapter, check, type CheckContext } from '../harness/check.js';
import { expectError, expectRejected } from '../harness/expectations.js';
import { assume } from '../harness/outcomes.js';
import { forAll } from '../harness/generators/property.js';
import { bearerMethods, methodInWords } from '../harness/target/tokens/bearer-methods.js';
import { byEachMethod, byMethodsInTurn, expectDerivedRejected } from '../harness/target/tokens/derived-tokens.js';
import { claimsOf } from '../harness/target/tokens/jwt.js';
import type { RequestParts } from '../harness/target/target.js';
import type { AnyAccessToken } from '../harness/target/tokens/tokens.js';
import type { Account } from '../harness/users/account.js';
import { areUsersHidden } from '../harness/users/hidden-users.js';

/** Unknown tokens of many shapes. */
const unknownTokens = [
  'garbage',
  'null',
  'undefined',
  'true',
  '0',
  'admin',
  '**********',
  'a.b.c',
  '..',
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.',
  'eyJhbGciOiJub25lIn0.e30.',
  '00000000-0000-0000-0000-000000000000',
  "' OR '1'='1",
  'a'.repeat(4000),
];

/** Requests with a token that is empty, by each bearer method. @param cookie name of the session cookie */
const withEmptyToken = (cookie: string): readonly (readonly [how: string, sent: (path: string) => RequestParts])[] => [
  ['in the header', (path) => ({ path, headers: { Authorization: 'Bearer ' } })],
  ['in the header, without the space', (path) => ({ path, headers: { Authorization: 'Bearer' } })],
  ['in the query', (path) => ({ path: `${path}&access_token=` })],
  ['as cookie', (path) => ({ path, headers: { Cookie: `${cookie}=` } })],
];

/**
 * Expects each path that the tester named as protected to need a token. That it is rejected without one shows nothing where it is not there:
 * the administrator has to reach it.
 */
async function expectProtected(context: CheckContext): Promise<void> {
  const { target, plan, evidence } = context;
  for (const path of target.description.protectedPaths ?? []) {
    expectRejected(await target.send({ path }), `a request for ${path} without a token`);
    if (plan.administrator === undefined) continue;
    const served = await context.administrator.send({ path }, evidence);
    assume(served.succeeded, `the protected path ${path} cannot be read by the administrator: ${served.summary}`);
  }
}

chapter('Making Requests', () => {
  check(
    'requests.token-required',
    "Reading and changing the user's own record without a token is rejected",
    async (context) => {
      const { target, user } = context;
      const account = await user();
      expectRejected(await target.whoAmI({}), 'a request without a token', account);
      expectRejected(await target.send({ path: '/users/me?fields=*' }), 'a request without a token', account);
      const patch = await target.send({ method: 'PATCH', path: '/users/me', body: {} });
      expectRejected(patch, 'a change without a token', account);
      await expectProtected(context);
    },
  );

  check(
    'requests.token-required',
    'A request without a token is rejected right after an authenticated one',
    async ({ target, user }) => {
      const account = await user();
      const [{ access }, sessions] = await Promise.all([target.loggedIn(account), target.sessionsOf(account)]);
      await target.whoAmI({ header: access });
      for (const session of sessions) await target.whoAmI({ cookie: session });
      expectRejected(await target.whoAmI({}), 'a request without a token, after others with one', account);
    },
  );

  check(
    'requests.token-required',
    'A request with an empty token is rejected, also while users have no static token or an empty one',
    async (context) => {
      const { target, newUser, administrator, evidence } = context;
      const account = await newUser();
      const paths = ['/users/me?fields=*'];
      if (await areUsersHidden(context)) paths.push('/users?fields=id,email&limit=-1');
      for (const [token, what] of [
        [null, 'no static token'],
        ['', 'an empty static token'],
      ] as const) {
        const parts = { method: 'PATCH', path: `/users/${account.id ?? ''}`, body: { token } };
        const change = await administrator.send(parts, evidence);
        assume(change.status < 500, `${parts.method} /users/<id> with ${what} returned ${change.summary}`);
        for (const [how, sent] of withEmptyToken(target.description.sessionCookie))
          for (const path of paths)
            expectRejected(
              await target.send(sent(path)),
              `a request with an empty token ${how}, while a user has ${what},`,
              account,
            );
      }
    },
    { needs: 'admin' },
  );

  check('requests.token-valid', 'Unknown tokens are rejected, by each bearer method', async ({ target, user }) => {
    const account = await user();
    for (const token of [...unknownTokens, account.email, ...(account.id === undefined ? [] : [account.id])]) {
      for (const method of bearerMethods) {
        // A cookie cannot carry every string.
        if (method === 'cookie' && /[\s"';,\\]/.test(token)) continue;
        expectRejected(
          await target.whoAmI({ [method]: token }),
          `the unknown token "${token.slice(0, 40)}" ${methodInWords[method]}`,
          account,
        );
      }
    }
    for (const path of target.description.protectedPaths ?? [])
      for (const method of bearerMethods)
        expectRejected(
          await target.send(target.withTokens({ path }, { [method]: unknownTokens[0] })),
          `a request for ${path} with an unknown token ${methodInWords[method]}`,
        );
  });

  check(
    'requests.token-valid',
    'Arbitrary strings are rejected as tokens, by each bearer method',
    async ({ target, plan, evidence, user }) => {
      const account = await user();
      const example = fc.tuple(tokenLike, fc.constantFrom(...bearerMethods));
      await forAll(example, { plan, evidence }, async ([token, method]) => {
        expectRejected(await target.whoAmI({ [method]: token }), `an unknown token ${methodInWords[method]}`, account);
      });
    },
  );

  for (const type of ['standard', 'session'] as const) {
    const issuing =
      ({ target }: CheckContext, account: Account) =>
      async (): Promise<AnyAccessToken> =>
        type === 'standard' ? (await target.loggedIn(account)).access : target.loggedInBySession(account);

    check(
      'requests.token-untampered',
      `Tampered ${type} tokens are rejected, by each bearer method`,
      async (context) => {
        const account = await context.user();
        const source = { what: `${type} token`, account, issue: issuing(context, account) };
        await expectDerivedRejected(context, source, (token) =>
          byEachMethod([...tamperedForms(token), ...tamperedJwts(token), ...withOtherParts(token)]),
        );
      },
    );

    check(
      'requests.token-untampered',
      `A ${type} token with any character of its signature changed, or a signature of any other length, is rejected`,
      async (context) => {
        const account = await context.user();
        const source = { what: `${type} token`, account, issue: issuing(context, account) };
        await expectDerivedRejected(context, source, (token) =>
          byMethodsInTurn([
            ...withSignatureOfOtherLength(token),
            ...withOneCharacterChanged(token),
            ...(claimsOf(token) === undefined ? tamperedForms(token) : []),
          ]),
        );
      },
    );
  }

  check(
    'requests.refresh-token-refused',
    'A refresh token is rejected as access token, by each bearer method',
    async ({ target, user }) => {
      const account = await user();
      const { refresh } = await target.loggedIn(account);
      for (const method of bearerMethods) {
        expectRejected(
          await target.whoAmI({ [method]: refresh.value }),
          `a refresh token ${methodInWords[method]}`,
          account,
        );
      }
      const headers = { Cookie: `${target.description.refreshCookie}=${refresh.value}` };
      expectRejected(await target.send({ path: '/users/me', headers }), 'a refresh token as its own cookie', account);
    },
  );

  check(
    'requests.bad-token-not-public',
    'An invalid token is rejected on public routes, by each bearer method',
    async ({ target, user, evidence }) => {
      const account = await user();
      account.nameIn(evidence);
      const login = {
        path: '/auth/login',
        body: { email: account.email, password: account.password },
      };
      for (const method of target.bearerMethods) {
        for (const parts of [
          { path: '/server/info' },
          login,
          { path: '/auth/refresh', body: { refresh_token: 'unknown' } },
          { path: '/auth/logout', body: { refresh_token: 'unknown' } },
        ]) {
          const response = await target.send(target.withTokens(parts, { [method]: 'garbage' }));
          expectError(
            response,
            401,
            'INVALID_CREDENTIALS',
            `a bad token ${methodInWords[method]} to be rejected on ${parts.path} with 401 INVALID_CREDENTIALS`,
          );
        }
      }
    },
  );

  check('requests.bad-token-not-public', 'Two tokens are rejected on public routes', async ({ target, user }) => {
    const { access } = await target.loggedIn(await user());
    for (const path of ['/server/ping', '/server/info']) {
      const response = await target.send(target.withTokens({ path }, { header: access, query: access }));
      expectError(
        response,
        400,
        'INVALID_PAYLOAD',
        `a token in the header and in the query to be rejected on ${path} with 400 INVALID_PAYLOAD`,
      );
    }
  });
});
