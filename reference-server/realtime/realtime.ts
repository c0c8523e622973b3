import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket, WebSocketServer } from 'ws';
import { logIn, type Credentials } from '../routes/auth.js';
import { checkedBody } from '../http/checked-body.js';
import { identify } from '../auth/authenticate.js';
import { sentBy } from '../auth/bearer-token.js';
import type { Context } from '../context.js';
import { readCookie } from '../auth/cookies.js';
import { mayOpenWebSocket } from '../http/cross-origin.js';
import { ApiError, internalError } from '../http/errors.js';
import { rejectionOf } from '../http/guard/guarded-server.js';
import { within, type Conversation, type Interceptor, type OutgoingMessage } from '../http/interceptor.js';
import { defaultLimits, type Limits } from '../http/guard/limits.js';
import { takingAsLong } from '../http/login-delay.js';
import { partsOf } from '../http/guard/request-target.js';
import { answerInOrder, limitControlFrames, tell } from './conversation.js';
import { answerItems } from './item-messages.js';
import { CLOSE_MS, MESSAGE_BYTES, MESSAGE_FRAMES, MESSAGE_PIECES } from './message-limits.js';
import { failure, parsedMessage, withUid, type Message } from './messages.js';
import { noteAuthMessage, noteHandshake } from './realtime-events.js';
import { Speaker } from './speaker.js';
import { Subscriptions } from './subscriptions.js';
import { refreshStandard, startStandard } from '../auth/standard-token.js';
import { onFirstUse } from '../on-first-use.js';

const webSockets = onFirstUse(() => import('ws'));

/*
 * The WebSocket at /websocket: authentication, subscriptions, items. The first message has to be `auth`, unless the token came in the query.
 * Observed: Directus 12.4.1, handshake mode.
 */

/** How long the message auth may be waited for, in ms. Observed: Directus 12.4.1. */
const AUTH_TIMEOUT_MS = 10_000;

/** The WebSockets of a server. */
export interface Realtime {
  /** Ends all of them. */
  close(): void;
}

