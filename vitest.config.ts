import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.{ts,tsx}'],
    // The whole kill table has a configuration of its own: vitest.kill-table.config.ts.
    exclude: [...configDefaults.exclude, 'tests/kill-table/kill-table.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
