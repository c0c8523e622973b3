import { proxy, type Proxy } from './proxy.js';

/** A server between the suite and a target, which knows every secret that goes through. */
export interface RecordingProxy extends Proxy {
  /** Tokens, passwords and one-time passwords that the target answered with, or that it was sent by the suite's own making. */
  readonly secrets: ReadonlySet<string>;
}

const IN_BODY = /\\?"?(?:access_token|refresh_token|token|password|secret|otp)\\?"?\s*:\s*\\?"([^"\\]{6,})\\?"/g;
const IN_COOKIE = /(?:session|refresh)_token=([^;]{6,})/;

/** Starts it in front of a target; HTTP is looked into, WebSockets go through. */
export async function recordingProxy(target: string): Promise<RecordingProxy> {
  const secrets = new Set<string>();
  const note = (body: Buffer | string): void => {
    for (const [, value = ''] of body.toString().matchAll(IN_BODY)) secrets.add(value);
  };
  const started = await proxy(target, async ({ path, body }, forward) => {
    const reply = await forward();
    note(reply.body);
    // What the target takes for a user's password or token is one.
    if (reply.status < 400 && path.startsWith('/users')) note(body);
    for (const cookie of reply.headers['set-cookie'] ?? []) secrets.add(IN_COOKIE.exec(cookie)?.[1] ?? '');
    return reply;
  });
  return { ...started, secrets };
}
