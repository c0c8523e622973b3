import type { Configuration } from '../spec/generated/configuration.js';
import type { CheckResult, Report } from '../spec/generated/report.js';
import { Masker } from '../report/masking/masker.js';
import type { KnownSecrets } from '../report/masking/known-secrets.js';
import { mustHoldNoSecret } from '../report/masking/scan.js';
import { constantLines } from '../suites/harness/evidence/curl.js';
import { hearSecrets, SECRETS_LIMIT } from '../suites/harness/evidence/seen-secrets.js';
import { givenSecrets, publicTexts } from './given-secrets.js';

/** The place of a check in a report. */
const IN_A_CHECK = ['requirements', '0', 'checks', '0'];

/**
 * The secrets of one run: what the tester gave, what this thread comes across (before and after the checks), and what the checks hand
 * over. To be closed when the run has ended.
 */
export class RunSecrets {
  masker: Masker;
  #known: KnownSecrets;
  readonly #issued = new Set<string>();
  /** Characters of all that was issued. */
  #length = 0;
  readonly #stopHearing: () => void;

  constructor(configuration: Configuration, runId: string) {
    const publicOnes = [...publicTexts(configuration), `auth-conformance-${runId}`];
    this.#known = { given: givenSecrets(configuration), issued: [], public: publicOnes, constants: constantLines };
    this.masker = new Masker(this.#known);
    this.#stopHearing = hearSecrets((secret) => {
      // A target that issues more is not asked any more but for what is removed, of which a report shows next to nothing.
      if (this.#length <= SECRETS_LIMIT) this.add([secret]);
    });
  }

  /** How many characters of secrets were issued or made up so far. */
  get issuedCharacters(): number {
    return this.#length;
  }

  /** Adds what was issued or made up. */
  add(secrets: readonly string[]): void {
    const fresh = secrets.filter((secret) => !this.#issued.has(secret));
    for (const secret of fresh) {
      this.#issued.add(secret);
      this.#length += secret.length;
    }
    this.masker.add(fresh);
  }

  /** Adds what the tester gave outside of the configuration. */
  addGiven(secrets: readonly string[]): void {
    if (secrets.length === 0) return;
    this.#known = { ...this.#known, given: [...this.#known.given, ...secrets] };
    this.masker = new Masker(this.#known);
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
