import type { Evidence } from '../evidence/evidence.js';
import { sh } from '../evidence/shell.js';
import type { Account } from './account.js';

/** Another password for a user, named in the evidence. */
export function newPassword(evidence: Evidence, { password }: Pick<Account, 'password'>): string {
  const changed = `${password}-new`;
  evidence.names.add(changed, 'NEW_PASSWORD', {
    kind: 'derived',
    shell: sh`${evidence.names.shellOf(password)}-new`,
  });
  return changed;
}
