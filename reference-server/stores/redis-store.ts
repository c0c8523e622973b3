import type { Redis, RedisOptions } from 'ioredis';
import { blankUser } from './blank-user.js';
import { PREFIX, scriptText, type scripts } from './redis-scripts.js';
import type { ProjectSettings } from './project-settings.js';
import { digestOf } from '../auth/token-digest.js';
import {
  NotUnique,
  StoreError,
  type ItemChange,
  type ItemRecord,
  type RoleRecord,
  type SessionRecord,
  type Store,
  type UserRecord,
} from './store.js';

/** The version of what is kept under the prefix (redis-scripts.ts). */
const SCHEMA_VERSION = '1';
/** How long the connection may take to open, in ms. */
const CONNECT_TIMEOUT_MS = 5000;
/** How long an answer may take, in ms; the connection is opened anew after it. */
const ANSWER_TIMEOUT_MS = 5000;
/** How long closing the connection may take before it is cut, in ms. */
const DISCONNECT_TIMEOUT_MS = 100;
/** How long to wait between attempts to connect again, in ms. */
const RETRY_MS = 250;

/** The hash of the project settings, each as JSON. */
const PROJECT_SETTINGS = `${PREFIX}project-settings`;

const userMembers = Object.keys(blankUser) as readonly (keyof UserRecord)[];
const roleMembers = [
  'id',
  'name',
  'icon',
  'description',
  'parent',
  'policies',
  'admin',
] as const satisfies readonly (keyof RoleRecord)[];

/** The members of a record, each as JSON, null when there is none; or no record. */
type Row = readonly (string | null)[] | null;

/**
 * A store in Redis, which several servers may share: each step is one command or script, and Redis runs one at a time. Keys begin with
 * `auth-conformance:`. What it keeps lasts as long as that Redis is set up to keep it.
 *
 * While Redis cannot be reached, methods reject: at once when the connection is gone, after five seconds when an answer is outstanding.
 * A step whose answer did not come is not repeated, for it may have been done. The connection is opened again by itself.
 */
export class RedisStore implements Store {
  readonly #redis: Redis;

  private constructor(redis: Redis) {
    this.#redis = redis;
  }

  /**
   * Connects to Redis.
   *
   * @param url `redis://user:password@host:port/db`, or `rediss:` for TLS; user, password, port (6379) and db (0) may be left out
   * @param tell is told, without the password, when the connection is lost and when it is back
   * @throws StoreError when the URL is none of these, when Redis does not answer within seconds, and when it rejects
   */
  static async open(url: string, tell: (what: string) => void = () => undefined): Promise<RedisStore> {
    const { name, options } = readUrl(url);
    // Compiled, a library in CommonJS has a default export and no other.
    const {
      default: { Redis },
    } = await import('ioredis');
    const redis = new Redis(options);
    let fault: Error | undefined;
    redis.on('error', (error: Error) => (fault = error));
    try {
      await redis.connect();
      // An error without a rejection: Redis has no database of this number, and would have taken another.
      if (fault !== undefined) throw fault;
      const store = new RedisStore(redis);
      const version = await store.#run('schema', SCHEMA_VERSION);
      if (version !== SCHEMA_VERSION)
        throw new StoreError(
          `${name} was written by another version of auth-conformance (schema ${String(version)}, this one has ${SCHEMA_VERSION}): use that version, or another database`,
        );
      tellChanges(redis, name, tell);
      return store;
    } catch (error) {
      redis.disconnect();
      throw error instanceof StoreError ? error : new StoreError(inWords(fault ?? (error as Error), name));
    }
  }

