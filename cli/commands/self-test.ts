import { randomBytes } from 'node:crypto';
import { createReferenceServer, readSettings } from '../../reference-server/index.js';
import { certify, type CertifyFlags } from './certify.js';

/** Lives short enough to be waited for, long enough for the checks that use them. */
const ttl = {
  ACCESS_TOKEN_TTL: '4s',
  SESSION_COOKIE_TTL: '6s',
  REFRESH_TOKEN_TTL: '10s',
  SESSION_REFRESH_GRACE_PERIOD: '1s',
};

/** Passwords that live for seconds need no costly hash. */
const argon2Cost = { memoryCost: 64, timeCost: 1, parallelism: 1 };

/**
 * Starts the reference server on a free port and certifies it, with everything a tester can give: nothing is skipped for want of it.
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
    ...ttl,
    SECRET: secret,
    ADMIN_EMAIL: 'admin@example.com',
    ADMIN_PASSWORD: adminPassword,
    LOGIN_STALL_TIME: '60',
  });
  // The server is of this process: no proxy leads to it.
  process.env['no_proxy'] = '*';
  const server = await createReferenceServer({ settings, argon2Cost, defects: defect });
  const target = await server.listen({ port: 0, host: '127.0.0.1' });
  try {
    return await certify(flags, {
      target,
      adminEmail: 'admin@example.com',
      adminPassword,
      secret,
      patience: '12s',
      sessionGrace: '1s',
    });
  } finally {
    await server.close();
  }
}
