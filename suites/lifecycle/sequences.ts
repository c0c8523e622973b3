import fc from 'fast-check';
import type { Capability } from '../../spec/generated/report.js';
import type { CheckContext } from '../harness/check.js';
import { assert, NotApplicable } from '../harness/outcomes.js';
import { modes, type Mode } from '../harness/target/target.js';
import type { StaticToken } from '../harness/target/tokens/tokens.js';
import { Account } from '../harness/users/account.js';
import { newRandomPassword } from '../harness/users/new-password.js';
import { newStaticToken } from '../harness/users/new-static-token.js';
import type { CredentialKind, Door } from './credentials.js';
import { logOut, newestOf, open, refresh, type Login } from './scene.js';
import { show } from './telling-use.js';
import { changeInWords, changeUsers, userDoors, type UserDoor } from './user-doors.js';
import { usesOf, type Observation, type Use } from './uses.js';

/*
 * Sequences of events over the vocabulary of the matrix, and a model beside the target. After each step each credential that the model
 * knows is shown, each time in another way. Each sequence has users of its own.
 */

/** A user as the model knows it. */
interface KnownUser {
  account: Account;
  active: boolean;
  current: StaticToken | undefined;
  readonly former: StaticToken[];
}

/** A login as the model knows it. */
interface KnownLogin {
  readonly user: number;
  readonly login: Login;
  /** How it ended: with all logins of its user, or by a logout, which leaves the predecessor of a session token in its grace. */
  ended?: 'logout' | 'change';
}

/** What the model knows. */
interface World {
  /** The modes that the target offers. */
  readonly modes: readonly Mode[];
  readonly users: KnownUser[];
  readonly logins: KnownLogin[];
  /** Emails that a user has had. */
  readonly free: string[];
  pauses: number;
  /** How many emails were made up. */
  emails: number;
}

/** What a sequence is played on. */
interface Stage {
  readonly context: CheckContext;
  readonly offers: readonly Capability[];
  /** When it began, on the clock of TargetTime.now(). */
  readonly startedAt: number;
  /** How many credentials have been shown: each is shown in another way than the one before. */
  shown: number;
}

type Step = fc.AsyncCommand<World, Stage>;

const MOST_STEPS = 16;
const MOST_LOGINS = 6;
const MOST_PAUSES = 2;
const PAUSE_MS = 2000;

const nth = <T>(items: readonly T[], index: number): T => items[index % items.length] as T;
const goingOn = ({ logins }: Readonly<World>): KnownLogin[] => logins.filter(({ ended }) => ended === undefined);
const doorInWords: Readonly<Record<Door, string>> = { rest: 'REST', graphql: 'GraphQL', message: 'WebSocket' };
const doorNeeds: Readonly<Record<Door, Capability | undefined>> = {
  rest: undefined,
  graphql: 'graphql',
  message: 'realtime',
};

/** A step by its name in a counterexample, with when it was taken. */
class Command implements Step {
  #at: number | undefined;

  constructor(
    private readonly words: string,
    readonly check: (world: Readonly<World>) => boolean,
    private readonly take: (world: World, stage: Stage) => Promise<void>,
  ) {}

  async run(world: World, stage: Stage): Promise<void> {
    const { time } = stage.context.target;
    this.#at = time.now() - stage.startedAt;
    await this.take(world, stage);
    await compare(world, stage);
  }

  get isTaken(): boolean {
    return this.#at !== undefined;
  }

  toString(): string {
    return this.#at === undefined ? this.words : `${this.words} (after ${(this.#at / 1000).toFixed(1)} s)`;
  }
}

const logIn = (user: number, mode: Mode, door: Door): Command => {
  // A message of a WebSocket is in mode json.
  const planned = { mode: door === 'message' ? 'json' : mode, door } as const;
  const words = `user ${user + 1} logs in in mode ${planned.mode} by ${doorInWords[door]}`;
  return new Command(
    words,
    ({ users, logins, modes: offered }) =>
      nth(users, user).active && logins.length < MOST_LOGINS && offered.includes(planned.mode),
    async ({ users, logins }, { context, offers }) => {
      const needed = doorNeeds[door];
      const plan = { ...planned, words: `login ${logins.length + 1}`, refreshes: 0, isSubject: false };
      const own = needed === undefined || offers.includes(needed) ? plan : { ...plan, door: 'rest' as const };
      logins.push({ user, login: await open(context, nth(users, user).account, own) });
    },
  );
};

const refreshOnce = (index: number): Command =>
  new Command(
    `a refresh of login ${index + 1} of those that go on`,
    (world) => goingOn(world).length > 0,
    async (world, { context }) => {
      const { login } = nth(goingOn(world), index);
      const issued = await refresh(context, login);
      assert(
        issued !== undefined,
        `the refresh of ${login.plan.words}, which goes on, to issue tokens`,
        'it is rejected',
      );
    },
  );

const logOutOnce = (index: number): Command =>
  new Command(
    `a logout of login ${index + 1} of those that go on`,
    (world) => goingOn(world).length > 0,
    async (world, { context }) => {
      const known = nth(goingOn(world), index);
      await logOut(context, known.login, newestOf(known.login));
      known.ended = 'logout';
    },
  );

