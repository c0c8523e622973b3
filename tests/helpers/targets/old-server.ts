import { passUpgrade } from './pass-upgrade.js';
import { ownReply, proxy, withBody, type Proxy } from './proxy.js';

/** What it is to be like. */
export interface OldServerOptions {
  /** The version that GET /server/info names; none unless given. */
  readonly version?: string;
}

const SESSION_COOKIE = /(?:^|;\s*)directus_session_token=[^;]*/g;
const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };
const rejection = (reason: string, code: string): string =>
  JSON.stringify({ errors: [{ message: `Invalid payload. ${reason}.`, extensions: { code, reason } }] });
const graphqlRejection = (column: number): string => {
  const errors = [{ message: 'Value "session" does not exist.', locations: [{ line: 1, column }] }];
  return JSON.stringify({ errors: [{ message: 'x', extensions: { code: 'GRAPHQL_VALIDATION', errors } }] });
};

/**
 * Starts a server in front of a target that makes it answer as a Directus from before session tokens: a login in mode session is rejected
 * with 400, by GraphQL too, where the place of the error is told; the session cookie is not read; the version is not told. Observed:
 * Directus 10.5.2.
 */
export function oldServer(target: string, { version }: OldServerOptions = {}): Promise<Proxy> {
  return proxy(
    target,
    async ({ method, path, headers, body }, forward) => {
      const text = body.toString();
      if (path.startsWith('/auth/login') && /"mode"\s*:\s*"session"/.test(text))
        return ownReply(400, rejection('"mode" must be one of [cookie, json]', 'INVALID_PAYLOAD'), JSON_TYPE);
      const column = path.startsWith('/graphql') ? text.indexOf('mode:session') : -1;
      if (column >= 0) return ownReply(400, graphqlRejection(column), JSON_TYPE);
      const { cookie = '', ...others } = headers;
      const kept = cookie.replace(SESSION_COOKIE, '').replace(/^;\s*/, '');
      const reply = await forward({ headers: { ...others, ...(kept !== '' && { cookie: kept }) } });
      const marked = { ...reply, rawHeaders: ['X-Powered-By', 'Directus', ...reply.rawHeaders] };
      if (!path.startsWith('/server/info') || method === 'HEAD') return marked;
      const told = version === undefined ? '"other":0' : `"version":"${version}"`;
      return withBody(marked, reply.body.toString().replace(/"version":"[^"]*"/, told));
    },
    {
      upgrade: (incoming, socket, head) =>
        passUpgrade(incoming, socket, head, target, (value) => value.replace(SESSION_COOKIE, '')),
    },
  );
}
