import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, statSync } from 'node:fs';
import type { Configuration } from '../../spec/generated/configuration.js';
import type { Report } from '../../spec/generated/report.js';
import { renderAnnotations, renderStepSummary } from '../../reporters/github.js';

/** A step of a GitHub workflow that the run is part of. */
export interface GitHubStep {
  /** Annotates the step, and appends the report to its summary. Without a report, nothing is told. */
  finish(report?: Report): void;
}

/**
 * Finds out whether this process runs in a GitHub workflow (GITHUB_ACTIONS=true, or the reporter is github). If so, nothing that is written from here on is
 * taken for a workflow command, until the report is finished: a target's answers are shown, and must not command the runner
 * (GitHub's docs, "Workflow commands": stopping and starting workflow commands). A run that ends early leaves it so: it ends its step.
 * @param output where annotations go
 */
export function gitHubStep(
  environment: NodeJS.ProcessEnv,
  output: NodeJS.WritableStream,
  reporter?: Configuration['reporter'],
): GitHubStep | undefined {
  if (environment['GITHUB_ACTIONS'] !== 'true' && reporter !== 'github') return undefined;
  const token = randomUUID();
  output.write(`::stop-commands::${token}\n`);
  return {
    finish(report) {
      output.write(`::${token}::\n`);
      if (report === undefined) return;
      output.write(renderAnnotations(report));
      const file = environment['GITHUB_STEP_SUMMARY'];
      if (file === undefined || file === '') return;
      try {
        appendFileSync(file, renderStepSummary(report, existsSync(file) ? statSync(file).size : 0));
      } catch (error) {
        output.write(`The step summary ${file} cannot be written: ${(error as Error).message}\n`);
      }
    },
  };
}
