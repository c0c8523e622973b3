import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cli } from '../../tests/helpers/run-cli.js';
import type { Contestant } from './contestant.js';
import { temporaryFolder } from '../measuring/temporary-folder.js';
import { directusRequests, directusSettings } from './directus-requests.js';

/** The reference server as it is shipped, compiled, with these flags. */
export const launch =
  (...flags: readonly string[]): Contestant['launch'] =>
  (port) => ({
    args: [cli, 'serve', '--port', String(port), ...flags],
    env: directusSettings,
    path: '/server/ping',
  });

/** The reference server as it is shipped, compiled, with its users and sessions in memory. */
export const referenceServer: Contestant = {
  name: 'reference server',
  launch: launch(),
  ...directusRequests,
  cannot: [],
};

/** The reference server with an SQLite file, as the Directus beside it has one. */
export function persistentReferenceServer(): Contestant {
  const file = join(temporaryFolder(), 'auth.db');
  return {
    name: 'reference server, --persist',
    launch: launch('--persist', file),
    forget: async () => {
      for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(file + suffix, { force: true });
    },
    ...directusRequests,
    cannot: [],
  };
}
