import { WebSocket } from 'undici';
import { TransportError } from './http-client.js';
import type { Target } from './target.js';

/** How long to wait for a response, in ms. */
const TIME_LIMIT_MS = 10_000;

/** What came of a WebSocket. */
export interface Conversation {
  readonly opened: boolean;
  /** True when a rejection shows nothing: a credential that was sent may have expired before the target answered. */
  readonly mayHaveExpired: boolean;
  /** True when the target had closed the connection by the end. */
  readonly closed: boolean;
  /** The answers, one for each message; undefined where the connection was closed or nothing came. */
  readonly responses: readonly (Readonly<Record<string, unknown>> | undefined)[];
}

/**
 * Opens a WebSocket, sends messages one after the other, waits for the response to each, and closes it. RFC 6455.
 * @param path below the target's base URL, with its query
 * @param headers of the request that opens it
 * @param limitMs how long to wait for each response, in ms
 * @throws TransportError when nothing comes from a target that is slow to answer otherwise too
 */
export async function converse(
  target: Target,
  path: string,
  messages: readonly object[],
  headers: Readonly<Record<string, string>> = {},
  limitMs = TIME_LIMIT_MS,
): Promise<Conversation> {
  const url = target.description.url.replace(/^http/, 'ws') + path;
  const startedAt = Date.now();
  const start = performance.now();
  const socket = new WebSocket(url, { headers: { ...headers } });
  const inbox: string[] = [];
  let closed = false;
  let wake: () => void = () => undefined;
  const happened = async (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      wake = (): void => {
        clearTimeout(timer);
        resolve();
      };
    });
  let opened = false;
  socket.addEventListener('open', () => {
    opened = true;
    wake();
  });
  socket.addEventListener('message', ({ data }) => {
    inbox.push(String(data));
    wake();
  });
  for (const end of ['close', 'error'] as const)
    socket.addEventListener(end, () => {
      closed = true;
      wake();
    });
  await happened();
  const received: string[] = [];
  const responses: (Record<string, unknown> | undefined)[] = [];
  for (const message of messages) {
    if (closed || !opened) {
      responses.push(undefined);
      continue;
    }
    socket.send(JSON.stringify(message));
    if (inbox.length === 0) await happened();
    const text = inbox.shift();
    if (text !== undefined) received.push(text);
    const response = text === undefined ? undefined : parsed(text);
    const refresh = response?.['refresh_token'];
    if (typeof refresh === 'string') {
      target.refreshToken({ asked: { sentAt: start } }, refresh);
      target.evidence.names.add(refresh, 'REFRESH_TOKEN', {
        kind: 'environment',
        what: 'the refresh token that the WebSocket answers with',
      });
    }
    responses.push(response);
  }
  const closedByTarget = closed;
  const silent = !closed && (!opened || responses.includes(undefined));
  if (!closed) socket.close();
  const request = {
    method: 'GET',
    url,
    headers: [['Upgrade', 'websocket'], ...Object.entries(headers)] as [string, string][],
    body: messages.map((one) => JSON.stringify(one)).join('\n'),
  };
  const number = target.evidence.add({
    request,
    ...(opened
      ? { response: { status: 101, headers: [], body: received.join('\n') } }
      : { error: 'the WebSocket was not opened' }),
    startedAt,
    durationMs: performance.now() - start,
  });
  // Silence counts as a response, unless the target is silent altogether.
  if (silent && !(await target.answersPromptly()))
    throw new TransportError(`${url.split('?')[0]} gave no response within ${limitMs / 1000} s`, 'timeout');
  const mayHaveExpired = target.mayHaveExpired(request);
  const rejected = !opened || responses.some((response) => response === undefined || response['status'] === 'error');
  if (rejected && mayHaveExpired) target.evidence.noteExpired(number);
  return { opened, mayHaveExpired, closed: closedByTarget, responses };
}

/** True when the target has a WebSocket at /websocket. Observed: Directus 12.4.1. */
export async function canOpen(target: Target): Promise<boolean> {
  return (await converse(target, '/websocket', [])).opened;
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
