import { requirements } from '../spec/catalogue.js';
import { createReferenceServer, defects, readSettings } from '../reference-server/index.js';
import { ConfigurationError } from './errors.js';

/** What `serve` is told on the command line. */
export interface ServeFlags {
  readonly port: string;
  readonly host: string;
  readonly defect?: readonly string[];
  readonly listDefects?: boolean;
}

/**
 * Runs the reference server until it is told to stop (Ctrl-C, SIGTERM).
 * @throws ConfigurationError, SettingsError, UnknownDefectError when something that was given is wrong
 */
export async function serve({ port, host, defect = [], listDefects }: ServeFlags): Promise<void> {
  if (listDefects === true) {
    process.stdout.write(defectList());
    return;
  }
  if (!/^\d+$/.test(port) || Number(port) > 65535)
    throw new ConfigurationError(`--port must be a number from 0 to 65535, but is "${port}"`);
  const settings = readSettings(process.env);
  const server = await createReferenceServer({ settings, defects: defect });
  const url = await server.listen({ port: Number(port), host }).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigurationError(inWords(error, host, port));
  });
  process.stdout.write(greeting(url, settings.ADMIN_EMAIL, settings.ADMIN_PASSWORD, defect));
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(130);
    stopping = true;
    void server.close();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
}

function inWords({ code, message }: NodeJS.ErrnoException, host: string, port: string): string {
  if (code === 'EADDRINUSE')
    return `port ${port} is in use: stop what listens there, or give another --port (0 for a free one)`;
  if (code === 'EACCES') return `port ${port} may not be used by this user: give a --port above 1023`;
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
  const own = password !== 'd1r3ctu5';
  const shown = own ? '$ADMIN_PASSWORD' : password;
  const body = JSON.stringify({ email, password: shown, mode: 'session' });
  const quoted = own ? `"${body.replaceAll('"', '\\"')}"` : `'${body}'`;
  return `auth-conformance reference server: ${url}
${wrong.length === 0 ? '' : `WRONG ON PURPOSE: ${wrong.join(', ')}\n`}
  administrator  ${email}
  password       ${shown}

Try it:
  curl ${url}/server/ping
  curl -c cookies.txt ${url}/auth/login -H 'Content-Type: application/json' -d ${quoted}
  curl -b cookies.txt ${url}/users/me

Press Ctrl-C to stop.
`;
}
