import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { known } from '../../tests/directus/directus.js';
import { root, run, type Ended } from '../../tests/helpers/run-cli.js';
import { installed } from '../contestants/installed.js';

/** What a run of a set of checks came to. */
export interface SetRun {
  /** The names of the checks that were run. */
  readonly checks: readonly string[];
  readonly passed: boolean;
  /** From the start of the process to its end. */
  readonly ms: number;
  /** What was printed, to be shown when it was not to be expected. */
  readonly output: string;
}

/** A set of checks that was written for a tool of general use. */
export interface CheckSet {
  readonly name: string;
  /** Runs all checks against a server whose administrator and secret are `known`. */
  run(url: string): Promise<SetRun>;
}

/** A run that takes longer is taken to hang: it counts as failed. */
const LIMIT_MS = 120_000;

/** Runs a program of Node that writes its result as JSON into a file. */
async function runWithResult(
  args: (file: string) => readonly string[],
  env: Readonly<Record<string, string>>,
  namesIn: (result: unknown) => readonly string[],
): Promise<SetRun> {
  const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-bench-'));
  const file = join(folder, 'result.json');
  try {
    const ended: Ended = await run(process.execPath, args(file), {
      env,
      during: (child) => {
        const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
        child.once('exit', () => clearTimeout(limit));
      },
    });
    const { code, ms, stdout, stderr } = ended;
    const checks = code === 0 ? namesIn(JSON.parse(readFileSync(file, 'utf8'))) : [];
    return { checks, passed: code === 0, ms, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface NewmanResult {
  readonly run: { readonly executions: readonly { readonly assertions?: readonly { readonly assertion: string }[] }[] };
}

/** The checks as a Postman collection. */
export const newman: CheckSet = {
  name: 'newman (Postman)',
  run: (url) =>
    runWithResult(
      (file) => [
        installed('newman/bin/newman.js'),
        'run',
        here('newman/access-tokens.postman_collection.json'),
        ...Object.entries({
          target: url,
          admin_email: known.email,
          admin_password: known.password,
          secret: known.secret,
        }).flatMap(([name, value]) => ['--env-var', `${name}=${value}`]),
        ...['--timeout-request', '10000', '--reporters', 'cli,json', '--reporter-json-export', file],
      ],
      {},
      (result) =>
        (result as NewmanResult).run.executions.flatMap(({ assertions = [] }) =>
          assertions.map(({ assertion }) => assertion),
        ),
    ),
};

interface VitestResult {
  readonly testResults: readonly { readonly assertionResults: readonly { readonly title: string }[] }[];
}

/** The checks as tests of vitest, by supertest. */
export const supertest: CheckSet = {
  name: 'vitest + supertest',
  run: (url) =>
    runWithResult(
      (file) => [
        join(root, 'node_modules/vitest/vitest.mjs'),
        'run',
        ...['--root', here('supertest'), '--reporter', 'default', '--reporter', 'json', '--outputFile.json', file],
      ],
      { TARGET: url, ADMIN_EMAIL: known.email, ADMIN_PASSWORD: known.password, SECRET: known.secret },
      (result) =>
        (result as VitestResult).testResults.flatMap(({ assertionResults }) =>
          assertionResults.map(({ title }) => title),
        ),
    ),
};

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
