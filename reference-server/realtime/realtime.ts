import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket, WebSocketServer } from 'ws';
import { logIn, type Credentials } from '../routes/auth.js';
import { checkedBody } from '../http/checked-body.js';
import { identify } from '../auth/authenticate.js';
import type { Context } from '../context.js';
import { readCookie } from '../auth/cookies.js';
import { mayOpenWebSocket } from '../http/cross-origin.js';
import { ApiError, internalError } from '../http/errors.js';
import { refusalOf } from '../http/guard/guarded-server.js';
import { within, type Conversation, type Interceptor, type OutgoingMessage } from '../http/interceptor.js';
import { defaultLimits, type Limits } from '../http/guard/limits.js';
import { takingAsLong } from '../http/login-delay.js';
import { DEEPEST, looksDeeperThan } from '../http/guard/nesting.js';
import { partsOf } from '../http/guard/request-target.js';
import { answerInOrder, limitControlFrames, tell } from './conversation.js';
import { CLOSE_MS, MESSAGE_BYTES, MESSAGE_FRAMES, MESSAGE_PIECES } from './message-limits.js';
import { noteAuthMessage, noteHandshake } from './realtime-events.js';
import { refreshStandard, startStandard } from '../auth/standard-token.js';
import { onFirstUse } from '../on-first-use.js';

const webSockets = onFirstUse(() => import('ws'));

/*
 * The WebSocket at /websocket, as far as authentication goes: the first message has to be `auth`, unless the token came in the query.
 * Observed: Directus 12.4.1, handshake mode.
 */

/** How long the message auth may be waited for, in ms. Observed: Directus 12.4.1. */
const AUTH_TIMEOUT_MS = 10_000;

/** The WebSockets of a server. */
export interface Realtime {
  /** Ends all of them. */
  close(): void;
}

/** Opens WebSockets at /websocket below the base path of a server; upgrades to anything else are refused. */
export function attachRealtime(
  server: Server,
  context: Context,
  interceptors: readonly Interceptor[],
  basePath = '',
  limits: Pick<Limits, 'headers'> = defaultLimits,
): Realtime {
  let sockets: WebSocketServer | undefined;
  /** All that asked for an upgrade, refused ones too: the server does not know them any more. */
  const upgraded = new Set<Duplex>();
  const open = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const refusal = refusalOf(request, limits);
    if (refusal !== undefined) {
      refuse(socket, `${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}`);
      return;
    }
    for (const { handshake } of interceptors) await handshake?.({ context, request });
    const known = await mayOpen(context, basePath, request, socket);
    if (known === undefined) return;
    const ws = await webSockets();
    if (!server.listening) {
      refuse(socket, '503 Service Unavailable');
      return;
    }
    sockets ??= new ws.WebSocketServer({
      noServer: true,
      maxPayload: MESSAGE_BYTES,
      maxFragments: MESSAGE_FRAMES,
      maxBufferedChunks: MESSAGE_PIECES,
      // A packet holds ten thousand frames: other clients have their turn after each.
      allowSynchronousEvents: false,
      // Known to ws, and not yet to its types.
      ...{ closeTimeout: CLOSE_MS },
    });
    sockets.handleUpgrade(request, socket, head, (client) => converse(context, interceptors, client, known));
  };
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgraded.add(socket);
    // A connection that is reset while its request is judged has no other listener, and that would end the process.
    socket.on('error', () => socket.destroy()).once('close', () => upgraded.delete(socket));
    void open(request, socket, head).catch(() => socket.destroy());
  });
  return {
    close: () => {
      for (const socket of upgraded) socket.destroy();
      sockets?.close();
    },
  };
}

/**
 * Refuses a request that may open no WebSocket.
 * @returns undefined when it was refused; else whether it brought a good token
 */
async function mayOpen(
  context: Context,
  basePath: string,
  request: IncomingMessage,
  socket: Duplex,
): Promise<boolean | undefined> {
  const { path, query } = partsOf(request.url ?? '/');
  if (path !== `${basePath}/websocket`) {
    refuse(socket, '404 Not Found');
    return undefined;
  }
  if (!mayOpenWebSocket(context.settings, request)) {
    refuse(socket, '403 Forbidden');
    return undefined;
  }
  const cookie = readCookie(request, context.settings.SESSION_COOKIE_NAME);
  const inQuery = query.get('access_token');
  const token = inQuery ?? cookie ?? null;
  let known = false;
  if (token !== null) {
    try {
      known = await isGood(context, token);
      await noteHandshake(context, inQuery === null ? 'cookie' : 'query', token, known);
    } catch {
      refuse(socket, '500 Internal Server Error');
      return undefined;
    }
    if (!known) {
      refuse(socket, '401 Unauthorized');
      return undefined;
    }
  }
  return known;
}

