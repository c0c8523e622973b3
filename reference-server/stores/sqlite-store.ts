import type Database from 'libsql';
import type { ProjectSettings } from './project-settings.js';
import { digestOf } from '../auth/token-digest.js';
import { openSqliteFile } from './sqlite-file.js';
import {
  NotUnique,
  type ItemChange,
  type ItemRecord,
  type RoleRecord,
  type SessionRecord,
  type Store,
  type UserRecord,
} from './store.js';

type Value = string | number | null;

/** A change that is asked for. */
interface Step {
  /** Makes it; gives what tells that it is made. */
  readonly take: () => () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A store in an SQLite file.
 *
 * What a method has done when it resolves is on the disk: in journal mode WAL each transaction is one append to the log, and
 * `synchronous = FULL` waits for it to be there, so that neither `kill -9` nor a loss of power undoes an answer that was given
 * (SQLite documentation, PRAGMA synchronous: with NORMAL "WAL mode is always consistent", but "does lose durability").
 */
export class SqliteStore implements Store {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();
  /** What waits for the next transaction. */
  readonly #steps: Step[] = [];
  #closed = false;

  private constructor(database: Database.Database) {
    this.#database = database;
  }

  /**
   * Opens a file. One that is not there is created, for this user alone (mode 0600): it holds static tokens in plain text, hashes of
   * passwords and the key of the JWTs' signatures.
   *
   * @throws StoreError when it cannot be read and written, is no such database, or is of a newer version
   */
  static async open(file: string): Promise<SqliteStore> {
    return new SqliteStore(await openSqliteFile(file));
  }

  users(): Promise<readonly UserRecord[]> {
    return this.#read(() => this.#records<UserRecord>('SELECT record FROM users ORDER BY position'));
  }

  user(id: string): Promise<UserRecord | undefined> {
    return this.#read(() => this.#user(id));
  }

  userByEmail(email: string): Promise<UserRecord | undefined> {
    return this.#read(() => this.#records<UserRecord>('SELECT record FROM users WHERE email = ?', emailKey(email))[0]);
  }

  userByStaticToken(token: string): Promise<UserRecord | undefined> {
    return this.#read(() => this.#records<UserRecord>('SELECT record FROM users WHERE token = ?', digestOf(token))[0]);
  }

  insertUser(user: UserRecord): Promise<void> {
    return this.#step(() => this.#saveUser(user));
  }

  insertFirstUser(user: UserRecord, role: RoleRecord): Promise<boolean> {
    return this.#step(() => {
      if (this.#row('SELECT id FROM users LIMIT 1') !== undefined) return false;
      this.#saveRole(role);
      this.#saveUser(user);
      return true;
    });
  }