/** Opens WebSockets at /websocket below the base path of a server; upgrades to anything else are rejected. */
export function attachRealtime(
  server: Server,
  context: Context,
  interceptors: readonly Interceptor[],
  basePath = '',
  limits: Pick<Limits, 'headers'> = defaultLimits,
): Realtime {
  let sockets: WebSocketServer | undefined;
  /** All that asked for an upgrade, rejected ones too: the server does not know them any more. */
  const upgraded = new Set<Duplex>();
  const open = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const rejection = rejectionOf(request, limits);
    if (rejection !== undefined) {
      reject(socket, `${rejection.status} ${STATUS_CODES[rejection.status] ?? ''}`);
      return;
    }
    for (const { handshake } of interceptors) await handshake?.({ context, request });
    const known = await mayOpen(context, basePath, request, socket);
    if (known === undefined) return;
    const ws = await webSockets();
    if (!server.listening) {
      reject(socket, '503 Service Unavailable');
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
    sockets.handleUpgrade(request, socket, head, (client) =>
      new ClientConnection(context, interceptors, client, known.token).begin(),
    );
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
 * Rejects a request that may open no WebSocket.
 * @returns undefined when it was rejected; else the valid token that it brought, if any
 */
async function mayOpen(
  context: Context,
  basePath: string,
  request: IncomingMessage,
  socket: Duplex,
): Promise<{ readonly token: string | undefined } | undefined> {
  const { path, query } = partsOf(request.url ?? '/');
  if (path !== `${basePath}/websocket`) {
    reject(socket, '404 Not Found');
    return undefined;
  }
  if (!mayOpenWebSocket(context.settings, request)) {
    reject(socket, '403 Forbidden');
    return undefined;
  }
  const cookie = readCookie(request, context.settings.SESSION_COOKIE_NAME);
  const inQuery = query.get('access_token');
  const token = inQuery ?? cookie ?? null;
  if (token !== null) {
    let known: boolean;
    try {
      known = await isAccepted(context, token);
      await noteHandshake(context, inQuery === null ? 'cookie' : 'query', token, known);
    } catch {
      reject(socket, '500 Internal Server Error');
      return undefined;
    }
    if (!known) {
      reject(socket, '401 Unauthorized');
      return undefined;
    }
  }
  return { token: token ?? undefined };
}

/** Answers an upgrade with a status, and closes the connection, whatever the other side does with its half of it. */
function reject(socket: Duplex, status: string): void {
  const timeout = setTimeout(() => socket.destroy(), CLOSE_MS);
  socket.once('close', () => clearTimeout(timeout)).once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** A WebSocket: answers the messages of its client, one after the other, and tells it of what it is subscribed to. */
class ClientConnection {
  #authenticated: boolean;
  readonly #speaker: Speaker;
  readonly #subscriptions: Subscriptions;
  /** Until the first message. */
  readonly #timeout: NodeJS.Timeout;

  /** @param known the valid token of the handshake, if any */
  constructor(
    private readonly context: Context,
    private readonly interceptors: readonly Interceptor[],
    private readonly client: WebSocket,
    known: string | undefined,
  ) {
    this.#authenticated = known !== undefined;
    this.#timeout = setTimeout(() => {
      if (!this.#authenticated) send(client, rejection('Authentication handshake failed.'));
    }, AUTH_TIMEOUT_MS);
    this.#speaker = new Speaker(context, (error) => tell(client, failure('auth', error)));
    if (known !== undefined) this.#speaker.take(known);
    this.#subscriptions = new Subscriptions(
      context,
      () => this.#speaker.identity(),
      (message) => tell(client, message),
    );
  }

  /** Listens to the client, until it closes the WebSocket. */
  begin(): void {
    const { client, context } = this;
    const unsubscribe = context.itemEvents.subscribe((event) => this.#subscriptions.notice(event));
    client.on('close', () => {
      clearTimeout(this.#timeout);
      unsubscribe();
      this.#speaker.end();
    });
    client.on('error', () => client.terminate());
    limitControlFrames(client);
    answerInOrder(
      client,
      (data) => this.#answer(data),
      () => fail(client),
    );
  }

  async #answer(data: RawData): Promise<void> {
    // The message has come; how long it takes to judge is another matter.
    clearTimeout(this.#timeout);
    const { client, context, interceptors } = this;
    let message: Record<string, unknown>;
    try {
      message = parsedMessage(data);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const isOpen = this.#authenticated;
      send(client, isOpen ? stays(failure('server', error)) : rejection('Authentication handshake failed.'));
      return;
    }
    const conversation = { context, message, authenticated: this.#authenticated };
    await within(interceptors, conversation, async () => {
      for (const { message } of interceptors) await message?.(conversation);
      const outgoing = await this.#replyTo(conversation);
      if (outgoing === undefined) return;
      for (const { reply } of interceptors) await reply?.(conversation, outgoing);
      send(client, outgoing);
    });
  }

  async #replyTo({ message }: Conversation): Promise<OutgoingMessage | undefined> {
    if (message['type'] === 'auth') return this.#replyToAuth(message);
    if (!this.#authenticated) return rejection('Authentication handshake failed.');
    switch (message['type']) {
      case 'ping':
        return stays(withUid(message, { type: 'pong' }));
      case 'subscribe':
        return stays(await this.#subscriptions.subscribe(message));
      case 'unsubscribe':
        return stays(this.#subscriptions.unsubscribe(message));
      case 'items': {
        const answer = await answerItems(this.context, await this.#speaker.identity(), message);
        return answer && stays(answer);
      }
      default:
        // Observed: Directus 12.4.1 does not answer a message of a type that it does not know.
        return undefined;
    }
  }

  async #replyToAuth(message: Message): Promise<OutgoingMessage> {
    const note = await noteAuthMessage(this.context, message);
    const accepted = await authenticate(this.context, message);
    note(accepted !== undefined);
    const isFirst = !this.#authenticated;
    this.#authenticated = accepted !== undefined;
    this.#speaker.end();
    if (accepted === undefined) {
      if (isFirst) return rejection('Authentication handshake failed.');
      const { body } = rejection('Authentication failed.');
      return { body: withUid(message, body), closes: true };
    }
    this.#speaker.take(accepted.token);
    return stays(withUid(message, accepted.answer));
  }
}

/** An answer after which the WebSocket stays open. */
const stays = (body: Message): OutgoingMessage => ({ body, closes: false });

/** Ends a conversation in which the server is at fault. Tells nothing about it. */
function fail(client: WebSocket): void {
  const { code, message } = internalError();
  send(client, rejection(message, code));
}

function send(client: WebSocket, { body, closes }: OutgoingMessage): void {
  tell(client, body);
  if (closes) client.close();
}

/** The rejection of a message, after which the WebSocket is closed. */
const rejection = (message: string, code = 'AUTH_FAILED'): OutgoingMessage => ({
  body: { type: 'auth', status: 'error', error: { code, message } },
  closes: true,
});

/** The answer to the message auth, and the access token; undefined when its credentials are rejected. */
async function authenticate(
  context: Context,
  message: Message,
): Promise<{ readonly answer: Message; readonly token: string } | undefined> {
  const { access_token, email, refresh_token } = message;
  const ok = { type: 'auth', status: 'ok' };
  try {
    if (typeof access_token === 'string')
      return (await isAccepted(context, access_token)) ? { answer: ok, token: access_token } : undefined;
    if (email !== undefined) {
      const user = await takingAsLong(context, async () =>
        logIn(context, await checkedBody<Credentials>('login', message)),
      );
      const { accessToken, refreshToken } = await startStandard(context, user);
      return { answer: { ...ok, refresh_token: refreshToken }, token: accessToken };
    }
    const renewed = await refreshStandard(context, refresh_token);
    return { answer: { ...ok, refresh_token: renewed.refreshToken }, token: renewed.accessToken };
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** True when an access token is accepted. */
function isAccepted(context: Context, token: string): Promise<boolean> {
  return identify(context, sentBy('query', token)).then(
    ({ user }) => user !== null,
    (error: unknown) => {
      if (error instanceof ApiError) return false;
      throw error;
    },
  );
}
