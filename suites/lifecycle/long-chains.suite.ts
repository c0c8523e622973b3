import { chapter, check, type CheckContext } from '../harness/check.js';
import { assert, TokenExpired } from '../harness/outcomes.js';
import type { Response } from '../harness/target/http/response.js';
import type { Mode, Target } from '../harness/target/target.js';
import { renewableIn } from '../harness/target/tokens/in-mode.js';
import { claimsOf } from '../harness/target/tokens/jwt.js';

/* A login that is kept for days is refreshed more often than any check of a single refresh does. */

/** How often one login is refreshed: more than the counters, lists and caches of a server that keep a few. */
const REFRESHES = 25;

/** How far lifetimes may be apart beside the time that has passed, in s: a server may tell what is left of one, in whole seconds. */
const TOLERANCE_S = 3;

/** What a client is told about the lifetimes of what a response issues, in s. */
function lifetimesIn(target: Target, response: Response, mode: Mode): Readonly<Record<string, number | undefined>> {
  const cookie = mode === 'json' ? undefined : response.cookie(target.cookieOf(mode));
  const { iat, exp } = claimsOf(response.text('access_token') ?? cookie?.value ?? '') ?? {};
  const { expires } = response.payload;
  return {
    expires: typeof expires === 'number' ? expires / 1000 : undefined,
    'the token': typeof iat === 'number' && typeof exp === 'number' ? exp - iat : undefined,
    'the cookie': typeof cookie?.maxAge === 'number' ? cookie.maxAge : undefined,
  };
}

/** Refreshes one login so often, each time by what the refresh before has issued. */
async function expectChain({ target, ownUser }: CheckContext, mode: Mode): Promise<void> {
  const account = await ownUser();
  const tokenIn = (response: Response): string => renewableIn(target, response, mode) ?? '';
  let latest = await target.login(account, mode);
  const lifetimes = lifetimesIn(target, latest, mode);
  const start = performance.now();
  for (let number = 1; number <= REFRESHES; number += 1) {
    const token = tokenIn(latest);
    latest =
      mode === 'json' ? await target.refresh(token, account, mode) : await target.refreshByCookie(mode, token, account);
    if (!latest.succeeded && latest.mayHaveExpired) throw new TokenExpired();
    assert(
      latest.succeeded && tokenIn(latest) !== '',
      `refresh number ${number} of one login in mode ${mode}, by the token of the refresh before, to issue the next`,
      latest.summary,
    );
    const passed = (performance.now() - start) / 1000;
    for (const [what, told] of Object.entries(lifetimesIn(target, latest, mode)))
      assert(
        told === lifetimes[what] || Math.abs((told ?? NaN) - (lifetimes[what] ?? NaN)) <= TOLERANCE_S + passed,
        `refresh number ${number} of a login in mode ${mode} to give as long a time as the login did (${what}: ${lifetimes[what]} s)`,
        `it gives ${told} s`,
      );
  }
}

chapter('Token Lifecycle', () => {
  check('standard.refresh.chain', 'A login in mode json is refreshed twenty-five times in a row', async (context) => {
    await expectChain(context, 'json');
  });

  check(
    'storing.cookie.refresh-rotates',
    'A login in mode cookie is refreshed twenty-five times in a row',
    async (context) => {
      await expectChain(context, 'cookie');
    },
  );

  check(
    'session.refresh.issues-new-token',
    'A login in mode session is refreshed twenty-five times in a row',
    async (context) => {
      await expectChain(context, 'session');
    },
  );
});
