import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Configuration } from '../spec/generated/configuration.js';
import {
  bootstrapDirectus,
  installDirectus,
  known,
  OBSERVED_VERSION,
  quickSettings,
  startDirectus,
} from '../tests/directus/directus.js';
import type { Judgement } from './judge.js';
import { instrument, switchOf, type Mutant } from './mutants.js';
import { runJudge } from './run-judge.js';
import type { MutationTarget } from './target.js';

const JUDGE = fileURLToPath(new URL('judge.ts', import.meta.url));
const API = 'node_modules/@directus/api';
/** The compiled code that authenticates, below the folder `dist` of its API. */
const MUTATED = [
  'services/authentication.js',
  'middleware/authenticate.js',
  'middleware/extract-token.js',
  'utils/get-accountability-for-token.js',
  'utils/jwt.js',
  'utils/verify-session-jwt.js',
  'controllers/auth.js',
  'auth/drivers/local.js',
  'services/tfa.js',
  'services/users.js',
];
/** Of the service of users, the part that ends sessions. */
const ENDS_SESSIONS = /session/i;
/** A run ends at so many failed requirements. */
const BAIL = 2;

/** A real Directus, whose compiled code is mutated in a copy of it; each mutant runs on a copy of a prepared database. */
export async function directus(): Promise<MutationTarget> {
  const installed = await installDirectus(OBSERVED_VERSION);
  const copy = mkdtempSync(join(tmpdir(), 'auth-conformance-mutants-'));
  copyPackages(installed, copy);
  const prepared = await bootstrapDirectus(copy, quickSettings);
  const all = await instrument(
    join(copy, API, 'dist'),
    MUTATED.filter((name) => existsSync(join(copy, API, 'dist', name))),
  );
  const mutants = all.filter(({ file, original }) => file !== 'services/users.js' || ENDS_SESSIONS.test(original));
  /** What a Directus as it is keeps: what fails there shows nothing about a mutant. */
  let kept: readonly string[] | undefined;
  const judge = async (mutant?: Mutant): Promise<Judgement | undefined> => {
    const server = await startDirectus(copy, { ...quickSettings, ...switchOf(mutant) }, prepared).catch(
      () => undefined,
    );
    if (server === undefined) return undefined;
    const { email, password, secret } = known;
    const configuration: Configuration = {
      target: server.url,
      adminEmail: email,
      adminPassword: password,
      secret,
      ...(mutant === undefined ? { bail: Number.MAX_SAFE_INTEGER } : { bail: BAIL }),
      ...(kept !== undefined && { only: [...kept] }),
    };
    try {
      return await runJudge(JUDGE, [JSON.stringify(configuration)], copy);
    } finally {
      await server.stop();
    }
  };
  return {
    mutants,
    judge: async (mutant) => {
      const judgement = await judge(mutant);
      if (mutant !== undefined || judgement === undefined) return judgement;
      kept = judgement.passed;
      return { ...judgement, failed: [] };
    },
    close: () => {
      for (const folder of [copy, prepared]) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Makes an installation whose API is its own, and whose other packages are those of another installation. */
function copyPackages(from: string, to: string): void {
  const copied = ['directus', '@directus/api'];
  for (const scope of ['', '@directus']) {
    mkdirSync(join(to, 'node_modules', scope), { recursive: true });
    for (const name of readdirSync(join(from, 'node_modules', scope))) {
      const path = join('node_modules', scope, name);
      if (name === '@directus' || name.startsWith('.')) continue;
      if (copied.includes(join(scope, name))) cpSync(join(from, path), join(to, path), { recursive: true });
      else symlinkSync(join(from, path), join(to, path));
    }
  }
}
