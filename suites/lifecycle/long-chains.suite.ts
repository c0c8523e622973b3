import { chapter, check, type CheckContext } from '../harness/check.js';
import { assert, TokenExpired } from '../harness/outcomes.js';
import type { Response } from '../harness/target/http/response.js';
import type { Mode } from '../harness/target/target.js';
import { claimsOf } from '../harness/target/tokens/jwt.js';

/* A login that is kept for days is refreshed more often than any check of a single refresh does. */

/** How often one login is refreshed: more than the counters, lists and caches of a server that keep a few. */
const REFRESHES = 25;

/** What a client is told about the lifetime of what a response issues, in words; the same after each refresh. */
function lifetimeIn(response: Response, mode: Mode): string {
  const { sessionCookie, refreshCookie } = response.asked.description;
  const cookie = mode === 'json' ? undefined : response.cookie(mode === 'session' ? sessionCookie : refreshCookie);
  const { iat, exp } = claimsOf(response.text('access_token') ?? cookie?.value ?? '') ?? {};
  const lasts = typeof iat === 'number' && typeof exp === 'number' ? `${exp - iat} s` : 'no known time';
  return `expires ${String(response.payload['expires'])}, a token of ${lasts}${cookie === undefined ? '' : `, a cookie of Max-Age ${String(cookie.maxAge)}`}`;
}

/** Refreshes one login so often, each time by what the refresh before has issued. */
async function expectChain({ target, ownUser }: CheckContext, mode: Mode): Promise<void> {
  const account = await ownUser();
  const { sessionCookie, refreshCookie } = target.description;
  const tokenIn = (response: Response): string =>
    (mode === 'json'
      ? response.text('refresh_token')
      : response.cookie(mode === 'session' ? sessionCookie : refreshCookie)?.value) ?? '';
  let latest = await target.login(account, mode);
  const lifetime = lifetimeIn(latest, mode);
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
    const next = lifetimeIn(latest, mode);
    assert(
      next === lifetime,
      `refresh number ${number} of a login in mode ${mode} to give as long a time as the login did (${lifetime})`,
      `it gives ${next}`,
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
