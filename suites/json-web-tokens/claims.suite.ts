import { chapter, check } from '../harness/check.js';
import { expectAccepted, expectNoToken, expectRejected } from '../harness/expectations.js';
import { inBatches } from '../harness/in-batches.js';
import { claimsOf, Moment, type Claims } from '../harness/target/tokens/jwt.js';
import { expectChangesRejected, minter, noNumbers, noStrings, type Change } from './minting.js';

const withClaim =
  (claim: string) =>
  ([what, value]: readonly [string, unknown]): Change => [`whose ${claim} is ${what}`, { [claim]: value }];

/** Times that are over for every clock, whatever leeway it is given. RFC 7519 section 4.1.4. */
const past: readonly (readonly [string, unknown])[] = [
  ['0', 0],
  ['-0.5', -0.5],
  ['-1', -1],
  ['1', 1],
  ['1.5', 1.5],
  ['-1e308', -1e308],
  ['an hour ago', Moment.afterIssue(-3600)],
];

/** Times that are to come for every clock. RFC 7519 section 4.1.5. */
const future: readonly (readonly [string, unknown])[] = [
  ['an hour from now', Moment.afterIssue(3600)],
  ['in the year 2096', 4_000_000_000],
  ['1e308', 1e308],
];

/** How often it is tried to ask within the second in which a token was issued. */
const TRIES = 3;

/** Claims that have no bearing on who the user is. RFC 7519 section 4. */
const unneeded: readonly Claims[] = [
  { 'x-unknown': true },
  { 'https://example.com/unknown': { a: [1] } },
  { unknown: null },
  { jti: 'a-token-of-a-test' },
  { sub: 'somebody-else' },
  { nbf: 0 },
  { nbf: Moment.afterIssue(-60) },
];

chapter('JSON Web Tokens', () => {
  check(
    'jwt.expired',
    'A standard token whose exp is 0, negative, a fraction or an hour ago is rejected',
    async (context) => {
      await expectChangesRejected(context, await minter(context), past.map(withClaim('exp')));
    },
  );

  check(
    'jwt.expired',
    'A session token whose exp is 0, negative, a fraction or an hour ago is rejected and not refreshed',
    async (context) => {
      const { target } = context;
      const sessions = await minter(context, 'session');
      await expectChangesRejected(context, sessions, past.map(withClaim('exp')));
      for (const [what, exp] of past) {
        const response = await target.refreshByCookie('session', sessions.mint({ exp }), sessions.account);
        expectNoToken(response, `a session token whose exp is ${what}`);
      }
      await sessions.assumeGood();
    },
  );

  for (const type of ['standard', 'session'] as const) {
    check('jwt.expires-at-once', `A ${type} token is rejected in the second of its exp`, async (context) => {
      const { target } = context;
      for (let tries = 1; tries <= TRIES; tries += 1) {
        const { account, mint } = await minter(context, type);
        const token = mint({ exp: Moment.afterIssue(0) });
        const response = await target.whoAmI({ header: token });
        expectRejected(response, 'a token in the second of its exp', account);
        // What comes a second later shows nothing of that second.
        const { exp } = claimsOf(token) ?? {};
        if (exp !== undefined && Date.parse(response.headers('date')[0] ?? '') === exp * 1000) return;
      }
    });

    check('jwt.expiry-type', `A ${type} token whose exp is of another type is rejected`, async (context) => {
      await expectChangesRejected(
        context,
        await minter(context, type),
        [
          ...noNumbers,
          ['a time to come, as a string', Moment.afterIssue(900).inText()] as const,
          ['a time past, as a string', Moment.afterIssue(-900).inText()] as const,
          ['a date in words', '2096-10-02T07:06:40Z'] as const,
        ].map(withClaim('exp')),
      );
    });
  }

  check('jwt.not-before', 'A JWT whose nbf is to come is rejected, by each bearer method', async (context) => {
    await expectChangesRejected(context, await minter(context), future.map(withClaim('nbf')));
    if (context.target.modes.includes('session'))
      await expectChangesRejected(context, await minter(context, 'session'), future.map(withClaim('nbf')));
  });

  check('jwt.not-before-type', 'A JWT whose nbf is of another type is rejected', async (context) => {
    await expectChangesRejected(context, await minter(context), [
      ...noNumbers.map(withClaim('nbf')),
      withClaim('nbf')(['a time to come, as a string', Moment.afterIssue(3600).inText()]),
      withClaim('nbf')(['a time past, as a string', Moment.afterIssue(-3600).inText()]),
    ]);
  });

  check('jwt.issuer', 'A JWT whose iss is of another type is rejected, by each bearer method', async (context) => {
    await expectChangesRejected(
      context,
      await minter(context),
      [...noStrings, ['an array with the issuer', ['directus']] as const].map(withClaim('iss')),
    );
  });

  check('jwt.claims-required', 'A JWT without a user, or with an empty one, is rejected', async (context) => {
    await expectChangesRejected(context, await minter(context), [
      ...(['id', 'role', 'app_access', 'admin_access'] as const).map((claim): Change => [
        `without the claim ${claim}`,
        { [claim]: undefined },
      ]),
      ...(
        [
          ['an empty string', ''],
          ['null', null],
          ['0', 0],
          ['false', false],
        ] as const
      ).map(withClaim('id')),
    ]);
  });

  check(
    'jwt.session-known',
    'A session token whose session is of another type or empty is rejected',
    async (context) => {
      const { target } = context;
      const sessions = await minter(context, 'session');
      const values = [...noStrings, ['an empty string', ''], ['a word', 'unknown'], ['%', '%']] as const;
      await expectChangesRejected(context, sessions, values.map(withClaim('session')));
      for (const [what, session] of values) {
        const response = await target.refreshByCookie('session', sessions.mint({ session }), sessions.account);
        expectNoToken(response, `a session token whose session is ${what}`);
      }
      await sessions.assumeGood();
    },
  );

  check('jwt.claims-unknown', 'A JWT with claims that are not needed is accepted', async (context) => {
    const { account, mint } = await minter(context);
    await inBatches(unneeded, async (claims) => {
      const token = mint(claims);
      for (const method of context.target.bearerMethods)
        expectAccepted(
          await context.target.whoAmI({ [method]: token }),
          account,
          `a token with the claim ${Object.keys(claims).join()}`,
        );
    });
  });
});
