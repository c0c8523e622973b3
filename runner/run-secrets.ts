import type { Configuration } from '../spec/generated/configuration.js';
import type { CheckResult, Report } from '../spec/generated/report.js';
import { Masker } from '../report/masking/masker.js';
import type { KnownSecrets } from '../report/masking/known-secrets.js';
import { mustHoldNoSecret } from '../report/masking/scan.js';
import { constantLines } from '../suites/harness/evidence/curl.js';
import { hearSecrets } from '../suites/harness/evidence/seen-secrets.js';
import { givenSecrets, publicTexts } from './given-secrets.js';

/** The place of a check in a report. */
const IN_A_CHECK = ['requirements', '0', 'checks', '0'];

/**
 * The secrets of one run: what the tester gave, what this thread comes across (before and after the checks), and what the checks hand
 * over. To be closed when the run has ended.
 */
export class RunSecrets {
  readonly masker: Masker;
  readonly #known: KnownSecrets;
  readonly #issued = new Set<string>();
  readonly #stopHearing: () => void;

  constructor(configuration: Configuration, runId: string) {
    const publicOnes = [...publicTexts(configuration), `auth-conformance-${runId}`];
    this.#known = { given: givenSecrets(configuration), issued: [], public: publicOnes, constants: constantLines };
    this.masker = new Masker(this.#known);
    this.#stopHearing = hearSecrets((secret) => this.add([secret]));
  }

  /** Adds what was issued or made up. */
  add(secrets: readonly string[]): void {
    const fresh = secrets.filter((secret) => !this.#issued.has(secret));
    for (const secret of fresh) this.#issued.add(secret);
    this.masker.add(fresh);
  }

  /** The result of a check without the secrets that are known by now. What is long is masked when it is read. */
  masked(result: CheckResult): CheckResult {
    const { exchanges, curl, ...rest } = result;
    const masked = <T>(part: T, member: string): T => this.masker.report({ [member]: part }, IN_A_CHECK)[member] as T;
    return {
      ...this.masker.report(rest, IN_A_CHECK),
      get exchanges() {
        return masked(exchanges, 'exchanges');
      },
      get curl() {
        return masked(curl, 'curl');
      },
    };
  }

  /** Masks the secrets in what an error says; a stack says it too. */
  maskError(error: unknown): void {
    if (!(error instanceof Error)) return;
    error.message = this.masker.text(error.message);
    if (error.stack !== undefined) error.stack = this.masker.text(error.stack);
  }

  /**
   * Looks through the report once more before it is given out.
   * @throws SecretInReport
   */
  mustNotBeIn(report: Report): void {
    mustHoldNoSecret(report, { ...this.#known, issued: [...this.#issued] });
  }

  close(): void {
    this.#stopHearing();
  }
}
