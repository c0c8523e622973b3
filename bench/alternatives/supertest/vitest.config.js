import { defineConfig } from 'vitest/config';

/** One file; without this, vitest would go up to the configuration of the project. */
export default defineConfig({ test: { include: ['*.test.js'] } });
