import type { CheckContext } from '../../harness/check.js';
import type { Evidence } from '../../harness/evidence/evidence.js';
import { assumeSuccess } from '../../harness/expectations.js';
import { TokenExpired, Violation } from '../../harness/outcomes.js';
import type { Lifetime, StandardTokens } from '../../harness/target/tokens/tokens.js';
import { attemptsOf } from '../../harness/users/attempts-allowed.js';
import { newStaticToken } from '../../harness/users/new-static-token.js';
import type { Cell } from './cells.js';
import { generationsBack, type Credential } from '../credentials.js';
import type { LifecycleEvent } from '../events.js';
import { inResponse, newestOf, open, refresh, type Scene } from '../scene.js';
import { show } from '../telling-use.js';
import type { Moment } from './moments.js';
import type { Observation, Shown } from '../uses.js';

/** A cell, and what was seen there; without an observation where a credential had expired before its moment came, or it was not tried. */
export interface Finding {
  readonly cell: Cell;
  readonly observation?: Observation;
}

/** What came of a scenario. */
export interface Walk {
  readonly findings: readonly Finding[];
  /** What the event itself was rejected by the target, where that is a failure. */
  readonly rejected?: Violation;
  /** All exchanges. */
  readonly evidence: Evidence;
  /** The numbers of those that every finding stands on. */
  readonly story: ReadonlySet<number>;
  /** The id of the user whom the event is about, where it is known. */
  readonly userId?: string;
}

/** How much longer than its grace an old session token may be accepted, in ms: it is rounded. */
const GRACE_MARGIN_MS = 2000;
/** How long every tester can be expected to wait, in ms. */
const LEAST_PATIENCE_MS = 15_000;
/** How many requests of one scenario are under way at once. */
const AT_ONCE = 4;

/**
 * Plays a scenario: makes users and logins, lets the event happen, and shows each credential as the cells say, moment by moment.
 * @throws Inconclusive when it cannot be brought about; TokenExpired when so little could be seen that nothing is shown
 */
export async function walk(event: LifecycleEvent, cells: readonly Cell[], context: CheckContext): Promise<Walk> {
  const { evidence, plan, target, wait } = context;
  const scene = await setUp(event, context);
  await useOnce(scene);
  const meanwhile: Meanwhile = {};
  let rejected: Violation | undefined;
  try {
    await event.take(scene);
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    rejected = error;
  }
  const eventAt = target.time.now();
  const story = new Set(evidence.exchanges.keys());
  const locking = await lockingCells(cells, context);
  const findings: Finding[] = locking.map((cell) => ({ cell }));
  const shown = cells.filter((cell) => !locking.includes(cell));
  for (const { moment, due } of timetable(shown, plan.sessionGraceMs)) {
    const here = shown.filter((cell) => cell.moment === moment);
    const isLate = due > Math.max(plan.patienceMs ?? 0, LEAST_PATIENCE_MS);
    const expires = ({ credential }: Cell): boolean =>
      held(scene, credential)?.lifetime?.excusesRejectionAt(eventAt + due) === true;
    const judged = isLate ? [] : here.filter((cell) => !expires(cell));
    findings.push(...here.filter((cell) => !judged.includes(cell)).map((cell) => ({ cell })));
    if (judged.length === 0) continue;
    const left = eventAt + due - target.time.now();
    if (left > 0) await wait(left);
    const before = evidence.exchanges.length;
    await step(scene, meanwhile, moment);
    for (let number = before; number < evidence.exchanges.length; number += 1) story.add(number);
    // First what must go on, and what is exchanged last of all: a target may end a login whose former token comes back.
    const order = (cell: Cell): number => (cell.expectation === 'rejected' ? 1 : cell.use.exchanges ? 2 : 0);
    for (const turn of [0, 1, 2]) {
      const probes = judged.filter((cell) => order(cell) === turn);
      const seen = await several(probes, async (cell) => look(scene, cell));
      for (const finding of seen) if (renews(scene, finding)) story.add(finding.observation?.exchange ?? 0);
      findings.push(...seen);
    }
  }
  mustShowEach(findings);
  const { id } = scene.subject;
  return { findings, ...(rejected && { rejected }), evidence, story, ...(id !== undefined && { userId: id }) };
}

/** Cells that would lock the user out: a target allows so many failed logins in a row, and one more must succeed in between. */
async function lockingCells(cells: readonly Cell[], context: CheckContext): Promise<readonly Cell[]> {
  const failing = cells.filter(
    ({ credential, expectation }) => credential.kind === 'password' && expectation === 'rejected',
  );
  return failing.length === 0 ? [] : failing.slice(Math.max(0, (await attemptsOf(context)) - 1));
}

/** The moments that cells ask for, with when each is due after the event, in ms, in that order. */
function timetable(cells: readonly Cell[], graceMs: number): { moment: Moment; due: number }[] {
  const dueAt = ({ after }: Moment): number => (after === 'grace' ? graceMs + GRACE_MARGIN_MS : after);
  return [...new Set(cells.map(({ moment }) => moment))]
    .map((moment) => ({ moment, due: dueAt(moment) }))
    .sort((a, b) => a.due - b.due || order.indexOf(a.moment.name) - order.indexOf(b.moment.name));
}
const order: readonly string[] = ['at-once', 'after-use', 'after-login', 'after-refresh'];

