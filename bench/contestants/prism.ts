import { fileURLToPath } from 'node:url';
import type { Contestant } from './contestant.js';
import { directusRequests } from './directus-requests.js';
import { installed } from './installed.js';

/** A mock server that answers with the examples of an OpenAPI document. */
export const prism: Contestant = {
  name: '@stoplight/prism-cli 5.14.2',
  launch: (port) => ({
    args: [
      installed('@stoplight/prism-cli/dist/index.js'),
      'mock',
      fileURLToPath(new URL('prism.openapi.yaml', import.meta.url)),
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '--verboseLevel',
      'silent',
    ],
    path: '/server/ping',
  }),
  read: directusRequests.read,
  tokensIn: directusRequests.tokensIn,
  cannot: ['logins and refreshes: it knows no user and keeps no token; each is answered with the same example'],
};
