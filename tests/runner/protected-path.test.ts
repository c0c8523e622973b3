import { afterAll, beforeAll, expect, test } from 'vitest';
import { runConformance } from '../../runner/run-conformance.js';
import type { ReferenceServer } from '../../reference-server/index.js';
import { quickServer } from '../reference-server/client.js';
import { inProcess } from '../../runner/in-process.js';

/* A path that the tester says needs a token. */

let server: ReferenceServer;
beforeAll(async () => {
  server = await quickServer({
    initialData: {
      collections: ['secret', 'open'].map((name) => ({ name, fields: [{ name: 'title', type: 'string' }] })),
      public: { permissions: [{ collection: 'open', action: 'read' }] },
    },
  });
});
afterAll(() => server.close());

test.each<[string, string]>([
  ['/items/secret', 'pass'],
  ['/items/secret?limit=1', 'pass'],
  // A request without a token reads it.
  ['/items/open', 'fail'],
  // That it is rejected shows nothing: it is refused to all.
  ['/items/none', 'error'],
])('%s: %s', async (path, verdict) => {
  const report = await runConformance(
    {
      target: server.url,
      adminEmail: server.admin.email,
      adminPassword: server.admin.password,
      protectedPath: [path],
      only: ['requests.token-required', 'requests.token-valid'],
      seed: 1,
    },
    {},
    inProcess,
  );
  const required = report.requirements.find(({ id }) => id === 'requests.token-required');
  expect(required?.verdict).toBe(verdict);
});
