import { randomBytes } from 'node:crypto';
import type { Evidence } from '../evidence/evidence.js';
import { sh } from '../evidence/shell.js';
import type { Account } from './account.js';

/**
 * A random password. It meets the strictest policy that a Directus has in its settings: letters of both cases, a
 * digit, one of the marks that it lists, and no white space. Read in the packages: 12.4.1.
 */
export const randomPassword = (): string => `Pw_${randomBytes(12).toString('hex')}7`;

/**
 * A random password, named in the evidence.
 * @param variable the name of its shell variable
 */
export function newRandomPassword({ names }: Evidence, variable: string): string {
  const password = randomPassword();
  names.add(password, variable, { kind: 'random', shell: sh`Pw_$(openssl rand -hex 12)7` });
  return password;
}

/** Another password for a user, named in the evidence. */
export function newPassword(evidence: Evidence, { password }: Pick<Account, 'password'>): string {
  const changed = `${password}-new`;
  evidence.names.add(changed, 'NEW_PASSWORD', {
    kind: 'derived',
    shell: sh`${evidence.names.shellOf(password)}-new`,
  });
  return changed;
}
