import {
  auth,
  authentication,
  createDirectus,
  createUser,
  createUsers,
  deleteUser,
  deleteUsers,
  disableTwoFactor,
  enableTwoFactor,
  generateTwoFactorSecret,
  graphql,
  logout,
  passwordRequest,
  randomString,
  readMe,
  readProviders,
  readUser,
  readUsers,
  realtime,
  refresh,
  rest,
  serverPing,
  staticToken,
  updateMe,
  updateUser,
  updateUsers,
  updateUsersBatch,
  withToken,
  type AuthenticationClient,
  type AuthenticationConfig,
  type AuthenticationMode,
  type DirectusClient,
  type GraphqlClient,
  type RestClient,
  type WebSocketClient,
  type WebSocketAuthModes,
  type WebSocketConstructor,
} from '@directus/sdk';
import { TOTP } from 'otpauth';
import { CookieJar } from 'tough-cookie';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { cookieFetch } from './cookie-fetch.js';

/** A server that is running, and its administrator. */
export interface Target {
  readonly url: string;
  readonly admin: { readonly email: string; readonly password: string };
  stop(): Promise<void>;
}

/** Starts a server with settings beside its defaults, by the names of Directus. */
export type StartTarget = (settings: Readonly<Record<string, string>>) => Promise<Target>;

interface Schema {
  readonly [collection: string]: unknown;
}
type Client = DirectusClient<Schema> & AuthenticationClient<Schema> & RestClient<Schema> & GraphqlClient<Schema>;
type RealtimeClient = Client & WebSocketClient<Schema>;

/** An error as the SDK throws it: the answer's envelope. */
const error = (code: string, message?: string): object => ({
  errors: [{ ...(message !== undefined && { message }), extensions: { code } }],
});
const INVALID_CREDENTIALS = error('INVALID_CREDENTIALS', 'Invalid user credentials.');

