import fc from 'fast-check';
import { newStaticToken, type Account } from '../users/accounts.js';
import type { Tools } from '../check.js';
import { sh, Shell } from '../evidence/shell.js';
import { inWords, mustAccept, mustHandOutNoToken, mustRefuse } from '../expectations.js';
import { demand } from '../outcomes.js';
import type { AccessToken, RefreshToken, SessionToken, StaticToken } from '../target/tokens.js';

/*
 * A small model of the specification, and the steps that drive a target beside it. After each step everything that the model knows
 * is held against the target: who must be let in is, who must not be is not. What the specification leaves open is not looked at.
 */

/** A user as the model knows it. */
interface UserModel {
  active: boolean;
  /** How many times the password was changed. */
  passwords: number;
  current: StaticToken | undefined;
  readonly former: StaticToken[];
}

/** A login as the model knows it. */
interface LoginModel {
  readonly user: number;
  readonly mode: 'json' | 'session';
  alive: boolean;
  access: AccessToken | undefined;
  refresh: RefreshToken | undefined;
  session: SessionToken | undefined;
  /** Refresh tokens that were used. */
  readonly used: RefreshToken[];
}

export interface HistoryModel {
  readonly users: UserModel[];
  readonly logins: LoginModel[];
}

/** What a history is played on. */
export interface Stage {
  readonly tools: Tools;
  readonly accounts: readonly Account[];
  /** Wrong logins of each user since the last right one: a target may lock out who has too many. */
  readonly wrong: number[];
  /** Users whose password was changed. */
  readonly changed: Set<number>;
  /** Whether used refresh tokens must be dead, which core leaves open. */
  readonly rotation: boolean;
}

type Step = fc.AsyncCommand<HistoryModel, Stage>;

const MOST_WRONG = 10;
const MOST_LOGINS = 8;
const passwordOf = (account: Account, { passwords }: UserModel): string =>
  passwords === 0 ? account.password : `${account.password}-${passwords}`;

/** A step by its name in a counterexample, when it can be taken, and what it does to target and model. */
class Taken implements Step {
  constructor(
    private readonly words: string,
    readonly check: (model: Readonly<HistoryModel>) => boolean,
    private readonly take: (model: HistoryModel, stage: Stage) => Promise<void>,
  ) {}

  async run(model: HistoryModel, stage: Stage): Promise<void> {
    await this.take(model, stage);
    await compare(model, stage);
  }

  toString(): string {
    return this.words;
  }
}

const aliveLogins = ({ logins }: Readonly<HistoryModel>): LoginModel[] => logins.filter(({ alive }) => alive);
const nth = <T>(items: readonly T[], index: number): T => items[index % items.length] as T;

/** Logs a user in, with the right password or a wrong one. */
const login = (user: number, mode: 'json' | 'session', right: boolean): Step =>
  new Taken(
    `user ${user + 1} logs in in mode ${mode}${right ? '' : ' with a wrong password'}`,
    (model) => user < model.users.length && model.logins.length < MOST_LOGINS,
    async (model, { tools: { target, evidence }, accounts, wrong }) => {
      const account = nth(accounts, user);
      const known = nth(model.users, user);
      if (!right && (wrong[user] ?? 0) >= MOST_WRONG) return;
      const password = right ? passwordOf(account, known) : `${account.password}-wrong`;
      if (password !== account.password) {
        const original = evidence.names.get(account.password)?.variable ?? 'PASSWORD';
        const shell = sh`${Shell.variable(original)}${password.slice(account.password.length)}`;
        evidence.names.add(password, 'OTHER_PASSWORD', { kind: 'derived', shell });
      }
      const obtainedAt = performance.now();
      const answer = await target.login(account, mode, { password });
      if (!right || !known.active) {
        wrong[user] = (wrong[user] ?? 0) + 1;
        mustHandOutNoToken(
          target,
          answer,
          right ? 'a login of a user who is not active' : 'a login with a wrong password',
        );
        return;
      }
      wrong[user] = 0;
      demand(answer.succeeded, 'a login with the right password to succeed', inWords(answer));
      const common = { user, mode, alive: true, used: [] };
      if (mode === 'session') {
        model.logins.push({
          ...common,
          session: target.sessionToken(answer, obtainedAt),
          access: undefined,
          refresh: undefined,
        });
      } else {
        const { access, refresh } = target.standardTokens(answer, obtainedAt);
        model.logins.push({ ...common, access, refresh, session: undefined });
      }
    },
  );

