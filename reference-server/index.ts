import { createServer, type Server } from 'node:http';
import type { Express } from 'express';
import { createApp } from './app.js';
import { systemClock, type Clock } from './clock.js';
import { Memory, type Context } from './context.js';
import { behaviourWith } from './defects.js';
import { MemoryStore } from './memory-store.js';
import { defaultArgon2Cost, Passwords, type Argon2Cost } from './passwords.js';
import { systemRandom, type RandomSource } from './random.js';
import { attachRealtime, type Realtime } from './realtime.js';
import { createAdministratorRole } from './roles-routes.js';
import { readSettings, type Settings } from './settings.js';
import type { Store } from './store.js';
import { createUser } from './users-routes.js';

export { ManualClock, systemClock, type Clock } from './clock.js';
export { defects, UnknownDefectError, type Defect, type DefectName } from './defects.js';
export { ApiError, type ErrorBody } from './errors.js';
export { MemoryStore } from './memory-store.js';
export { defaultArgon2Cost, type Argon2Cost } from './passwords.js';
export { systemRandom, type RandomSource } from './random.js';
export { keptRules, type Rules } from './rules.js';
export {
  readSettings,
  SettingsError,
  type SameSite,
  type SettingName,
  type Settings,
  type SettingsInput,
} from './settings.js';
export { NotUnique, type RoleRecord, type SessionRecord, type Store, type UserRecord } from './store.js';

/** How many failed logins in a row an account may have by default. Observed: Directus 12.4.1 (`auth_login_attempts`). */
export const DEFAULT_LOGIN_ATTEMPTS = 25;

export interface ReferenceServerOptions {
  /** Settings that differ from the default; text, as in an environment, is understood too. */
  readonly settings?: { readonly [Name in keyof Settings]?: Settings[Name] | string };
  /** The machine's clock when not given. */
  readonly clock?: Clock;
  /** The machine's random source when not given. */
  readonly random?: RandomSource;
  /** An empty store in memory when not given. One with users is taken as it is, no administrator is added. */
  readonly store?: Store;
  /** Names of defects: the ways in which the server is to be wrong (defects.ts). */
  readonly defects?: readonly string[];
  /** What a password's hash costs. */
  readonly argon2Cost?: Argon2Cost;
  /** How many failed logins in a row an account may have; 25 when not given. */
  readonly loginAttempts?: number;
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
  /**
   * Begins to listen, on a free port of the loopback interface unless told otherwise.
   * @returns the URL
   * @throws Error when it listens already or cannot (EADDRINUSE, EACCES)
   */
  listen(options?: { readonly port?: number; readonly host?: string }): Promise<string>;
  /** Ends every connection, those that are kept alive too, and stops listening. Without effect when it does not listen. */
  close(): Promise<void>;
}

/**
 * Sets a server up, with an administrator (ADMIN_EMAIL, ADMIN_PASSWORD) whose role is Administrator.
 *
 * @throws SettingsError when a setting cannot be used
 * @throws UnknownDefectError when there is no defect of a name
 */
export async function createReferenceServer(options: ReferenceServerOptions = {}): Promise<ReferenceServer> {
  const random = options.random ?? systemRandom;
  const { rules, deviations } = behaviourWith(options.defects ?? []);
  const context: Context = {
    settings: readSettings(options.settings, random),
    rules,
    store: options.store ?? new MemoryStore(),
    clock: options.clock ?? systemClock,
    random,
    passwords: new Passwords(options.argon2Cost ?? defaultArgon2Cost),
    loginAttempts: options.loginAttempts ?? DEFAULT_LOGIN_ATTEMPTS,
    memory: new Memory(),
  };
  if ((await context.store.users()).length === 0) await createAdministrator(context);
  return new ListeningServer(context, createApp(context, deviations));
}

async function createAdministrator(context: Context): Promise<void> {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = context.settings;
  const role = await createAdministratorRole(context);
  const id = await createUser(context, { first_name: 'Admin', last_name: 'User', password, role });
  await context.store.updateUser(id, { email });
}

class ListeningServer implements ReferenceServer {
  readonly settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
  #server: Server | undefined;
  #url: string | undefined;
  #realtime: Realtime | undefined;

  constructor(
    private readonly context: Context,
    readonly app: Express,
  ) {
    const { settings, store, clock } = context;
    this.settings = settings;
    this.store = store;
    this.clock = clock;
  }

  get url(): string {
    if (this.#url === undefined) throw new Error('the reference server does not listen');
    return this.#url;
  }

  async listen({ port = 0, host = '127.0.0.1' }: { port?: number; host?: string } = {}): Promise<string> {
    if (this.#server !== undefined) throw new Error('the reference server listens already');
    const server = createServer(this.app as Parameters<typeof createServer>[1]);
    this.#server = server;
    this.#realtime = attachRealtime(server, this.context);
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
    this.#url = `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
    return this.#url;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#url = undefined;
    if (server === undefined) return;
    this.#realtime?.close();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }
}
