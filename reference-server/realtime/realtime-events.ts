import type { Claims } from '../auth/jwt.js';
import type { Context } from '../context.js';
import type { AuthenticationEvent } from '../events/event-log.js';
import { claimsIfIssuedHere } from '../auth/jwt.js';
import { credentialOf, emailToTell, type Sender } from '../events/record-events.js';
import type { BearerMethod } from '../auth/bearer-method.js';

/** Writes into the event log that a WebSocket was opened with a token, or was rejected. */
export async function noteHandshake(
  context: Context,
  method: BearerMethod,
  token: string,
  accepted: boolean,
): Promise<void> {
  const claims = claimsIfIssuedHere(token);
  const user = accepted ? await ownerOf(context, token, claims) : null;
  add(context, performance.now(), {
    ...{ user, email: null, credential: credentialOf(claims), sentIn: method },
    ...{ action: 'request', method: 'GET', status: accepted ? 101 : 401, code: null },
  });
}

/**
 * Begins to write a message `auth` into the event log: whose the tokens are that it brings is asked before they are used up.
 * @returns what is to be told whether it was accepted
 */
export async function noteAuthMessage(
  context: Context,
  { access_token: token, email, refresh_token: refreshToken }: Readonly<Record<string, unknown>>,
): Promise<(accepted: boolean) => void> {
  const start = performance.now();
  const sentIn = 'message';
  let sender: Sender = { user: null, email: emailToTell(email), credential: 'password', sentIn };
  let action: AuthenticationEvent['action'] = 'login';
  if (typeof token === 'string') {
    action = 'request';
    const claims = claimsIfIssuedHere(token);
    sender = { user: await ownerOf(context, token, claims), email: null, credential: credentialOf(claims), sentIn };
  } else if (email === undefined) {
    action = 'refresh';
    const session = typeof refreshToken === 'string' ? await context.store.session(refreshToken) : undefined;
    sender = { user: session?.user ?? null, email: null, credential: 'refresh', sentIn };
  }
  return (accepted) =>
    add(context, start, {
      ...(accepted ? sender : { ...sender, user: null }),
      ...{ action, method: 'WS', status: accepted ? 200 : 401, code: accepted ? null : 'AUTH_FAILED' },
    });
}

/** The id of the user of a valid access token. */
async function ownerOf({ store }: Context, token: string, claims: Claims | undefined): Promise<string | null> {
  if (claims === undefined) return (await store.userByStaticToken(token))?.id ?? null;
  return typeof claims['id'] === 'string' ? claims['id'] : null;
}

function add(
  { clock, eventLog }: Context,
  start: number,
  what: Omit<AuthenticationEvent, 'id' | 'time' | 'path' | 'durationMs'>,
): void {
  const durationMs = Math.round(performance.now() - start);
  eventLog.add({ time: clock.now(), path: '/websocket', durationMs, ...what });
}
