import { randomBytes } from 'node:crypto';
import { createReferenceServer, TravellingClock, type ReferenceServer } from '../reference-server/index.js';
import type { Configuration } from '../spec/generated/configuration.js';

/** How long a failed login takes at least, in ms: long enough for a check to tell one that does not take so long (25 ms). */
const LOGIN_STALL_MS = 45;
/** Passwords that are used for seconds need no costly hash. */
const argon2Cost = { memoryCost: 64, timeCost: 1, parallelism: 1 };

/** A reference server that listens, and what a tester can give for it. To be closed at the end. */
export interface ServerToCertify {
  readonly server: ReferenceServer;
  readonly given: Configuration;
}

/**
 * Starts the reference server on a free port, to be certified: with a password and a secret of its own. Its tokens have the lifetimes
 * that they have by default; its clock can be advanced past them.
 * @param defects names of the ways in which it is to be wrong
 * @throws UnknownDefectError when there is no such defect
 */
export async function startServerToCertify(defects: readonly string[]): Promise<ServerToCertify> {
  const adminEmail = 'admin@example.com';
  const adminPassword = randomBytes(12).toString('hex');
  const secret = randomBytes(32).toString('hex');
  const settings = {
    SECRET: secret,
    ADMIN_EMAIL: adminEmail,
    ADMIN_PASSWORD: adminPassword,
    LOGIN_STALL_TIME: LOGIN_STALL_MS,
  };
  const clock = new TravellingClock();
  const server = await createReferenceServer({ settings, argon2Cost, defects, clock });
  const target = await server.listen();
  return {
    server,
    given: { target, name: 'auth-conformance reference server', adminEmail, adminPassword, secret, clock },
  };
}
