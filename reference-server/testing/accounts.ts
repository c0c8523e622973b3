import { issuedClaims } from '../auth/identity.js';
import { newSession } from '../auth/sessions.js';
import { projectSettings, type Context } from '../context.js';
import { createUser } from '../routes/users.js';
import type { ProjectSettings } from '../stores/project-settings.js';
import type { ItemChange, ItemRecord, RoleRecord, Store, UserRecord } from '../stores/store.js';
import { contentsOf } from '../content/file-contents.js';
import { contentOf, DEFINITIONS } from '../content/content-model.js';
import { uniqueNames } from '../content/unique-values.js';
import { writableNames } from '../content/writable-collections.js';

/** A user of a test, with what is needed to log in. */
export interface TestUser {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  /** The id of the role; null for none. */
  readonly role: string | null;
  /** The static token; null for none. */
  readonly token: string | null;
}

export interface TestUserInput {
  readonly email?: string;
  readonly password?: string;
  /** The name of a role, or its id. */
  readonly role?: string;
  /** A static token. */
  readonly token?: string;
  /** 'active' when not given. */
  readonly status?: string;
  readonly first_name?: string;
  readonly last_name?: string;
}

/** `refresh` is the refresh token of modes json and cookie; `session` the value of the session cookie. */
export type TokenType = 'standard' | 'session' | 'static' | 'refresh';

export interface TokenOptions {
  /** 'standard' when not given. */
  readonly type?: TokenType;
  /** True for a token that expired a second ago. */
  readonly expired?: boolean;
}

/** How long ago an expired token expired, in ms. */
const EXPIRED_SINCE = 1000;

/** What tests do with the users of a server, beside its API. */
export class Accounts {
  #count = 0;

  private constructor(
    private readonly context: Context,
    private readonly users: readonly UserRecord[],
    private readonly roles: readonly RoleRecord[],
    private readonly settings: ProjectSettings,
    private readonly items: readonly ItemChange[],
    private readonly known: TestUser | undefined,
  ) {}

  /**
   * Remembers what a server begins with.
   * @param isNew whether the administrator of the settings was created just now
   * @param listed what the initial data says of the administrator
   */
  static async of(context: Context, isNew: boolean, listed?: { readonly password?: string | null }): Promise<Accounts> {
    const { settings, store } = context;
    const user = isNew ? await store.userByEmail(settings.ADMIN_EMAIL) : undefined;
    const administrator = user && {
      id: user.id,
      email: settings.ADMIN_EMAIL,
      password: listed?.password ?? settings.ADMIN_PASSWORD,
      role: user.role,
      token: user.token,
    };
    return new Accounts(
      context,
      await store.users(),
      await store.roles(),
      await projectSettings(context),
      (await allItems(store)).map(([collection, item]) => ({ kind: 'insert', collection, ...item })),
      administrator,
    );
  }

  get administrator(): TestUser {
    if (this.known === undefined)
      throw new Error(
        'the store had users before the server was created: the password of the administrator is not known',
      );
    return this.known;
  }

  async create(input: TestUserInput = {}): Promise<TestUser> {
    const { store } = this.context;
    this.#count += 1;
    const { email = `user-${this.#count}@example.com`, password = `password-${this.#count}`, role, ...others } = input;
    const roleRecord =
      role === undefined ? undefined : (await store.roles()).find(({ id, name }) => id === role || name === role);
    if (role !== undefined && roleRecord === undefined) throw new Error(`there is no role "${role}"`);
    const roleId = roleRecord?.id ?? null;
    const id = await createUser(this.context, { ...others, email, password, role: roleId });
    return { id, email, password, role: roleId, token: input.token ?? null };
  }

  async tokenFor(
    { id }: Pick<TestUser, 'id'>,
    { type = 'standard', expired = false }: TokenOptions = {},
  ): Promise<string> {
    const { clock, jwts, settings, store } = this.context;
    const user = await store.user(id);
    if (user === undefined) throw new Error(`there is no user ${id}`);
    if (type === 'static') {
      if (expired) throw new Error('a static token does not expire');
      if (user.token === null) throw new Error(`the user ${user.email ?? id} has no static token`);
      return user.token;
    }
    const lifetimeMs = {
      standard: settings.ACCESS_TOKEN_TTL,
      session: settings.SESSION_COOKIE_TTL,
      refresh: settings.REFRESH_TOKEN_TTL,
    }[type];
    // One that has expired was issued so much earlier.
    const now = clock.now() - (expired ? lifetimeMs + EXPIRED_SINCE : 0);
    const issuedThen = { ...this.context, clock: { ...clock, now: () => now } };
    if (type === 'standard') return jwts.sign(await issuedClaims(issuedThen, user, lifetimeMs));
    const session = newSession(issuedThen, id, lifetimeMs);
    await store.insertSession(session);
    if (type === 'refresh') return session.token;
    return jwts.sign(await issuedClaims(issuedThen, user, lifetimeMs, { session: session.token }));
  }

  async reset(): Promise<void> {
    const { store } = this.context;
    for (const { id } of await store.users()) await store.deleteUser(id);
    for (const { id } of await store.roles()) await store.deleteRole(id);
    for (const role of this.roles) await store.saveRole(role);
    for (const user of this.users) await store.insertUser(user);
    await store.changeProjectSettings(this.settings);
    const left = (await allItems(store)).map(([collection, { key }]): ItemChange => ({
      kind: 'remove',
      collection,
      key,
    }));
    await store.changeItems(left);
    await store.changeItems(this.items);
  }
}

/** The items of all collections, each with the name of its own. */
async function allItems(store: Store): Promise<readonly (readonly [string, ItemRecord])[]> {
  const content = await contentOf(store);
  const unique = [...content.values()].flatMap(uniqueNames);
  const files = (await store.items('directus_files')).map(({ key }) => contentsOf(key));
  const names = [DEFINITIONS, ...writableNames, ...content.keys(), ...unique, ...files];
  const items: (readonly [string, ItemRecord])[] = [];
  for (const name of names) for (const item of await store.items(name)) items.push([name, item]);
  return items;
}
