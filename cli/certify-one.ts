import type { Configuration } from '../spec/generated/configuration.js';
import type { Report } from '../spec/generated/report.js';
import { withoutUserinfo } from '../spec/values/mask.js';
import { progressLine } from '../reporters/progress.js';
import { onOneLine } from '../report/foreign-text.js';
import { commandLine } from './output/command-line.js';
import { usesColor } from './output/color.js';
import { onEarlyEnd } from './output/early-end.js';
import { runConformance, type FinishedCheck } from '../runner/run-conformance.js';
import { inNumbers, labels } from '../report/wording.js';
import type { Detail } from '../reporters/terminal.js';
import { detailOf } from './output/write-reports.js';

/**
 * Certifies one target, and shows the run while it is under way. Ctrl-C ends it early, as does whatever else would end the process.
 * @param output where it is told what happens
 * @throws ConfigurationError, NotJudgeable, Interrupted, and what was thrown where nothing catches it
 */
export async function certifyOne(configuration: Configuration, output: NodeJS.WriteStream): Promise<Report> {
  const live = new LiveProgress(output, detailOf(configuration), configuration.reporter !== 'dots' && output.isTTY);
  const interruption = new AbortController();
  let broken: { readonly error: unknown } | undefined;
  const stopListening = onEarlyEnd({
    onSignal: () => {
      live.end();
      process.stderr.write('auth-conformance: interrupted, cleaning up (press Ctrl-C again to leave at once)\n');
      interruption.abort();
    },
    onBroken: (error) => {
      broken ??= { error };
      interruption.abort();
    },
  });
  try {
    return await runConformance(configuration, {
      onStart: ({ requirements }) => live.begin(withoutUserinfo(configuration.target ?? ''), requirements),
      onCheck: (check) => live.check(check),
      onNotice: (sentence) => live.notice(sentence),
      command: commandLine(process.argv.slice(2)),
      interrupted: interruption.signal,
    });
  } catch (error) {
    throw broken === undefined ? error : broken.error;
  } finally {
    live.end();
    stopListening();
  }
}

/** Checks that a line of signs shows. */
const SIGNS = 80;
/** How often the line on a terminal is written anew when nothing happens, in ms. */
const EVERY_MS = 1000;

/**
 * Shows a run while it is under way: one line that changes on a terminal, a sign for each check in a pipe, a line for each check where
 * all is asked for, nothing where the verdict alone is.
 */
class LiveProgress {
  readonly #output: NodeJS.WriteStream;
  readonly #changes: boolean;
  readonly #detail: Detail;
  readonly #color: boolean;
  readonly #start = performance.now();
  #done = 0;
  #failed = 0;
  #hasLine = false;
  /** Signs in the row that is being written. */
  #signs = 0;
  #noticed = '';
  #requirements = 0;
  readonly #begun = new Set<string>();
  #last = '';
  #timer: NodeJS.Timeout | undefined;

  /** @param changes whether a line can be written anew */
  constructor(output: NodeJS.WriteStream, detail: Detail, changes: boolean) {
    this.#output = output;
    this.#changes = changes;
    this.#detail = detail;
    this.#color = usesColor(output);
  }

  begin(target: string, requirements: number): void {
    this.end();
    this.#requirements = requirements;
    if (this.#detail === 'quiet') return;
    this.#output.write(`Certifying ${onOneLine(target)}: ${inNumbers(requirements, 'requirement')}\n`);
    if (!this.#changes) return;
    this.#timer = setInterval(() => this.#line(), EVERY_MS).unref();
  }

  check({ requirement, result }: FinishedCheck): void {
    this.#done += 1;
    const { title, verdict, durationMs } = result;
    if (verdict === 'fail') this.#failed += 1;
    this.#last = requirement;
    this.#begun.add(requirement);
    if (this.#detail === 'quiet') return;
    if (this.#changes) this.#line();
    else if (this.#detail === 'verbose')
      this.#output.write(`${progressLine({ requirement, title, verdict, durationMs }, { color: this.#color })}\n`);
    else this.#sign(verdict === 'pass' ? '.' : labels[verdict].sign);
  }

  /** What the run waits for: a line that the next one takes the place of on a terminal, and that is written once where it stays. */
  notice(sentence: string): void {
    if (this.#detail === 'quiet' || (!this.#changes && sentence === this.#noticed)) return;
    this.#noticed = sentence;
    this.#endRow();
    const line = `auth-conformance: ${onOneLine(sentence)}`;
    this.#output.write(this.#changes ? `\r\u001B[K${line.slice(0, (this.#output.columns || 80) - 1)}` : `${line}\n`);
    this.#hasLine = true;
  }

  end(): void {
    clearInterval(this.#timer);
    if (this.#detail === 'quiet' || (this.#done === 0 && !this.#hasLine)) return;
    if (this.#changes) this.#output.write('\r\u001B[K');
    else this.#endRow();
  }

  #sign(sign: string): void {
    this.#output.write(sign);
    this.#signs += 1;
    if (this.#signs === SIGNS) this.#endRow();
  }

  #endRow(): void {
    if (this.#signs > 0) this.#output.write('\n');
    this.#signs = 0;
  }

  #line(): void {
    const failed = this.#failed === 0 ? '' : `, ${this.#failed} failed`;
    const seconds = Math.round((performance.now() - this.#start) / 1000);
    const line = `${this.#begun.size} of ${inNumbers(this.#requirements, 'requirement')}, ${inNumbers(this.#done, 'check')} done${failed}, ${seconds} s · ${this.#last}`;
    this.#output.write(`\r\u001B[K${onOneLine(line).slice(0, (this.#output.columns || 80) - 1)}`);
  }
}
