import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, inject, test, type TestContext } from 'vitest';
import { howToGive } from '../../spec/capabilities.js';
import { requirementOf, requirements } from '../../spec/catalogue.js';
import type { Capability, CheckResult } from '../../spec/generated/report.js';
import type { RequirementId } from '../../spec/generated/requirement-id.js';
import { nameGivenStaticToken, type Account, type StaticAccount, type UserTraits } from './users/accounts.js';
import type { Administrator } from './users/administrator.js';
import { Evidence } from './evidence/evidence.js';
import { NotApplicable, Overtaken, Unjudged, Violation } from './outcomes.js';
import { isStall } from './run/recovery.js';
import { startRun, type Run } from './run/run.js';
import type { RunPlan } from './run/run-plan.js';
import { Target } from './target/target.js';

declare module 'vitest' {
  interface TaskMeta {
    requirement?: RequirementId;
    result?: CheckResult;
    /** Secrets that have come up in the run since the check before ended. */
    secrets?: readonly string[];
  }
}

/** What a check has at hand. */
export interface Tools {
  readonly plan: RunPlan;
  readonly evidence: Evidence;
  /** The API of the target. */
  readonly target: Target;
  /** A user to log in as; shared with other checks, not to be changed. */
  readonly user: () => Promise<Account>;
  /** A user that this check may have to itself; shared all the same where the tester lent no administrator. */
  readonly ownUser: () => Promise<Account>;
  /** A new user for this check alone; needs the capability admin. */
  readonly newUser: (traits?: UserTraits) => Promise<Account>;
  /**
   * A new user with the role of the administrator, for this check alone; removed when the check ends. One check at a time has
   * one: a target may allow few of them. Needs the capability admin.
   */
  readonly newPrivilegedUser: (traits?: UserTraits) => Promise<Account>;
  /** An e-mail for a user whom the target must not create; one that it creates all the same is removed when the run ends. */
  readonly unwantedUser: () => Promise<string>;
  /** Something that is made once for all checks that ask for it by a name; the first one makes it. */
  readonly once: <T>(name: string, make: (tools: Tools) => Promise<T>) => Promise<T>;
  /** A user with a static token; shared with other checks, neither to be changed. */
  readonly withStaticToken: () => Promise<StaticAccount>;
  /** The administrator; needs the capability admin. */
  readonly administrator: Administrator;
  /** Does something while nothing else is under way, so that its time can be measured. */
  readonly alone: <T>(measure: () => Promise<T>) => Promise<T>;
  /** Waits, and lets other checks go ahead meanwhile. */
  readonly wait: (ms: number) => Promise<void>;
}

/** How a check shows its requirement. */
export interface CheckOptions {
  /** A capability that this way of showing the requirement needs, beside those that the requirement names. */
  readonly needs?: Capability;
  /** It waits for seconds: it is begun before others, which are done while it waits. Goes without saying when it needs patience. */
  readonly waits?: boolean;
}

/** Tries at a check whose tokens run out under it. */
const TRIES = 4;

let run: Run | undefined;

/** The run that this worker is part of; begins with the first check that asks. */
function theRun(): Run {
  run ??= startRun(inject('plan'));
  return run;
}

/** To be called once, after all chapters: hands over what the run leaves on the target. */
export function endRunAfterAll(): void {
  afterAll(async () => {
    await run?.ledger.flush();
    await run?.client.close();
  });
}

/** A chapter of the specification: a vitest suite of the checks for its requirements. */
export function chapter(heading: string, checks: () => void): void {
  const { selected } = inject('plan');
  const any = requirements.some((requirement) => requirement.chapter === heading && selected.includes(requirement.id));
  // vitest does not like a suite without tests.
  if (any) describe(heading, checks);
}

/**
 * A check: shows that one requirement holds.
 * @param id the requirement
 * @param title what is shown, a sentence
 * @param body returns when the requirement holds; throws Violation, Unjudged or NotApplicable when not
 */
export function check(
  id: RequirementId,
  title: string,
  body: (tools: Tools) => Promise<void>,
  options: CheckOptions = {},
): void {
  const plan = inject('plan');
  if (!plan.selected.includes(id)) return;
  test(`${id}: ${title}`, async (context) => {
    context.task.meta.requirement = id;
    const missing = missingCapability(id, options, plan.capabilities);
    const result = missing === undefined ? await judged(id, title, body, options) : skipped(title, missing);
    context.task.meta.result = result;
    context.task.meta.secrets = run?.secrets.fresh() ?? [];
    tellVitest(context, result);
  });
}

/** Says why a check cannot be run with what the tester gave; undefined when it can. */
function missingCapability(
  id: RequirementId,
  { needs }: CheckOptions,
  given: readonly Capability[],
): string | undefined {
  const missing = [...requirementOf(id).needs, ...(needs === undefined ? [] : [needs])].filter(
    (capability) => !given.includes(capability),
  );
  return missing.length === 0
    ? undefined
    : missing.map((capability) => `needs ${capability}: give ${howToGive[capability]}`).join('; ');
}

function skipped(title: string, reason: string): CheckResult {
  return { title, verdict: 'skip', reason, durationMs: 0, exchanges: [], curl: [] };
}

/**
 * Runs a check, and puts what came of it into words. It is run again when its tokens ran out under it, and once when the target gave
 * no answer and has found its feet since: alone then, after all others, for it may have been too much at once.
 */