  updateUser(id: string, changes: Partial<UserRecord>): Promise<UserRecord | undefined> {
    return this.#step(() => {
      const user = this.#user(id);
      if (user === undefined) return undefined;
      const changed = { ...user, ...changes, id };
      this.#saveUser(changed);
      return changed;
    });
  }

  deleteUser(id: string): Promise<void> {
    return this.#step(() => {
      this.#run('DELETE FROM users WHERE id = ?', id);
      this.#run('DELETE FROM attempts WHERE user = ?', id);
      this.#run('DELETE FROM sessions WHERE user = ?', id);
    });
  }

  roles(): Promise<readonly RoleRecord[]> {
    return this.#read(() => this.#records<RoleRecord>('SELECT record FROM roles ORDER BY position'));
  }

  role(id: string): Promise<RoleRecord | undefined> {
    return this.#read(() => this.#records<RoleRecord>('SELECT record FROM roles WHERE id = ?', id)[0]);
  }

  saveRole(role: RoleRecord): Promise<void> {
    return this.#step(() => this.#saveRole(role));
  }

  deleteRole(id: string): Promise<void> {
    return this.#step(() => {
      this.#run('DELETE FROM roles WHERE id = ?', id);
      for (const user of this.#records<UserRecord>('SELECT record FROM users WHERE role = ?', id))
        this.#saveUser({ ...user, role: null });
      for (const role of this.#records<RoleRecord>('SELECT record FROM roles WHERE parent = ?', id))
        this.#saveRole({ ...role, parent: null });
    });
  }

  session(token: string): Promise<SessionRecord | undefined> {
    return this.#read(() => this.#session(token));
  }

  sessions(): Promise<readonly SessionRecord[]> {
    return this.#read(() => this.#rows<SessionRecord>(`SELECT ${SESSION} FROM sessions ORDER BY rowid`));
  }

  insertSession(session: SessionRecord): Promise<void> {
    return this.#step(() => this.#saveSession(session));
  }

  replaceSession(token: string, by: SessionRecord): Promise<boolean> {
    return this.#step(() => {
      if (!this.#run('DELETE FROM sessions WHERE token = ?', token)) return false;
      this.#saveSession(by);
      return true;
    });
  }

  succeedSession(token: string, by: SessionRecord, graceEnds: number): Promise<SessionRecord | undefined> {
    return this.#step(() => {
      const old = this.#session(token);
      if (old === undefined) return undefined;
      if (old.successor !== null) return this.#session(old.successor);
      this.#saveSession({ ...old, successor: by.token, expires: Math.min(old.expires, graceEnds) });
      this.#saveSession(by);
      return by;
    });
  }

  deleteSession(token: string): Promise<void> {
    return this.#step(() => void this.#run('DELETE FROM sessions WHERE token = ?', token));
  }

  deleteSessionsOf(user: string, except: string | null = null): Promise<void> {
    return this.#step(() => void this.#run('DELETE FROM sessions WHERE user = ? AND token IS NOT ?', user, except));
  }

  purgeSessions(before: number): Promise<void> {
    return this.#step(() => void this.#run('DELETE FROM sessions WHERE expires < ?', before));
  }

  countAttempt(user: string): Promise<number> {
    return this.#step(() => {
      this.#run(
        'INSERT INTO attempts (user, count) VALUES (?, 1) ON CONFLICT (user) DO UPDATE SET count = count + 1',
        user,
      );
      return this.#row<{ count: number }>('SELECT count FROM attempts WHERE user = ?', user)?.count ?? 0;
    });
  }

  forgetAttempts(user: string): Promise<void> {
    return this.#step(() => void this.#run('DELETE FROM attempts WHERE user = ?', user));
  }

  projectSettings(): Promise<Partial<ProjectSettings>> {
    return this.#read(() => this.#projectSettings());
  }

  changeProjectSettings(changes: Partial<ProjectSettings>): Promise<void> {
    return this.#step(() => this.#saveSetting('project settings', { ...this.#projectSettings(), ...changes }));
  }

  items(collection: string): Promise<readonly ItemRecord[]> {
    return this.#read(() =>
      this.#rows<{ key: string; members: string }>(
        'SELECT key, members FROM items WHERE collection = ? ORDER BY position',
        keyText(collection),
      ).map(({ key, members }) => ({
        key: JSON.parse(key) as string,
        members: JSON.parse(members) as ItemRecord['members'],
      })),
    );
  }

  changeItems(changes: readonly ItemChange[]): Promise<boolean> {
    return this.#step(() => {
      const isThere = ({ kind, collection, key }: ItemChange): boolean =>
        kind === 'insert' && this.#item(collection, key) !== undefined;
      if (changes.some(isThere)) return false;
      for (const change of changes) this.#changeItem(change);
      return true;
    });
  }

  nextNumber(collection: string, floor: number): Promise<number> {
    return this.#step(() => {
      const last = this.#row<{ last: number }>('SELECT last FROM numbers WHERE collection = ?', keyText(collection));
      const next = Math.max(last?.last ?? 0, floor) + 1;
      this.#run('INSERT OR REPLACE INTO numbers (collection, last) VALUES (?, ?)', keyText(collection), next);
      return next;
    });
  }

  secret(fresh: string): Promise<string> {
    return this.#step(() => {
      const kept = this.#setting('secret');
      if (typeof kept === 'string') return kept;
      this.#saveSetting('secret', fresh);
      return fresh;
    });
  }

  close(): Promise<void> {
    if (!this.#closed) {
      this.#takeSteps();
      this.#database.close();
    }
    this.#closed = true;
    this.#statements.clear();
    return Promise.resolve();
  }

  /** One statement that changes nothing. */
  #read<Result>(work: () => Result): Promise<Result> {
    return new Promise((done) => done(work()));
  }

  /**
   * Whole or not at all. Steps of requests that are answered at the same time are taken in one transaction: they wait for the disk
   * together, and once.
   */
  #step<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#steps.length === 0) setImmediate(() => this.#takeSteps());
      const take = (): (() => void) => {
        const result = work();
        return () => resolve(result);
      };
      this.#steps.push({ take, reject });
    });
  }

  /** One transaction, which waits for other processes that write to the file. */
  #takeSteps(): void {
    const steps = this.#steps.splice(0);
    if (steps.length === 0) return;
    try {
      const answers = this.#database.transaction(() => steps.map((step) => this.#take(step))).immediate();
      for (const answer of answers) answer();
    } catch (error) {
      for (const { reject } of steps) reject(error);
    }
  }

  /** Takes a step within a transaction; one that fails leaves the others. The answer is to be given when all of it is on the disk. */
  #take({ take, reject }: Step): () => void {
    this.#run('SAVEPOINT step');
    let answer: () => void;
    try {
      answer = take();
    } catch (error) {
      this.#run('ROLLBACK TO step');
      answer = () => reject(error);
    }
    this.#run('RELEASE step');
    return answer;
  }

  #user(id: string): UserRecord | undefined {
    return this.#records<UserRecord>('SELECT record FROM users WHERE id = ?', id)[0];
  }

  /** @throws NotUnique */
  #saveUser(user: UserRecord): void {
    const { id, email, token, role } = user;
    const [byEmail, byToken] = [email === null ? null : emailKey(email), token === null ? null : digestOf(token)];
    if (email !== null && this.#row('SELECT id FROM users WHERE email = ? AND id <> ?', byEmail, id))
      throw new NotUnique('email', email);
    if (token !== null && this.#row('SELECT id FROM users WHERE token = ? AND id <> ?', byToken, id))
      throw new NotUnique('token', token);
    this.#run(
      `INSERT INTO users (id, email, token, role, record) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
       SET email = excluded.email, token = excluded.token, role = excluded.role, record = excluded.record`,
      ...[id, byEmail, byToken, role, JSON.stringify(user)],
    );
  }

  #saveRole(role: RoleRecord): void {
    this.#run(
      `INSERT INTO roles (id, parent, record) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE
       SET parent = excluded.parent, record = excluded.record`,
      ...[role.id, role.parent, JSON.stringify(role)],
    );
  }

  /** The members of an item, as JSON. */
  #item(collection: string, key: string): string | undefined {
    const found = this.#row<{ members: string }>(
      'SELECT members FROM items WHERE collection = ? AND key = ?',
      ...[keyText(collection), keyText(key)],
    );
    return found?.members;
  }

  #changeItem(change: ItemChange): void {
    const names = [keyText(change.collection), keyText(change.key)];
    if (change.kind === 'remove') {
      this.#run('DELETE FROM items WHERE collection = ? AND key = ?', ...names);
      return;
    }
    const { kind, members } = change;
    if (kind === 'insert') {
      this.#run('INSERT INTO items (collection, key, members) VALUES (?, ?, ?)', ...names, JSON.stringify(members));
      return;
    }
    const before = this.#item(change.collection, change.key);
    if (before === undefined) return;
    const merged = JSON.stringify({ ...(JSON.parse(before) as object), ...members });
    this.#run('UPDATE items SET members = ? WHERE collection = ? AND key = ?', merged, ...names);
  }

  #session(token: string): SessionRecord | undefined {
    return this.#rows<SessionRecord>(`SELECT ${SESSION} FROM sessions WHERE token = ?`, token)[0];
  }

  #saveSession({ token, user, expires, successor }: SessionRecord): void {
    this.#run(
      `INSERT INTO sessions (token, user, expires, successor) VALUES (?, ?, ?, ?) ON CONFLICT (token) DO UPDATE
       SET user = excluded.user, expires = excluded.expires, successor = excluded.successor`,
      ...[token, user, expires, successor],
    );
  }

  #projectSettings(): Partial<ProjectSettings> {
    return this.#setting('project settings') ?? {};
  }

  #setting(name: string): unknown {
    const row = this.#row<{ value: string }>('SELECT value FROM settings WHERE name = ?', name);
    return row === undefined ? undefined : JSON.parse(row.value);
  }

  #saveSetting(name: string, value: unknown): void {
    this.#run('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)', name, JSON.stringify(value));
  }

  #records<Kept>(sql: string, ...values: Value[]): Kept[] {
    return this.#rows<{ record: string }>(sql, ...values).map(({ record }) => JSON.parse(record) as Kept);
  }

  #row<Row extends object>(sql: string, ...values: Value[]): Row | undefined {
    return this.#rows<Row>(sql, ...values)[0];
  }

  #rows<Row extends object>(sql: string, ...values: Value[]): Row[] {
    return this.#statement(sql).all(...values) as Row[];
  }

  /** True when it has changed anything. */
  #run(sql: string, ...values: Value[]): boolean {
    return this.#statement(sql).run(...values).changes > 0;
  }

  #statement(sql: string): Database.Statement {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

const SESSION = 'token, user, expires, successor';

/** A name as JSON, as emails are kept (sqlite-file.ts). */
const keyText = (text: string): string => JSON.stringify(text);

const emailKey = (email: string): string => JSON.stringify(email.toLowerCase());
