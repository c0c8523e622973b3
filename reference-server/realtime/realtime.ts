import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket, WebSocketServer } from 'ws';
import { logIn, readCredentials } from '../routes/auth.js';
import { identify } from '../auth/authenticate.js';
import type { Context } from '../context.js';
import { readCookie, sessionCookieName } from '../auth/cookies.js';
import { mayOpenWebSocket } from '../http/cross-origin.js';
import { ApiError, internalError } from '../http/errors.js';
import { signatureIsRight } from '../auth/jwt.js';
import { sessionClaims } from '../auth/session-token.js';
import { noteAuthMessage, noteHandshake } from './realtime-events.js';
import { refreshStandard, startStandard } from '../auth/standard-token.js';

/*
 * The WebSocket at /websocket, as far as authentication goes: the first message has to be `auth`, unless the token came in the query.
 * Observed: Directus 12.4.1, handshake mode.
 */

/** How long the message auth may be waited for, in ms. Observed: Directus 12.4.1. */
const AUTH_TIMEOUT_MS = 10_000;
const PAYLOAD_LIMIT = 1_000_000;

/** The WebSockets of a server. */
export interface Realtime {
  /** Ends all of them. */
  close(): void;
}

/** Opens WebSockets at /websocket below the base path of a server; upgrades to anything else are refused. */
export function attachRealtime(server: Server, context: Context, basePath = ''): Realtime {
  let sockets: WebSocketServer | undefined;
  const open = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const known = await mayOpen(context, basePath, request, socket);
    if (known === undefined) return;
    // Loaded by the first WebSocket: most who start a server open none.
    const ws = await import('ws');
    if (!server.listening) {
      refuse(socket, '503 Service Unavailable');
      return;
    }
    sockets ??= new ws.WebSocketServer({ noServer: true, maxPayload: PAYLOAD_LIMIT });
    sockets.handleUpgrade(request, socket, head, (client) => converse(context, client, known));
  };
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    void open(request, socket, head).catch(() => socket.destroy());
  });
  return {
    close: () => {
      for (const client of sockets?.clients ?? []) client.terminate();
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
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname !== `${basePath}/websocket`) {
    refuse(socket, '404 Not Found');
    return undefined;
  }
  if (!mayOpenWebSocket(context.settings, request)) {
    refuse(socket, '403 Forbidden');
    return undefined;
  }
  const cookie = context.rules.realtimeSeesCookie
    ? readCookie(request, sessionCookieName(context.settings, context.rules))
    : undefined;
  const inQuery = searchParams.get('access_token');
  const token = inQuery ?? cookie ?? null;
  let known = false;
  if (token !== null) {
    try {
      known = !context.rules.realtimeQueryTokenChecked || (await isGood(context, token));
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

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Answers the messages of a client, one after the other. */
function converse(context: Context, client: WebSocket, known: boolean): void {
  let authenticated = known;
  const timeout = setTimeout(() => {
    if (!authenticated) refuseMessage();
  }, AUTH_TIMEOUT_MS);
  const refuseMessage = (why?: string): void =>
    end(client, why ?? 'AUTH_FAILED', 'Authentication handshake failed.', context.rules.realtimeClosedWhenRefused);
  client.on('close', () => clearTimeout(timeout));
  client.on('error', () => client.terminate());
  let queue = Promise.resolve();
  client.on('message', (data) => {
    queue = queue.then(() => answerTo(data)).catch(() => fail(client));
  });
  const answerTo = async (data: RawData): Promise<void> => {
    const message = parsed(data);
    if (message['type'] === 'auth') {
      const note = await noteAuthMessage(context, message);
      const answer = await authenticate(context, message);
      note(answer !== undefined);
      if (answer !== undefined) client.send(JSON.stringify(withUid(message, answer)));
      else if (!authenticated)
        refuseMessage(!context.rules.realtimeTellsNothing && 'email' in message ? 'INVALID_CREDENTIALS' : undefined);
      else if (context.rules.realtimeSecondAuthCounts) end(client, 'AUTH_FAILED', 'Authentication failed.');
      else client.send('{"type":"auth","status":"ok"}');
      authenticated = answer !== undefined;
    } else if (!authenticated && context.rules.realtimeNeedsAuth) {
      refuseMessage();
    } else if (message['type'] === 'ping') client.send(JSON.stringify(withUid(message, { type: 'pong' })));
    else
      client.send(JSON.stringify({ status: 'error', error: { code: 'INVALID_PAYLOAD', message: 'Invalid payload.' } }));
  };
}

/** Ends a conversation in which the server is at fault. Tells nothing about it. */
function fail(client: WebSocket): void {
  const { code, message } = internalError();
  end(client, code, message);
}

/** An answer with the uid of the message that it answers. Observed: Directus 12.4.1. */
const withUid = ({ uid }: Readonly<Record<string, unknown>>, answer: object): object =>
  uid === undefined ? answer : { ...answer, uid };

function end(client: WebSocket, code: string, message: string, closes = true): void {
  client.send(JSON.stringify({ type: 'auth', status: 'error', error: { code, message } }));
  if (closes) client.close();
}

/** The answer to the message auth; undefined when what it brings is not good. */
async function authenticate(context: Context, message: Readonly<Record<string, unknown>>): Promise<object | undefined> {
  const { access_token, email, refresh_token } = message;
  const ok = { type: 'auth', status: 'ok' };
  try {
    if (typeof access_token === 'string') {
      const repeated = context.rules.realtimeRepeatsToken ? { access_token } : {};
      return (await isGood(context, access_token)) ? { ...ok, ...repeated } : undefined;
    }
    if (email !== undefined) {
      const checked = {
        ...context,
        rules: {
          ...context.rules,
          passwordChecked: context.rules.realtimePasswordChecked,
        },
      };
      const user = await logIn(checked, readCredentials(context, message), 'json');
      const { refreshToken } = await startStandard(context, user);
      return { ...ok, ...(context.rules.realtimeGivesRefreshToken && { refresh_token: refreshToken }) };
    }
    const rotating = { ...context.rules, refreshTokenRotates: context.rules.realtimeRefreshTokenRotates };
    const renewed = await refreshStandard({ ...context, rules: rotating }, refresh_token);
    return { ...ok, refresh_token: renewed.refreshToken };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'INVALID_OTP' && !context.rules.realtimeOtpRequired) return ok;
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** True when an access token of any type lets its user in. */
async function isGood(context: Context, token: string): Promise<boolean> {
  const { rules } = context;
  if (rules.realtimeTokens !== 'good') return rules.realtimeTokens === 'any';
  if (!rules.realtimeSessionsChecked && sessionClaims(token) !== undefined)
    return signatureIsRight(token, context.settings.SECRET);
  const asked = {
    ...context,
    rules: { ...rules, standardTokenExpires: rules.standardTokenExpires && rules.realtimeTokenExpires },
  };
  return identify(asked, { way: 'query', token }, 'use').then(
    ({ user }) => user !== null,
    (error: unknown) => {
      if (error instanceof ApiError) return false;
      throw error;
    },
  );
}

function parsed(data: RawData): Readonly<Record<string, unknown>> {
  try {
    const message: unknown = JSON.parse((data as Buffer).toString());
    return typeof message === 'object' && message !== null ? (message as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
