/**
 * Certifies a server, in a process of its own, until a requirement fails: `judge.ts` starts the reference server that stands beside it;
 * `judge.ts CONFIGURATION` is given what a tester gives, as JSON. Prints the requirements that failed, as JSON, with what else is known.
 */
import { startServerToCertify } from '../cli/server-to-certify.js';
import { inProcess } from '../runner/in-process.js';
import { runConformance, type Configuration } from '../runner/run-conformance.js';

/** What a judge prints. */
export interface Judgement {
  readonly failed: readonly string[];
  /** The requirements that were judged and held. */
  readonly passed: readonly string[];
}

const [, , given] = process.argv;
const own = given === undefined ? await startServerToCertify([]) : undefined;
const configuration: Configuration = {
  runs: 20,
  seed: 3,
  bail: 1,
  ...(own?.given ?? (JSON.parse(given ?? '{}') as Configuration)),
};
const { requirements } = await runConformance(configuration, {}, inProcess);
const ids = (...verdicts: readonly string[]): string[] =>
  requirements.filter(({ verdict }) => verdicts.includes(verdict)).map(({ id }) => id);
const failed = ids('fail', 'warn');
// Checks that the end of the run has interrupted are errors, too: they count where nothing failed.
const judgement: Judgement = { failed: failed.length > 0 ? failed : ids('error'), passed: ids('pass') };
process.stdout.write(`${JSON.stringify(judgement)}\n`, () => process.exit(0));
