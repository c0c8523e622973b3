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
  context: CheckContext,
  use: Use,
  { seen }: Observation,
  account: Account,
): Promise<boolean> {
  const { parts } = use;
  if (seen !== 'recognised' || parts === undefined) return true;
  return context.once(`what ${use.name} tells`, async ({ administrator, plan, target, evidence }) => {
    const unknown = await use.ask(target, { value: randomBytes(16).toString('hex'), account });
    if (unknown.seen !== 'recognised') return true;
    return plan.administrator !== undefined && (await administrator.send(parts, evidence)).succeeded;
  });
}
