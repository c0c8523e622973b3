import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServerToCertify } from '../cli/server-to-certify.js';
import type { Configuration } from '../spec/generated/configuration.js';
import { known, quickSettings, startDirectus } from '../tests/directus/directus.js';
import { freePort } from '../tests/helpers/free-port.js';
import { run } from '../tests/helpers/run-cli.js';
import type { Expected } from './expected.js';

/** A server that is running, and what a tester gives for it. */
export interface RunningServer {
  readonly configuration: Configuration;
  stop(): Promise<void>;
}

/** What a Directus before 11 does not start without. */
const KEY = '00000000-0000-4000-8000-000000000000';

/** The name of an implementation as that of a file. */
export const slugOf = (name: string): string => name.toLowerCase().replace(/[^a-z0-9.]+/g, '-');

/**
 * Installs the packages of an implementation, unless they are there from before.
 * @param parent the folder that each gets one of its own in
 * @returns that folder of its own
 * @throws when they cannot be installed
 */
export async function installed({ name, packages, overrides = {} }: Expected, parent: string): Promise<string> {
  const folder = join(parent, `auth-conformance-implementation-${slugOf(name)}`);
  const [first] = Object.keys(packages);
  if (first === undefined || existsSync(join(folder, 'node_modules', first, 'package.json'))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: packages, overrides }));
  const { code, stderr } = await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
  });
  if (code !== 0) throw new Error(`${name} could not be installed: ${stderr.trim().split('\n')[0] ?? ''}`);
  return folder;
}

/**
 * Starts an implementation, with a user who can be logged in as. To be stopped at the end.
 * @param parent the folder that implementations are installed in
 */
export async function started(expected: Expected, parent: string): Promise<RunningServer> {
  const { name, directusVersion, start, settings } = expected;
  const common = { name, ...(directusVersion !== undefined && { directusVersion }) };
  if (start === 'reference-server') {
    const { server, given } = await startServerToCertify([]);
    return { configuration: { ...given, ...common }, stop: async () => server.close() };
  }
  const folder = await installed(expected, parent);
  if (start === 'directus') {
    const directus = await startDirectus(folder, { ...quickSettings, KEY, ...settings });
    const { email, password, secret } = known;
    return {
      configuration: { ...common, target: directus.url, adminEmail: email, adminPassword: password, secret },
      stop: async () => directus.stop(),
    };
  }
  const starters = { 'json-server-auth': jsonServerAuth, 'oauth2-mock-server': oauth2MockServer, prism };
  return starters[start](folder, common);
}

/** A mock that answers by the examples of the OpenAPI description of Directus, and keeps nothing. */
async function prism(folder: string, common: Configuration): Promise<RunningServer> {
  const port = await freePort();
  const target = `http://127.0.0.1:${port}`;
  const program = join(folder, 'node_modules/@stoplight/prism-cli/dist/index.js');
  const data = mkdtempSync(join(tmpdir(), 'auth-conformance-prism-'));
  const description = join(data, 'openapi.json');
  const published = readFileSync(join(folder, 'node_modules/@directus/specs/dist/openapi.json'), 'utf8');
  writeFileSync(description, JSON.stringify(withOpenLogin(JSON.parse(published) as OpenApi)));
  const stop = await spawned([program, 'mock', '-h', '127.0.0.1', '-p', String(port), description], folder, target);
  return {
    configuration: { ...common, target, email: known.email, password: known.password },
    stop: async () => {
      await stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

/** The same description, by which a login needs no token: as it is published, each operation needs one. */
function withOpenLogin(description: OpenApi): OpenApi {
  const paths = Object.entries(description.paths).map(([path, operations]) => [
    path,
    path.startsWith('/auth/')
      ? Object.fromEntries(Object.entries(operations).map(([method, one]) => [method, { ...one, security: [] }]))
      : operations,
  ]);
  return { ...description, paths: Object.fromEntries(paths) as OpenApi['paths'] };
}

async function jsonServerAuth(folder: string, common: Configuration): Promise<RunningServer> {
  const data = mkdtempSync(join(tmpdir(), 'auth-conformance-json-server-'));
  writeFileSync(join(data, 'db.json'), '{"users":[]}');
  const port = await freePort();
  const target = `http://127.0.0.1:${port}`;
  const program = join(folder, 'node_modules/json-server/lib/cli/bin.js');
  const args = [program, 'db.json', '-m', join(folder, 'node_modules/json-server-auth'), '--host', '127.0.0.1'];
  const stop = await spawned([...args, '--port', String(port)], data, target);
  const { email, password } = known;
  await fetch(`${target}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  return {
    configuration: { ...common, target, paths: { login: '/login' }, email, password },
    stop: async () => {
      await stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

async function oauth2MockServer(folder: string, common: Configuration): Promise<RunningServer> {
  const port = await freePort();
  const target = `http://127.0.0.1:${port}`;
  const program = join(folder, 'node_modules/oauth2-mock-server/dist/oauth2-mock-server.mjs');
  const stop = await spawned([program, '-a', '127.0.0.1', '-p', String(port)], folder, `${target}/jwks`);
  const paths = { login: '/token', refresh: '/token', me: '/userinfo' };
  return { configuration: { ...common, target, paths, email: known.email, password: known.password }, stop };
}

/** Starts a program of Node, and waits until it answers. */
async function spawned(args: readonly string[], cwd: string, url: string): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, args, { cwd, stdio: 'ignore' });
  const end = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await end;
  };
  for (let tries = 0; tries < 60; tries += 1) {
    const isThere = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isThere) return stop;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  await stop();
  throw new Error(`${args[0] ?? ''} did not start within half a minute`);
}
