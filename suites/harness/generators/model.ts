import fc from 'fast-check';
import type { Account } from '../users/account.js';
import type { CheckContext } from '../check.js';
import { Shell, sh } from '../evidence/shell.js';
import { expectAccepted, expectRejected, expectNoToken } from '../expectations.js';
import { assert } from '../outcomes.js';
import type { AccessToken, RefreshToken, SessionToken, StaticToken } from '../target/tokens/tokens.js';
import { newStaticToken } from '../users/new-static-token.js';
import type { Response } from '../target/http/response.js';
import type { Mode } from '../target/target.js';
import type { SentTokens } from '../target/tokens/bearer-methods.js';

/*
 * A small model of the specification, and the steps that drive a target beside it. After each step everything that the model knows
 * is held against the target: who must be accepted is, who must not be is not. What the specification leaves open is not looked at.
 */

/** A user as the model knows it. */
interface UserModel {
  current: StaticToken | undefined;
  readonly former: StaticToken[];
}

/** A login as the model knows it. */
interface LoginModel {
  readonly user: number;
  readonly mode: 'json' | 'session';
  valid: boolean;
  access: AccessToken | undefined;
  refresh: RefreshToken | undefined;
  session: SessionToken | undefined;
  /** Refresh tokens that were used. */
  readonly used: RefreshToken[];
}

export interface SequenceModel {
  /** The modes that the target offers. */
  readonly modes: readonly Mode[];
  readonly users: UserModel[];
  readonly logins: LoginModel[];
}

/** What a sequence is played on. */
export interface Stage {
  readonly context: CheckContext;
  readonly accounts: readonly Account[];
  /** Wrong logins of each user since the last right one: a target may lock out who has too many. */
  readonly wrong: number[];
}

type SequenceCommand = fc.AsyncCommand<SequenceModel, Stage>;

const MOST_WRONG = 10;
const MOST_LOGINS = 8;
/** A step by its name in a counterexample, when it can be taken, and what it does to target and model. */
class Command implements SequenceCommand {
  constructor(
    private readonly words: string,
    readonly check: (model: Readonly<SequenceModel>) => boolean,
    private readonly take: (model: SequenceModel, stage: Stage) => Promise<void>,
  ) {}

  async run(model: SequenceModel, stage: Stage): Promise<void> {
    await this.take(model, stage);
    await compare(model, stage);
  }

  toString(): string {
    return this.words;
  }
}

const validLogins = ({ logins }: Readonly<SequenceModel>): LoginModel[] => logins.filter(({ valid }) => valid);
const nth = <T>(items: readonly T[], index: number): T => items[index % items.length] as T;

/** Logs a user in, with the right password or a wrong one. */
const login = (user: number, mode: 'json' | 'session', right: boolean): SequenceCommand =>
  new Command(
    `user ${user + 1} logs in in mode ${mode}${right ? '' : ' with a wrong password'}`,
    (model) => user < model.users.length && model.logins.length < MOST_LOGINS && model.modes.includes(mode),
    async (model, { context: { target, evidence }, accounts, wrong }) => {
      const account = nth(accounts, user);
      if (!right && (wrong[user] ?? 0) >= MOST_WRONG) return;
      const password = right ? account.password : `${account.password}-wrong`;
      if (password !== account.password) {
        const original = evidence.names.get(account.password)?.variable ?? 'PASSWORD';
        const shell = sh`${Shell.variable(original)}${password.slice(account.password.length)}`;
        evidence.names.add(password, 'OTHER_PASSWORD', { kind: 'derived', shell });
      }
      const response = await target.login(account, mode, { password });
      if (!right) {
        wrong[user] = (wrong[user] ?? 0) + 1;
        expectNoToken(response, 'a login with a wrong password');
        return;
      }
      wrong[user] = 0;
      assert(response.succeeded, 'a login with the right password to succeed', response.summary);
      const common = { user, mode, valid: true, used: [] };
      if (mode === 'session') {
        model.logins.push({
          ...common,
          session: target.sessionToken(response),
          access: undefined,
          refresh: undefined,
        });
      } else {
        const { access, refresh } = target.standardTokens(response);
        model.logins.push({ ...common, access, refresh, session: undefined });
      }
    },
  );

/** Refreshes one of the logins that are valid; where there are fewer, they are counted round. */
const refresh = (index: number): SequenceCommand =>
  new Command(
    `a refresh of login ${index + 1}`,
    (model) => validLogins(model).length > 0,
    async (model, { context: { target, evidence }, accounts }) => {
      const one = nth(validLogins(model), index);
      const account = nth(accounts, one.user);
      const token = one.refresh ?? one.session;
      if (token === undefined) return;
      const response =
        one.mode === 'json'
          ? await target.refresh(token.value, account)
          : await target.refreshByCookie('session', token.value, account);
      if (!response.succeeded && response.mayHaveExpired) {
        // From here on the model knows nothing of this login.
        evidence.dismissExpired(response.exchange);
        model.logins.splice(model.logins.indexOf(one), 1);
        return;
      }
      assert(response.succeeded, 'the refresh of a login that is valid to succeed', response.summary);
      if (one.mode === 'session') {
        one.session = target.sessionToken(response);
        return;
      }
      const old = one.refresh;
      one.access = target.accessToken(response);
      if (response.text('refresh_token') !== undefined) one.refresh = target.standardTokens(response).refresh;
      if (old !== undefined && old.value !== one.refresh?.value) one.used.push(old);
    },
  );

