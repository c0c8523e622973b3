import type { RequestListener, Server } from 'node:http';
import type { Express } from 'express';
import type { InitialData } from '../spec/generated/initial-data.js';
import { createApp } from './app.js';
import { createGuardedServer } from './http/guard/guarded-server.js';
import { defaultLimits, type Limits } from './http/guard/limits.js';
import { underBasePath } from './http/base-path.js';
import { systemClock, TravellingClock, type Clock } from './clock.js';
import type { Context } from './context.js';
import { jwtsSignedWith } from './auth/jwt.js';
import { defectsNamed, type DefectName } from './defects/index.js';
import { LivePorts } from './defects/live-ports.js';
import { ItemEvents } from './content/item-events.js';
import { ActivityLog } from './events/activity-log.js';
import { EventLog, type AuthenticationEvent } from './events/event-log.js';
import { administratorIn, applyInitialData } from './initial-data.js';
import { MemoryStore } from './stores/memory-store.js';
import { defaultArgon2Cost, Passwords, type Argon2Cost } from './passwords.js';
import { defaultProjectSettings } from './stores/project-settings.js';
import { systemRandom, type RandomSource } from './random.js';
import { attachRealtime, type Realtime } from './realtime/realtime.js';
import { administratorRole } from './routes/roles.js';
import { readSettings, type Settings } from './settings.js';
import type { Store } from './stores/store.js';
import { Outbox, type OutboxEmail } from './outbox.js';
import { Accounts, type TestUser, type TokenOptions, type TestUserInput } from './testing/accounts.js';
import { newUser } from './routes/users.js';

export { ManualClock, systemClock, TravellingClock, type Clock } from './clock.js';
export { defects, UnknownDefectError, type Defect, type DefectName } from './defects/index.js';
export { ApiError, type ErrorBody } from './http/errors.js';
export { Outbox, type OutboxEmail } from './outbox.js';
export type { TestUser, TestUserInput, TokenOptions, TokenType } from './testing/accounts.js';
export type { AuthenticationEvent } from './events/event-log.js';
export { defaultLimits, type Limits } from './http/guard/limits.js';
export { administratorIn, InitialDataError } from './initial-data.js';
export type { InitialData } from '../spec/generated/initial-data.js';
export { administratorWithPassword } from './known-password.js';
export { MemoryStore } from './stores/memory-store.js';
export { defaultArgon2Cost, type Argon2Cost } from './passwords.js';
export { systemRandom, type RandomSource } from './random.js';
export { RedisStore } from './stores/redis-store.js';
export {
  readSettings,
  settingNames,
  SettingsError,
  type CorsOrigin,
  type SameSite,
  type SettingName,
  type Settings,
  type SettingsInput,
} from './settings.js';
export { SqliteStore } from './stores/sqlite-store.js';
export {
  NotUnique,
  StoreError,
  type ItemChange,
  type ItemRecord,
  type RoleRecord,
  type SessionRecord,
  type Store,
  type UserRecord,
} from './stores/store.js';

export interface ReferenceServerOptions {
  /**
   * Settings that differ from the default; text, as in an environment, is understood too. LOGIN_STALL_TIME is 0 unless it is given: a test
   * does not wait.
   */
  readonly settings?: { readonly [Name in keyof Settings]?: Settings[Name] | string | undefined };
  /** The machine's clock when not given. */
  readonly clock?: Clock;
  /** True to let administrators advance the clock on the studio page /admin. */
  readonly timeTravel?: boolean;
  /** The machine's random source when not given. */
  readonly random?: RandomSource;
  /**
   * An empty store in memory when not given. One with users is taken as it is, no administrator is added. Where no SECRET is given,
   * it is the store's.
   */
  readonly store?: Store;
  /** Names of defects: the ways in which the server is to be wrong (defects/). */
  readonly defects?: readonly string[];
  /** What a password's hash costs. */
  readonly argon2Cost?: Argon2Cost;
  /** How many failed logins in a row an account may have; 25 when not given. */
  readonly loginAttempts?: number;
  /** Roles and users that are to be there, beside the administrator. */
  readonly initialData?: InitialData;
  /** Where the API begins, as /api; at / when not given. */
  readonly basePath?: string;
  /** Told of each request when it has been answered, but for what the studio page reads for itself. */
  readonly onEvent?: ((event: AuthenticationEvent) => void) | undefined;
  /** Told once of each origin whose pages cannot read the answers, because CORS_ORIGIN does not allow it. */
  readonly onCrossOriginRejection?: ((origin: string) => void) | undefined;
  /** Told of each email that a Directus would have sent. */
  readonly onEmail?: ((email: OutboxEmail) => void) | undefined;
}

