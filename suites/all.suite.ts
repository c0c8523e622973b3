/** All chapters in one vitest file: vitest runs the files of a worker one after another, the suites of a file all at once. */
import './standard-tokens.suite.js';
import './session-tokens.suite.js';
import './static-tokens.suite.js';
import './access-tokens.suite.js';
import './storing-tokens.suite.js';
import './access-tokens.sequences.suite.js';
import './making-requests.suite.js';
import './making-requests.bypass.suite.js';
import './making-requests.errors.suite.js';
import './logging-in.suite.js';
import './two-factor-login.suite.js';
import './json-web-tokens.suite.js';
import './graphql.suite.js';
import './realtime.suite.js';
import './lifecycle.suite.js';
import './lifecycle.returning.suite.js';
import './lifecycle.doors.suite.js';
import { checks } from './harness/check.js';
import { defineTests } from './harness/run/vitest-tests.js';

defineTests(checks);
