import { randomBytes } from 'node:crypto';
import { createReferenceServer, readSettings, TravellingClock } from '../../reference-server/index.js';
import { certify, type CertifyFlags } from './certify.js';

/** Checks that may be under way at once: enough that logins, each of which takes LOGIN_STALL_TIME, hold nothing up. */
const CONCURRENCY = 16;

/** Passwords that are used for seconds need no costly hash. */
const argon2Cost = { memoryCost: 64, timeCost: 1, parallelism: 1 };

/**
 * Starts the reference server on a free port and certifies it, with everything a tester can give: nothing is skipped for want of it. Its
 * tokens have the lifetimes that they have by default; its clock is advanced past them.
 * @returns the exit code
 * @throws as certify does; UnknownDefectError when there is no such defect
 */
export async function selfTest({
  defect = [],
  ...flags
}: Readonly<Record<string, unknown>> & CertifyFlags & { readonly defect?: readonly string[] }): Promise<number> {
  const adminPassword = randomBytes(12).toString('hex');
  const secret = randomBytes(32).toString('hex');
  const settings = readSettings({
    SECRET: secret,
    ADMIN_EMAIL: 'admin@example.com',
    ADMIN_PASSWORD: adminPassword,
    LOGIN_STALL_TIME: '60',
  });
  const clock = new TravellingClock();
  const server = await createReferenceServer({ settings, argon2Cost, defects: defect, clock });
  const target = await server.listen({ port: 0, host: '127.0.0.1' });
  try {
    const given = { target, adminEmail: 'admin@example.com', adminPassword, secret, clock };
    return await certify(flags, given, { concurrency: CONCURRENCY });
  } finally {
    await server.close();
  }
}