/** A change of a user by an administrator. `ends`: whether it ends the logins. */
const change = (
  user: number,
  door: UserDoor,
  words: string,
  ends: boolean,
  canBe: (world: Readonly<World>) => boolean,
  made: (known: KnownUser, world: World, context: CheckContext) => Readonly<Record<string, unknown>>,
): Command =>
  new Command(`user ${user + 1} ${words}, ${changeInWords[door]}`, canBe, async (world, { context }) => {
    const known = nth(world.users, user);
    const { account } = known;
    const values = made(known, world, context);
    await changeUsers(context, [account], door, values).catch(async (error: unknown) => {
      if (!(error instanceof NotApplicable) || door === 'single') throw error;
      // A target without this door has the first one.
      await changeUsers(context, [account], 'single', values);
    });
    if (!ends) return;
    // What a logout has left in its grace ends too.
    for (const one of world.logins) if (one.user === user) one.ended = 'change';
  });

const always = (): boolean => true;

const changes = (user: number, door: UserDoor): Record<string, Command> => ({
  static: change(user, door, 'gets a new static token', false, always, (known, _world, { evidence }) => {
    const token = newStaticToken(evidence);
    if (known.current !== undefined) known.former.push(known.current);
    known.current = token;
    return { token: token.value };
  }),
  cleared: change(
    user,
    door,
    'loses the static token',
    false,
    ({ users }) => nth(users, user).current !== undefined,
    (known) => {
      if (known.current !== undefined) known.former.push(known.current);
      known.current = undefined;
      return { token: null };
    },
  ),
  suspended: change(
    user,
    door,
    'is suspended',
    true,
    ({ users }) => nth(users, user).active,
    (known) => {
      known.active = false;
      return { status: 'suspended' };
    },
  ),
  active: change(
    user,
    door,
    'is made active again',
    false,
    ({ users }) => !nth(users, user).active,
    (known) => {
      known.active = true;
      return { status: 'active' };
    },
  ),
  password: change(user, door, 'gets a new password', true, always, (known, _world, context) => {
    const { email, id = '', evidence } = known.account;
    const next = newRandomPassword(context.evidence, 'OTHER_PASSWORD');
    known.account = Account.provisioned(email, next, id, evidence);
    return { password: next };
  }),
  away: change(user, door, 'gets an email that is new', true, always, (known, world) => {
    const { email, password, id = '', evidence } = known.account;
    world.free.push(email);
    world.emails += 1;
    known.account = Account.provisioned(`away-${world.emails}-${email}`, password, id, evidence);
    return { email: known.account.email };
  }),
  back: change(
    user,
    door,
    'gets an email that was free',
    true,
    ({ free }) => free.length > 0,
    (known, { free }) => {
      const { email, password, id = '', evidence } = known.account;
      const next = free.pop() ?? email;
      free.push(email);
      known.account = Account.provisioned(next, password, id, evidence);
      return { email: next };
    },
  ),
});

const pause: Command = new Command(
  'two seconds pass',
  ({ pauses }) => pauses < MOST_PAUSES,
  async (world, { context: { wait } }) => {
    world.pauses += 1;
    await wait(PAUSE_MS);
  },
);

/** The ways to show a credential that leave it as it is. */
const showing = (kind: CredentialKind, { offers, context: { plan } }: Stage): readonly Use[] =>
  usesOf(kind, offers, plan.directusVersion).filter(({ exchanges }) => !exchanges);

/** Shows every credential that the model knows anything of, each in one way. */
async function compare({ users, logins }: World, stage: Stage): Promise<void> {
  const { context, offers } = stage;
  const looks: (() => Promise<void>)[] = [];
  const look = (accepted: boolean, uses: readonly Use[], value: string, account: Account, what: string): void => {
    if (uses.length === 0) return;
    const planned = nth(uses, stage.shown);
    stage.shown += 1;
    looks.push(async () => {
      const { use, observation } = await show(context, planned, { value, account });
      expectSeen(observation, accepted, account, `${what}, ${use.words},`);
    });
  };
  for (const { user, login, ended } of logins) {
    const { account } = nth(users, user);
    const of = `of ${login.plan.words} in mode ${login.plan.mode}`;
    const refreshKind = login.plan.mode === 'cookie' ? 'refresh-cookie' : 'refresh';
    const generations = [...login.generations].reverse().slice(0, 3);
    for (const [back, { access, refresh: token, session }] of generations.entries()) {
      const which = ['', ' from before the last refresh', ' from two refreshes before'][back] ?? '';
      const isNewest = back === 0;
      const goesOn = ended === undefined;
      if (access !== undefined && isNewest && ended !== 'change')
        look(true, showing('access', stage), access.value, account, `the access token ${of}`);
      if (token !== undefined && !(goesOn && isNewest))
        look(
          false,
          usesOf(refreshKind, offers, context.plan.directusVersion),
          token.value,
          account,
          `the refresh token${which} ${of}`,
        );
      if (session === undefined) continue;
      const what = `the session token${which} ${of}`;
      if (goesOn && isNewest) look(true, showing('session', stage), session.value, account, what);
      // A predecessor may go on in its grace, unless its user has changed.
      else if (isNewest || ended === 'change')
        look(false, usesOf('session', offers, context.plan.directusVersion), session.value, account, what);
    }
  }
  for (const { account, active, current, former } of users) {
    if (current !== undefined)
      look(
        active,
        showing('static', stage),
        current.value,
        account,
        `the static token of a user who is ${active ? '' : 'not '}active`,
      );
    for (const token of former.slice(-2))
      look(false, showing('static', stage), token.value, account, 'a former static token');
  }
  await Promise.all(looks.map(async (one) => one()));
}

