import { randomBytes } from 'node:crypto';
import { createReferenceServer, type ReferenceServerOptions } from '../../reference-server/index.js';
import { cheapHash } from '../helpers/cheap-hash.js';
import type { CheckResult } from '../../spec/generated/report.js';
import type { CheckContext } from '../../suites/harness/check.js';
import { judge } from '../../suites/harness/run/judge.js';
import { startRun } from '../../suites/harness/run/run.js';

/** A server that checks of a test are held against. */
export interface TestTarget {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** A reference server of a test's own, which answers logins at once. */
export async function testTarget(options: ReferenceServerOptions = {}): Promise<TestTarget> {
  const server = await createReferenceServer({
    argon2Cost: cheapHash,
    ...options,
    settings: { LOGIN_STALL_TIME: '0', ...options.settings },
  });
  return { url: await server.listen(), close: async () => server.close() };
}

/**
 * Runs one check the way a run does, without vitest or a command in between.
 * @param url of a reference server with its default administrator
 */
export async function runCheck(url: string, body: (context: CheckContext) => Promise<void>): Promise<CheckResult> {
  const run = startRun({
    runId: randomBytes(4).toString('hex'),
    target: {
      url,
      sessionCookie: 'directus_session_token',
      refreshCookie: 'directus_refresh_token',
      cookieSecure: false,
    },
    selected: ['standard.authenticates'],
    capabilities: ['user', 'admin', 'static-token'],
    administrator: {
      credentials: { email: 'admin@example.com', password: 'd1r3ctu5' },
      mode: 'json',
      method: 'header',
    },
    sessionGraceMs: 1000,
    timeoutMs: 5000,
    concurrency: 2,
    runs: 5,
    evidence: 'all',
    seed: 1,
    shuffle: false,
    thorough: false,
    startedAt: Date.now(),
  });
  try {
    return await judge(run, {
      requirement: 'standard.authenticates',
      title: 'a check of a test',
      chapter: 'Standard Tokens',
      body,
      options: {},
    });
  } finally {
    await run.client.close();
  }
}