/** What the client of Directus, @directus/sdk, has to get from a server, be it a real Directus or the reference server. */
export function sdkScenarios(start: StartTarget): void {
  let target: Target;
  beforeAll(async () => {
    target = await start({});
  });
  afterAll(() => target.stop());

  /** What is to be ended after each test: timers of refreshes, sockets. */
  let ends: (() => void)[] = [];
  afterEach(() => {
    for (const end of ends) end();
    ends = [];
  });

  interface Browser {
    readonly jar: CookieJar;
    readonly client: Client;
  }

  /** A client with cookies of its own, as a page in a browser has them. */
  function browser(mode: AuthenticationMode, config: Partial<AuthenticationConfig> = {}, at = target): Browser {
    const jar = new CookieJar();
    const client = createDirectus<Schema>(at.url, { globals: { fetch: cookieFetch(jar) } })
      .with(authentication(mode, { credentials: 'include', ...config }))
      .with(rest({ credentials: 'include' }))
      .with(graphql({ credentials: 'include' }));
    ends.push(() => client.stopRefreshing());
    return { jar, client };
  }

  /** A client that knows no cookies. */
  const client = (config: Partial<AuthenticationConfig> = {}, at = target): Client =>
    browser('json', { ...config, credentials: 'omit' }, at).client;

  async function administrator(): Promise<Client> {
    const admin = client();
    await admin.login(target.admin.email, target.admin.password);
    return admin;
  }

  /** The value of a cookie; undefined when there is none. */
  const cookie = async ({ jar }: Browser, name: string): Promise<string | undefined> =>
    (await jar.getCookies(target.url)).find(({ key }) => key === name)?.value;

  const emailOf = async (client: RestClient<Schema>): Promise<unknown> =>
    (await client.request(readMe({ fields: ['email'] }))).email;

  describe('mode json', () => {
    test('a login returns both tokens and their expiry, and is accepted', async () => {
      const admin = client();
      const tokens = await admin.login(target.admin.email, target.admin.password);
      expect(tokens).toMatchObject({
        expires: 900_000,
        refresh_token: expect.stringMatching(/^[\w-]{64}$/) as unknown,
      });
      expect(await admin.getToken()).toBe(tokens.access_token);
      expect(await emailOf(admin)).toBe(target.admin.email);
    });

    test('a refresh brings new tokens, and the old refresh token is exchanged for nothing', async () => {
      const admin = client();
      const before = await admin.login(target.admin.email, target.admin.password);
      const after = await admin.refresh();
      expect(after.refresh_token).not.toBe(before.refresh_token);
      expect(await admin.getToken()).toBe(after.access_token);
      expect(await emailOf(admin)).toBe(target.admin.email);
      const again = admin.request(refresh('json', before.refresh_token ?? ''));
      await expect(again).rejects.toMatchObject(INVALID_CREDENTIALS);
    });

    test('after a logout there is no token, and the refresh token is exchanged for nothing', async () => {
      const admin = client();
      const { refresh_token } = await admin.login(target.admin.email, target.admin.password);
      await admin.logout();
      expect(await admin.getToken()).toBeNull();
      await expect(emailOf(admin)).rejects.toMatchObject(INVALID_CREDENTIALS);
      const again = admin.request(refresh('json', refresh_token ?? ''));
      await expect(again).rejects.toMatchObject(INVALID_CREDENTIALS);
      await expect(admin.request(logout(refresh_token ?? '', 'json'))).resolves.not.toThrow();
    });
  });

  describe('mode cookie', () => {
    test('the access token is in the payload, the refresh token in a cookie', async () => {
      const page = browser('cookie');
      const tokens = await page.client.login(target.admin.email, target.admin.password);
      expect(tokens.access_token).toEqual(expect.any(String));
      expect(tokens.refresh_token).toBeUndefined();
      expect(await cookie(page, 'directus_refresh_token')).toMatch(/^[\w-]{64}$/);
      expect(await emailOf(page.client)).toBe(target.admin.email);
    });

    test('a refresh replaces the cookie, a logout empties it', async () => {
      const page = browser('cookie');
      await page.client.login(target.admin.email, target.admin.password);
      const before = await cookie(page, 'directus_refresh_token');
      await page.client.refresh();
      const after = await cookie(page, 'directus_refresh_token');
      expect(after).toMatch(/^[\w-]{64}$/);
      expect(after).not.toBe(before);
      expect(await emailOf(page.client)).toBe(target.admin.email);
      await page.client.logout();
      expect(await cookie(page, 'directus_refresh_token')).toBe('');
      const again = page.client.request(refresh('json', after ?? ''));
      await expect(again).rejects.toMatchObject(INVALID_CREDENTIALS);
      await expect(page.client.refresh()).rejects.toMatchObject(error('INVALID_PAYLOAD'));
    });

    test('where no cookies are kept, nothing can be refreshed', async () => {
      const page = browser('cookie', { credentials: 'omit' });
      await page.client.login(target.admin.email, target.admin.password);
      expect(await emailOf(page.client)).toBe(target.admin.email);
      await expect(page.client.refresh()).rejects.toMatchObject(error('INVALID_PAYLOAD'));
    });
  });

  describe('mode session', () => {
    test('the client never sees a token, the cookie is accepted', async () => {
      const page = browser('session');
      expect(await page.client.login(target.admin.email, target.admin.password)).toEqual({
        expires: 86_400_000,
        expires_at: expect.any(Number) as unknown,
      });
      expect(await page.client.getToken()).toBeNull();
      expect(await cookie(page, 'directus_session_token')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
      expect(await emailOf(page.client)).toBe(target.admin.email);
    });

    test('a refresh replaces the cookie, a logout empties it and ends the token', async () => {
      const page = browser('session');
      await page.client.login(target.admin.email, target.admin.password);
      const before = await cookie(page, 'directus_session_token');
      await page.client.refresh();
      const after = (await cookie(page, 'directus_session_token')) ?? '';
      expect(after).not.toBe(before);
      expect(await emailOf(page.client)).toBe(target.admin.email);
      await page.client.logout();
      expect(await cookie(page, 'directus_session_token')).toBe('');
      await expect(emailOf(page.client)).rejects.toMatchObject(INVALID_CREDENTIALS);
      const withOld = client().request(withToken(after, readMe()));
      await expect(withOld).rejects.toMatchObject(INVALID_CREDENTIALS);
    });
  });

  describe('with access tokens of 3 s', () => {
    let brief: Target;
    beforeAll(async () => {
      brief = await start({ ACCESS_TOKEN_TTL: '3s' });
    });
    afterAll(() => brief.stop());

    test.each<AuthenticationMode>(['json', 'cookie'])('mode %s refreshes by itself, in time', async (mode) => {
      const page = browser(mode, { autoRefresh: true, msRefreshBeforeExpires: 1500 }, brief);
      const { access_token, expires } = await page.client.login(brief.admin.email, brief.admin.password);
      expect(expires).toBe(3000);
      const expired = async (): Promise<void> =>
        expect(client({}, brief).request(withToken(access_token ?? '', readMe()))).rejects.toMatchObject(
          error('TOKEN_EXPIRED', 'Token expired.'),
        );
      await vi.waitFor(expired, { timeout: 10_000, interval: 200 });
      expect(await page.client.getToken()).not.toBe(access_token);
      expect(await emailOf(page.client)).toBe(brief.admin.email);
    });

    test('without autoRefresh the token is refreshed when it is asked for', async () => {
      const admin = client({ autoRefresh: false, msRefreshBeforeExpires: 2000 }, brief);
      const { access_token } = await admin.login(brief.admin.email, brief.admin.password);
      await vi.waitFor(async () => expect(await admin.getToken()).not.toBe(access_token), 10_000);
      expect(await emailOf(admin)).toBe(brief.admin.email);
    });

    test('a session that is no longer refreshed expires', async () => {
      const admin = client({ msRefreshBeforeExpires: 0, autoRefresh: false }, brief);
      const { access_token } = await admin.login(brief.admin.email, brief.admin.password);
      const fixed = createDirectus<Schema>(brief.url)
        .with(staticToken(access_token ?? ''))
        .with(rest());
      expect(await emailOf(fixed)).toBe(brief.admin.email);
      const expired = async (): Promise<void> => expect(emailOf(fixed)).rejects.toMatchObject(error('TOKEN_EXPIRED'));
      await vi.waitFor(expired, { timeout: 10_000, interval: 200 });
    });
  });

  describe('what goes wrong is told by its code', () => {
    test.each([
      ['a wrong password', 'wrong', INVALID_CREDENTIALS],
      ['an empty password', '', error('INVALID_PAYLOAD', 'Invalid payload. "password" is not allowed to be empty.')],
    ])('a login with %s', async (_what, password, expected) => {
      await expect(client().login(target.admin.email, password)).rejects.toMatchObject(expected);
    });

    test.each([
      ['an unknown email', 'nobody@example.com', INVALID_CREDENTIALS],
      ['what is no email', 'nobody', error('INVALID_PAYLOAD', 'Invalid payload. "email" must be a valid email.')],
    ])('a login with %s', async (_what, email, expected) => {
      await expect(client().login(email, target.admin.password)).rejects.toMatchObject(expected);
    });

    test('a refresh and a logout without a token', async () => {
      await expect(client().refresh()).rejects.toMatchObject(error('INVALID_PAYLOAD'));
      await expect(client().logout()).rejects.toMatchObject(error('INVALID_PAYLOAD'));
    });

    test('an unknown token, and none', async () => {
      const madeUp = createDirectus<Schema>(target.url).with(staticToken('made-up')).with(rest());
      await expect(emailOf(madeUp)).rejects.toMatchObject(INVALID_CREDENTIALS);
      await expect(madeUp.request(readUsers())).rejects.toMatchObject({ response: { status: 401 } });
      await expect(emailOf(client())).rejects.toMatchObject(INVALID_CREDENTIALS);
      await expect(client().request(readUsers())).rejects.toMatchObject(error('FORBIDDEN'));
    });
  });

  describe('users', () => {
    /** A user who is gone after the test. */
    async function withUser(
      role: 'administrator' | 'none',
      use: (user: { email: string; password: string; id: string }, admin: Client) => Promise<void>,
    ): Promise<void> {
      const admin = await administrator();
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

    test('are created, read, changed and deleted', async () => {
      const admin = await administrator();
      const email = `sdk-${crypto.randomUUID()}@example.com`;
      const created = await admin.request(createUser({ email, first_name: 'Ada' }));
      expect(created).toMatchObject({ email, first_name: 'Ada', status: 'active', role: null });
      const found = await admin.request(readUsers({ filter: { email: { _eq: email } }, fields: ['id', 'first_name'] }));
      expect(found).toEqual([{ id: created.id, first_name: 'Ada' }]);
      const changed = await admin.request(updateUser(created.id, { last_name: 'Lovelace' }, { fields: ['last_name'] }));
      expect(changed).toEqual({ last_name: 'Lovelace' });
      expect(await admin.request(readUser(created.id, { fields: ['first_name', 'last_name'] }))).toEqual({
        first_name: 'Ada',
        last_name: 'Lovelace',
      });
      await expect(admin.request(createUser({ email }))).rejects.toMatchObject(error('RECORD_NOT_UNIQUE'));
      await admin.request(deleteUser(created.id));
      await expect(admin.request(readUser(created.id))).rejects.toMatchObject(error('FORBIDDEN'));
    });

    test('are created, listed, changed and deleted several at a time', async () => {
      const admin = await administrator();
      const mark = crypto.randomUUID().slice(0, 8);
      const people = [
        { email: `ada-${mark}@example.com`, last_name: 'Lovelace' },
        { email: `mary-${mark}@example.com`, last_name: 'Lovelace' },
        { email: `zoe-${mark}@example.com`, last_name: 'Ada' },
      ];
      const emails = people.map(({ email }) => email);
      const [ada, mary, zoe] = emails;
      const created = await admin.request(createUsers(people, { fields: ['id', 'email'] }));
      expect(created.map(({ email }) => email).sort()).toEqual(emails);
      const idOf = (email: unknown): string => created.find((user) => user.email === email)?.id ?? '';

      type Query = NonNullable<Parameters<typeof readUsers<Schema, { fields: ['email'] }>>[0]>;
      const list = async (query: Omit<Query, 'fields'>): Promise<unknown[]> =>
        (await admin.request(readUsers({ search: mark, sort: ['email'], ...query, fields: ['email'] }))).map(
          ({ email }) => email,
        );
      expect(await list({})).toEqual(emails);
      expect(await list({ search: `ADA-${mark}` })).toEqual([ada]);
      expect(await list({ sort: ['last_name', '-email'] })).toEqual([zoe, mary, ada]);
      expect(await list({ limit: 2 })).toEqual([ada, mary]);
      expect(await list({ limit: 2, page: 2 })).toEqual([zoe]);
      expect(await list({ limit: 1, offset: 1 })).toEqual([mary]);
      const lovelaces = { last_name: { _eq: 'Lovelace' } };
      expect(await list({ filter: { _and: [lovelaces, { email: { _contains: 'mary' } }] } })).toEqual([mary]);
      expect(await list({ filter: { _or: [lovelaces, { email: { _eq: zoe } }] } })).toEqual(emails);

      const both = [idOf(ada), idOf(mary)];
      expect(await admin.request(updateUsers(both, { title: 'Countess' }, { fields: ['title'] }))).toEqual([
        { title: 'Countess' },
        { title: 'Countess' },
      ]);
      const own = { id: idOf(zoe), title: 'Doctor' };
      expect(await admin.request(updateUsersBatch([own], { fields: ['id', 'title'] }))).toEqual([own]);
      await admin.request(deleteUsers(both));
      expect(await list({})).toEqual([zoe]);
      await admin.request(deleteUsers([idOf(zoe)]));
      expect(await list({})).toEqual([]);
    });

    test('without rights see their own id, and may change nothing', async () => {
      await withUser('none', async ({ email, password, id }) => {
        const user = client();
        await user.login(email, password);
        expect(await user.request(readMe())).toEqual({ id });
        await expect(user.request(updateMe({ first_name: 'x' }))).rejects.toMatchObject(error('FORBIDDEN'));
        await expect(user.request(readUsers())).rejects.toMatchObject(error('FORBIDDEN'));
        await expect(user.request(createUser({ email: 'x@example.com' }))).rejects.toMatchObject(error('FORBIDDEN'));
      });
    });

    test('set a static token for themselves, which is accepted until they remove it', async () => {
      await withUser('administrator', async ({ email, password }) => {
        const user = client();
        await user.login(email, password);
        const token = `sdk-${crypto.randomUUID()}`;
        expect(await user.request(updateMe({ token }, { fields: ['email', 'token'] }))).toEqual({
          email,
          token: '**********',
        });
        const withStaticToken = createDirectus<Schema>(target.url)
          .with(staticToken(token))
          .with(rest())
          .with(graphql());
        expect(await emailOf(withStaticToken)).toBe(email);
        expect(await withStaticToken.query('{ users_me { email } }', {}, 'system')).toEqual({ users_me: { email } });
        await user.request(updateMe({ token: null }));
        await expect(emailOf(withStaticToken)).rejects.toMatchObject(INVALID_CREDENTIALS);
      });
    });

    test('who are deleted cannot log in or refresh, and their static token is rejected', async () => {
      const user = client();
      const token = `sdk-${crypto.randomUUID()}`;
      let credentials = { email: '', password: '' };
      await withUser('none', async ({ id, ...others }, admin) => {
        credentials = others;
        await admin.request(updateUser(id, { token }));
        await user.login(others.email, others.password);
        expect(await user.request(withToken(token, readMe()))).toEqual({ id });
      });
      await expect(user.refresh()).rejects.toMatchObject(INVALID_CREDENTIALS);
      await expect(user.login(credentials.email, credentials.password)).rejects.toMatchObject(INVALID_CREDENTIALS);
      await expect(user.request(withToken(token, readMe()))).rejects.toMatchObject(INVALID_CREDENTIALS);
    });

    /** The one-time password of this half minute, when 5 s or more of it are left. */
    async function otp(secret: string): Promise<string> {
      const totp = new TOTP({ secret });
      await vi.waitFor(() => expect(totp.remaining()).toBeGreaterThan(5000), { timeout: 10_000, interval: 200 });
      return totp.generate();
    }

    test('turn two-factor login on and off', async () => {
      await withUser('administrator', async ({ email, password }) => {
        const user = client();
        await user.login(email, password);
        const wrong = user.request(generateTwoFactorSecret('wrong'));
        await expect(wrong).rejects.toMatchObject(INVALID_CREDENTIALS);
        const { secret, otpauth_url } = await user.request(generateTwoFactorSecret(password));
        expect(otpauth_url).toContain(`secret=${secret}`);
        const unfit = user.request(enableTwoFactor(secret, '000'));
        await expect(unfit).rejects.toMatchObject(error('INVALID_PAYLOAD', 'Invalid payload. "otp" is invalid.'));
        await user.request(enableTwoFactor(secret, await otp(secret)));

        await expect(client().login(email, password)).rejects.toMatchObject(error('INVALID_OTP', 'Invalid user OTP.'));
        const page = browser('session');
        await page.client.login(email, password, { otp: await otp(secret) });
        expect(await emailOf(page.client)).toBe(email);

        await page.client.request(disableTwoFactor(await otp(secret)));
        await client().login(email, password);
      });
    });
  });

  describe('GraphQL', () => {
    test('tells who is logged in', async () => {
      const admin = await administrator();
      const query = 'query Me { users_me { email status } }';
      expect(await admin.query(query, {}, 'system')).toEqual({
        users_me: { email: target.admin.email, status: 'active' },
      });
    });

    test('by the session cookie, too', async () => {
      const { client: page } = browser('session');
      await page.login(target.admin.email, target.admin.password);
      expect(await page.query('{ users_me { email } }', {}, 'system')).toEqual({
        users_me: { email: target.admin.email },
      });
    });

    test('logs in with variables', async () => {
      const login = `mutation ($email: String!, $password: String!) {
        auth_login(email: $email, password: $password, mode: json) { access_token }
      }`;
      const result = await client().query<{ auth_login: { access_token: string } }>(login, target.admin, 'system');
      expect(await client().request(withToken(result.auth_login.access_token, readMe({ fields: ['email'] })))).toEqual({
        email: target.admin.email,
      });
      const wrong = client().query(login, { ...target.admin, password: 'wrong' }, 'system');
      await expect(wrong).rejects.toMatchObject(INVALID_CREDENTIALS);
    });

    test('shows no users without a token', async () => {
      const nobody = client().query('{ users_me { email } }', {}, 'system');
      await expect(nobody).rejects.toMatchObject(error('GRAPHQL_VALIDATION'));
    });
  });

  describe('realtime', () => {
    interface Listened {
      readonly client: RealtimeClient;
      readonly messages: readonly unknown[];
      readonly closed: () => boolean;
    }

    /** A client that notes what comes. It neither connects again by itself nor answers pings. */
    function listening(authMode: WebSocketAuthModes): Listened {
      // The SDK knows the WebSocket of browsers, which `ws` is one of but for the types of its events.
      const globals = { WebSocket: WebSocket as unknown as WebSocketConstructor };
      const client = createDirectus<Schema>(target.url, { globals })
        .with(authentication('json'))
        .with(rest())
        .with(graphql())
        .with(realtime({ authMode, reconnect: false, heartbeat: false }));
      const messages: unknown[] = [];
      let closed = false;
      client.onWebSocket('message', (message: unknown) => void messages.push(message));
      client.onWebSocket('close', () => {
        closed = true;
      });
      ends.push(() => {
        client.stopRefreshing();
        client.disconnect();
      });
      return { client, messages, closed: () => closed };
    }

    test.each<WebSocketAuthModes>(['handshake', 'strict'])(
      'authMode %s: who has logged in is answered',
      async (authMode) => {
        const { client, messages } = listening(authMode);
        await client.login(target.admin.email, target.admin.password);
        await client.connect();
        client.sendMessage({ type: 'ping', uid: 'a' });
        await vi.waitFor(() => expect(messages).toContainEqual({ type: 'pong', uid: 'a' }), 5000);
      },
    );

    test('authMode handshake: a token that is not good does not connect', async () => {
      const { client, closed } = listening('handshake');
      await client.setToken('made-up');
      await expect(client.connect()).rejects.toBe('Authentication failed while opening websocket connection');
      await vi.waitFor(() => expect(closed()).toBe(true), 5000);
    });

    test('authMode strict: a token that is not good does not connect', async () => {
      const { client } = listening('strict');
      await client.setToken('made-up');
      await expect(client.connect()).rejects.toMatchObject({ message: 'Unexpected server response: 401' });
    });

    test('authMode public: a first message that is not auth is rejected, and the connection ended', async () => {
      const { client, messages, closed } = listening('public');
      await client.connect();
      client.sendMessage({ type: 'ping' });
      await vi.waitFor(() => expect(closed()).toBe(true), 5000);
      expect(messages).toEqual([]);
    });

    test('authMode public: who sends auth is answered', async () => {
      const { client, messages } = listening('public');
      await client.connect();
      client.sendMessage(auth({ ...target.admin, uid: 'login' }));
      const ok = { type: 'auth', status: 'ok', uid: 'login' };
      await vi.waitFor(() => expect(messages).toContainEqual(expect.objectContaining(ok)), 5000);
      client.sendMessage({ type: 'ping', uid: 'b' });
      await vi.waitFor(() => expect(messages).toContainEqual({ type: 'pong', uid: 'b' }), 5000);
    });
  });

  test('asks for a new password, and is told nothing about whether there is such a user', async () => {
    await client().request(passwordRequest(target.admin.email));
    await client().request(passwordRequest('nobody@example.com'));
    const elsewhere = client().request(passwordRequest(target.admin.email, 'https://elsewhere.example'));
    await expect(elsewhere).rejects.toMatchObject(error('INVALID_PAYLOAD'));
  });

  test('asks for what anybody may', async () => {
    expect(await client().request(serverPing())).toBe('pong');
    expect(await client().request(readProviders())).toEqual([]);
    expect(await client().request(randomString(20))).toMatch(/^[\w-]{20}$/);
  });
}
