import type { Configuration } from '../spec/generated/configuration.js';
import type { Report } from '../spec/generated/report.js';
import { progressLine } from '../reporters/progress.js';
import { renderers } from '../reporters/renderers.js';
import { readyGate } from './baseline.js';
import { usesColor } from './color.js';
import { readConfiguration } from './configuration.js';
import { deliver, mustBeWritable, reportFiles } from './deliver.js';
import { gitHubStep } from './github-actions.js';
import { listRequirements } from './list.js';
import { runConformance } from './run-conformance.js';
import { selectRequirements } from './selection.js';

/** Flags that say how to go about it and are no configuration of the run. */
export interface CertifyFlags {
  readonly config?: string;
  readonly json?: boolean;
  readonly list?: boolean;
}

/**
 * The main command: certifies a target, shows the verdicts and writes the reports.
 * @returns the exit code
 * @throws ConfigurationError, NotJudgeable, Interrupted
 */
export async function certify(
  flags: Readonly<Record<string, unknown>> & CertifyFlags,
  more: Configuration = {},
): Promise<number> {
  const { config, json, list, ...rest } = flags;
  const given = await readConfiguration({
    flags: rest,
    environment: process.env,
    ...(config !== undefined && { file: config }),
    directory: process.cwd(),
  });
  const configuration: Configuration = { ...given, ...more };
  if (list === true) {
    const listed = selectRequirements(configuration);
    if (listed.length === 0)
      process.stderr.write(`auth-conformance: no requirement falls into shard ${configuration.shard ?? ''}\n`);
    process.stdout.write(listRequirements(listed, json === true));
    return 0;
  }
  const files = reportFiles(configuration);
  const gateFor = readyGate(configuration);
  // What signs is loaded when there is something to sign.
  const signer =
    configuration.sign === undefined ? undefined : await (await import('./sign-report.js')).readySigner(configuration);
  mustBeWritable([...files.map(({ file }) => file), ...(signer ? [signer.file] : [])]);

  // With --json, standard output is for the report alone.
  const output = json === true ? process.stderr : process.stdout;
  const step = gitHubStep(process.env, output);
  const live = new LiveProgress(output);
  const interruption = new AbortController();
  const stopListening = onInterruption(() => {
    live.end();
    process.stderr.write('auth-conformance: interrupted, cleaning up (press Ctrl-C again to leave at once)\n');
    interruption.abort();
  });
  let report: Report;
  try {
    report = await runConformance(configuration, {
      onStart: ({ requirements }) => live.begin(configuration.target ?? '', requirements),
      onCheck: (check) => live.check(check),
      interrupted: interruption.signal,
    });
  } finally {
    live.end();
    stopListening();
  }
  await deliver(report, files, output);
  if (signer) output.write(`${await signer.sign(report)}\n`);
  if (json === true) process.stdout.write(await renderers.json(report));
  step?.finish(report);
  const { code, findings } = gateFor(report);
  for (const finding of findings) output.write(`${finding}\n`);
  return code;
}

/** Calls back at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
function onInterruption(callback: () => void): () => void {
  let times = 0;
  const listener = (): void => {
    times += 1;
    if (times > 1) process.exit(130);
    callback();
  };
  process.on('SIGINT', listener).on('SIGTERM', listener);
  return () => void process.off('SIGINT', listener).off('SIGTERM', listener);
}

/** Shows a run while it is under way: one line that changes on a terminal, a line for each check otherwise. */
class LiveProgress {
  readonly #output: NodeJS.WriteStream;
  readonly #color: boolean;
  #done = 0;
  #failed = 0;

  constructor(output: NodeJS.WriteStream) {
    this.#output = output;
    this.#color = usesColor(output);
  }

  begin(target: string, requirements: number): void {
    this.#output.write(`Certifying ${target}: ${requirements} requirements\n`);
  }

  check({
    requirement,
    result,
  }: Parameters<NonNullable<Parameters<typeof runConformance>[1]>['onCheck'] & object>[0]): void {
    this.#done += 1;
    if (result.verdict === 'fail') this.#failed += 1;
    if (!this.#output.isTTY) {
      this.#output.write(`${progressLine({ requirement, ...result }, { color: this.#color })}\n`);
      return;
    }
    const failed = this.#failed === 0 ? '' : `, ${this.#failed} failed`;
    const line = `${this.#done} checks done${failed} · ${requirement as string}`;
    this.#output.write(`\r\u001B[K${line.slice(0, (this.#output.columns || 80) - 1)}`);
  }

  end(): void {
    if (this.#output.isTTY && this.#done > 0) this.#output.write('\r\u001B[K');
  }
}