/** Answers an upgrade with a status, and closes the connection, whatever the other side does with its half of it. */
function refuse(socket: Duplex, status: string): void {
  const timeout = setTimeout(() => socket.destroy(), CLOSE_MS);
  socket.once('close', () => clearTimeout(timeout)).once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Answers the messages of a client, one after the other. */
function converse(context: Context, interceptors: readonly Interceptor[], client: WebSocket, known: boolean): void {
  let authenticated = known;
  const timeout = setTimeout(() => {
    if (!authenticated) send(client, refusal('Authentication handshake failed.'));
  }, AUTH_TIMEOUT_MS);
  client.on('close', () => clearTimeout(timeout));
  client.on('error', () => client.terminate());
  const answerTo = async (data: RawData): Promise<void> => {
    // The message has come; how long it takes to judge is another matter.
    clearTimeout(timeout);
    const conversation = { context, message: parsed(data), authenticated };
    await within(interceptors, conversation, async () => {
      for (const { message } of interceptors) await message?.(conversation);
      const outgoing = await replyTo(conversation);
      for (const { reply } of interceptors) await reply?.(conversation, outgoing);
      send(client, outgoing);
    });
  };
  const replyTo = async ({ message }: Conversation): Promise<OutgoingMessage> => {
    if (message['type'] === 'auth') {
      const note = await noteAuthMessage(context, message);
      const answer = await authenticate(context, message);
      note(answer !== undefined);
      const isFirst = !authenticated;
      authenticated = answer !== undefined;
      if (answer !== undefined) return { body: withUid(message, answer), closes: false };
      return refusal(isFirst ? 'Authentication handshake failed.' : 'Authentication failed.');
    }
    if (!authenticated) return refusal('Authentication handshake failed.');
    if (message['type'] === 'ping') return { body: withUid(message, { type: 'pong' }), closes: false };
    return {
      body: { status: 'error', error: { code: 'INVALID_PAYLOAD', message: 'Invalid payload.' } },
      closes: false,
    };
  };
  limitControlFrames(client);
  answerInOrder(client, answerTo, () => fail(client));
}

/** Ends a conversation in which the server is at fault. Tells nothing about it. */
function fail(client: WebSocket): void {
  const { code, message } = internalError();
  send(client, refusal(message, code));
}

function send(client: WebSocket, { body, closes }: OutgoingMessage): void {
  tell(client, body);
  if (closes) client.close();
}

/** An answer with the uid of the message that it answers. Observed: Directus 12.4.1. */
const withUid = (
  { uid }: Readonly<Record<string, unknown>>,
  answer: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => (uid === undefined ? answer : { ...answer, uid });

/** The refusal of a message, after which the WebSocket is closed. */
const refusal = (message: string, code = 'AUTH_FAILED'): OutgoingMessage => ({
  body: { type: 'auth', status: 'error', error: { code, message } },
  closes: true,
});

/** The answer to the message auth; undefined when what it brings is not good. */
async function authenticate(
  context: Context,
  message: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { access_token, email, refresh_token } = message;
  const ok = { type: 'auth', status: 'ok' };
  try {
    if (typeof access_token === 'string') return (await isGood(context, access_token)) ? ok : undefined;
    if (email !== undefined) {
      const user = await takingAsLong(context, async () =>
        logIn(context, await checkedBody<Credentials>('login', message)),
      );
      const { refreshToken } = await startStandard(context, user);
      return { ...ok, refresh_token: refreshToken };
    }
    const renewed = await refreshStandard(context, refresh_token);
    return { ...ok, refresh_token: renewed.refreshToken };
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** True when an access token is accepted. */
function isGood(context: Context, token: string): Promise<boolean> {
  return identify(context, { method: 'query', token }).then(
    ({ user }) => user !== null,
    (error: unknown) => {
      if (error instanceof ApiError) return false;
      throw error;
    },
  );
}

function parsed(data: RawData): Readonly<Record<string, unknown>> {
  try {
    if (looksDeeperThan(data as Buffer, DEEPEST)) return {};
    const message: unknown = JSON.parse((data as Buffer).toString());
    if (typeof message !== 'object' || message === null) return {};
    return message as Record<string, unknown>;
  } catch {
    return {};
  }
}