function expectSeen(seen: Observation, accepted: boolean, account: Account, what: string): void {
  const { seen: came, mayHaveExpired, summary, user } = seen;
  // A rejection after the credential may have expired shows nothing.
  if (came !== 'accepted' && mayHaveExpired) return;
  const isRight = accepted ? came === 'accepted' || came === 'recognised' : came === 'rejected';
  assert(isRight, `${what} to be ${accepted ? 'accepted' : 'rejected'}`, summary);
  const isTheirs = !accepted || user === undefined || user === account.id;
  assert(isTheirs, `${what} to identify its user`, `${summary} with the record of another user`);
}

const users = fc.constantFrom(0, 0, 1);
const index = fc.nat({ max: 7 });
const doors = fc.constantFrom<Door>('rest', 'rest', 'graphql', 'message');
const changed = fc.tuple(
  users,
  fc.constantFrom(...userDoors),
  fc.constantFrom('static', 'cleared', 'suspended', 'active', 'password', 'away', 'back'),
);

/** Sequences of steps, of any length up to sixteen: not short ones first, of which most show nothing. */
export const sequences: fc.Arbitrary<Iterable<Step>> = fc.noBias(
  fc.commands(
    [
      fc.oneof(
        {
          weight: 6,
          arbitrary: fc
            .tuple(users, fc.constantFrom(...modes), doors)
            .map(([user, mode, door]) => logIn(user, mode, door)),
        },
        { weight: 6, arbitrary: index.map(refreshOnce) },
        { weight: 3, arbitrary: index.map(logOutOnce) },
        { weight: 8, arbitrary: changed.map(([user, door, what]) => changes(user, door)[what] ?? pause) },
        { weight: 1, arbitrary: fc.constant(pause) },
      ),
    ],
    { maxCommands: MOST_STEPS, size: 'max', disableReplayLog: true },
  ),
);

/** Steps that are always the same; in a counterexample stand those that were taken. */
class KnownSequence implements Iterable<Step> {
  constructor(private readonly steps: readonly Command[]) {}

  [Symbol.iterator](): Iterator<Step> {
    return this.steps[Symbol.iterator]();
  }

  toString(): string {
    return this.steps.filter(({ isTaken }) => isTaken).join(',');
  }
}

/**
 * Sequences that are played in every run, before random ones: several logins in each mode by each door, some of them refreshed, then
 * each change of their user, and a login that comes back after it.
 */
export function knownSequences(): readonly Iterable<Step>[] {
  const [first, second = first, third = first, fourth = first] = userDoors.map((door) => changes(0, door));
  const steps = (...all: readonly (Command | undefined)[]): KnownSequence =>
    new KnownSequence(all.filter((step) => step !== undefined));
  return [
    steps(
      ...[logIn(0, 'session', 'rest'), logIn(0, 'cookie', 'rest'), logIn(0, 'json', 'message'), refreshOnce(0)],
      ...[logIn(0, 'session', 'graphql'), logIn(0, 'cookie', 'graphql'), first?.['static'], refreshOnce(1)],
      ...[second?.['password'], logIn(0, 'session', 'rest'), first?.['cleared'], logOutOnce(0)],
    ),
    steps(
      ...[logIn(0, 'json', 'rest'), logIn(0, 'session', 'rest'), logIn(1, 'session', 'rest'), first?.['static']],
      ...[first?.['password'], logIn(0, 'session', 'rest'), third?.['suspended'], fourth?.['active']],
      ...[logIn(0, 'cookie', 'rest'), refreshOnce(1), pause],
      ...[fourth?.['away'], logIn(0, 'session', 'graphql'), first?.['back'], logOutOnce(0)],
    ),
  ];
}

/**
 * Plays a sequence on a target, with two users of its own.
 * @throws Violation as soon as target and model disagree
 */
export async function playSequence(sequence: Iterable<Step>, context: CheckContext): Promise<void> {
  const { plan, target, newUser } = context;
  const accounts = await Promise.all([newUser(), newUser()]);
  const known = accounts.map((account) => ({ account, active: true, current: undefined, former: [] }));
  const world: World = { modes: target.modes, users: known, logins: [], free: [], pauses: 0, emails: 0 };
  const stage: Stage = { context, offers: plan.capabilities, startedAt: target.time.now(), shown: 0 };
  await fc.asyncModelRun(() => ({ model: world, real: stage }), sequence as Iterable<fc.AsyncCommand<World, Stage>>);
}