async function setUp({ logins, companions }: LifecycleEvent, context: CheckContext): Promise<Scene> {
  const { plan, evidence, newUser, ownUser } = context;
  const staticTokens = plan.administrator === undefined ? [] : [newStaticToken(evidence)];
  const others = Array.from({ length: companions }, async () => newUser());
  const [token] = staticTokens;
  const [subject, ...rest] = await Promise.all([
    token === undefined ? ownUser() : newUser({ token: token.value }),
    ...others,
  ]);
  const opened = await several(logins, async (one) => open(context, subject, one));
  await several(opened, async (login) => {
    for (let number = 0; number < login.plan.refreshes; number += 1) await refresh(context, login);
  });
  return { context, subject, companions: rest, logins: opened, staticTokens, passwords: [subject.password] };
}

/** Shows each token once before the event: what a server has seen it may remember. */
async function useOnce({ context: { target }, logins, staticTokens }: Scene): Promise<void> {
  const tokens = [...logins.map(newestOf).flatMap(({ access, session }) => access ?? session ?? []), ...staticTokens];
  await several(tokens, async (token) => {
    const response = await target.whoAmI(token.type === 'session' ? { cookie: token } : { header: token });
    assumeSuccess(response);
    if (token.type !== 'standard')
      await target.send(
        target.withTokens({ path: '/roles' }, token.type === 'session' ? { cookie: token } : { header: token }),
      );
  });
}

/** What happens between the event and what is looked at: a login, and a refresh of it. */
interface Meanwhile {
  tokens?: StandardTokens;
}

/**
 * What happens before a moment is looked at: by the subject, where the event is about one of its logins, by another user otherwise, who
 * has not been concerned.
 */
async function step({ context, subject, logins }: Scene, meanwhile: Meanwhile, moment: Moment): Promise<void> {
  const { target, withStaticToken, plan } = context;
  const account = logins.some((login) => login.plan.isSubject) ? subject : await context.user();
  if (moment.step === 'use' && plan.capabilities.includes('static-token')) {
    const { token } = await withStaticToken();
    await target.whoAmI({ header: token });
  }
  if (moment.step === 'login') meanwhile.tokens = await target.loggedIn(account);
  if (moment.step === 'refresh' && meanwhile.tokens !== undefined) {
    const response = await target.refresh(meanwhile.tokens.refresh, account);
    if (response.succeeded) meanwhile.tokens = target.standardTokens(response);
  }
}

/** A credential as it is now; undefined where there is none of that kind or generation. */
function held(scene: Scene, credential: Credential): (Shown & { lifetime?: Lifetime }) | undefined {
  const { kind, generation, login, former, formerEmail } = credential;
  const { subject, renamed, staticTokens, passwords, logins } = scene;
  const account = formerEmail === true ? subject : (renamed ?? subject);
  if (kind === 'password') {
    const value = passwords.at(former === true && formerEmail !== true ? -2 : -1);
    return value === undefined ? undefined : { value, account };
  }
  if (kind === 'static') {
    // One that was set to null has no successor.
    const token = former === true ? staticTokens[0] : staticTokens.at(-1);
    return token === undefined ? undefined : { value: token.value, account };
  }
  const generations = logins[login ?? -1]?.generations ?? [];
  const back = generationsBack[generation];
  const issued = back === Infinity ? generations[0] : generations.at(-1 - back);
  const token = kind === 'access' ? issued?.access : kind === 'session' ? issued?.session : issued?.refresh;
  return token === undefined ? undefined : { value: token.value, account, lifetime: token.lifetime };
}

async function look(scene: Scene, cell: Cell): Promise<Finding> {
  const shown = held(scene, cell.credential);
  if (shown === undefined) return { cell };
  const { use, observation } = await show(scene.context, cell.use, shown);
  return { cell: { ...cell, use }, observation };
}

/** Takes note of the tokens that an exchange has issued to a login which goes on; true when there are any. */
function renews({ context: { target }, logins }: Scene, { cell, observation }: Finding): boolean {
  const login = logins[cell.credential.login ?? -1];
  const issued = observation?.issued;
  if (cell.expectation !== 'accepted' || login === undefined || issued === undefined) return false;
  login.generations.push(inResponse(target, issued, login.plan.mode));
  return true;
}

/** Whether an observation shows anything: a rejection does not where the credential may have expired meanwhile. */
export const shows = ({ observation }: Finding): boolean =>
  observation !== undefined && (observation.seen === 'accepted' || !observation.mayHaveExpired);

/** @throws TokenExpired when a requirement has cells and none of them shows anything */
function mustShowEach(findings: readonly Finding[]): void {
  const asked = new Set(findings.map(({ cell }) => cell.requirement));
  for (const { cell } of findings.filter(shows)) asked.delete(cell.requirement);
  if (asked.size > 0) throw new TokenExpired();
}

/** Does something for each of several, a few at once; gives what came of them in their order. */
async function several<T, R>(items: readonly T[], one: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) results[next[0]] = await one(next[1]);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, work));
  return results;
}
