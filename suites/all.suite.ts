/** All chapters in one vitest file: vitest runs the files of a worker one after another, the suites of a file all at once. */
import { checks } from './all-checks.js';
import { defineTests } from './harness/run/vitest-tests.js';

defineTests(checks);
