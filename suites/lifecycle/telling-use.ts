import { randomBytes } from 'node:crypto';
import type { CheckContext } from '../harness/check.js';
import { readOfOwnRecord, type Observation, type Shown, type Use } from './uses.js';

/** A use, and what was seen there. */
export interface Told {
  readonly use: Use;
  readonly observation: Observation;
}

/**
 * Shows a credential in one way. A target need not have each path and method, and a gateway may keep everybody from them, the
 * administrator too: where the response tells nothing of the credential, it is shown to GET /users/me, by the same bearer method.
 */
export async function show(context: CheckContext, use: Use, shown: Shown): Promise<Told> {
  const observation = await ask(context, use, shown);
  const instead = readOfOwnRecord(use);
  if (instead === undefined || instead === use || (await tells(context, use, observation, shown)))
    return { use, observation };
  return { use: instead, observation: await ask(context, instead, shown) };
}

/** What was seen; that a credential has expired meanwhile is left to who judges it. */
async function ask({ target, evidence }: CheckContext, use: Use, shown: Shown): Promise<Observation> {
  const observation = await use.ask(target, shown);
  evidence.dismissExpired(observation.exchange);
  return observation;
}

/**
 * Whether what was seen tells something of the credential: it does not where one that was never issued is answered in the same way,
 * and so is the administrator; nor by HEAD, whose response has a status alone.
 */
async function tells(
  context: CheckContext,
  use: Use,
  { seen, status }: Observation,
  { account }: Shown,
): Promise<boolean> {
  const { request } = use;
  if (request === undefined || seen === 'accepted' || status === 401) return true;
  return context.once(`what ${status} tells of ${use.name}`, async ({ administrator, plan, target, evidence }) => {
    const unknown = await use.ask(target, { value: randomBytes(16).toString('hex'), account });
    if (unknown.status !== status) return true;
    if (request.parts.method === 'HEAD') return false;
    return plan.administrator !== undefined && (await administrator.send(request.parts, evidence)).succeeded;
  });
}