/** What `listen` is told. */
export interface ListenOptions {
  /** A free one when not given. */
  readonly port?: number;
  /** 127.0.0.1 when not given. */
  readonly host?: string;
  /** Certificate (chain) and private key in PEM: the server speaks https. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Limits of connections and requests that differ from the default (http/guard/limits.ts). */
  readonly limits?: Partial<Limits>;
}

/** A server that keeps every promise of the access-token specification, but for the defects it was asked for. */
export interface ReferenceServer {
  /**
   * Where it listens, as http://127.0.0.1:8055.
   * @throws Error before `listen` and after `close`
   */
  readonly url: string;
  readonly app: Express;
  readonly settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
  /** The emails that a Directus would have sent: password reset, invitation and verification links. */
  readonly outbox: Outbox;
  /**
   * The administrator of the settings, with the password.
   * @throws Error where the store had users before: their passwords are not known
   */
  readonly admin: TestUser;
  /**
   * Creates a user, of any role, who can log in at once.
   * @param input email and password are made up when not given; a role by its name or id
   * @throws ApiError 400 when a member cannot be used, as an email that another user has
   */
  createUser(input?: TestUserInput): Promise<TestUser>;
  /**
   * A token of a user, without a login.
   * @param options a standard token that is valid, unless told otherwise
   * @throws Error for a user who does not exist, or has no static token, and for a static token that is to have expired: they never do
   */
  tokenFor(user: Pick<TestUser, 'id'>, options?: TokenOptions): Promise<string>;
  /**
   * Makes the server wrong in one more way, from now on, until it is disposed of (`using broken = server.defect(name)`) or `reset`.
   * @param name one of `defects`
   * @throws UnknownDefectError
   */
  defect(name: DefectName | (string & {})): Disposable;
  /**
   * Brings users, roles, sessions, content and project settings back to what they were when the server was created, ends the defects
   * that came since, and empties the outbox: what a test has done is undone. Tokens in mode json that were issued before are valid until they expire.
   */
  reset(): Promise<void>;
  /** Closes the server: `await using server = await createReferenceServer()`. */
  [Symbol.asyncDispose](): Promise<void>;
  /**
   * Begins to listen, on a free port of the loopback interface unless told otherwise.
   * @returns the URL
   * @throws Error when it listens already or cannot (EADDRINUSE, EACCES), or the certificate cannot be used
   */
  listen(options?: ListenOptions): Promise<string>;
  /**
   * Stops listening, ends every connection, those that are kept alive too, and closes the store.
   * @param graceMs how long requests under way may take to end, in ms; 0 when not given
   */
  close(graceMs?: number): Promise<void>;
}

/**
 * Sets a server up, with an administrator (ADMIN_EMAIL, ADMIN_PASSWORD) whose role is Administrator.
 *
 * @throws SettingsError when a setting cannot be used
 * @throws UnknownDefectError when there is no defect of a name
 */
