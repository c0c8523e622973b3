/**
 * Installs implementations that others wrote, certifies each, and compares with what is expected: `npm run implementations [-- NAME …]`.
 * A name may be a part of one, as 11.0.1. Fails when anything is not as expected. Options:
 * `--page` writes docs/implementations.md, and runs nothing; `--record` writes the counts, the day and the seconds of each run that was
 * as expected into expected.yaml; `--reports FOLDER` writes each report there; `--folder FOLDER` is where they are installed, or are
 * from before (auth-conformance-implementation-NAME), instead of the folder for temporary files.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { inProcess } from '../runner/in-process.js';
import { ConfigurationError, NotJudgeable, runConformance } from '../runner/run-conformance.js';
import { chosen } from './chosen.js';
import { differences, type Outcome } from './compare.js';
import { expectedVerdicts, expectedVerdictsFile, type Expected } from './expected.js';
import { pageOf } from './page.js';
import { withRecord } from './record.js';
import { slugOf, started } from './servers.js';

const help = 'npm run implementations -- [--page] [--record] [--reports FOLDER] [--folder FOLDER] [NAME …]';

function readArguments() {
  return parseArgs({
    allowPositionals: true,
    options: {
      page: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
      reports: { type: 'string' },
      folder: { type: 'string', default: tmpdir() },
    },
  });
}

async function outcomeOf(expected: Expected, folder: string): Promise<Outcome> {
  const server = await started(expected, folder);
  try {
    return { report: await runConformance({ ...server.configuration, runs: 20, timeout: '30s' }, {}, inProcess) };
  } catch (error) {
    if (!(error instanceof ConfigurationError || error instanceof NotJudgeable)) throw error;
    return { rejection: error.message };
  } finally {
    await server.stop();
  }
}

async function writePage(): Promise<void> {
  const page = await format(pageOf(expectedVerdicts()), { parser: 'markdown', printWidth: 140 });
  writeFileSync(new URL('../docs/implementations.md', import.meta.url), page);
}

/** Certifies one. @returns whether it was as expected */
async function judged(
  expected: Expected,
  options: { readonly folder: string; readonly reports?: string; readonly record: boolean },
): Promise<boolean> {
  const before = performance.now();
  const outcome = await outcomeOf(expected, options.folder);
  const seconds = Math.round((performance.now() - before) / 1000);
  const found = differences(expected, outcome);
  const counts = 'report' in outcome ? JSON.stringify(outcome.report.summary.requirements) : outcome.rejection;
  console.log(`${expected.name}: ${found.length === 0 ? 'as expected' : 'NOT AS EXPECTED'}  ${counts}  ${seconds} s`);
  found.forEach((sentence) => console.log(`  ${sentence}`));
  if (!('report' in outcome)) return found.length === 0;
  if (options.reports !== undefined) {
    mkdirSync(options.reports, { recursive: true });
    writeFileSync(join(options.reports, `${slugOf(expected.name)}.json`), JSON.stringify(outcome.report));
  }
  if (options.record && found.length === 0) {
    const { pass, fail, warn, skip, error } = outcome.report.summary.requirements;
    const recorded = { date: new Date().toISOString().slice(0, 10), seconds, pass, fail, warn, skip, error };
    writeFileSync(
      expectedVerdictsFile,
      withRecord(readFileSync(expectedVerdictsFile, 'utf8'), expected.name, recorded),
    );
  }
  return found.length === 0;
}

async function main(): Promise<number> {
  const { values, positionals } = readArguments();
  if (values.page) return writePage().then(() => 0);
  let exitCode = 0;
  for (const expected of chosen(expectedVerdicts(), positionals)) {
    const isAsExpected = await judged(expected, values).catch((error: unknown) => {
      console.log(`${expected.name}: NOT RUN: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    });
    if (!isAsExpected) exitCode = 1;
  }
  return exitCode;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${help}`);
  process.exitCode = 2;
}
