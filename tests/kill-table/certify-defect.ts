import { randomBytes } from 'node:crypto';
import { createReferenceServer, TravellingClock } from '../../reference-server/index.js';
import { inProcess } from '../../runner/in-process.js';
import { runConformance, type Configuration, type Report } from '../../runner/run-conformance.js';

/** Passwords that are used for seconds need no costly hash. */
const argon2Cost = { memoryCost: 64, timeCost: 1, parallelism: 1 };
/** Examples of each property: what a defect does beside what it is named for needs few, and most of a run's requests are theirs. */
const RUNS = 20;

/**
 * Certifies the reference server with these defects, in this process; the server's clock is advanced past the lifetimes of its tokens.
 * @param more what differs from a run of everything
 */
export async function certifyDefects(defects: readonly string[], more: Configuration = {}): Promise<Report> {
  const adminPassword = randomBytes(12).toString('hex');
  const secret = randomBytes(32).toString('hex');
  const settings = { SECRET: secret, ADMIN_PASSWORD: adminPassword, LOGIN_STALL_TIME: '60' };
  const clock = new TravellingClock();
  const server = await createReferenceServer({ settings, argon2Cost, defects, clock });
  const target = await server.listen();
  try {
    return await runConformance(
      { target, adminEmail: 'admin@example.com', adminPassword, secret, clock, runs: RUNS, seed: 3, ...more },
      {},
      inProcess,
    );
  } finally {
    await server.close();
  }
}
