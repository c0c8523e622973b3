import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../helpers/free-port.js';
import { run } from '../helpers/run-cli.js';

/** The version that the reference server answers as. */
export const OBSERVED_VERSION = '12.4.1';

/** The secret, and the administrator, of a Directus that the tests start. */
export const known = { secret: '0123456789abcdef0123456789abcdef', email: 'admin@example.com', password: 'd1r3ctu5' };

/** Settings of a Directus that runs for minutes: its passwords need no costly hash, and a login no stall. */
export const quickSettings = {
  HASH_MEMORY_COST: '1024',
  HASH_TIME_COST: '2',
  HASH_PARALLELISM: '1',
  LOGIN_STALL_TIME: '20',
};

/** A real Directus that is running. */
export interface Directus {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Installs a real Directus, unless it is there from before.
 * @param version as npm has it
 * @returns the folder it is installed in: DIRECTUS_FOLDER, or one in the folder for temporary files
 */
export async function installDirectus(version: string): Promise<string> {
  const folder = process.env['DIRECTUS_FOLDER'] ?? join(tmpdir(), `auth-conformance-directus-${version}`);
  if (existsSync(join(folder, 'node_modules/directus/cli.js'))) return folder;
  mkdirSync(folder, { recursive: true });
  // 12.4.1 asks for a version of its app that the registry may lack; the app is not what is tested.
  const manifest = { private: true, dependencies: { directus: version }, overrides: { '@directus/app': '18.0.0' } };
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify(version.startsWith('12.') ? manifest : { ...manifest, overrides: {} }),
  );
  const { code, stderr } = await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
  });
  if (code !== 0) throw new Error(`Directus ${version} could not be installed: ${stderr}`);
  return folder;
}

/** The environment of a Directus whose data is in a folder. */
const environment = (data: string, settings: Readonly<Record<string, string>>): Record<string, string> => ({
  DB_CLIENT: 'sqlite3',
  DB_FILENAME: join(data, 'data.db'),
  SECRET: known.secret,
  ADMIN_EMAIL: known.email,
  ADMIN_PASSWORD: known.password,
  HOST: '127.0.0.1',
  TELEMETRY: 'false',
  WEBSOCKETS_ENABLED: 'true',
  LOG_LEVEL: 'warn',
  ...settings,
});

const programIn = (folder: string): string => join(folder, 'node_modules/directus/cli.js');

/**
 * Sets up a database for a Directus.
 * @returns the folder that it is in
 */
export async function bootstrapDirectus(
  folder: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<string> {
  const data = mkdtempSync(join(tmpdir(), 'auth-conformance-directus-data-'));
  const { code, stdout, stderr } = await run(process.execPath, [programIn(folder), 'bootstrap'], {
    cwd: data,
    env: environment(data, settings),
  });
  if (code !== 0) throw new Error(`Directus could not be set up: ${stdout}${stderr}`);
  return data;
}

/**
 * Starts a Directus on a SQLite database, on loopback.
 * @param settings environment variables beside the defaults
 * @param prepared the folder of a database that was set up, of which it gets a copy; an empty one unless told
 */
export async function startDirectus(
  folder: string,
  settings: Readonly<Record<string, string>> = {},
  prepared?: string,
): Promise<Directus> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const data = prepared === undefined ? await bootstrapDirectus(folder, settings) : copyOf(prepared);
  const env = { ...environment(data, settings), PORT: String(port), PUBLIC_URL: url };
  const child = spawn(process.execPath, [programIn(folder), 'start'], {
    cwd: data,
    env: { ...process.env, ...env },
    stdio: 'ignore',
  });
  const stop = async (): Promise<void> => {
    await ended(child);
    rmSync(data, { recursive: true, force: true });
  };
  for (let tries = 0; tries < 120; tries += 1) {
    const pong = await fetch(`${url}/server/ping`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (pong) return { url, pid: child.pid ?? 0, stop };
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  await stop();
  throw new Error('Directus did not start within a minute');
}

function copyOf(prepared: string): string {
  const data = mkdtempSync(join(tmpdir(), 'auth-conformance-directus-data-'));
  cpSync(prepared, data, { recursive: true });
  return data;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const impatient = setTimeout(() => child.kill('SIGKILL'), 5000);
  await end;
  clearTimeout(impatient);
}
