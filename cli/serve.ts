import { readFileSync } from 'node:fs';
import { requirements } from '../spec/catalogue.js';
import {
  createReferenceServer,
  defects,
  InitialDataError,
  readSettings,
  type ListenOptions,
} from '../reference-server/index.js';
import { ConfigurationError } from './errors.js';
import { KNOWN_PASSWORD, refuseExposure } from './exposure.js';
import { readInitialData } from './initial-data.js';

/** How long requests under way may take to end when the server is told to stop, in ms. */
const STOP_GRACE_MS = 5000;

/** What `serve` is told on the command line. */
export interface ServeFlags {
  readonly port: string;
  readonly host: string;
  readonly defect?: readonly string[];
  readonly listDefects?: boolean;
  readonly timeTravel?: boolean;
  readonly seedFile?: string;
  readonly basePath?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly allowInsecure?: boolean;
}

/**
 * Runs the reference server until it is told to stop (Ctrl-C, SIGTERM).
 * @throws ConfigurationError, SettingsError, UnknownDefectError when something that was given is wrong
 */
export async function serve(flags: ServeFlags): Promise<void> {
  const { port, host, defect = [], listDefects, timeTravel = false, seedFile, allowInsecure } = flags;
  if (listDefects === true) {
    process.stdout.write(defectList());
    return;
  }
  if (!/^\d+$/.test(port) || Number(port) > 65535)
    throw new ConfigurationError(`--port must be a number from 0 to 65535, but is "${port}"`);
  const settings = readSettings(process.env);
  if (allowInsecure !== true) refuseExposure(host, settings);
  const tls = certificateOf(flags);
  const server = await createReferenceServer({
    settings,
    timeTravel,
    defects: defect,
    basePath: basePathOf(flags),
    ...(seedFile !== undefined && { initialData: readInitialData(seedFile) }),
  }).catch((error: unknown) => {
    throw error instanceof InitialDataError
      ? new ConfigurationError(`--seed-file ${seedFile ?? ''}: ${error.message}`)
      : error;
  });
  const url = await server
    .listen({ port: Number(port), host, ...(tls && { tls }) })
    .catch((error: NodeJS.ErrnoException) => {
      throw new ConfigurationError(inWords(error, host, port));
    });
  process.stdout.write(greeting(url, settings.ADMIN_EMAIL, settings.ADMIN_PASSWORD, defect));
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(130);
    stopping = true;
    void server.close(STOP_GRACE_MS);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
}

/** @throws ConfigurationError when the base path is no path */
function basePathOf({ basePath = '' }: ServeFlags): string {
  const path = basePath.replace(/\/$/, '');
  if (!/^(?:\/[\w.~-]+)*$/.test(path))
    throw new ConfigurationError(`--base-path must be a path such as /api or /v1/directus, but is "${basePath}"`);
  return path;
}

/** @throws ConfigurationError when one half is missing or cannot be read */
function certificateOf({ tlsCert, tlsKey }: ServeFlags): ListenOptions['tls'] {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined)
    throw new ConfigurationError('--tls-cert and --tls-key go together: one of them is missing');
  const read = (flag: string, file: string): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      throw new ConfigurationError(
        `${flag} ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
      );
    }
  };
  return { cert: read('--tls-cert', tlsCert), key: read('--tls-key', tlsKey) };
}

function inWords({ code, message }: NodeJS.ErrnoException, host: string, port: string): string {
  if (code === 'EADDRINUSE')
    return `port ${port} is in use: stop what listens there, or give another --port (0 for a free one)`;
  if (code === 'EACCES') return `port ${port} may not be used by this user: give a --port above 1023`;
  if (code?.startsWith('ERR_OSSL') === true || code === 'ERR_SSL_NO_CERTIFICATE_ASSIGNED')
    return `--tls-cert and --tls-key are no certificate and private key in PEM that belong together: ${message}`;
  return `cannot listen on ${host}, port ${port}: ${message}`;
}

function defectList(): string {
  const width = Math.max(...defects.map(({ name }) => name.length));
  return defects
    .map(({ name, title }) => {
      const broken = requirements.filter((requirement) => requirement.defects.includes(name)).map(({ id }) => id);
      return `${name.padEnd(width)}  ${title}\n${' '.repeat(width)}  breaks ${broken.join(', ')}\n`;
    })
    .join('');
}

function greeting(url: string, email: string, password: string, wrong: readonly string[]): string {
  // The password is the reader's own, or the published default: it is printed only when it is that.
  const own = password !== KNOWN_PASSWORD;
  const shown = own ? '$ADMIN_PASSWORD' : password;
  const body = JSON.stringify({ email, password: shown, mode: 'session' });
  const quoted = own ? `"${body.replaceAll('"', '\\"')}"` : `'${body}'`;
  return `auth-conformance reference server: ${url}
${wrong.length === 0 ? '' : `WRONG ON PURPOSE: ${wrong.join(', ')}\n`}
  administrator  ${email}
  password       ${shown}
  studio         ${url}/admin

Try it:
  curl ${url}/server/ping
  curl -c cookies.txt ${url}/auth/login -H 'Content-Type: application/json' -d ${quoted}
  curl -b cookies.txt ${url}/users/me

Press Ctrl-C to stop.
`;
}
