import type { ProjectSettings } from './project-settings.js';
import { digestOf } from '../auth/token-digest.js';
import {
  NotUnique,
  type ItemChange,
  type ItemRecord,
  type RoleRecord,
  type SessionRecord,
  type Store,
  type UserRecord,
} from './store.js';

/** A store that lasts as long as its process. */
export class MemoryStore implements Store {
  readonly #users = new Map<string, UserRecord>();
  /** Ids of users by their email in lower case, and by the digest of their static token. */
  readonly #idsByEmail = new Map<string, string>();
  readonly #idsByToken = new Map<string, string>();
  readonly #roles = new Map<string, RoleRecord>();
  readonly #sessions = new Map<string, SessionRecord>();
  /** The tokens of the sessions of each user, by the user's id. */
  readonly #tokensByUser = new Map<string, Set<string>>();
  readonly #attempts = new Map<string, number>();
  readonly #items = new Map<string, Map<string, ItemRecord>>();
  readonly #numbers = new Map<string, number>();
  #projectSettings: Partial<ProjectSettings> = {};
  #secret: string | undefined;

  users(): Promise<readonly UserRecord[]> {
    return Promise.resolve([...this.#users.values()]);
  }

  user(id: string): Promise<UserRecord | undefined> {
    return Promise.resolve(this.#users.get(id));
  }

  userByEmail(email: string): Promise<UserRecord | undefined> {
    return Promise.resolve(this.#userOf(this.#idsByEmail.get(email.toLowerCase())));
  }

  userByStaticToken(token: string): Promise<UserRecord | undefined> {
    return Promise.resolve(this.#userOf(this.#idsByToken.get(digestOf(token))));
  }

  async insertUser(user: UserRecord): Promise<void> {
    this.#saveUser(user);
    return Promise.resolve();
  }

  insertFirstUser(user: UserRecord, role: RoleRecord): Promise<boolean> {
    if (this.#users.size > 0) return Promise.resolve(false);
    this.#roles.set(role.id, role);
    this.#saveUser(user);
    return Promise.resolve(true);
  }

  async updateUser(id: string, changes: Partial<UserRecord>): Promise<UserRecord | undefined> {
    const user = this.#users.get(id);
    if (user === undefined) return Promise.resolve(undefined);
    const changed = { ...user, ...changes, id };
    this.#saveUser(changed);
    return Promise.resolve(changed);
  }

  deleteUser(id: string): Promise<void> {
    const user = this.#users.get(id);
    if (user !== undefined) this.#forgetNamesOf(user);
    this.#users.delete(id);
    this.#attempts.delete(id);
    return this.deleteSessionsOf(id);
  }

  roles(): Promise<readonly RoleRecord[]> {
    return Promise.resolve([...this.#roles.values()]);
  }

  role(id: string): Promise<RoleRecord | undefined> {
    return Promise.resolve(this.#roles.get(id));
  }

  saveRole(role: RoleRecord): Promise<void> {
    this.#roles.set(role.id, role);
    return Promise.resolve();
  }

  deleteRole(id: string): Promise<void> {
    this.#roles.delete(id);
    for (const user of this.#users.values()) if (user.role === id) this.#users.set(user.id, { ...user, role: null });
    for (const role of this.#roles.values())
      if (role.parent === id) this.#roles.set(role.id, { ...role, parent: null });
    return Promise.resolve();
  }

  session(token: string): Promise<SessionRecord | undefined> {
    return Promise.resolve(this.#sessions.get(token));
  }

  sessions(): Promise<readonly SessionRecord[]> {
    return Promise.resolve([...this.#sessions.values()]);
  }

  insertSession(session: SessionRecord): Promise<void> {
    this.#saveSession(session);
    return Promise.resolve();
  }

  replaceSession(token: string, by: SessionRecord): Promise<boolean> {
    if (!this.#endSession(token)) return Promise.resolve(false);
    this.#saveSession(by);
    return Promise.resolve(true);
  }

  succeedSession(token: string, by: SessionRecord, graceEnds: number): Promise<SessionRecord | undefined> {
    const old = this.#sessions.get(token);
    if (old === undefined) return Promise.resolve(undefined);
    if (old.successor !== null) return Promise.resolve(this.#sessions.get(old.successor));
    this.#sessions.set(token, { ...old, successor: by.token, expires: Math.min(old.expires, graceEnds) });
    this.#saveSession(by);
    return Promise.resolve(by);
  }

  deleteSession(token: string): Promise<void> {
    this.#endSession(token);
    return Promise.resolve();
  }

  deleteSessionsOf(user: string, except?: string | null): Promise<void> {
    for (const token of this.#tokensByUser.get(user) ?? []) if (token !== except) this.#endSession(token);
    return Promise.resolve();
  }

  purgeSessions(before: number): Promise<void> {
    for (const { token, expires } of this.#sessions.values()) if (expires < before) this.#endSession(token);
    return Promise.resolve();
  }

  countAttempt(user: string): Promise<number> {
    const attempts = (this.#attempts.get(user) ?? 0) + 1;
    this.#attempts.set(user, attempts);
    return Promise.resolve(attempts);
  }

  forgetAttempts(user: string): Promise<void> {
    this.#attempts.delete(user);
    return Promise.resolve();
  }

  projectSettings(): Promise<Partial<ProjectSettings>> {
    return Promise.resolve(this.#projectSettings);
  }

  changeProjectSettings(changes: Partial<ProjectSettings>): Promise<void> {
    this.#projectSettings = { ...this.#projectSettings, ...changes };
    return Promise.resolve();
  }

  items(collection: string): Promise<readonly ItemRecord[]> {
    return Promise.resolve([...(this.#items.get(collection)?.values() ?? [])]);
  }

  changeItems(changes: readonly ItemChange[]): Promise<boolean> {
    const isThere = ({ kind, collection, key }: ItemChange): boolean =>
      kind === 'insert' && this.#items.get(collection)?.has(key) === true;
    if (changes.some(isThere)) return Promise.resolve(false);
    for (const change of changes) {
      const { collection, key } = change;
      const items = this.#items.get(collection) ?? new Map<string, ItemRecord>();
      this.#items.set(collection, items);
      const before = items.get(key);
      if (change.kind === 'remove') items.delete(key);
      else if (change.kind === 'insert') items.set(key, { key, members: change.members });
      else if (before !== undefined) items.set(key, { key, members: { ...before.members, ...change.members } });
    }
    return Promise.resolve(true);
  }

  nextNumber(collection: string, floor: number): Promise<number> {
    const next = Math.max(this.#numbers.get(collection) ?? 0, floor) + 1;
    this.#numbers.set(collection, next);
    return Promise.resolve(next);
  }

  secret(fresh: string): Promise<string> {
    this.#secret ??= fresh;
    return Promise.resolve(this.#secret);
  }

  #userOf(id: string | undefined): UserRecord | undefined {
    return id === undefined ? undefined : this.#users.get(id);
  }

  /** @throws NotUnique when another user has the same email or static token */
  #saveUser(user: UserRecord): void {
    const { id, email, token } = user;
    const [address, digest] = [email?.toLowerCase(), token === null ? undefined : digestOf(token)];
    if (email !== null && isOfAnother(this.#idsByEmail, address, id)) throw new NotUnique('email', email);
    if (token !== null && isOfAnother(this.#idsByToken, digest, id)) throw new NotUnique('token', token);
    const before = this.#users.get(id);
    if (before !== undefined) this.#forgetNamesOf(before);
    this.#users.set(id, user);
    if (address !== undefined) this.#idsByEmail.set(address, id);
    if (digest !== undefined) this.#idsByToken.set(digest, id);
  }

  #forgetNamesOf({ email, token }: UserRecord): void {
    if (email !== null) this.#idsByEmail.delete(email.toLowerCase());
    if (token !== null) this.#idsByToken.delete(digestOf(token));
  }

  #saveSession(session: SessionRecord): void {
    const { token, user } = session;
    this.#sessions.set(token, session);
    this.#tokensByUser.set(user, (this.#tokensByUser.get(user) ?? new Set()).add(token));
  }

  /** @returns false when there is no such session */
  #endSession(token: string): boolean {
    const session = this.#sessions.get(token);
    if (session === undefined) return false;
    const tokens = this.#tokensByUser.get(session.user);
    tokens?.delete(token);
    if (tokens?.size === 0) this.#tokensByUser.delete(session.user);
    return this.#sessions.delete(token);
  }
}

/** True where a name is that of a user of another id. */
function isOfAnother(ids: ReadonlyMap<string, string>, name: string | undefined, id: string): boolean {
  const owner = name === undefined ? undefined : ids.get(name);
  return owner !== undefined && owner !== id;
}
