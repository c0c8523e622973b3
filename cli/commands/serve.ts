import { existsSync } from 'node:fs';
import {
  administratorIn,
  createReferenceServer,
  InitialDataError,
  type InitialData,
  MemoryStore,
  readSettings,
  RedisStore,
  SqliteStore,
  type ListenOptions,
  type ReferenceServer,
  type Settings,
  type Store,
} from '../../reference-server/index.js';
import { ConfigurationError } from '../../report/errors.js';
import { readText } from '../../report/files/read-text.js';
import { errorLine } from '../output/error-line.js';
import { misspeltSettings } from '../misspelt-settings.js';
import { rejectExposedStore, rejectExposure } from '../insecure-bind.js';
import { greeting } from '../output/startup-banner.js';
import { RequestLog } from '../output/request-log.js';

/** How long requests under way may take to end when the server is told to stop, in ms. */
const STOP_GRACE_MS = 5000;

/** What `serve` is told on the command line. */
export interface ServeFlags {
  readonly port: string;
  readonly host: string;
  readonly basePath?: string;
  /** The file of the certificate, and that of its private key. */
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  /** The file of roles and users to begin with. */
  readonly seedFile?: string;
  /** The SQLite file where users and sessions are kept. */
  readonly persist?: string;
  /** The URL of the Redis where users and sessions are kept. */
  readonly store?: string;
  /** The origins whose pages may read the answers; true for every one. */
  readonly cors?: string | true;
  readonly timeTravel?: boolean;
  /** How each request is told; not at all when not given. */
  readonly log?: 'json';
  readonly allowInsecure?: boolean;
  readonly defect?: readonly string[];
  readonly listDefects?: boolean;
}

/** What was given to `serve`, read and found to be usable. */
interface Given {
  /** The settings as they were given; those of flags among them. */
  readonly environment: Readonly<Record<string, unknown>>;
  readonly settings: Settings;
  readonly tls: ListenOptions['tls'];
  readonly basePath: string;
  readonly initialData: InitialData | undefined;
}

/**
 * Runs the reference server until it is told to stop (Ctrl-C, SIGTERM).
 * @throws ConfigurationError, SettingsError, StoreError, UnknownDefectError when something that was given is wrong
 */
export async function serve(flags: ServeFlags): Promise<void> {
  if (flags.listDefects === true) {
    const { defectList } = await import('./list-defects.js');
    process.stdout.write(defectList());
    return;
  }
  const { host, persist, store, allowInsecure } = flags;
  const log = flags.log === undefined ? undefined : new RequestLog();
  // What is wrong with all this is told before a file is created.
  const given = await readGiven(flags, log);
  const { settings } = given;
  const mayBeKept = store !== undefined || (persist !== undefined && existsSync(persist));
  if (allowInsecure !== true) rejectExposure(host, mayBeKept ? { ...settings, ADMIN_PASSWORD: undefined } : settings);
  const kept = await openStore(persist, store, log);
  try {
    const hasBegun = (await kept.users()).length > 0;
    if (allowInsecure !== true && !hasBegun) rejectExposure(host, settings);
    const server = await createServer(flags, given, kept, log);
    if (allowInsecure !== true) await rejectExposedStore(host, kept);
    const url = await listen(server, flags, given.tls);
    closeOnSignal(server, log);
    announce(url, flags, hasBegun ? undefined : settings, log);
  } catch (error) {
    await kept.close?.();
    throw ofSeedFile(error, flags);
  }
}

/** @throws ConfigurationError, SettingsError */
async function readGiven(flags: ServeFlags, log: RequestLog | undefined): Promise<Given> {
  const { cors, persist, port, seedFile, store } = flags;
  if (!/^\d+$/.test(port) || Number(port) > 65535)
    throw new ConfigurationError(`--port must be a number from 0 to 65535, but is "${port}"`);
  if (persist !== undefined && store !== undefined)
    throw new ConfigurationError('users and sessions are kept in one place: give --persist or --store, not both');
  const environment = {
    ...process.env,
    ...(cors !== undefined && { CORS_ENABLED: 'true', CORS_ORIGIN: String(cors) }),
  };
  const settings = readSettings(environment);
  for (const problem of misspeltSettings(process.env)) warn(problem, log);
  const tls = certificateOf(flags);
  const basePath = basePathOf(flags);
  // What validates is loaded when there is something to validate.
  const initialData =
    seedFile === undefined ? undefined : (await import('../initial-data.js')).readInitialData(seedFile);
  const ADMIN_PASSWORD = passwordIn(initialData, settings.ADMIN_EMAIL, flags) ?? settings.ADMIN_PASSWORD;
  return { environment, settings: { ...settings, ADMIN_PASSWORD }, tls, basePath, initialData };
}

