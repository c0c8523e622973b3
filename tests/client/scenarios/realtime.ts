import {
  auth,
  authentication,
  createDirectus,
  graphql,
  realtime,
  rest,
  type WebSocketAuthModes,
  type WebSocketClient,
  type WebSocketConstructor,
} from '@directus/sdk';
import { describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Client, Clients, Schema } from '../clients.js';

type RealtimeClient = Client & WebSocketClient<Schema>;

interface Listened {
  readonly client: RealtimeClient;
  readonly messages: readonly unknown[];
  readonly closed: () => boolean;
}

/** A client that collects the messages that it receives. It neither connects again by itself nor answers pings. */
function listening(sdk: Clients, authMode: WebSocketAuthModes): Listened {
  // The SDK knows the WebSocket of browsers, which `ws` is one of but for the types of its events.
  const globals = { WebSocket: WebSocket as unknown as WebSocketConstructor };
  const client = createDirectus<Schema>(sdk.url, { globals })
    .with(authentication('json'))
    .with(rest())
    .with(graphql())
    .with(realtime({ authMode, reconnect: false, heartbeat: false }));
  const messages: unknown[] = [];
  let closed = false;
  client.onWebSocket('message', (message: unknown) => void messages.push(message));
  client.onWebSocket('close', () => {
    closed = true;
  });
  sdk.endAfterTest(() => {
    client.stopRefreshing();
    client.disconnect();
  });
  return { client, messages, closed: () => closed };
}

/** WebSockets by the client. */
export function realtimeScenarios(sdk: Clients): void {
  describe('realtime', () => {
    test.each<WebSocketAuthModes>(['handshake', 'strict'])(
      'authMode %s: a user who has logged in is answered',
      async (authMode) => {
        const { client, messages } = listening(sdk, authMode);
        await client.login(sdk.admin.email, sdk.admin.password);
        await client.connect();
        client.sendMessage({ type: 'ping', uid: 'a' });
        await vi.waitFor(() => expect(messages).toContainEqual({ type: 'pong', uid: 'a' }), 5000);
      },
    );

    test('authMode handshake: an unknown token does not connect', async () => {
      const { client, closed } = listening(sdk, 'handshake');
      await client.setToken('unknown');
      await expect(client.connect()).rejects.toBe('Authentication failed while opening websocket connection');
      await vi.waitFor(() => expect(closed()).toBe(true), 5000);
    });

    test('authMode strict: an unknown token does not connect', async () => {
      const { client } = listening(sdk, 'strict');
      await client.setToken('unknown');
      await expect(client.connect()).rejects.toMatchObject({ message: 'Unexpected server response: 401' });
    });

    test('authMode public: a first message that is not auth is rejected, and the connection ended', async () => {
      const { client, messages, closed } = listening(sdk, 'public');
      await client.connect();
      client.sendMessage({ type: 'ping' });
      await vi.waitFor(() => expect(closed()).toBe(true), 5000);
      expect(messages).toEqual([]);
    });

    test('authMode public: a message auth with credentials is accepted', async () => {
      const { client, messages } = listening(sdk, 'public');
      await client.connect();
      client.sendMessage(auth({ ...sdk.admin, uid: 'login' }));
      const ok = { type: 'auth', status: 'ok', uid: 'login' };
      await vi.waitFor(() => expect(messages).toContainEqual(expect.objectContaining(ok)), 5000);
      client.sendMessage({ type: 'ping', uid: 'b' });
      await vi.waitFor(() => expect(messages).toContainEqual({ type: 'pong', uid: 'b' }), 5000);
    });
  });
}
