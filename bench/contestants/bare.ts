import { fileURLToPath } from 'node:url';
import type { Contestant } from './contestant.js';
import { directusRequests } from './directus-requests.js';

/** What a server costs before it does anything of its own: a route that answers each request with the same user. */
function bare(name: string, file: string): Contestant {
  return {
    name,
    launch: (port) => ({
      args: [fileURLToPath(new URL(file, import.meta.url)), String(port)],
      path: '/server/ping',
    }),
    refresh: directusRequests.refresh,
    read: directusRequests.read,
    tokensIn: directusRequests.tokensIn,
    cannot: ['logins: it has none; refreshes are answered with the same tokens, after their body was read'],
  };
}

/** The limit of what is built on Express. */
export const bareExpress = bare('a bare Express 5 route', 'bare-express.mjs');

/** The limit of what is built on Node. */
export const bareNode = bare('bare Node', 'bare-node.mjs');
