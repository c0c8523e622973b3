import { setImmediate as nextTurn } from 'node:timers/promises';
import { absent, howToGive } from '../../../spec/capabilities.js';
import { isIn } from '../../../spec/values/directus-version.js';
import { requirementOf } from '../../../spec/catalogue.js';
import type { Capability, CheckResult } from '../../../spec/generated/report.js';
import type { RequirementId } from '../../../spec/generated/requirement-id.js';
import type { Check } from '../check.js';
import { Evidence } from '../evidence/evidence.js';
import type { Failure } from '../evidence/failing-exchange.js';
import { Inconclusive, TokenExpired, NotApplicable, Violation } from '../outcomes.js';
import { Attempt } from './attempt.js';
import { counting } from './comparisons.js';
import { confirm } from './confirm.js';
import { shorten } from '../evidence/shorten.js';
import { isStall, isUnasked } from './recovery.js';
import type { Run } from './run.js';

/** Tries at a check whose tokens expire before it is done with them. */
const TRIES = 4;
/** Longest sentence of a verdict, in characters. */
const SENTENCE_LIMIT = 1000;

type Outcome = Pick<CheckResult, 'verdict' | 'reason' | 'expected' | 'actual' | 'counterexample' | 'shortfall'>;

/**
 * Runs a check, and says what came of it. It is run again when a token of its own expired before it was done, and once when the
 * target gave no response and has recovered since, or is not asked any more for want of responses: alone then, after all others, for it may have been too much at once. Before it is
 * run again, the users that it made are removed: the second run must not meet what the first has left. One that failed is run once
 * more, alone, and the verdict says whether it failed again.
 */
export async function judge(run: Run, check: Check): Promise<CheckResult> {
  const { plan, client, slots, interrupted, recovery } = run;
  const { requirement, title, body, options } = check;
  const missing = untrueOf(check, plan.directusVersion) ?? missingCapability(check, plan.capabilities);
  if (missing !== undefined) return { title, verdict: 'skip', reason: missing, durationMs: 0, exchanges: [], curl: [] };
  const waits = options.waits ?? anyOf(options.needs).includes('patience');
  // Until every check has asked for a slot: those that wait go first.
  await nextTurn();
  let stalled: string | undefined;
  let isHurried = false;
  for (let attempts = 1; ; attempts += 1) {
    // At a slow pace the requests of one check would wait for those of others, while its tokens expire.
    const usual = client.pace.isSlow || isHurried ? plan.concurrency : 1;
    const [width, priority] = stalled === undefined ? [usual, waits ? 2 : 0] : [plan.concurrency, -1];
    await slots.acquire(width, priority);
    const attempt = new Attempt(run, new Evidence(), width);
    const { evidence } = attempt;
    const start = performance.now();
    let outcome: Outcome;
    try {
      interrupted.throwIfAborted();
      if (stalled !== undefined) client.silence.allowRetry();
      const { made, shortfalls } = await counting(async () => body(attempt.context));
      outcome =
        made === 0
          ? { verdict: 'error', reason: 'the check compared nothing: the target gave no occasion for it' }
          : { verdict: 'pass', ...(shortfalls.length > 0 && { shortfall: [...new Set(shortfalls)].join('; ') }) };
    } catch (error) {
      const again = await reasonToRunAgain(error);
      if (again !== undefined) {
        const left = await attempt.undo();
        if (left === undefined) continue;
        outcome = outcomeOf(new Inconclusive(`${again}; it cannot be run again: ${left}`), requirement, evidence);
      } else {
        outcome = outcomeOf(error, requirement, evidence);
      }
    } finally {
      await attempt.end();
      slots.release(width);
    }
    const durationMs = Math.round(performance.now() - start);
    const failed = outcome.verdict === 'fail' || outcome.verdict === 'warn';
    const reading = evidence.exchanges.length + (outcome.counterexample === undefined ? 0 : 1000);
    const confirmation =
      failed && (await attempt.undo()) === undefined ? await confirm(run, check, reading) : undefined;
    return {
      title,
      ...outcome,
      ...(confirmation !== undefined && { confirmation }),
      ...(stalled !== undefined && { stalled }),
      durationMs,
      ...(outcome.verdict === 'pass' && plan.evidence === 'failures'
        ? { exchanges: [], curl: [] }
        : {
            exchanges: evidence.shown(plan.startedAt),
            curl: evidence.curl(plan.target.url, plan.target.connection, failureOf(outcome)),
          }),
    };

    /** Why the check is to be run once more; undefined when it is not. */
    async function reasonToRunAgain(error: unknown): Promise<string | undefined> {
      if (isAboutExpired(error, evidence) && attempts < TRIES) {
        isHurried = client.pace.learned.perSecond !== undefined;
        return new TokenExpired().message;
      }
      if (stalled !== undefined) return undefined;
      if (isUnasked(error) || (isStall(error) && (await recovery.answersAgain()))) stalled = error.message;
      return stalled;
    }
  }
}

