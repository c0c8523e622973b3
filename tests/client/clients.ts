import {
  authentication,
  createDirectus,
  createUser,
  deleteUser,
  graphql,
  readMe,
  rest,
  type AuthenticationClient,
  type AuthenticationConfig,
  type AuthenticationMode,
  type DirectusClient,
  type GraphqlClient,
  type RestClient,
} from '@directus/sdk';
import { CookieJar } from 'tough-cookie';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { cookieFetch } from './cookie-fetch.js';

/** A server that is running, and its administrator. */
export interface Target {
  readonly url: string;
  readonly admin: { readonly email: string; readonly password: string };
  stop(): Promise<void>;
}

/** Starts a server with settings beside its defaults, by the names of Directus. */
export type StartTarget = (settings: Readonly<Record<string, string>>) => Promise<Target>;

export interface Schema {
  readonly [collection: string]: unknown;
}
export type Client = DirectusClient<Schema> & AuthenticationClient<Schema> & RestClient<Schema> & GraphqlClient<Schema>;

/** A client with cookies of its own, as a page in a browser has them. */
export interface Browser {
  readonly jar: CookieJar;
  readonly client: Client;
}

/** A user who exists for the time of one test. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

/** An error as the SDK throws it: the envelope of the response. */
export const error = (code: string, message?: string): object => ({
  errors: [{ ...(message !== undefined && { message }), extensions: { code } }],
});
export const INVALID_CREDENTIALS = error('INVALID_CREDENTIALS', 'Invalid user credentials.');

export const emailOf = async (client: RestClient<Schema>): Promise<unknown> =>
  (await client.request(readMe({ fields: ['email'] }))).email;

/** Starts a server for the tests of this file or describe, and stops it after them. */
export function clients(start: StartTarget, settings: Readonly<Record<string, string>> = {}): Clients {
  let target: Target | undefined;
  const made = new Clients(() => {
    if (target === undefined) throw new Error('The server has not been started yet: use clients in tests alone.');
    return target;
  });
  beforeAll(async () => {
    target = await start(settings);
  });
  afterEach(() => made.end());
  afterAll(async () => target?.stop());
  return made;
}

/** Makes clients of @directus/sdk for one server. */
export class Clients {
  /** What is to be ended after each test: timers of refreshes, sockets. */
  #ends: (() => void)[] = [];

  constructor(private readonly target: () => Target) {}

  get url(): string {
    return this.target().url;
  }

  get admin(): Target['admin'] {
    return this.target().admin;
  }

  browser(mode: AuthenticationMode, config: Partial<AuthenticationConfig> = {}): Browser {
    const jar = new CookieJar();
    const client = createDirectus<Schema>(this.url, { globals: { fetch: cookieFetch(jar) } })
      .with(authentication(mode, { credentials: 'include', ...config }))
      .with(rest({ credentials: 'include' }))
      .with(graphql({ credentials: 'include' }));
    this.endAfterTest(() => client.stopRefreshing());
    return { jar, client };
  }

  /** A client that knows no cookies. */
  client(config: Partial<AuthenticationConfig> = {}): Client {
    return this.browser('json', { ...config, credentials: 'omit' }).client;
  }

  /** A client of the administrator, logged in. */
  async administrator(): Promise<Client> {
    const client = this.client();
    await client.login(this.admin.email, this.admin.password);
    return client;
  }

  /** The value of a cookie; undefined when there is none. */
  async cookie({ jar }: Browser, name: string): Promise<string | undefined> {
    return (await jar.getCookies(this.url)).find(({ key }) => key === name)?.value;
  }

  /** Creates a user, and deletes it after the use. */
  async withUser(role: 'administrator' | 'none', use: (user: User, admin: Client) => Promise<void>): Promise<void> {
    const admin = await this.administrator();
    const credentials = { email: `sdk-${crypto.randomUUID()}@example.com`, password: 'correct horse' };
    const own = await admin.request(readMe({ fields: ['role'] }));
    const roleOf = role === 'administrator' ? { role: own.role } : {};
    const { id } = await admin.request(createUser({ ...credentials, ...roleOf }, { fields: ['id'] }));
    try {
      await use({ ...credentials, id }, admin);
    } finally {
      await admin.request(deleteUser(id));
    }
  }

  /** Ends something after the test that is running. */
  endAfterTest(end: () => void): void {
    this.#ends.push(end);
  }

  end(): void {
    for (const end of this.#ends) end();
    this.#ends = [];
  }
}
