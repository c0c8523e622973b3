import fc, { type Arbitrary } from 'fast-check';
import type { Step } from '../step.js';
import { accounts } from './accounts.js';
import { authentication, validLogin } from './authentication.js';
import { some } from './combinators.js';
import { content, graphqlContent } from './content.js';
import { files } from './collections/files.js';
import { graphql } from './graphql.js';
import { library } from './collections/library.js';
import { policies } from './collections/policies.js';
import { realtime } from './realtime.js';
import { step } from './request.js';
import { roles } from './collections/roles.js';
import { schema } from './schema.js';
import { singleton } from './collections/singleton.js';
import { users } from './collections/users.js';
import { various } from './various.js';

const { constant, oneof, tuple } = fc;

/** A sequence of requests that begins with a login. */
export const sequences: Arbitrary<readonly Step[]> = tuple(
  step('login', 'POST', '/auth/login', validLogin, constant({})),
  fc.array(
    oneof(
      some(8, authentication),
      some(8, users),
      some(4, roles),
      some(2, accounts),
      some(2, various),
      some(6, graphql),
      some(3, schema),
      some(8, content),
      some(2, graphqlContent),
      some(1, realtime),
      some(4, library),
      some(3, files),
      some(3, policies),
      some(1, singleton),
    ),
    { minLength: 8, maxLength: 24 },
  ),
).map(([first, others]) => [first, ...others]);
