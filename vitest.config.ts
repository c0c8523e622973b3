import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { NotRun } from './tests/programs/not-run.js';
import { tags } from './tests/programs/tags.js';
import { projects } from './tests/projects.js';

export default defineConfig({
  test: {
    testTimeout: 600_000,
    hookTimeout: 300_000,
    // Tests wait for processes that they start, for the most part.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    tags: tags(),
    reporters: ['default', new NotRun()],
    projects: projects.map(({ name, include, exclude = [] }) => ({
      extends: true as const,
      test: { name, include: [...include], exclude: [...configDefaults.exclude, ...exclude] },
    })),
  },
});
