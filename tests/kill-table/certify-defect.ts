import { randomBytes } from 'node:crypto';
import { createReferenceServer } from '../../reference-server/index.js';
import { inProcess } from '../../runner/in-process.js';
import { runConformance, type Configuration, type Report } from '../../runner/run-conformance.js';

/** Lifetimes short enough to be waited for, long enough for the checks that use them. */
const ttl = {
  ACCESS_TOKEN_TTL: '4s',
  SESSION_COOKIE_TTL: '6s',
  REFRESH_TOKEN_TTL: '10s',
  SESSION_REFRESH_GRACE_PERIOD: '1s',
};
/** Passwords that live for seconds need no costly hash. */
const argon2Cost = { memoryCost: 64, timeCost: 1, parallelism: 1 };

/** Certifies the reference server with these defects, in this process. */
export async function certifyDefects(defects: readonly string[], more: Configuration = {}): Promise<Report> {
  const adminPassword = randomBytes(12).toString('hex');
  const secret = randomBytes(32).toString('hex');
  const settings = { ...ttl, SECRET: secret, ADMIN_PASSWORD: adminPassword, LOGIN_STALL_TIME: '60' };
  const server = await createReferenceServer({ settings, argon2Cost, defects });
  const target = await server.listen();
  try {
    return await runConformance(
      {
        target,
        adminEmail: 'admin@example.com',
        adminPassword,
        secret,
        patience: '12s',
        sessionGrace: '1s',
        runs: 20,
        seed: 3,
        ...more,
      },
      {},
      inProcess,
    );
  } finally {
    await server.close();
  }
}
