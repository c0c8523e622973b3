import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { instrument, switchOf } from './mutants.js';
import { runJudge } from './run-judge.js';
import type { MutationTarget } from './target.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** What the reference server and the judge are made of. */
const PARTS = ['cli', 'mutation', 'reference-server', 'report', 'reporters', 'runner', 'spec', 'suites'];
const MUTATED = 'reference-server/auth';

/** The reference server, whose code for authentication is mutated, in a copy of the project. */
export async function referenceServer(): Promise<MutationTarget> {
  const copy = mkdtempSync(join(tmpdir(), 'auth-conformance-mutants-'));
  for (const part of [...PARTS, 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const files = readdirSync(join(copy, MUTATED)).filter((name) => name.endsWith('.ts'));
  const mutants = await instrument(
    copy,
    files.sort().map((name) => `${MUTATED}/${name}`),
  );
  return {
    mutants,
    judge: async (mutant) => runJudge(join(copy, 'mutation/judge.ts'), [], copy, switchOf(mutant)),
    close: () => rmSync(copy, { recursive: true, force: true }),
  };
}
