import type { RequirementId } from '../../../spec/generated/requirement-id.js';
import type { Capability } from '../../../spec/generated/report.js';
import type { Connection } from '../target/http/connection.js';
import type { Paths } from '../target/paths.js';
import type { LearnedPace } from '../target/pace/pace.js';
import type { BearerMethod } from '../target/tokens/bearer-methods.js';

/** Email and password of an account that the tester named. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** The server under test, and where it differs from the default. */
export interface TargetDescription {
  /** Base URL without a slash at its end. */
  readonly url: string;
  /** Name of the cookie that carries a session token. */
  readonly sessionCookie: string;
  /** Name of the cookie that carries a refresh token in mode cookie. */
  readonly refreshCookie: string;
  /** Whether its cookies are to say Secure. */
  readonly cookieSecure: boolean;
  /** Where its endpoints are, each that is not where Directus has it. */
  readonly paths?: Paths;
  /** Paths that the tester says need a token, and that the administrator may read. */
  readonly protectedPaths?: readonly string[];
  /** Members that each user who is created must have, beside email and password. */
  readonly userFields?: Readonly<Record<string, unknown>>;
  /** Set where a login in mode session issues no session token: there are none. */
  readonly offersNoSessions?: true;
  /** How long a refresh token lives, in ms, where its cookie says so. */
  readonly refreshLifeMs?: number;
  /** How it is reached, where something is in front of it. */
  readonly connection?: Connection;
}

/** How the administrator is accepted: found out before the run, since the target may break one method or another. */
export interface AdministratorAccess {
  /** Set when the tester gave a token instead of email and password. */
  readonly token?: string;
  readonly credentials?: Credentials;
  /** The administrator's user id and role, where the target tells. */
  readonly id?: string;
  readonly role?: string;
  /** Base URL of the Users API that takes the token, where it is not that of the target: functions of the tester stand behind it. */
  readonly usersUrl?: string;
  /** The mode in which to log in. */
  readonly mode: 'json' | 'session';
  /** The method of sending the token. */
  readonly method: BearerMethod;
}

/** A clock of the target that can be advanced. */
export interface ClockDescription {
  /** What it said before the suites began, in ms since 1970. */
  readonly time: number;
  /** When it was asked for that, by the clock of this machine, in ms since 1970: until the suites begin it may have run on. */
  readonly readAt: number;
  /** How far it may be advanced, in ms; as far as need be when not given. */
  readonly limitMs?: number;
}

/** Everything that a run of the suites needs; plain data, handed from the command line to the suites. */
export interface RunPlan {
  readonly runId: string;
  readonly target: TargetDescription;
  /** The requirements to show, in the catalogue's order. */
  readonly selected: readonly RequirementId[];
  readonly capabilities: readonly Capability[];
  /** The version of Directus whose behaviour is expected: what is not true of it is not judged. */
  readonly directusVersion?: string;
  readonly user?: Credentials & { readonly id?: string };
  readonly administrator?: AdministratorAccess;
  readonly staticToken?: string;
  readonly secret?: string;
  /** Longest wait for a real expiry, in ms. */
  readonly patienceMs?: number;
  /** Set when the target's clock can be advanced: the suites ask the process that started them to (clock-channel.ts). */
  readonly clock?: ClockDescription;
  /** How long an old session token may be accepted after its refresh, in ms. */
  readonly sessionGraceMs: number;
  /** Time limit of each request, in ms. */
  readonly timeoutMs: number;
  /** How many checks may be under way at once. */
  readonly concurrency: number;
  /** Runs of each property-based check. */
  readonly runs: number;
  /** Whether the lifecycle matrix is walked cell by cell, instead of those cells that cover each pair. */
  readonly thorough: boolean;
  /** Seed of the property-based checks. */
  readonly seed: number;
  /** Whether the checks are run in random order. */
  readonly shuffle: boolean;
  /** What the preflight has learned of the target's limit. */
  readonly pace?: LearnedPace;
  /** Of which checks the report holds exchanges and shell lines: of those that did not pass, or of all. */
  readonly evidence: 'failures' | 'all';
  /** When the run began, in ms since 1970. */
  readonly startedAt: number;
  /** How many characters of secrets the target has issued before the checks. */
  readonly issuedCharacters?: number;
}

declare module 'vitest' {
  interface ProvidedContext {
    plan: RunPlan;
  }
}
