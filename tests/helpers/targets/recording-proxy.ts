import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { passUpgrade } from './pass-upgrade.js';

/** A server between the suite and a target, which knows every secret that goes through. */
export interface RecordingProxy {
  readonly url: string;
  /** Tokens, passwords and one-time passwords that the target answered with, or that it was sent by the suite's own making. */
  readonly secrets: ReadonlySet<string>;
  close(): Promise<void>;
}

const IN_BODY = /\\?"?(?:access_token|refresh_token|token|password|secret|otp)\\?"?\s*:\s*\\?"([^"\\]{6,})\\?"/g;
const IN_COOKIE = /(?:session|refresh)_token=([^;]{6,})/;

/** Starts it in front of a target; HTTP is looked into, WebSockets go through. */
export async function recordingProxy(target: string): Promise<RecordingProxy> {
  const secrets = new Set<string>();
  const { hostname, port } = new URL(target);
  const textOf = async (message: IncomingMessage): Promise<Buffer> => Buffer.concat(await message.toArray());
  const server = createServer((incoming, outgoing) => {
    void textOf(incoming).then((sent) => {
      const { method, url, headers } = incoming;
      const onward = request({ hostname, port, method, path: url, headers }, (answer) => {
        void textOf(answer).then((body) => {
          const accepted = (answer.statusCode ?? 500) < 400;
          for (const [, value = ''] of body.toString().matchAll(IN_BODY)) secrets.add(value);
          // What the target takes for a user's password or token is one.
          if (accepted && url?.startsWith('/users') === true)
            for (const [, value = ''] of sent.toString().matchAll(IN_BODY)) secrets.add(value);
          for (const cookie of answer.headers['set-cookie'] ?? []) secrets.add(IN_COOKIE.exec(cookie)?.[1] ?? '');
          outgoing.writeHead(answer.statusCode ?? 500, answer.rawHeaders).end(body);
        });
      });
      onward.on('error', () => outgoing.destroy());
      onward.end(sent);
    });
  });
  server.on('upgrade', (incoming, socket, head) => passUpgrade(incoming, socket, head, target));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
