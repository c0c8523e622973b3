import type { Configuration } from '../spec/generated/configuration.js';
import type { Report } from '../spec/generated/report.js';
import { withoutUserinfo } from '../spec/mask.js';
import { progressLine } from '../reporters/progress.js';
import { onOneLine } from '../report/foreign-text.js';
import { usesColor } from './color.js';
import { onEarlyEnd } from './early-end.js';
import { runConformance } from '../runner/run-conformance.js';

/**
 * Certifies one target, and shows the run while it is under way. Ctrl-C ends it early, as does whatever else would end the process.
 * @param output where it is told what happens
 * @throws ConfigurationError, NotJudgeable, Interrupted, and what was thrown where nothing catches it
 */
export async function certifyOne(configuration: Configuration, output: NodeJS.WriteStream): Promise<Report> {
  const live = new LiveProgress(output);
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
      interrupted: interruption.signal,
    });
  } catch (error) {
    throw broken === undefined ? error : broken.error;
  } finally {
    live.end();
    stopListening();
  }
}

/** Shows a run while it is under way: one line that changes on a terminal, a line for each check otherwise. */
class LiveProgress {
  readonly #output: NodeJS.WriteStream;
  readonly #color: boolean;
  #done = 0;
  #failed = 0;
  #hasLine = false;

  constructor(output: NodeJS.WriteStream) {
    this.#output = output;
    this.#color = usesColor(output);
  }

  begin(target: string, requirements: number): void {
    this.end();
    this.#output.write(`Certifying ${onOneLine(target)}: ${requirements} requirements\n`);
  }

  check({
    requirement,
    result,
  }: Parameters<NonNullable<Parameters<typeof runConformance>[1]>['onCheck'] & object>[0]): void {
    this.#done += 1;
    if (result.verdict === 'fail') this.#failed += 1;
    if (!this.#output.isTTY) {
      const { title, verdict, durationMs } = result;
      this.#output.write(`${progressLine({ requirement, title, verdict, durationMs }, { color: this.#color })}\n`);
      return;
    }
    const failed = this.#failed === 0 ? '' : `, ${this.#failed} failed`;
    const line = `${this.#done} checks done${failed} · ${requirement as string}`;
    this.#output.write(`\r\u001B[K${onOneLine(line).slice(0, (this.#output.columns || 80) - 1)}`);
  }

  /** What the run waits for: a line that the next one takes the place of on a terminal. */
  notice(sentence: string): void {
    const line = `auth-conformance: ${onOneLine(sentence)}`;
    this.#output.write(
      this.#output.isTTY ? `\r\u001B[K${line.slice(0, (this.#output.columns || 80) - 1)}` : `${line}\n`,
    );
    this.#hasLine = true;
  }

  end(): void {
    if (this.#output.isTTY && (this.#done > 0 || this.#hasLine)) this.#output.write('\r\u001B[K');
  }
}
