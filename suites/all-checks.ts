/** The checks of all chapters, in the order of the specification. */
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

export { checks } from './harness/check.js';