function failureOf({ expected, actual }: Outcome): Failure | undefined {
  return expected === undefined || actual === undefined ? undefined : { expected, actual };
}

/** Says that what a check shows is not true of the version of Directus that is expected; undefined when it is, or none is. */
function untrueOf({ requirement, options }: Check, version: string | undefined): string | undefined {
  const ranges = [requirementOf(requirement).directus, options.directus].filter((range) => range !== undefined);
  const unmet = version === undefined ? [] : ranges.filter((range) => !isIn(version, range));
  return unmet.length === 0
    ? undefined
    : `not true of Directus ${version ?? ''}: a Directus ${unmet.join(' ')} does it (--directus-version)`;
}

/** Says why a check cannot be run with what the tester gave; undefined when it can. */
function missingCapability(
  { requirement, options: { needs, needsEach = [] } }: Check,
  given: readonly Capability[],
): string | undefined {
  const each = [...requirementOf(requirement).needs, ...needsEach];
  // What is not there is all that is to be said: nothing that is given could make up for it.
  if (each.includes('session') && !given.includes('session')) return absent.session;
  const ways = [...[...new Set(each)].map((capability) => [capability]), anyOf(needs)];
  const missing = ways.filter((way) => way.length > 0 && !way.some((capability) => given.includes(capability)));
  return missing.length === 0
    ? undefined
    : missing
        .map((way) => `needs ${way.join(' or ')}: give ${way.map((capability) => howToGive[capability]).join(', or ')}`)
        .join('; ');
}

/** The capabilities of which a check needs one; none when it needs nothing beside what its requirement names. */
const anyOf = (needs: Capability | readonly Capability[] | undefined): readonly Capability[] =>
  needs === undefined ? [] : [needs].flat();

/**
 * True when what a check came to shows nothing, because one of its requests was rejected after a credential of it may have expired:
 * whatever the check made of the response.
 */
function isAboutExpired(error: unknown, { exchanges, hasExpired }: Evidence): boolean {
  if (error instanceof TokenExpired) return true;
  if (!(error instanceof Violation || error instanceof Inconclusive)) return false;
  if (hasExpired) return true;
  return error instanceof Inconclusive && exchanges.at(-1)?.response?.body.includes('"TOKEN_EXPIRED"') === true;
}

function outcomeOf(error: unknown, id: RequirementId, evidence: Evidence): Outcome {
  // Whatever a sentence quotes from the target: it stays one that can be read.
  const shown = (text: string): string => shorten(evidence.masked(text), SENTENCE_LIMIT);
  if (isAboutExpired(error, evidence)) return { verdict: 'error', reason: new TokenExpired().message };
  if (error instanceof Violation) {
    const { counterexample } = error;
    return {
      verdict: requirementOf(id).level === 'MUST' ? 'fail' : 'warn',
      reason: shown(error.message),
      expected: shown(error.expected),
      actual: shown(error.actual),
      ...(counterexample !== undefined && { counterexample: shorten(counterexample, SENTENCE_LIMIT) }),
    };
  }
  if (error instanceof NotApplicable) return { verdict: 'skip', reason: shown(error.message) };
  const message = error instanceof Error ? error.message : String(error);
  const reason = error instanceof Inconclusive ? message : `the check itself broke: ${message}`;
  return { verdict: 'error', reason: shown(reason) };
}
