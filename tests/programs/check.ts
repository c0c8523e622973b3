/**
 * Says which programs are missing that tests need, before anything else is done: `tsx tests/programs/check.ts [--all]`.
 * With --all, or on CI, one that is missing is a failure.
 */
import { parseArgs } from 'node:util';
import { installing, named } from './installing.js';
import { isRequired } from './is-required.js';
import { missingPrograms } from './programs.js';

const { values } = parseArgs({ options: { all: { type: 'boolean', default: false } } });
const missing = missingPrograms();
if (missing.length > 0) {
  const required = values.all || isRequired();
  const consequence = required
    ? `The tests need ${missing.length === 1 ? 'a program that is' : 'programs that are'} missing: ${named(missing)}. Install:`
    : `Tests are skipped that need a missing program: ${named(missing)}. To run them, install:`;
  process.stderr.write(`${[consequence, ...installing(missing)].join('\n')}\n\n`);
  if (required) process.exitCode = 1;
}
