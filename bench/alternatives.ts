/**
 * auth-conformance beside what one would write instead: 25 checks of the same page for newman, and for vitest with supertest. How long
 * they take, and how many of the reference server's defects they notice.
 * `npm run bench -- alternatives [--runs N] [--sample N] [--jobs N]`: the median of N runs, N of the defects (all unless told otherwise),
 * N defects under way at once. `--target URL` runs the two sets against another server, whose administrator and secret are those of
 * tests/directus/directus.ts, and nothing else.
 */
import { parseArgs } from 'node:util';
import { Semaphore } from 'async-mutex';
import { createReferenceServer, defects, type DefectName } from '../reference-server/index.js';
import { requirements } from '../spec/catalogue.js';
import type { Report } from '../spec/generated/report.js';
import { known } from '../tests/directus/directus.js';
import { runCli } from '../tests/helpers/run-cli.js';
import { serve } from '../tests/helpers/serve.js';
import { checks } from './alternatives/checks.js';
import { newman, supertest, type CheckSet, type SetRun } from './alternatives/sets.js';
import { directusSettings } from './contestants/directus-requests.js';
import { machine } from './measuring/machine.js';
import { duration, median, times } from './measuring/numbers.js';
import { table } from './measuring/table.js';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    sample: { type: 'string', default: String(defects.length) },
    jobs: { type: 'string', default: '3' },
    target: { type: 'string' },
  },
});
const sets: readonly CheckSet[] = [newman, supertest];

/** @throws Error when a check fails, or the checks are not the 25 that are to be compared */
function mustPass({ name }: CheckSet, { checks: run, passed, output }: SetRun, url: string): void {
  if (!passed) throw new Error(`${name} fails on ${url}, which is right:\n${output}`);
  if ([...run].sort().join('\n') !== [...checks].sort().join('\n'))
    throw new Error(`${name} does not run the 25 checks of checks.ts, but:\n${run.join('\n')}`);
}

const ours = {
  core: 'auth-conformance --profile core',
  all: 'auth-conformance',
  selfTest: 'auth-conformance self-test',
} as const;

/** Runs the suite against a server that is right. */
async function suite(args: readonly string[]): Promise<{ checks: number; ms: number }> {
  const { stdout, stderr, ms } = await runCli([...args, '--json'], {
    env: {
      AUTH_CONFORMANCE_ADMIN_EMAIL: known.email,
      AUTH_CONFORMANCE_ADMIN_PASSWORD: known.password,
      AUTH_CONFORMANCE_SECRET: known.secret,
    },
  });
  if (stdout === '') throw new Error(`auth-conformance ${args.join(' ')}: no report. ${stderr}`);
  const { outcome, summary } = JSON.parse(stdout) as Report;
  if (outcome !== 'conformant') throw new Error(`auth-conformance ${args.join(' ')}: ${outcome}\n${stderr}`);
  return { checks: summary.checks.total - summary.checks.skip, ms };
}

/** One row: how long a set takes on the reference server without a defect. */
async function measured(name: string, run: () => Promise<{ checks: number; ms: number }>): Promise<Row> {
  const results = [];
  for (let turn = 0; turn < Number(values.runs); turn += 1) results.push(await run());
  return { name, checks: results[0]?.checks ?? 0, ms: median(results.map(({ ms }) => ms)) };
}

interface Row {
  readonly name: string;
  readonly checks: number;
  readonly ms: number;
}

async function wallTimes(): Promise<readonly Row[]> {
  const server = await serve([], directusSettings);
  try {
    const rows: Row[] = [];
    for (const set of sets) {
      const run = async (): Promise<{ checks: number; ms: number }> => {
        const result = await set.run(server.url);
        mustPass(set, result, server.url);
        return { checks: result.checks.length, ms: result.ms };
      };
      rows.push(await measured(set.name, run));
    }
    rows.push(await measured(ours.core, () => suite(['--target', server.url, '--profile', 'core'])));
    rows.push(await measured(ours.all, () => suite(['--target', server.url])));
    rows.push(await measured(ours.selfTest, () => suite(['self-test'])));
    return rows;
  } finally {
    await server.end();
  }
}

/** Passwords of a test need no costly hash; `self-test` has the same. */
const argon2Cost = { memoryCost: 64, timeCost: 1, parallelism: 1 };

