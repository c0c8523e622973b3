import type { Configuration } from '../spec/generated/configuration.js';
import type { Level, Report } from '../spec/generated/report.js';
import type { RequirementId } from '../spec/generated/requirement-id.js';
import type { ReadySuites } from './suites.js';
import { selectRequirements } from './selection.js';

/** A requirement that any test runner can run: `test(audit.id, () => audit.run())`. */
export interface Audit {
  readonly id: RequirementId;
  /** What the server must do, as one sentence. */
  readonly statement: string;
  readonly level: Level;
  /**
   * Shows the requirement on the target, in this process, and removes what it created there.
   * @returns the verdict: pass; or skip or warn, with the reason
   * @throws AuditFailed when the requirement does not hold or could not be judged; what runConformance throws
   */
  readonly run: () => Promise<AuditResult>;
}

/** What an audit came to that did not fail. */
export interface AuditResult {
  readonly verdict: 'pass' | 'warn' | 'skip';
  /** Why it was skipped or warned, or what of it is left open. */
  readonly reason?: string;
}

/** A requirement does not hold, or could not be judged: the message says why, with the shell lines that show it. */
export class AuditFailed extends Error {
  override readonly name = 'AuditFailed';
}

type Run = (configuration: Configuration, hooks: object, ready: () => Promise<ReadySuites>) => Promise<Report>;

/** Makes audits of the requirements that a configuration selects, each run by `run`. */
export function auditsBy(run: Run, configuration: Configuration): Audit[] {
  return selectRequirements(configuration).map(({ id, statement, level }) => ({
    id,
    statement,
    level,
    run: async () => {
      const one: Configuration = { ...configuration, only: [id] };
      delete one.shard;
      delete one.skip;
      // The checks are loaded when one is to be run.
      const { inProcess } = await import('./in-process.js');
      return resultIn(await run(one, {}, inProcess));
    },
  }));
}

function resultIn({ requirements: [result] }: Report): AuditResult {
  if (result === undefined) throw new AuditFailed('the requirement was not run');
  const { id, title, verdict, reason, checks } = result;
  if (verdict === 'fail' || verdict === 'error') {
    const check = checks.find((one) => one.verdict === verdict);
    const told = check?.reason ?? reason ?? '';
    throw new AuditFailed([`${id}: ${title}`, ...(told === '' ? [] : [told]), ...(check?.curl ?? [])].join('\n'));
  }
  return { verdict, ...(reason !== undefined && { reason }) };
}
