import type { Capability } from '../../spec/generated/report.js';
import type { RequirementId } from '../../spec/generated/requirement-id.js';
import type { Evidence } from './evidence/evidence.js';
import type { RunPlan } from './run/run-plan.js';
import type { Target } from './target/target.js';
import type { Account, UserTraits, StaticAccount } from './users/account.js';
import type { Administrator } from './users/administrator.js';
import type { Policy } from './users/policies.js';

/** What a check has at hand. */
export interface CheckContext {
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
  /** A new policy that allows nothing, for this check alone; removed when the check ends. Needs the capability admin. */
  readonly newPolicy: () => Promise<Policy>;
  /** An email for a user whom the target must not create; one that it creates all the same is removed when the run ends. */
  readonly unwantedUser: () => Promise<string>;
  /** Something that is made once for all checks that ask for it by a name; the first one makes it. */
  readonly once: <T>(name: string, make: (context: CheckContext) => Promise<T>) => Promise<T>;
  /** A user with a static token; shared with other checks, neither to be changed. */
  readonly withStaticToken: () => Promise<StaticAccount>;
  /** The administrator; needs the capability admin. */
  readonly administrator: Administrator;
  /** Does something while nothing else is under way, so that its time can be measured. */
  readonly alone: <T>(measure: () => Promise<T>) => Promise<T>;
  /**
   * Waits until so many ms have passed for the target, and lets other checks go ahead meanwhile. Where its clock can be advanced, it is.
   * Shell lines that repeat the exchanges wait as long, unless what is waited for is no part of what they show.
   */
  readonly wait: (ms: number, options?: { readonly isShown?: boolean }) => Promise<void>;
}

/** How a check shows its requirement. */
export interface CheckOptions {
  /** A capability that this way of showing the requirement needs, beside those that the requirement names; of several, any one. */
  readonly needs?: Capability | readonly Capability[];
  /** Capabilities that this way of showing the requirement needs, all of them. */
  readonly needsEach?: readonly Capability[];
  /** The versions of Directus of which this way of showing the requirement is true, as a semver range, where they are fewer than those of the requirement. */
  readonly directus?: string;
  /** It waits for seconds: it is begun before others, which are done while it waits. Goes without saying when patience is a way to show it. */
  readonly waits?: boolean;
}

/** A check: one way to show that a requirement holds. */
export interface Check {
  readonly requirement: RequirementId;
  /** What is shown, a sentence. */
  readonly title: string;
  /** The chapter that it appears in. */
  readonly chapter: string;
  /** Returns when the requirement holds; throws Violation, Inconclusive or NotApplicable when not. */
  readonly body: (context: CheckContext) => Promise<void>;
  readonly options: CheckOptions;
}

/** All checks that the suites have declared, in their order. Whatever runs them reads this list. */
export const checks: Check[] = [];

let current = '';

/** A chapter of the specification, and the checks of its requirements. */
export function chapter(heading: string, declare: () => void): void {
  current = heading;
  declare();
}

/**
 * Declares a check: it shows that one requirement holds.
 * @param requirement its id
 * @param title what is shown, a sentence
 * @param body returns when the requirement holds; throws Violation, Inconclusive or NotApplicable when not
 */
export function check(
  requirement: RequirementId,
  title: string,
  body: (context: CheckContext) => Promise<void>,
  options: CheckOptions = {},
): void {
  checks.push({ requirement, title, chapter: current, body, options });
}
