import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createReferenceServer, type ReferenceServer } from '../../reference-server/index.js';
import { cheapHash } from '../helpers/cheap-hash.js';
import type { Report } from '../../spec/generated/report.js';
import { aftermathOf } from '../helpers/harmless-shell.js';
import { HostileTarget } from '../helpers/targets/hostile-target.js';
import { runCli, type Ended } from '../helpers/run-cli.js';
import { needs } from '../programs/tags.js';

const env = {
  AUTH_CONFORMANCE_ADMIN_EMAIL: 'admin@example.com',
  AUTH_CONFORMANCE_ADMIN_PASSWORD: 'd1r3ctu5',
  AUTH_CONFORMANCE_SECRET: 'the-secret-of-the-target-is-this',
};
let server: ReferenceServer | undefined;
let behind: string;

beforeAll(async () => {
  server = await createReferenceServer({
    argon2Cost: cheapHash,
    settings: { LOGIN_STALL_TIME: '0', SECRET: env.AUTH_CONFORMANCE_SECRET },
  });
  behind = await server.listen();
});
afterAll(async () => server?.close());

/** The blocks of shell lines in a report for the terminal. */
function blocksIn(terminal: string): string[][] {
  const blocks: string[][] = [];
  let inside = false;
  for (const line of terminal.split('\n')) {
    if (line.startsWith('    reproduce it in a shell')) blocks.push([]);
    inside = inside ? line.startsWith('      ') : line.startsWith('    reproduce it in a shell');
    if (inside && line.startsWith('      ')) blocks.at(-1)?.push(line.slice(6));
  }
  return blocks;
}

/** Certifies a hostile target with everything that a tester can give. */
async function certified(seed: number, wholly: boolean): Promise<Ended> {
  const target = await HostileTarget.before(behind, env.AUTH_CONFORMANCE_SECRET, seed, wholly);
  try {
    const args = ['--target', target.url, '--json', '--seed', String(seed), '--runs', '3', '--timeout', '5s'];
    // All that a report can hold.
    args.push('--evidence', 'all', '--verbose');
    return await runCli(args, { env });
  } finally {
    target.close();
  }
}

describe('what a target says is never code', { tags: needs('bash') }, () => {
  test.concurrent.each([
    ['in its tokens, ids, cookies and texts', 1, false],
    ['everywhere, in codes and times too', 3, true],
  ])('%s', async (_where, seed, wholly) => {
    const { stdout, stderr } = await certified(seed, wholly);
    if (stdout === '') throw new Error(stderr);
    const { requirements } = JSON.parse(stdout) as Report;
    const checks = requirements.flatMap((requirement) => requirement.checks);
    const blocks = checks.map(({ curl }) => curl).filter((lines) => lines.length > 0);
    const lines = blocks.flat();
    // It got far enough to be asked: blocks take values out of answers, and make tokens of them.
    expect(blocks.length).toBeGreaterThan(150);
    expect(lines.filter((line) => line.includes('answer.json)')).length).toBeGreaterThan(300);
    if (!wholly) {
      expect(lines.filter((line) => /^TAMPERED\w*=/.test(line)).length).toBeGreaterThan(20);
      expect(lines.filter((line) => /^MINTED\w*=/.test(line)).length).toBeGreaterThan(10);
      expect(lines.filter((line) => line.startsWith('ws ')).length).toBeGreaterThan(10);
    }
    const shown = blocksIn(stderr);
    expect(shown.length).toBeGreaterThan(20);
    const { alarms, left } = await aftermathOf([...blocks, ...shown], env);
    expect(alarms).toEqual([]);
    expect(left).toEqual([]);
    // Each stands on lines of its own, without what a terminal would act on or hide.
    for (const line of lines) expect(line).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
  });
});
