import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { passUpgrade } from './pass-upgrade.js';

/** A server in front of a target that makes it answer as a Directus from before session tokens. */
export interface OldServer {
  readonly url: string;
  close(): Promise<void>;
}

/** What it is to be like. */
export interface OldServerOptions {
  /** The version that GET /server/info names; none unless given. */
  readonly version?: string;
}

const SESSION_COOKIE = /(?:^|;\s*)directus_session_token=[^;]*/g;
const rejection = (reason: string, code: string): string =>
  JSON.stringify({ errors: [{ message: `Invalid payload. ${reason}.`, extensions: { code, reason } }] });

/**
 * Starts it: a login in mode session is rejected with 400, by GraphQL too, where the place of the error is told; the session cookie is not
 * read; the version is not told. Observed: Directus 10.5.2.
 */
export async function oldServer(target: string, { version }: OldServerOptions = {}): Promise<OldServer> {
  const { hostname, port } = new URL(target);
  const textOf = async (message: IncomingMessage): Promise<Buffer> => Buffer.concat(await message.toArray());
  const server = createServer((incoming, outgoing) => {
    void textOf(incoming).then((sent) => {
      const { method, url = '', headers } = incoming;
      const reject = (text: string): void => {
        outgoing.writeHead(400, { 'Content-Type': 'application/json; charset=utf-8' }).end(text);
      };
      const body = sent.toString();
      if (url.startsWith('/auth/login') && /"mode"\s*:\s*"session"/.test(body))
        return reject(rejection('"mode" must be one of [cookie, json]', 'INVALID_PAYLOAD'));
      const column = url.startsWith('/graphql') ? body.indexOf('mode:session') : -1;
      if (column >= 0) {
        const errors = [{ message: 'Value "session" does not exist.', locations: [{ line: 1, column }] }];
        return reject(
          JSON.stringify({ errors: [{ message: 'x', extensions: { code: 'GRAPHQL_VALIDATION', errors } }] }),
        );
      }
      const { cookie = '', ...others } = headers;
      const kept = cookie.replace(SESSION_COOKIE, '').replace(/^;\s*/, '');
      const passed = { ...others, ...(kept !== '' && { cookie: kept }) };
      const onward = request({ hostname, port, method, path: url, headers: passed }, (answer) => {
        void textOf(answer).then((received) => {
          const told = url.startsWith('/server/info')
            ? Buffer.from(
                received
                  .toString()
                  .replace(/"version":"[^"]*"/, version === undefined ? '"other":0' : `"version":"${version}"`),
              )
            : received;
          const raw = answer.rawHeaders.flatMap((name, i) =>
            i % 2 === 0 && !/^(?:content-length|transfer-encoding|etag)$/i.test(name)
              ? [name, answer.rawHeaders[i + 1] ?? '']
              : [],
          );
          const length = ['Content-Length', String(told.length)];
          const ofHead = method === 'HEAD' || answer.statusCode === 204 || answer.statusCode === 304;
          const tag = answer.headers.etag === undefined || told !== received ? [] : ['ETag', answer.headers.etag];
          outgoing
            .writeHead(answer.statusCode ?? 500, [
              'X-Powered-By',
              'Directus',
              ...raw,
              ...tag,
              ...(ofHead ? [] : length),
            ])
            .end(told);
        });
      });
      onward.on('error', () => outgoing.destroy());
      onward.end(sent);
    });
  });
  server.on('upgrade', (incoming, socket, head) =>
    passUpgrade(incoming, socket, head, target, (value) => value.replace(SESSION_COOKIE, '')),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