/** Refreshes one of the logins that are alive; where there are fewer, they are counted round. */
const refresh = (index: number): Step =>
  new Taken(
    `a refresh of login ${index + 1}`,
    (model) => aliveLogins(model).length > 0,
    async (model, { tools: { target }, accounts }) => {
      const one = nth(aliveLogins(model), index);
      const account = nth(accounts, one.user);
      const obtainedAt = performance.now();
      const token = one.refresh ?? one.session;
      if (token === undefined) return;
      const answer =
        one.mode === 'json'
          ? await target.refresh(token.value, account)
          : await target.refreshByCookie('session', token.value, account);
      if (!answer.succeeded && performance.now() > token.goodUntil) {
        // It may have run out: from here on the model knows nothing of this login.
        model.logins.splice(model.logins.indexOf(one), 1);
        return;
      }
      demand(answer.succeeded, 'the refresh of a login that is alive to succeed', inWords(answer));
      if (one.mode === 'session') {
        one.session = target.sessionToken(answer, obtainedAt);
        return;
      }
      const old = one.refresh;
      one.access = target.accessToken(answer, obtainedAt);
      if (answer.text('refresh_token') !== undefined) one.refresh = target.standardTokens(answer, obtainedAt).refresh;
      if (old !== undefined && old.value !== one.refresh?.value) one.used.push(old);
    },
  );

/** Logs out of one of the logins that are alive, counted as for a refresh. */
const logout = (index: number): Step =>
  new Taken(
    `a logout of login ${index + 1}`,
    (model) => aliveLogins(model).length > 0,
    async (model, { tools: { target } }) => {
      const one = nth(aliveLogins(model), index);
      const token = one.refresh ?? one.session;
      if (token === undefined) return;
      const answer =
        one.mode === 'json'
          ? await target.logout({ type: 'refresh', value: token.value, goodUntil: token.goodUntil })
          : await target.logoutByCookie('session', token.value);
      if (!answer.succeeded && performance.now() > token.goodUntil) {
        model.logins.splice(model.logins.indexOf(one), 1);
        return;
      }
      demand(answer.succeeded, 'a logout to succeed', inWords(answer));
      one.alive = false;
    },
  );

/** Changes a user as the administrator. */
async function change(
  { tools: { administrator, evidence }, accounts }: Stage,
  user: number,
  changes: object,
): Promise<void> {
  await administrator.change(nth(accounts, user), changes, evidence);
}

/** Gives a user a new static token. */
const replaceStaticToken = (user: number): Step =>
  new Taken(
    `user ${user + 1} gets a new static token`,
    (model) => user < model.users.length,
    async (model, stage) => {
      const token = newStaticToken(stage.tools.evidence);
      await change(stage, user, { token: token.value });
      const known = nth(model.users, user);
      if (known.current !== undefined) known.former.push(known.current);
      known.current = token;
    },
  );

const endLogins = (model: HistoryModel, user: number): void => {
  for (const one of model.logins) if (one.user === user) one.alive = false;
};

const setStatus = (user: number, active: boolean): Step =>
  new Taken(
    `user ${user + 1} is ${active ? 'made active again' : 'suspended'}`,
    (model) => model.users[user]?.active === !active,
    async (model, stage) => {
      await change(stage, user, { status: active ? 'active' : 'suspended' });
      nth(model.users, user).active = active;
      if (!active) endLogins(model, user);
    },
  );

const changePassword = (user: number): Step =>
  new Taken(
    `user ${user + 1} gets a new password`,
    (model) => user < model.users.length,
    async (model, stage) => {
      const known = nth(model.users, user);
      known.passwords += 1;
      stage.changed.add(user);
      const account = nth(stage.accounts, user);
      const password = passwordOf(account, known);
      const variable = stage.tools.evidence.names.get(account.password)?.variable ?? 'PASSWORD';
      stage.tools.evidence.names.add(password, 'OTHER_PASSWORD', {
        kind: 'derived',
        shell: sh`${Shell.variable(variable)}-${known.passwords}`,
      });
      await change(stage, user, { password });
      endLogins(model, user);
    },
  );

