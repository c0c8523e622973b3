/**
 * Installs implementations that others wrote, certifies each, and compares with what is expected: `npm run implementations [-- NAME …]`.
 * `--page` writes docs/implementations.md, and runs nothing. Fails when anything is not as expected.
 */
import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { inProcess } from '../runner/in-process.js';
import { ConfigurationError, NotJudgeable, runConformance } from '../runner/run-conformance.js';
import { differences, type Outcome } from './compare.js';
import { expectedVerdicts, type Expected } from './expected.js';
import { pageOf } from './page.js';
import { started } from './servers.js';

async function outcomeOf(expected: Expected): Promise<Outcome> {
  const server = await started(expected);
  try {
    return { report: await runConformance({ ...server.configuration, runs: 20, timeout: '30s' }, {}, inProcess) };
  } catch (error) {
    if (!(error instanceof ConfigurationError || error instanceof NotJudgeable)) throw error;
    return { refusal: error.message };
  } finally {
    await server.stop();
  }
}

const names = process.argv.slice(2).filter((argument) => argument !== '--page');
const all = expectedVerdicts();
const unknown = names.filter((name) => !all.some((one) => one.name === name));
if (unknown.length > 0) {
  console.error(
    `no implementation is called ${unknown.join(', ')}. There are ${all.map(({ name }) => name).join(', ')}`,
  );
  process.exitCode = 2;
} else if (process.argv.includes('--page')) {
  const page = await format(pageOf(all), { parser: 'markdown', printWidth: 140 });
  writeFileSync(new URL('../docs/implementations.md', import.meta.url), page);
} else {
  for (const expected of all.filter(({ name }) => names.length === 0 || names.includes(name))) {
    try {
      const outcome = await outcomeOf(expected);
      const found = differences(expected, outcome);
      const counts = 'report' in outcome ? JSON.stringify(outcome.report.summary.requirements) : outcome.refusal;
      console.log(`${expected.name}: ${found.length === 0 ? 'as expected' : 'NOT AS EXPECTED'}  ${counts}`);
      found.forEach((sentence) => console.log(`  ${sentence}`));
      if (found.length > 0) process.exitCode = 1;
    } catch (error) {
      console.log(`${expected.name}: NOT RUN: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  }
}
