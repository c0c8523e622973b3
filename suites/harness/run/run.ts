import { setMaxListeners } from 'node:events';
import { Mutex, Semaphore } from 'async-mutex';
import { Administrator } from '../users/administrator.js';
import { hearSecrets, SeenSecrets } from '../evidence/seen-secrets.js';
import { HttpClient } from '../target/http/http-client.js';
import { VOLUME_LIMIT } from '../target/http/limits.js';
import { Pace, type LearnedPace } from '../target/pace/pace.js';
import { Silence } from '../target/pace/silence.js';
import { Inconclusive } from '../outcomes.js';
import { TargetTime } from '../target/time.js';
import { AdvancedClock, RunningClock, type Clock } from './clock.js';
import { Confirmations } from './confirmations.js';
import { Ledger, SessionLedger } from './ledger.js';
import { Recovery } from './recovery.js';
import type { RunPlan } from './run-plan.js';
import type { SharedThings } from './shared-things.js';
import { AccountPool } from '../users/account-pool.js';
import { Policies } from '../users/policies.js';
import { IssuedCredentials } from '../target/tokens/issued-credentials.js';

/** What the reader is told where the target limits the rate of requests. */
const LIMITED =
  'The target limits the rate of requests: what it rejected was not processed and was sent again, at the pace that it allows';

/** What all checks of one run share. */
export interface Run {
  readonly plan: RunPlan;
  readonly client: HttpClient;
  readonly accounts: AccountPool;
  readonly policies: Policies;
  readonly sessions: SessionLedger;
  readonly ledger: Ledger;
  /** The credentials that the target has issued to this run. */
  readonly credentials: IssuedCredentials;
  /** Waits for a target that has stopped answering. */
  readonly recovery: Recovery;
  /** Lets a number of checks be under way at once. */
  readonly slots: Semaphore;
  /** Lets time pass for the target. */
  readonly clock: Clock;
  /** Held by the one check that has a user with the rights of an administrator: a target may allow few of them. */
  readonly privilege: Mutex;
  /** What checks share, by name. */
  readonly shared: SharedThings;
  /** Runs checks that failed once more. */
  readonly confirmations: Confirmations;
  /** What the target issued and what was made up for it: handed over with each check, for the report to mask. */
  readonly secrets: SeenSecrets;
  /** Aborted when the run is to end early, with the Inconclusive that says why. */
  readonly interrupted: AbortSignal;
  /** To be called when the last check has ended: what the run leaves on the target is handed over, its connections are closed. */
  readonly end: () => Promise<void>;
}

/** Sets up what the checks of one run share. */
export function startRun(plan: RunPlan): Run {
  const interruption = new AbortController();
  // Each check that waits listens to it.
  setMaxListeners(0, interruption.signal);
  const ledger = new Ledger(plan.runId, (why) => interruption.abort(new Inconclusive(why)));
  const silence = new Silence((note) => ledger.write({ type: 'note', note }));
  const secrets = new SeenSecrets((why) => silence.close(why), plan.issuedCharacters);
  const endHearing = hearSecrets((secret) => secrets.add(secret));
  const told = new Set<string>();
  const pace = new Pace(plan.pace, (learned) => {
    ledger.write({ type: 'pace', pace: learned });
    const note = noteOn(learned);
    if (!told.has(note)) ledger.write({ type: 'note', note });
    told.add(note);
  });
  const client = new HttpClient({
    timeoutMs: plan.timeoutMs,
    interrupted: interruption.signal,
    onUnanswered: () => ledger.write({ type: 'unanswered' }),
    silence,
    pace,
    volumeLimit: VOLUME_LIMIT,
    ...(plan.target.connection && { connection: plan.target.connection }),
  });
  const sessions = new SessionLedger(ledger);
  const time = new TargetTime(plan.clock);
  const credentials = new IssuedCredentials(time);
  const administrator =
    plan.administrator && new Administrator(plan.administrator, plan.target, client, sessions, credentials);
  const slots = new Semaphore(plan.concurrency);
  const clock =
    plan.clock === undefined
      ? new RunningClock(interruption.signal)
      : new AdvancedClock(plan, { time, slots, interrupted: interruption.signal });
  return {
    plan,
    client,
    sessions,
    ledger,
    credentials,
    accounts: new AccountPool(plan, administrator, ledger),
    policies: new Policies(plan, ledger),
    recovery: new Recovery(client, plan.target.url),
    slots,
    clock,
    privilege: new Mutex(),
    shared: new Map(),
    confirmations: new Confirmations(),
    secrets,
    interrupted: interruption.signal,
    end: async () => {
      clock.close();
      await client.close();
      await ledger.flush();
      ledger.close();
      endHearing();
    },
  };
}

/** What the reader is told of a target's limits. */
function noteOn({ atOnce, ended, perSecond }: LearnedPace): string {
  if (ended !== undefined) return ended;
  return atOnce === undefined || perSecond !== undefined
    ? LIMITED
    : `The target takes ${atOnce === 1 ? '1 request' : `${atOnce} requests`} at once: more were rejected, not processed and sent again, and what is to be sent at once was sent ${atOnce} at a time`;
}