/** Logs out of one of the logins that are valid, counted as for a refresh. */
const logout = (index: number): SequenceCommand =>
  new Command(
    `a logout of login ${index + 1}`,
    (model) => validLogins(model).length > 0,
    async (model, { context: { target, evidence } }) => {
      const one = nth(validLogins(model), index);
      const token = one.refresh ?? one.session;
      if (token === undefined) return;
      const response =
        one.mode === 'json' ? await target.logout(token.value) : await target.logoutByCookie('session', token.value);
      if (!response.succeeded && response.mayHaveExpired) {
        evidence.dismissExpired(response.exchange);
        model.logins.splice(model.logins.indexOf(one), 1);
        return;
      }
      assert(response.succeeded, 'a logout to succeed', response.summary);
      one.valid = false;
    },
  );

/** Changes a user as the administrator. */
async function change(
  { context: { administrator, evidence }, accounts }: Stage,
  user: number,
  changes: object,
): Promise<void> {
  await administrator.change(nth(accounts, user), changes, evidence);
}

/** Gives a user a new static token. */
const replaceStaticToken = (user: number): SequenceCommand =>
  new Command(
    `user ${user + 1} gets a new static token`,
    (model) => user < model.users.length,
    async (model, stage) => {
      const token = newStaticToken(stage.context.evidence);
      await change(stage, user, { token: token.value });
      const known = nth(model.users, user);
      if (known.current !== undefined) known.former.push(known.current);
      known.current = token;
    },
  );

/** What is looked at after each step: a request, and what is expected of its response. */
interface Look {
  readonly ask: () => Promise<Response>;
  readonly expect: (response: Response) => void;
}

/** Holds the model against the target. */
async function compare(model: SequenceModel, { context: { target, evidence }, accounts }: Stage): Promise<void> {
  const looks: Look[] = [];
  const accepted = (sent: SentTokens, user: number, what: string): void => {
    looks.push({
      ask: async () => target.whoAmI(sent),
      expect: (response) => expectAccepted(response, nth(accounts, user), what),
    });
  };
  const rejected = (sent: SentTokens, user: number, what: string): void => {
    looks.push({
      ask: async () => target.whoAmI(sent),
      expect: (response) => expectRejected(response, what, nth(accounts, user)),
    });
  };
  const exchangedForNothing = (token: RefreshToken, what: string): void => {
    looks.push({ ask: async () => target.refresh(token), expect: (response) => expectNoToken(response, what) });
  };
  for (const { user, valid, access, refresh: refreshToken, session, used } of model.logins) {
    if (valid && access !== undefined) accepted({ header: access }, user, 'the access token of a login that is valid');
    if (session !== undefined) {
      if (valid) accepted({ cookie: session }, user, 'the session token of a login that is valid');
      else rejected({ cookie: session }, user, 'the session token of a login that has ended');
    }
    if (!valid && refreshToken !== undefined)
      exchangedForNothing(refreshToken, 'the refresh token of a login that has ended');
    const last = used.at(-1);
    if (last !== undefined && !valid) exchangedForNothing(last, 'a refresh token that was used before');
  }
  model.users.forEach(({ current, former }, user) => {
    if (current !== undefined) {
      accepted({ header: current }, user, 'the static token of a user');
    }
    for (const token of former) rejected({ header: token }, user, 'a static token that was replaced');
  });
  await Promise.all(
    looks.map(async ({ ask, expect }) => {
      const response = await ask();
      // A credential that may have expired shows nothing by being rejected; the others are looked at all the same.
      if (!response.succeeded && response.mayHaveExpired) evidence.dismissExpired(response.exchange);
      else expect(response);
    }),
  );
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
/** Sequences of commands, of any length: not short ones first, of which most show nothing. */
const rowsOf = (steps: fc.WeightedArbitrary<SequenceCommand>[]): fc.Arbitrary<Iterable<SequenceCommand>> =>
  fc.noBias(fc.commands([fc.oneof(...steps)], { maxCommands: MOST_STEPS, size: 'max', disableReplayLog: true }));

/** Sequences of the steps that core knows; those that an administrator takes only where there is one. */
export const coreSequence = (administrated: boolean): fc.Arbitrary<Iterable<SequenceCommand>> =>
  rowsOf([...coreSteps, ...(administrated ? withStaticTokens : [])]);

/**
 * Plays a sequence on a target, from users as they were created, the first of them logged in once in mode json and, where the target
 * offers it, once in mode session.
 * @throws Violation as soon as target and model disagree
 */
export async function play(sequence: Iterable<SequenceCommand>, stage: Stage): Promise<void> {
  const { modes } = stage.context.target;
  const model: SequenceModel = {
    modes,
    users: stage.accounts.map(() => ({ current: undefined, former: [] })),
    logins: [],
  };
  for (const by of ['json', 'session'] as const) if (modes.includes(by)) await login(0, by, true).run(model, stage);
  await fc.asyncModelRun(() => ({ model, real: stage }), sequence as Iterable<fc.AsyncCommand<SequenceModel, Stage>>);
}