/** Holds the model against the target. */
async function compare(model: HistoryModel, { tools: { target }, accounts, rotation }: Stage): Promise<void> {
  const looks: Promise<void>[] = [];
  const letIn = (
    token: AccessToken | SessionToken | StaticToken,
    sent: Parameters<typeof target.whoAmI>[0],
    user: number,
    what: string,
  ): void => {
    const look = async (): Promise<void> => {
      const answer = await target.whoAmI(sent);
      if (performance.now() < token.goodUntil || answer.succeeded)
        mustAccept(target, answer, nth(accounts, user), token, what);
    };
    looks.push(look());
  };
  const keptOut = (sent: Parameters<typeof target.whoAmI>[0], user: number, what: string): void => {
    looks.push(target.whoAmI(sent).then((answer) => mustRefuse(answer, what, nth(accounts, user))));
  };
  const buysNothing = (token: RefreshToken, what: string): void => {
    looks.push(target.refresh(token).then((answer) => mustHandOutNoToken(target, answer, what)));
  };
  for (const { user, alive, access, refresh: refreshToken, session, used } of model.logins) {
    if (alive && access !== undefined)
      letIn(access, { header: access }, user, 'the access token of a login that is alive');
    if (session !== undefined) {
      if (alive) letIn(session, { cookie: session }, user, 'the session token of a login that is alive');
      else keptOut({ cookie: session }, user, 'the session token of a login that has ended');
    }
    if (!alive && refreshToken !== undefined) buysNothing(refreshToken, 'the refresh token of a login that has ended');
    const last = used.at(-1);
    if (last !== undefined && (rotation || !alive)) buysNothing(last, 'a refresh token that was used before');
  }
  model.users.forEach(({ active, current, former }, user) => {
    if (current !== undefined) {
      if (active) letIn(current, { header: current }, user, 'the static token of a user');
      else keptOut({ header: current }, user, 'the static token of a user who is not active');
    }
    for (const token of former) keptOut({ header: token }, user, 'a static token that was replaced');
  });
  await Promise.all(looks);
}

const MOST_STEPS = 20;
/** Most steps are of one user: what goes wrong goes wrong among the logins of one, or between two. */
const users = fc.constantFrom(0, 0, 0, 1);
const index = fc.nat({ max: 7 });
const mode = fc.constantFrom('json' as const, 'session' as const);

const coreSteps = [
  { weight: 3, arbitrary: fc.tuple(users, mode).map(([user, by]) => login(user, by, true)) },
  { weight: 1, arbitrary: fc.tuple(users, mode).map(([user, by]) => login(user, by, false)) },
  { weight: 4, arbitrary: index.map(refresh) },
  { weight: 2, arbitrary: index.map(logout) },
];
const withStaticTokens = [{ weight: 4, arbitrary: users.map(replaceStaticToken) }];
const withAdministrator = [
  { weight: 2, arbitrary: users.map((user) => setStatus(user, false)) },
  { weight: 2, arbitrary: users.map((user) => setStatus(user, true)) },
  { weight: 2, arbitrary: users.map(changePassword) },
];

/** Rows of steps, of any length: not short ones first, of which most show nothing. */
const rowsOf = (steps: fc.WeightedArbitrary<Step>[]): fc.Arbitrary<Iterable<Step>> =>
  fc.noBias(fc.commands([fc.oneof(...steps)], { maxCommands: MOST_STEPS, size: 'max', disableReplayLog: true }));

/** Histories of the steps that core knows; those that an administrator takes only where there is one. */
export const coreHistory = (administrated: boolean): fc.Arbitrary<Iterable<Step>> =>
  rowsOf([...coreSteps, ...(administrated ? withStaticTokens : [])]);

/** Histories in which users are suspended and get new passwords, too. */
export const fullHistory = rowsOf([...coreSteps, ...withStaticTokens, ...withAdministrator]);

/**
 * Plays a history on a target, from the users as they were created, the first of them logged in once in mode json and once in mode
 * session.
 * @throws Violation as soon as target and model disagree
 */
export async function play(history: Iterable<Step>, stage: Stage, administrated: boolean): Promise<void> {
  if (administrated) {
    for (const [user, { password }] of stage.accounts.entries())
      await change(stage, user, {
        status: 'active',
        token: null,
        ...(stage.changed.delete(user) && { password }),
      });
  }
  const model: HistoryModel = {
    users: stage.accounts.map(() => ({ active: true, passwords: 0, current: undefined, former: [] })),
    logins: [],
  };
  for (const by of ['json', 'session'] as const) await login(0, by, true).run(model, stage);
  await fc.asyncModelRun(() => ({ model, real: stage }), history as Iterable<fc.AsyncCommand<HistoryModel, Stage>>);
}