export async function createReferenceServer(options: ReferenceServerOptions = {}): Promise<ReferenceServer> {
  const random = options.random ?? systemRandom;
  const chosen = defectsNamed(options.defects ?? []);
  const given = readSettings(
    { ...options.settings, LOGIN_STALL_TIME: options.settings?.LOGIN_STALL_TIME ?? 0 },
    random,
  );
  const store = options.store ?? new MemoryStore();
  const settings = options.settings?.SECRET ? given : { ...given, SECRET: await store.secret(given.SECRET) };
  const timeTravel = options.timeTravel === true ? new TravellingClock(options.clock) : undefined;
  const live = new LivePorts(
    {
      settings,
      store,
      clock: timeTravel ?? options.clock ?? systemClock,
      random,
      passwords: new Passwords(options.argon2Cost ?? defaultArgon2Cost),
      jwts: jwtsSignedWith(settings.SECRET),
    },
    chosen,
  );
  const { interceptors } = live;
  const context: Context = Object.assign(live.ports, {
    timeTravel,
    initialProjectSettings: {
      ...defaultProjectSettings,
      ...(options.loginAttempts !== undefined && { auth_login_attempts: options.loginAttempts }),
    },
    eventLog: new EventLog(options.onEvent),
    activityLog: new ActivityLog(),
    itemEvents: new ItemEvents(),
    outbox: new Outbox(options.onEmail),
    onCrossOriginRejection: options.onCrossOriginRejection,
    publicUrl: () => settings.PUBLIC_URL ?? listening?.url ?? '',
  });
  context.itemEvents.subscribe((event, by) => context.activityLog.addWrite(event, context.clock.now(), by));
  // The URL is known once the server listens.
  let listening: ReferenceServer | undefined = undefined as ReferenceServer | undefined;
  const isNew = (await store.users()).length === 0;
  // The password is hashed beside, while the app is set up.
  const administrator = isNew ? createAdministrator(context, options.initialData) : undefined;
  const basePath = options.basePath ?? '';
  const app = underBasePath(createApp(context, interceptors), basePath);
  await administrator;
  if (options.initialData !== undefined) await applyInitialData(context, options.initialData);
  const accounts = await Accounts.of(context, isNew, administratorIn(options.initialData, settings.ADMIN_EMAIL));
  listening = new ListeningServer(context, live, app, basePath, accounts);
  return listening;
}

/** Stores the administrator, as the initial data may know it, unless another server that shares the store has come first. */
async function createAdministrator(context: Context, initialData: InitialData | undefined): Promise<void> {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = context.settings;
  const role = administratorRole(context);
  const listed = administratorIn(initialData, email);
  const user = await newUser(context, { first_name: 'Admin', last_name: 'User', password, ...listed, role: null });
  await context.store.insertFirstUser({ ...user, email, role: role.id }, role);
}

class ListeningServer implements ReferenceServer {
  readonly settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly #defects: (() => void)[] = [];
  #server: Server | undefined;
  #url: string | undefined;
  #realtime: Realtime | undefined;

  constructor(
    private readonly context: Context,
    private readonly live: LivePorts,
    readonly app: Express,
    private readonly basePath: string,
    private readonly accounts: Accounts,
  ) {
    const { settings, store, clock } = context;
    this.settings = settings;
    this.store = store;
    this.clock = clock;
    this.outbox = context.outbox;
  }

  get admin(): TestUser {
    return this.accounts.administrator;
  }

  createUser(input?: TestUserInput): Promise<TestUser> {
    return this.accounts.create(input);
  }

  tokenFor(user: Pick<TestUser, 'id'>, options?: TokenOptions): Promise<string> {
    return this.accounts.tokenFor(user, options);
  }

  defect(name: string): Disposable {
    const [defect] = defectsNamed([name]);
    const end = defect === undefined ? () => undefined : this.live.add(defect);
    this.#defects.push(end);
    return { [Symbol.dispose]: end };
  }

  async reset(): Promise<void> {
    for (const end of this.#defects.splice(0)) end();
    await this.accounts.reset();
    this.outbox.clear();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get url(): string {
    if (this.#url === undefined) throw new Error('the reference server does not listen');
    return this.#url;
  }

  async listen({ port = 0, host = '127.0.0.1', tls, limits: others }: ListenOptions = {}): Promise<string> {
    if (this.#server !== undefined) throw new Error('the reference server listens already');
    const limits = { ...defaultLimits, ...others };
    const server = createGuardedServer(this.app as RequestListener, tls, limits);
    this.#server = server;
    this.#realtime = attachRealtime(server, this.context, this.live.interceptors, this.basePath, limits);
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          resolve();
        });
      });
    } catch (error) {
      this.#server = undefined;
      throw error;
    }
    const address = server.address();
    const bound = typeof address === 'object' && address !== null ? address.port : port;
    const scheme = tls === undefined ? 'http' : 'https';
    this.#url = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${bound}${this.basePath}`;
    return this.#url;
  }

  async close(graceMs = 0): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#url = undefined;
    if (server !== undefined) {
      this.#realtime?.close();
      this.context.eventLog.endSubscriptions();
      await new Promise<void>((resolve) => {
        const graceIsOver = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(graceIsOver);
          resolve();
        });
        server.closeIdleConnections();
      });
    }
    await this.store.close?.();
  }
}
