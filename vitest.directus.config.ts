import { defineConfig } from 'vitest/config';

/** The tests that need a real Directus; the first of them may have to install it. */
export default defineConfig({
  test: { include: ['tests/directus/*.directus.ts'], testTimeout: 60_000, hookTimeout: 600_000 },
});
