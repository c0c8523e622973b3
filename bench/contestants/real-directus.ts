import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultArgon2Cost } from '../../reference-server/passwords.js';
import { installDirectus, OBSERVED_VERSION } from '../../tests/directus/directus.js';
import { run } from '../../tests/helpers/run-cli.js';
import type { Contestant } from './contestant.js';
import { temporaryFolder } from '../measuring/temporary-folder.js';
import { directusRequests, directusSettings } from './directus-requests.js';

/**
 * A real Directus on SQLite. What would slow it down and the reference server does not have is off: rate and pressure limiters,
 * telemetry, the log of requests. Passwords cost the same.
 */
export async function realDirectus(): Promise<Contestant> {
  const program = join(await installDirectus(OBSERVED_VERSION), 'node_modules/directus/cli.js');
  const data = join(temporaryFolder(), 'directus');
  await mkdir(data);
  const env = {
    ...directusSettings,
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    DB_CLIENT: 'sqlite3',
    DB_FILENAME: join(data, 'data.db'),
    HASH_MEMORY_COST: String(defaultArgon2Cost.memoryCost),
    HASH_TIME_COST: String(defaultArgon2Cost.timeCost),
    HASH_PARALLELISM: String(defaultArgon2Cost.parallelism),
    RATE_LIMITER_ENABLED: 'false',
    RATE_LIMITER_GLOBAL_ENABLED: 'false',
    PRESSURE_LIMITER_ENABLED: 'false',
    CACHE_ENABLED: 'false',
    WEBSOCKETS_ENABLED: 'true',
    TELEMETRY: 'false',
    LOG_LEVEL: 'error',
  };
  return {
    name: `Directus ${OBSERVED_VERSION}`,
    isReal: true,
    setUp: async () => {
      const { code, stdout, stderr } = await run(process.execPath, [program, 'bootstrap'], { cwd: data, env });
      if (code !== 0) throw new Error(`Directus could not be set up: ${stdout}${stderr}`);
    },
    forget: async () => {
      await rm(data, { recursive: true, force: true });
      await mkdir(data);
    },
    launch: (port) => ({
      args: [program, 'start'],
      env: { ...env, PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}` },
      cwd: data,
      path: '/server/ping',
    }),
    ...directusRequests,
    cannot: [],
  };
}