async function judged(
  id: RequirementId,
  title: string,
  body: (tools: Tools) => Promise<void>,
  { needs, waits = needs === 'patience' || requirementOf(id).needs.includes('patience') }: CheckOptions,
): Promise<CheckResult> {
  const { plan, places, interrupted, recovery } = theRun();
  // Until every check has asked for a place: those that wait go first.
  await nextTurn();
  let stalled: string | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const evidence = new Evidence();
    const endings: Ending[] = [];
    const [width, priority] = stalled === undefined ? [1, waits ? 2 : 0] : [plan.concurrency, -1];
    await places.acquire(width, priority);
    const start = performance.now();
    let outcome: Pick<CheckResult, 'verdict' | 'reason' | 'expected' | 'actual' | 'counterexample'>;
    try {
      if (interrupted.aborted) throw new Unjudged('the run was interrupted');
      await body(toolsFor(evidence, endings, width));
      outcome = { verdict: 'pass' };
    } catch (error) {
      if (isOvertaken(error, evidence) && attempt < TRIES) continue;
      if (stalled === undefined && isStall(error) && (await recovery.answersAgain())) {
        stalled = error.message;
        continue;
      }
      outcome = outcomeOf(error, id, evidence);
    } finally {
      for (const end of endings) await end();
      places.release(width);
    }
    return {
      title,
      ...outcome,
      ...(stalled !== undefined && { stalled }),
      durationMs: Math.round(performance.now() - start),
      exchanges: evidence.shown(plan.startedAt),
      curl: evidence.curl(plan.target.url),
    };
  }
}

/** True when a check did not get as far as its requirement because a token of its own ran out on the way. */
function isOvertaken(error: unknown, { exchanges }: Evidence): boolean {
  if (error instanceof Overtaken) return true;
  return error instanceof Unjudged && exchanges.at(-1)?.response?.body.includes('"TOKEN_EXPIRED"') === true;
}

/** What is to be done when a check has ended. */
type Ending = () => Promise<void>;

/** @param width how many places the check has: all of them when it runs alone */
function toolsFor(evidence: Evidence, endings: Ending[], width: number): Tools {
  const { plan, client, sessions, accounts, places, privilege, shared, interrupted } = theRun();
  // Whoever waits lets others go ahead, and goes before those that have not begun.
  const aside = async <T>(waiting: Promise<T>): Promise<T> => {
    places.release(width);
    try {
      return await waiting;
    } finally {
      await places.acquire(width, 1);
    }
  };
  const tools: Tools = {
    plan,
    evidence,
    target: new Target(plan.target, client, evidence, sessions),
    user: async () => accounts.user(),
    ownUser: async () => (accounts.administrator === undefined ? accounts.user() : accounts.create({}, evidence)),
    newUser: async (traits = {}) => accounts.create(traits, evidence),
    unwantedUser: async () => Promise.resolve(accounts.emailOfNobody(evidence)),
    withStaticToken: async () => {
      const owner = await accounts.withStaticToken();
      if (owner.account === undefined) nameGivenStaticToken(evidence, owner.token);
      else owner.account.nameIn(evidence);
      return owner;
    },
    get administrator() {
      if (accounts.administrator === undefined) throw new NotApplicable(`needs admin: give ${howToGive.admin}`);
      return accounts.administrator;
    },
    newPrivilegedUser: async (traits = {}) => {
      const role = tools.administrator.access.role;
      if (role === undefined) throw new NotApplicable('the target does not tell the role of the administrator');
      const release = await aside(privilege.acquire());
      endings.unshift(async () => {
        release();
        return Promise.resolve();
      });
      await accounts.removeLeftBehind();
      const account = await accounts.create({ ...traits, role }, evidence);
      endings.unshift(async () => accounts.removePrivileged(account));
      return account;
    },
    once: async <T>(name: string, make: (own: Tools) => Promise<T>) => {
      let making = shared.get(name);
      if (making === undefined) {
        const own = new Evidence();
        making = make(toolsFor(own, [], width)).then((value) => ({ value, evidence: own }));
        shared.set(name, making);
        making.catch(() => shared.delete(name));
      } else {
        making = aside(making);
      }
      const made = await making;
      evidence.adopt(made.evidence);
      return made.value as T;
    },
    alone: async (measure) => {
      places.release(width);
      // Last of all, so that nobody is held up.
      await places.acquire(plan.concurrency, -1);
      try {
        return await measure();
      } finally {
        places.release(plan.concurrency);
        await places.acquire(width, 1);
      }
    },
    wait: async (ms) => aside(sleep(ms, undefined, { signal: interrupted }).catch(stopWaiting)),
  };
  return tools;
}

function stopWaiting(): never {
  throw new Unjudged('the run was interrupted');
}

function outcomeOf(
  error: unknown,
  id: RequirementId,
  evidence: Evidence,
): Pick<CheckResult, 'verdict' | 'reason' | 'expected' | 'actual' | 'counterexample'> {
  if (error instanceof Violation) {
    const { counterexample } = error;
    return {
      verdict: requirementOf(id).level === 'MUST' ? 'fail' : 'warn',
      reason: evidence.masked(error.message),
      expected: evidence.masked(error.expected),
      actual: evidence.masked(error.actual),
      ...(counterexample !== undefined && { counterexample }),
    };
  }
  if (error instanceof NotApplicable) return { verdict: 'skip', reason: error.message };
  const message = error instanceof Error ? error.message : String(error);
  const reason = error instanceof Unjudged ? message : `the check itself broke: ${message}`;
  return { verdict: 'error', reason: evidence.masked(reason) };
}

/** Makes vitest's own result agree with the verdict. */
function tellVitest(context: TestContext, { verdict, reason }: CheckResult): void {
  if (verdict === 'skip') context.skip(reason);
  if (verdict === 'fail' || verdict === 'error') throw new Error(reason);
}
