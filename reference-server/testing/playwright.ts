import type { ReferenceServer } from '../index.js';
import type { TestUser } from './accounts.js';
import { startForTests, type AuthServerOptions } from './running-server.js';

export type { AuthServerOptions } from './running-server.js';
export type { ReferenceServer, TestUser } from '../index.js';

type Use<Value> = (value: Value) => Promise<void>;

/** What is needed of a browser context of Playwright. */
interface CookieJar {
  addCookies(
    cookies: { name: string; value: string; url: string; httpOnly: boolean; sameSite: 'Lax' }[],
  ): Promise<void>;
}

/** Fixtures for `test.extend` of Playwright. */
export interface AuthServerFixtures {
  /** The server of the worker. */
  readonly authServerOfWorker: [
    (fixtures: object, use: Use<ReferenceServer>) => Promise<void>,
    { readonly scope: 'worker' },
  ];
  /** The same, which is brought back to its beginning after each test. */
  readonly server: (
    fixtures: { readonly authServerOfWorker: ReferenceServer },
    use: Use<ReferenceServer>,
  ) => Promise<void>;
  /** Signs a user in: pages of the test's browser context have the session cookie from then on. */
  readonly signIn: (
    fixtures: { readonly server: ReferenceServer; readonly context: CookieJar },
    use: Use<(user: Pick<TestUser, 'id'>) => Promise<void>>,
  ) => Promise<void>;
}

/**
 * A reference server for tests with Playwright: `const test = base.extend(authServer())`, then
 * `test('…', async ({ page, server, signIn }) => …)`. It is started once for each worker, and what a test has done to it is undone after
 * the test. Give `port` where the page knows its server by a fixed one, and use one worker.
 *
 * @param options as for createReferenceServer
 */
export function authServer(options: AuthServerOptions = {}): AuthServerFixtures {
  return {
    // Playwright reads the names of other fixtures in the pattern of the first parameter.
    authServerOfWorker: [
      async ({}, use) => {
        const server = await startForTests(options);
        await use(server);
        await server.close();
      },
      { scope: 'worker' },
    ],
    server: async ({ authServerOfWorker }, use) => {
      await use(authServerOfWorker);
      await authServerOfWorker.reset();
    },
    signIn: async ({ server, context }, use) => {
      await use(async (user) => {
        const value = await server.tokenFor(user, { type: 'session' });
        const name = server.settings.SESSION_COOKIE_NAME;
        await context.addCookies([{ name, value, url: server.url, httpOnly: true, sameSite: 'Lax' }]);
      });
    },
  };
}
