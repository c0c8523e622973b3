import { randomBytes } from 'node:crypto';
import type { CheckContext } from '../harness/check.js';
import type { Account } from '../harness/users/account.js';
import type { Observation, Use } from './uses.js';

/**
 * Whether what was seen tells something of the credential. A gateway may keep everybody from a path, the administrator too: where one who
 * was never issued is answered in the same way, a rejection for want of permissions is no sign that the credential was recognised.
 * @param account in whose name an unknown credential is shown
 */
export async function tells(
  { administrator, plan, target, evidence }: CheckContext,
  use: Use,
  { seen }: Observation,
  account: Account,
): Promise<boolean> {
  if (seen !== 'recognised' || use.parts === undefined) return true;
  const unknown = await use.ask(target, { value: randomBytes(16).toString('hex'), account });
  if (unknown.seen !== 'recognised') return true;
  if (plan.administrator === undefined) return false;
  return (await administrator.send(use.parts, evidence)).succeeded;
}