/** The names of the sets that notice a defect. */
async function noticing(defect: DefectName): Promise<ReadonlySet<string>> {
  const by = new Set<string>();
  for (const set of sets) {
    const server = await createReferenceServer({ settings: directusSettings, argon2Cost, defects: [defect] });
    try {
      if (!(await set.run(await server.listen())).passed) by.add(set.name);
    } finally {
      await server.close();
    }
  }
  const { stdout, stderr } = await runCli(['self-test', '--json', '--runs', '20', '--seed', '3', '--defect', defect]);
  if (stdout === '') throw new Error(`self-test --defect ${defect}: no report. ${stderr}`);
  const noticed = (JSON.parse(stdout) as Report).requirements.filter(
    ({ verdict }) => verdict === 'fail' || verdict === 'warn',
  );
  if (noticed.length > 0) by.add(ours.all);
  if (noticed.some(({ profile }) => profile === 'core')) by.add(ours.core);
  return by;
}

/** The profile that a defect breaks: the one, in this order, of a requirement that names it. */
const profiles = ['core', 'security', 'directus'] as const;
const profileOf = (defect: DefectName): (typeof profiles)[number] | undefined =>
  profiles.find((profile) =>
    requirements.some((requirement) => requirement.profile === profile && requirement.defects.includes(defect)),
  );

/** Some of the defects, spread evenly. */
function sample(size: number): DefectName[] {
  const names = defects.map(({ name }) => name);
  return names.filter(
    (_, place) => Math.floor((place * size) / names.length) !== Math.floor(((place - 1) * size) / names.length),
  );
}

if (values.target !== undefined) {
  for (const set of sets) {
    const result = await set.run(values.target);
    mustPass(set, result, values.target);
    console.log(`${set.name}: ${result.checks.length} checks passed on ${values.target} in ${duration(result.ms)}`);
  }
  process.exit();
}

console.log(`# auth-conformance beside what one would write instead\n\n${machine()}\n`);
const rows = await wallTimes();
const least = Math.min(...rows.map(({ ms }) => ms));
console.log(
  table([
    ['on the reference server, without a defect', 'checks', 'wall time', 'times the quickest', 'per check'],
    ...rows.map(({ name, checks: count, ms }) => [
      name,
      String(count),
      duration(ms),
      times(ms / least),
      duration(ms / count),
    ]),
  ]),
);
console.log(`
Wall time is that of the whole process; the median of ${values.runs}. All have the administrator and the secret. newman, supertest and the
first two of ours find the server running, with default settings; self-test starts its own, whose tokens live for seconds, and waits for them
to expire. hurl is not among them: neither Debian nor npm has it as a package that brings its program along.
`);

const chosen = sample(Number(values.sample));
const places = new Semaphore(Number(values.jobs));
const noticed = new Map<DefectName, ReadonlySet<string>>();
await Promise.all(
  chosen.map((defect) =>
    places.runExclusive(async () => {
      noticed.set(defect, await noticing(defect));
      if (process.stderr.isTTY) process.stderr.write(`\r${noticed.size} of ${chosen.length} defects`);
    }),
  ),
);
const count = (name: string, among: readonly DefectName[]): string => {
  const found = among.filter((defect) => noticed.get(defect)?.has(name)).length;
  return `${found} of ${among.length} (${among.length === 0 ? '–' : Math.round((100 * found) / among.length)} %)`;
};
console.log(
  table([
    ['defects that are noticed', 'all', ...profiles.map((profile) => `of ${profile}`)],
    ...[newman.name, supertest.name, ours.core, ours.all].map((name) => [
      name,
      count(name, chosen),
      ...profiles.map((profile) =>
        count(
          name,
          chosen.filter((defect) => profileOf(defect) === profile),
        ),
      ),
    ]),
  ]),
);
console.log(`
A defect is noticed when the run fails: a check, or what the checks stand on; for the suite, when a requirement fails or warns. It is of
the profile of the requirements that name it: core is what the page says, so what the 25 checks could have found; security and directus go
beyond it. The suite's figures are those of self-test; core counts a run's requirements of that profile alone.
`);
for (const { name } of sets) {
  const only = chosen.filter((defect) => noticed.get(defect)?.has(name) && !noticed.get(defect)?.has(ours.all));
  if (only.length > 0) console.log(`Noticed by ${name}, and not by auth-conformance: ${only.join(', ')}.`);
}
const missed = chosen.filter((defect) => !noticed.get(defect)?.has(ours.all));
console.log(missed.length === 0 ? 'auth-conformance misses none.' : `auth-conformance misses: ${missed.join(', ')}.`);
