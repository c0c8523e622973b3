import type { ProjectSettings } from './project-settings.js';
import { sameTokenAs } from '../auth/token-digest.js';
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
  readonly #roles = new Map<string, RoleRecord>();
  readonly #sessions = new Map<string, SessionRecord>();
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
    const wanted = email.toLowerCase();
    return Promise.resolve([...this.#users.values()].find((user) => user.email?.toLowerCase() === wanted));
  }

  userByStaticToken(token: string): Promise<UserRecord | undefined> {
    const isSame = sameTokenAs(token);
    // All of them, so that the place of the right one does not show either.
    const [owner] = [...this.#users.values()].filter((user) => isSame(user.token));
    return Promise.resolve(owner);
  }

  async insertUser(user: UserRecord): Promise<void> {
    this.#mustBeUnique(user);
    this.#users.set(user.id, user);
    return Promise.resolve();
  }

  insertFirstUser(user: UserRecord, role: RoleRecord): Promise<boolean> {
    if (this.#users.size > 0) return Promise.resolve(false);
    this.#roles.set(role.id, role);
    this.#users.set(user.id, user);
    return Promise.resolve(true);
  }

  async updateUser(id: string, changes: Partial<UserRecord>): Promise<UserRecord | undefined> {
    const user = this.#users.get(id);
    if (user === undefined) return Promise.resolve(undefined);
    const changed = { ...user, ...changes, id };
    this.#mustBeUnique(changed);
    this.#users.set(id, changed);
    return Promise.resolve(changed);
  }

  deleteUser(id: string): Promise<void> {
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
    this.#sessions.set(session.token, session);
    return Promise.resolve();
  }

  replaceSession(token: string, by: SessionRecord): Promise<boolean> {
    if (!this.#sessions.delete(token)) return Promise.resolve(false);
    this.#sessions.set(by.token, by);
    return Promise.resolve(true);
  }

  succeedSession(token: string, by: SessionRecord, graceEnds: number): Promise<SessionRecord | undefined> {
    const old = this.#sessions.get(token);
    if (old === undefined) return Promise.resolve(undefined);
    if (old.successor !== null) return Promise.resolve(this.#sessions.get(old.successor));
    this.#sessions.set(token, { ...old, successor: by.token, expires: Math.min(old.expires, graceEnds) });
    this.#sessions.set(by.token, by);
    return Promise.resolve(by);
  }

  deleteSession(token: string): Promise<void> {
    this.#sessions.delete(token);
    return Promise.resolve();
  }

  deleteSessionsOf(user: string, except?: string | null): Promise<void> {
    return this.#deleteSessions((session) => session.user === user && session.token !== except);
  }

  purgeSessions(before: number): Promise<void> {
    return this.#deleteSessions((session) => session.expires < before);
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

  #deleteSessions(doomed: (session: SessionRecord) => boolean): Promise<void> {
    for (const session of this.#sessions.values()) if (doomed(session)) this.#sessions.delete(session.token);
    return Promise.resolve();
  }

  #mustBeUnique(user: UserRecord): void {
    for (const other of this.#users.values()) {
      if (other.id === user.id) continue;
      if (user.email !== null && other.email?.toLowerCase() === user.email.toLowerCase())
        throw new NotUnique('email', user.email);
      if (user.token !== null && other.token === user.token) throw new NotUnique('token', user.token);
    }
  }
}
