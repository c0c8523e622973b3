import { defineConfig } from 'vitest/config';

/** The whole kill table, compared with spec/kill-table.json both ways. */
export default defineConfig({ test: { include: ['tests/kill-table/kill-table.test.ts'] } });
