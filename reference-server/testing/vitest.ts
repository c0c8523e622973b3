import type { ReferenceServer } from '../index.js';
import { startForTests, type AuthServerOptions } from './running-server.js';

export type { AuthServerOptions } from './running-server.js';
export type { ReferenceServer } from '../index.js';

type Use<Value> = (value: Value) => Promise<void>;

/** Fixtures for `test.extend` of vitest. */
export interface AuthServerFixtures {
  /** The server of the test file. */
  readonly authServerOfFile: readonly [
    (context: object, use: Use<ReferenceServer>) => Promise<void>,
    { readonly scope: 'file' },
  ];
  /** The same, which is brought back to its beginning after each test. */
  readonly server: (
    context: { readonly authServerOfFile: ReferenceServer },
    use: Use<ReferenceServer>,
  ) => Promise<void>;
}

/**
 * A reference server for tests with vitest: `const test = base.extend(authServer())`, then `test('…', async ({ server }) => …)`. It is
 * started once for each test file, and what a test has done to it is undone after the test.
 *
 * @param options as for createReferenceServer
 */
export function authServer(options: AuthServerOptions = {}): AuthServerFixtures {
  return {
    // Vitest reads the names of other fixtures in the pattern of the first parameter.
    authServerOfFile: [
      async ({}, use) => {
        const server = await startForTests(options);
        await use(server);
        await server.close();
      },
      { scope: 'file' },
    ],
    server: async ({ authServerOfFile }, use) => {
      await use(authServerOfFile);
      await authServerOfFile.reset();
    },
  };
}
