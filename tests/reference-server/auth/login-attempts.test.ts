import { afterEach, describe, expect, test } from 'vitest';
import { MemoryStore, type ReferenceServer, type ReferenceServerOptions } from '../../../reference-server/index.js';
import type { UserRecord } from '../../../reference-server/stores/store.js';
import { ADMIN, login, newUser, quickServer, send } from '../client.js';

/* How often a password may be wrong (auth_login_attempts), one attempt after another and many at once. */

let server: ReferenceServer;
afterEach(() => server.close());

/** Holds one attempt when its user has been read. */
class Held extends MemoryStore {
  hold = false;
  release = (): void => undefined;
  #told = (): void => undefined;
  readonly isHeld = new Promise<void>((resolve) => (this.#told = resolve));

  override async userByEmail(email: string): Promise<UserRecord | undefined> {
    const user = await super.userByEmail(email);
    if (!this.hold) return user;
    this.hold = false;
    await new Promise<void>((resolve) => {
      this.release = resolve;
      this.#told();
    });
    return user;
  }
}

const LIMIT = 3;
const right = { email: 'ada@example.com', password: 'right-password' };
const wrong = { ...right, password: 'wrong' };
const attempt = async (credentials: object): Promise<number> =>
  (await send(server, 'POST /auth/login', { body: credentials })).status;
const times = (count: number): readonly number[] => Array.from({ length: count }, (_none, i) => i);

async function start(options: ReferenceServerOptions = {}): Promise<void> {
  server = await quickServer(options);
  await newUser(server, right);
  const { access: bearer } = await login(server, ADMIN);
  await send(server, 'PATCH /settings', { bearer, body: { auth_login_attempts: LIMIT } });
}
const statusOfUser = async (): Promise<string | undefined> => (await server.store.userByEmail(right.email))?.status;

test('a hundred right ones at once suspend no user', async () => {
  await start();
  const statuses = await Promise.all(times(100).map(() => attempt(right)));
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect([await statusOfUser(), await attempt(right)]).toEqual(['active', 200]);
});

test('a right one after as many wrong ones as are allowed succeeds, and they are forgotten', async () => {
  await start();
  for (let round = 0; round < 3; round += 1) {
    for (let i = 0; i < LIMIT; i += 1) expect(await attempt(wrong)).toBe(401);
    expect(await attempt(right)).toBe(200);
  }
  expect(await statusOfUser()).toBe('active');
});

describe('one wrong one more', () => {
  test('suspends the account', async () => {
    await start();
    for (let i = 0; i < LIMIT + 1; i += 1) await attempt(wrong);
    expect([await attempt(right), await statusOfUser()]).toEqual([401, 'suspended']);
  });

  test('does so among many at once', async () => {
    await start();
    const statuses = await Promise.all(times(30).map(() => attempt(wrong)));
    expect(new Set(statuses)).toEqual(new Set([401]));
    expect([await attempt(right), await statusOfUser()]).toEqual([401, 'suspended']);
  });

  test('ends a right one that is still under way', async () => {
    const store = new Held();
    await start({ store });
    store.hold = true;
    const held = attempt(right);
    await store.isHeld;
    for (let i = 0; i < LIMIT + 1; i += 1) await attempt(wrong);
    store.release();
    expect([await held, await statusOfUser()]).toEqual([401, 'suspended']);
  });
});
