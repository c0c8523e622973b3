import type { Configuration } from '../spec/generated/configuration.js';
import { ConfigurationError } from '../report/errors.js';

/** What the suite may log in as. */
export interface Credentials {
  readonly user?: { readonly email: string; readonly password: string };
  readonly admin?: { readonly email: string; readonly password: string };
  readonly adminToken?: string;
}

/**
 * The credentials in a configuration.
 * @throws ConfigurationError when half of a pair is missing, or nothing was given to log in with
 */
export function credentialsIn({
  email,
  password,
  adminEmail,
  adminPassword,
  adminToken,
  users,
}: Configuration): Credentials {
  const pair = (one: string | undefined, other: string | undefined, flags: string): void => {
    if ((one === undefined) !== (other === undefined))
      throw new ConfigurationError(`${flags} go together: one of them is missing`);
  };
  pair(email, password, '--email and --password');
  pair(adminEmail, adminPassword, '--admin-email and --admin-password');
  if (email === undefined && adminEmail === undefined && adminToken === undefined && users === undefined) {
    throw new ConfigurationError(
      'nothing to log in with: give --admin-email and --admin-password (or --admin-token), or at least --email and --password. ' +
        'Passwords are better given in the environment: AUTH_CONFORMANCE_ADMIN_PASSWORD, AUTH_CONFORMANCE_PASSWORD',
    );
  }
  return {
    ...(email !== undefined && password !== undefined && { user: { email, password } }),
    ...(adminEmail !== undefined &&
      adminPassword !== undefined && { admin: { email: adminEmail, password: adminPassword } }),
    ...(adminToken !== undefined && { adminToken }),
  };
}
