import type { ProjectSettings } from './project-settings.js';

/** A user, as stored. The members and their order: observed, Directus 12.4.1. */
export interface UserRecord {
  readonly id: string;
  readonly first_name: unknown;
  readonly last_name: unknown;
  readonly email: string | null;
  /** The argon2id hash. */
  readonly password: string | null;
  readonly location: unknown;
  readonly title: unknown;
  readonly description: unknown;
  readonly tags: unknown;
  readonly avatar: unknown;
  readonly language: unknown;
  readonly tfa_secret: string | null;
  /** Only an 'active' user is authenticated. */
  readonly status: string;
  /** The id of the user's role. */
  readonly role: string | null;
  /** The static token, in plain text (seed, section Static Tokens: "It is stored in plain text"). */
  readonly token: string | null;
  /** When the user last logged in or refreshed: UTC, as 2026-11-24T04:00:51. */
  readonly last_access: string | null;
  readonly last_page: unknown;
  readonly provider: unknown;
  readonly external_identifier: unknown;
  readonly auth_data: unknown;
  readonly email_notifications: unknown;
  readonly appearance: unknown;
  readonly theme_dark: unknown;
  readonly theme_light: unknown;
  readonly theme_light_overrides: unknown;
  readonly theme_dark_overrides: unknown;
  readonly text_direction: unknown;
  readonly policies: unknown;
}

/** A role, as stored. */
export interface RoleRecord {
  readonly id: string;
  readonly name: string;
  readonly icon: unknown;
  readonly description: unknown;
  /** The id of the role that this one is under. */
  readonly parent: string | null;
  readonly policies: readonly string[];
  /** True for the one role that gives every right. */
  readonly admin: boolean;
}

/** A session that has not ended. Its token is the refresh token of modes json and cookie, and the claim `session` of mode session. */
export interface SessionRecord {
  /** 64 characters of base64url. */
  readonly token: string;
  /** The id of the user who logged in. */
  readonly user: string;
  /** When it ends, in ms since 1970. */
  readonly expires: number;
  /** The token of the session that a refresh in mode session has put in its place. */
  readonly successor: string | null;
}

/** A record of a collection that is not users, roles or sessions: content, and what describes it. Its members are JSON. */
export interface ItemRecord {
  /** Names it within its collection. */
  readonly key: string;
  readonly members: Readonly<Record<string, unknown>>;
}

/** A change of one item: `insert` stores it, `merge` changes members of one that is there, `remove` removes it if it is there. */
export type ItemChange =
  | ({ readonly kind: 'insert' | 'merge'; readonly collection: string } & ItemRecord)
  | { readonly kind: 'remove'; readonly collection: string; readonly key: string };

/** Thrown by a store when a user would share the email (whatever its case) or the static token of another. */
export class NotUnique extends Error {
  override readonly name = 'NotUnique';

  constructor(
    readonly field: 'email' | 'token',
    readonly value: string,
  ) {
    super(`another user has this ${field}`);
  }
}

/** A store that cannot be used: says why, and what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  /** What a command that meets it exits with. */
  readonly exitCode = 2;
}

/**
 * Where users, roles and sessions are kept. Each method is one indivisible step, also where several servers share a store.
 * What a member of type unknown holds is JSON.
 */
export interface Store {
  /** All users, in the order of their creation. */
  users(): Promise<readonly UserRecord[]>;
  user(id: string): Promise<UserRecord | undefined>;
  /** The user with this email; upper and lower case are the same. */
  userByEmail(email: string): Promise<UserRecord | undefined>;
  /** The user with exactly this static token. */
  userByStaticToken(token: string): Promise<UserRecord | undefined>;
  /** @throws NotUnique */
  insertUser(user: UserRecord): Promise<void>;
  /** Stores the user and the role that a server begins with; false, and nothing done, when there is any user. */
  insertFirstUser(user: UserRecord, role: RoleRecord): Promise<boolean>;
  /**
   * Changes members of a user; the new record, or undefined when there is no such user.
   * @throws NotUnique
   */
  updateUser(id: string, changes: Partial<UserRecord>): Promise<UserRecord | undefined>;
  /** Removes a user, with the sessions and what was counted. */
  deleteUser(id: string): Promise<void>;

  roles(): Promise<readonly RoleRecord[]>;
  role(id: string): Promise<RoleRecord | undefined>;
  saveRole(role: RoleRecord): Promise<void>;
  /** Removes a role; its users have none from then on. */
  deleteRole(id: string): Promise<void>;

  session(token: string): Promise<SessionRecord | undefined>;
  sessions(): Promise<readonly SessionRecord[]>;
  insertSession(session: SessionRecord): Promise<void>;
  /** Puts a session in the place of another; false, and nothing done, when the other is gone. */
  replaceSession(token: string, by: SessionRecord): Promise<boolean>;
  /**
   * Gives a session a successor and lets it end at `graceEnds` at the latest. The successor: the one given, or the one that it
   * has already; undefined when the session is gone.
   */
  succeedSession(token: string, by: SessionRecord, graceEnds: number): Promise<SessionRecord | undefined>;
  deleteSession(token: string): Promise<void>;
  /** Ends the sessions of a user, but for one. */
  deleteSessionsOf(user: string, except?: string | null): Promise<void>;
  /** Forgets sessions that ended before a time, in ms since 1970. */
  purgeSessions(before: number): Promise<void>;

  /** Counts a failed attempt of a user to log in. How many there were since the last `forgetAttempts`, with this one. */
  countAttempt(user: string): Promise<number>;
  forgetAttempts(user: string): Promise<void>;
  /** Those of the project settings that have been changed. */
  projectSettings(): Promise<Partial<ProjectSettings>>;
  changeProjectSettings(changes: Partial<ProjectSettings>): Promise<void>;

  /** The items of a collection, in the order of their creation; none of one that there is not. */
  items(collection: string): Promise<readonly ItemRecord[]>;
  /** Makes all of the changes, in their order; false, and nothing done, when one would insert a key that is there already. */
  changeItems(changes: readonly ItemChange[]): Promise<boolean>;
  /** A number that was not given before in this collection, greater than `floor`. */
  nextNumber(collection: string, floor: number): Promise<number>;

  /** The key of the JWTs' signatures: the one that is kept, else the one given, which is kept from then on. */
  secret(fresh: string): Promise<string>;

  /** Lets go of the file or the connection. Only for stores that hold one; without effect when done already. */
  close?(): Promise<void>;
}
