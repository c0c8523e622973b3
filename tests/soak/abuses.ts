import { controlFrame, frame, RawConnection, requestText, UPGRADE } from '../helpers/raw-connection.js';
import { ADMIN, send, tokensOf } from '../reference-server/client.js';

/* What a hostile client does to a server over and over: one round of one connection each. */

/** What the rounds of all connections share. */
export interface Stage {
  readonly url: string;
  /** An access token of the administrator. */
  readonly access: string;
  /** True when the time is over. */
  readonly over: () => boolean;
}

const json = (text: string): readonly string[] => [
  'Content-Type: application/json',
  'Connection: close',
  `Content-Length: ${Buffer.byteLength(text)}`,
];

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends a request and reads until the connection is closed. */
async function exchange(
  { url }: Stage,
  method: string,
  path: string,
  body = '',
  headers: readonly string[] = [],
): Promise<void> {
  const connection = await RawConnection.open(url);
  connection.write(requestText(method, path, [...headers, ...json(body)], body));
  await connection.closed();
}

/** Sends a byte now and then, until the server has had enough. */
async function drip({ over }: Stage, connection: RawConnection): Promise<void> {
  let closed = false;
  void connection.closed().then(() => (closed = true));
  while (!closed && !over()) {
    connection.write('x');
    await wait(500);
  }
  connection.end();
}

/** Sends control frames for as long as the server takes them, 64 kB at once. */
async function flood({ url, over }: Stage, bytes: Buffer, reads: boolean): Promise<void> {
  const connection = await RawConnection.open(url);
  connection.write(requestText('GET', '/websocket', UPGRADE));
  await connection.answered();
  if (!reads) connection.stopReading();
  let closed = false;
  void connection.closed().then(() => (closed = true));
  const many = Buffer.concat(Array.from({ length: Math.floor(65_536 / bytes.length) }, () => bytes));
  for (let i = 0; i < 200 && !closed && !over(); i += 1) {
    connection.write(many);
    await wait(10);
  }
  connection.end();
}

const aliases = Array.from({ length: 1000 }, (_, i) => `a${i}:users_me{id}`).join(' ');
const deep = `{"name":"x","icon":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;

export const abuses: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  'reset after an upgrade request': async ({ url }) => {
    const connection = await RawConnection.open(url);
    connection.write(requestText('GET', '/websocket', UPGRADE));
    if (Math.random() < 0.5) await wait(5);
    connection.reset();
  },
  'a head that drips': async (stage) => {
    const connection = await RawConnection.open(stage.url);
    connection.write('GET /server/ping HTTP/1.1\r\nX-Slow: ');
    await drip(stage, connection);
  },
  'a large body that drips': async (stage) => {
    const connection = await RawConnection.open(stage.url);
    const headers = ['Content-Type: application/json', 'Content-Length: 1000000'];
    connection.write(requestText('POST', '/auth/login', headers, `{"a":"${'x'.repeat(900_000)}`));
    await drip(stage, connection);
  },
  'pings that are never read': async ({ url, access, over }) => {
    const connection = await RawConnection.open(url);
    connection.write(requestText('GET', `/websocket?access_token=${access}`, UPGRADE));
    await connection.answered();
    connection.stopReading();
    const ping = frame({ type: 'ping', uid: 'x'.repeat(30_000) });
    for (let i = 0; i < 200 && !over(); i += 1) {
      connection.write(ping);
      await wait(10);
    }
    connection.end();
  },
  'ping frames that are never read': (stage) => flood(stage, controlFrame(0x9, 100), false),
  'ping frames that are read': (stage) => flood(stage, controlFrame(0x9, 100), true),
  'pong frames': (stage) => flood(stage, controlFrame(0xa, 0), true),
  'a WebSocket that says nothing': async ({ url, over }) => {
    const connection = await RawConnection.open(url);
    connection.write(requestText('GET', '/websocket', UPGRADE));
    let closed = false;
    void connection.closed().then(() => (closed = true));
    while (!closed && !over()) await wait(200);
    connection.end();
  },
  'thirty guesses on one WebSocket': async ({ url }) => {
    const connection = await RawConnection.open(url);
    connection.write(requestText('GET', '/websocket', UPGRADE));
    await connection.answered();
    const guess = (i: number): object => ({ type: 'auth', email: 'unknown@example.com', password: `guess-${i}` });
    connection.write(Buffer.concat(Array.from({ length: 30 }, (_, i) => frame(guess(i)))));
    await connection.closed();
  },
  'refreshes at once with one token': async (stage) => {
    const { refresh } = tokensOf(await send(stage, 'POST /auth/login', { body: ADMIN }));
    await Promise.all(
      Array.from({ length: 5 }, () =>
        exchange(stage, 'POST', '/auth/refresh', JSON.stringify({ refresh_token: refresh })),
      ),
    );
  },
  'a thousand aliases': (stage) =>
    exchange(stage, 'POST', '/graphql/system', JSON.stringify({ query: `{${aliases}}` }), [
      `Authorization: Bearer ${stage.access}`,
    ]),
  'JSON 20,000 deep': (stage) => exchange(stage, 'POST', '/roles', deep, [`Authorization: Bearer ${stage.access}`]),
  'operators that every object has': (stage) =>
    exchange(stage, 'GET', '/users?filter[email][constructor]=x', '', [`Authorization: Bearer ${stage.access}`]),
  'targets that are none': (stage) =>
    exchange(stage, 'GET', ['//', 'http://[', '*', '/%'][Math.floor(Math.random() * 4)] ?? '/'),
};