function createServer(
  { defect = [], timeTravel = false }: ServeFlags,
  { basePath, environment, initialData, settings }: Given,
  store: Store,
  log: RequestLog | undefined,
): Promise<ReferenceServer> {
  return createReferenceServer({
    settings: { ...environment, LOGIN_STALL_TIME: settings.LOGIN_STALL_TIME },
    store,
    timeTravel,
    defects: defect,
    basePath,
    onEvent: log && ((event) => log.request(event)),
    onEmail: ({ kind, link, to }) => {
      if (log === undefined) process.stdout.write(`email to ${to} (${kind}, not sent): ${link}\n`);
      // The link holds a token, and logs are kept.
      else log.tell('info', 'email, kept in the outbox', { kind, to });
    },
    onCrossOriginRejection: (origin) =>
      warn(
        `a page at ${origin} cannot read the answers (CORS): start with --cors ${origin}, or --cors for pages of every origin`,
        log,
      ),
    ...(initialData && { initialData }),
  });
}

/** @throws ConfigurationError where the server cannot listen */
async function listen(server: ReferenceServer, { host, port }: ServeFlags, tls: ListenOptions['tls']): Promise<string> {
  return server.listen({ port: Number(port), host, ...(tls && { tls }) }).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigurationError(inWords(error, host, port));
  });
}

/**
 * Says where the server listens.
 * @param administrator of a server that has just begun
 */
function announce(
  url: string,
  { cors, defect: defects = [] }: ServeFlags,
  administrator: Settings | undefined,
  log: RequestLog | undefined,
): void {
  if (log !== undefined) {
    log.tell('info', 'listening', { url, defects });
    return;
  }
  process.stdout.write(
    greeting({
      url,
      forPages: cors === undefined ? undefined : urlForPages(url),
      email: administrator?.ADMIN_EMAIL,
      password: administrator?.ADMIN_PASSWORD,
      defects,
    }),
  );
}

function warn(what: string, log: RequestLog | undefined): void {
  if (log === undefined) process.stderr.write(errorLine(what));
  else log.tell('warn', what);
}

/**
 * The password that a seed file gives the administrator of ADMIN_EMAIL, if any.
 * @throws ConfigurationError when it makes something else of the administrator
 */
function passwordIn(initialData: InitialData | undefined, email: string, flags: ServeFlags): string | undefined {
  try {
    return administratorIn(initialData, email)?.password ?? undefined;
  } catch (error) {
    throw ofSeedFile(error, flags);
  }
}

/** What is wrong with the seed file names it. */
const ofSeedFile = (error: unknown, { seedFile = '' }: ServeFlags): unknown =>
  error instanceof InitialDataError ? new ConfigurationError(`--seed-file ${seedFile}: ${error.message}`) : error;

/** Closes the server at the first signal; the second one does not wait for that. */
function closeOnSignal(server: ReferenceServer, log: RequestLog | undefined): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(130);
    stopping = true;
    void server.close(STOP_GRACE_MS).then(
      () => log?.tell('info', 'stopped'),
      // A store that cannot be closed any more: what it was asked for has been answered.
      () => process.exit(1),
    );
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
}

async function openStore(
  file: string | undefined,
  url: string | undefined,
  log: RequestLog | undefined,
): Promise<Store> {
  if (file !== undefined) return SqliteStore.open(file);
  if (url !== undefined) return RedisStore.open(url, (what) => warn(what, log));
  return new MemoryStore();
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
  const read = (flag: string, file: string): string =>
    readText(file, (why) => new ConfigurationError(`${flag} ${file} ${why}`));
  return { cert: read('--tls-cert', tlsCert), key: read('--tls-key', tlsKey) };
}

/**
 * The URL by which a page at localhost reaches the server with cookies: 127.0.0.1 and localhost are different sites to a browser, which
 * sends a cookie with SameSite=Lax only to the site of the page (RFC 6265bis section 5.2).
 */
const urlForPages = (url: string): string => url.replace(/^(https?:\/\/)127\.0\.0\.1(?=[:/]|$)/, '$1localhost');

function inWords({ code, message }: NodeJS.ErrnoException, host: string, port: string): string {
  if (code === 'EADDRINUSE')
    return `port ${port} is in use: stop what listens there, or give another --port (0 for a free one)`;
  if (code === 'EACCES') return `port ${port} may not be used by this user: give a --port above 1023`;
  if (code?.startsWith('ERR_OSSL') === true || code === 'ERR_SSL_NO_CERTIFICATE_ASSIGNED')
    return `--tls-cert and --tls-key are no certificate and private key in PEM that belong together: ${message}`;
  return `cannot listen on ${host}, port ${port}: ${message}`;
}