  async users(): Promise<readonly UserRecord[]> {
    return ((await this.#run('users', ...userMembers)) as Row[]).map((row) => userOf(row) as UserRecord);
  }

  async user(id: string): Promise<UserRecord | undefined> {
    return userOf(await this.#redis.hmget(`${PREFIX}user:${id}`, ...userMembers));
  }

  async userByEmail(email: string): Promise<UserRecord | undefined> {
    return userOf((await this.#run('userBy', 'emails', emailKey(email), ...userMembers)) as Row);
  }

  async userByStaticToken(token: string): Promise<UserRecord | undefined> {
    return userOf((await this.#run('userBy', 'static-tokens', digestOf(token), ...userMembers)) as Row);
  }

  async insertUser(user: UserRecord): Promise<void> {
    rejectDouble(user, await this.#run('insertUser', ...keysOf(user), ...membersOf(user)));
  }

  async insertFirstUser(user: UserRecord, role: RoleRecord): Promise<boolean> {
    const members = membersOf(user);
    return (
      (await this.#run(
        'insertFirstUser',
        ...keysOf(user),
        role.id,
        String(members.length),
        ...members,
        ...membersOf(role),
      )) === 1
    );
  }

  async updateUser(id: string, changes: Partial<UserRecord>): Promise<UserRecord | undefined> {
    const changed = { ...changes, id };
    const members = membersOf(changed);
    const answer = await this.#run(
      'updateUser',
      ...keysOf(changed),
      String(members.length),
      ...members,
      ...userMembers,
    );
    rejectDouble(changed, answer);
    return userOf(answer as Row);
  }

  async deleteUser(id: string): Promise<void> {
    await this.#run('deleteUser', id);
  }

  async roles(): Promise<readonly RoleRecord[]> {
    return ((await this.#run('roles', ...roleMembers)) as Row[]).map((row) => roleOf(row) as RoleRecord);
  }

  async role(id: string): Promise<RoleRecord | undefined> {
    return roleOf(await this.#redis.hmget(`${PREFIX}role:${id}`, ...roleMembers));
  }

  async saveRole(role: RoleRecord): Promise<void> {
    await this.#run('saveRole', role.id, ...membersOf(role));
  }

  async deleteRole(id: string): Promise<void> {
    await this.#run('deleteRole', id, JSON.stringify(id));
  }

  async session(token: string): Promise<SessionRecord | undefined> {
    return sessionOf((await this.#run('session', token)) as Row);
  }

  async sessions(): Promise<readonly SessionRecord[]> {
    return ((await this.#run('sessions')) as Row[]).map((row) => sessionOf(row) as SessionRecord);
  }

  async insertSession(session: SessionRecord): Promise<void> {
    await this.#run('insertSession', ...valuesOf(session));
  }

  async replaceSession(token: string, by: SessionRecord): Promise<boolean> {
    return (await this.#run('replaceSession', token, ...valuesOf(by))) === 1;
  }

  async succeedSession(token: string, by: SessionRecord, graceEnds: number): Promise<SessionRecord | undefined> {
    return sessionOf((await this.#run('succeedSession', String(graceEnds), token, ...valuesOf(by))) as Row);
  }

  async deleteSession(token: string): Promise<void> {
    await this.#run('deleteSession', token);
  }

  async deleteSessionsOf(user: string, except?: string | null): Promise<void> {
    await this.#run('deleteSessionsOf', user, except ?? '');
  }

  async purgeSessions(before: number): Promise<void> {
    await this.#run('purgeSessions', String(before));
  }

  async countAttempt(user: string): Promise<number> {
    return (await this.#run('countAttempt', user)) as number;
  }

  async forgetAttempts(user: string): Promise<void> {
    await this.#run('forgetAttempts', user);
  }

  async projectSettings(): Promise<Partial<ProjectSettings>> {
    const members = await this.#redis.hgetall(PROJECT_SETTINGS);
    return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, JSON.parse(value) as unknown]));
  }

  async changeProjectSettings(changes: Partial<ProjectSettings>): Promise<void> {
    const members = membersOf(changes);
    if (members.length > 0) await this.#redis.hset(PROJECT_SETTINGS, ...members);
  }

  async items(collection: string): Promise<readonly ItemRecord[]> {
    const found = (await this.#run('items', collection)) as (readonly [string, readonly string[]])[];
    return found.map(([key, values]) => ({ key, members: itemOf(values) }));
  }

  async changeItems(changes: readonly ItemChange[]): Promise<boolean> {
    const values = changes.flatMap((change) => {
      // An item without members is there all the same.
      const members = change.kind === 'remove' ? [] : ['', '', ...membersOf(change.members)];
      return [change.kind, change.collection, change.key, String(members.length), ...members];
    });
    return (await this.#run('changeItems', ...values)) === 1;
  }

  async nextNumber(collection: string, floor: number): Promise<number> {
    return (await this.#run('nextNumber', collection, String(floor))) as number;
  }

  async secret(fresh: string): Promise<string> {
    return (await this.#run('secret', fresh)) as string;
  }

  close(): Promise<void> {
    this.#redis.disconnect();
    return Promise.resolve();
  }

  #run(script: keyof typeof scripts, ...values: string[]): Promise<unknown> {
    return this.#redis.eval(scriptText(script), 0, ...values);
  }
}

/**
 * What a URL says, and how to name it without user and password.
 * @throws StoreError
 */
function readUrl(url: string): { name: string; options: Omit<RedisOptions, 'replyMapping'> } {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const [, db] = /^\/?(\d*)$/.exec(parsed?.pathname ?? 'none') ?? [];
  const scheme = parsed?.protocol;
  if (parsed === undefined || db === undefined || !parsed.hostname || (scheme !== 'redis:' && scheme !== 'rediss:'))
    throw new StoreError('the store must be a URL as redis://host:port/db (or rediss://… for TLS)');
  const { username, password, hostname, host, port } = parsed;
  return {
    name: `${scheme}//${host}/${db === '' ? '0' : db}`,
    options: {
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? 6379 : Number(port),
      db: Number(db),
      ...(username !== '' && { username: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
      ...(scheme === 'rediss:' && { tls: {} }),
      lazyConnect: true,
      connectTimeout: CONNECT_TIMEOUT_MS,
      commandTimeout: ANSWER_TIMEOUT_MS,
      socketTimeout: ANSWER_TIMEOUT_MS,
      disconnectTimeout: DISCONNECT_TIMEOUT_MS,
      retryStrategy: () => RETRY_MS,
      // Nothing waits for the connection to come back, and nothing is sent twice.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
    },
  };
}

/** Tells once when the connection is lost, and once when it is back. */
function tellChanges(redis: Redis, name: string, tell: (what: string) => void): void {
  let there = true;
  redis.on('reconnecting', () => {
    if (there) tell(`the connection to ${name} is lost: requests are answered with 500 until it is back`);
    there = false;
  });
  redis.on('ready', () => {
    if (!there) tell(`the connection to ${name} is back`);
    there = true;
  });
}

function inWords({ message }: Error, name: string): string {
  if (/^(?:WRONGPASS|NOAUTH|NOPERM)/.test(message))
    return `Redis at ${name} rejects user or password: give them in the URL, as redis://user:password@host:port/db`;
  if (/DB index/i.test(message)) return `Redis at ${name} has no database of this number: name another one`;
  if (/timed out|timeout/i.test(message)) return `Redis at ${name} does not answer: start it anew, or name another one`;
  return `Redis at ${name} cannot be used (${message}): start it, or name another one`;
}

const emailKey = (email: string): string => JSON.stringify(email.toLowerCase());

/** The id of a user, and what email and static token are looked up by: '' where they do not change. */
function keysOf({ id, email, token }: Partial<UserRecord> & { readonly id: string }): string[] {
  return [
    id,
    email === undefined ? '' : email === null ? 'null' : emailKey(email),
    token === undefined ? '' : token === null ? 'null' : digestOf(token),
  ];
}

/** Names and values of members, the values as JSON. */
const membersOf = (record: object): string[] =>
  Object.entries(record).flatMap(([name, value]) => [name, JSON.stringify(value)]);

/** @throws NotUnique for the member that another user has, if any */
function rejectDouble({ email, token }: Partial<UserRecord>, taken: unknown): void {
  if (taken === 'email') throw new NotUnique('email', email ?? '');
  if (taken === 'token') throw new NotUnique('token', token ?? '');
}

/** A record out of its members; undefined when there is none. */
function recordOf(members: readonly string[], row: Row): object | undefined {
  if (row === null || row[0] === null) return undefined;
  return Object.fromEntries(members.map((name, i) => [name, JSON.parse(row[i] ?? 'null') as unknown]));
}

const userOf = (row: Row): UserRecord | undefined => recordOf(userMembers, row) as UserRecord | undefined;
const roleOf = (row: Row): RoleRecord | undefined => recordOf(roleMembers, row) as RoleRecord | undefined;

/** The members of an item out of the names and values of its hash. */
function itemOf(values: readonly string[]): ItemRecord['members'] {
  const members: [string, unknown][] = [];
  for (let at = 0; at < values.length; at += 2) {
    const name = values[at] ?? '';
    if (name !== '') members.push([name, JSON.parse(values[at + 1] ?? 'null') as unknown]);
  }
  return Object.fromEntries(members);
}

const valuesOf = ({ token, user, expires, successor }: SessionRecord): string[] => [
  token,
  user,
  String(expires),
  successor ?? '',
];

function sessionOf(row: Row): SessionRecord | undefined {
  if (row === null) return undefined;
  const [token, user, expires, successor] = row as readonly [string, string, string, string];
  return { token, user, expires: Number(expires), successor: successor === '' ? null : successor };
}
