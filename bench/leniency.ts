import type { Contestant } from './contestants/contestant.js';
import { loggedIn, send, type Operation } from './load.js';

/**
 * What a server does without looking: logins with a wrong password, refreshes with a refresh token that was used before, reads with
 * an access token that is made up. Its figures for these are those of an answer, not of a check.
 */
export async function leniency(contestant: Contestant, url: string): Promise<ReadonlySet<Operation>> {
  const { login, refresh, read } = contestant;
  const lenient = new Set<Operation>();
  const accepted = async (request: Parameters<typeof send>[1] | undefined): Promise<boolean> =>
    request !== undefined && (await send(url, request)).ok;
  if (await accepted(login?.('wrong'))) lenient.add('logins');
  if (await accepted(read?.('unknown'))) lenient.add('authenticated reads');
  const used = (await loggedIn(contestant, url))?.refresh ?? '';
  await accepted(refresh?.(used));
  if (await accepted(refresh?.(used))) lenient.add('refreshes');
  return lenient;
}
