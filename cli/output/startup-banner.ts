import { KNOWN_PASSWORD } from '../insecure-bind.js';

/** What `serve` says when it listens. */
export interface Greeting {
  /** The base URL. */
  readonly url: string;
  /** The URL that pages of other origins use, where those were allowed. */
  readonly forPages?: string | undefined;
  /** The administrator's email; undefined where the store had users already. */
  readonly email: string | undefined;
  /** The administrator's password. It is printed only when it is the default, which everybody knows. */
  readonly password: string | undefined;
  /** The defects that were asked for. */
  readonly defects: readonly string[];
}

/** Where the server is, who can log in, and lines to try. */
export function greeting({ url, forPages, email = '$ADMIN_EMAIL', password, defects }: Greeting): string {
  const known = password === KNOWN_PASSWORD;
  const shown = known ? KNOWN_PASSWORD : '$ADMIN_PASSWORD';
  const body = JSON.stringify({ email, password: shown, mode: 'session' });
  const quoted = known ? `'${body}'` : `"${body.replaceAll('"', '\\"')}"`;
  const who =
    password === undefined
      ? '  users, passwords and sessions are those that the store has'
      : `  administrator  ${email}\n  password       ${shown}`;
  return `auth-conformance reference server: ${url}
${defects.length === 0 ? '' : `WRONG ON PURPOSE: ${defects.join(', ')}\n`}
${who}
  studio         ${url}/admin
${forPages === undefined ? '' : `  from pages     ${forPages} (cookies reach it from a page at localhost)\n`}
Try it:
  curl ${url}/server/ping
  curl -c cookies.txt ${url}/auth/login -H 'Content-Type: application/json' -d ${quoted}
  curl -b cookies.txt ${url}/users/me

Press Ctrl-C to stop.
`;
}
