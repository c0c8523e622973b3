import { pathAt } from '../paths.js';
import { WebSocket, type ClientOptions } from 'ws';
import { shorten } from '../../evidence/shorten.js';
import type { ReceivedResponse } from './exchange.js';
import { nameGatewayHeaders, withGatewayHeaders } from './connection.js';
import { HEAD_LIMIT, MESSAGE_LIMIT, UNREAD_LIMIT } from './limits.js';
import { readJson } from './read-json.js';
import { endpointOf } from '../pace/silence.js';
import type { Turn } from '../pace/pace.js';
import { isRejectedForRate, readRateLimit } from '../pace/rate-limit.js';
import type { Target } from '../target.js';
import { TransportError } from './transport-error.js';

/** The code of a connection that ended without a close frame (RFC 6455 section 7.4.1). */
const ABNORMAL_CLOSURE = 1006;
/** How long a target may take to close a connection that the suite has closed, in ms: then it is broken off. */
const CLOSE_LIMIT_MS = 500;

/** What came of a WebSocket. */
export interface Conversation {
  readonly opened: boolean;
  /** True when a rejection shows nothing: a credential that was sent may have expired before the target answered. */
  readonly mayHaveExpired: boolean;
  /** True when the target had closed the connection by the end. */
  readonly closed: boolean;
  /** The answers, one for each message; undefined where the connection was closed or nothing came. */
  readonly responses: readonly (Readonly<Record<string, unknown>> | undefined)[];
  /** True when the target left the opening or a message without a response for as long as was waited. */
  readonly silent: boolean;
  /** Its number in the evidence. */
  readonly exchange: number;
}

/** A message, or what is done before the next one. */
type Step = object | (() => Promise<void>);

/** A handshake that is rejected by 503 without a word is tried so many times. */
const UNEXPLAINED_TRIES = 4;

/** The response that rejected a handshake for the rate of requests. */
class Rejection {
  constructor(readonly response: ReceivedResponse) {}
}

/**
 * Opens a WebSocket, sends messages one after the other, waits for the response to each, and closes it. RFC 6455. A handshake that is
 * rejected for the rate of requests is repeated at the target's pace.
 * @param path below the target's base URL, with its query
 * @param messages what is sent, and what is done between two messages
 * @param headers of the request that opens it
 * @param limitMs how long to wait for each answer, in ms: as long as for that of any request unless told
 * @throws TransportError when nothing comes from a target that is slow to answer otherwise too, when it was silent too often before, and
 *   when it sends more than can be read
 */
export async function converse(
  target: Target,
  path: string,
  messages: readonly Step[],
  headers: Readonly<Record<string, string>> = {},
  limitMs = target.timeoutMs,
): Promise<Conversation> {
  const { requests } = target;
  for (let tries = 1; ; tries += 1) {
    const turn = await requests.turn(tries > 1);
    try {
      const came = await converseOnce(target, path, messages, headers, limitMs, tries < UNEXPLAINED_TRIES, turn);
      if (!(came instanceof Rejection)) return came;
      turn.rejected(came.response.status, readRateLimit(came.response));
    } finally {
      turn.lost();
    }
  }
}

async function converseOnce(
  target: Target,
  path: string,
  messages: readonly Step[],
  ownHeaders: Readonly<Record<string, string>>,
  limitMs: number,
  unexplainedIsForRate: boolean,
  turn: Turn,
): Promise<Conversation | Rejection> {
  const { connection } = target.requests;
  const headers = Object.fromEntries(withGatewayHeaders(Object.entries(ownHeaders), connection));
  nameGatewayHeaders(target.evidence.names, connection);
  const url = target.description.url.replace(/^http/, 'ws') + pathAt(target.description.paths, path);
  const start = performance.now();
  const startedAt = performance.timeOrigin + start;
  const sentAt = target.time.now();
  const what = `the WebSocket at ${path.split('?')[0]}`;
  const endpoint = endpointOf('WebSocket', url);
  const unasked = target.silence.verdictOn(endpoint);
  if (unasked !== undefined) throw new TransportError(unasked, 'silent');
  // No compression: a few bytes could become many. Origin, as a browser sends it, is a header like others.
  const socket = new WebSocket(url, {
    headers: { ...headers },
    maxPayload: MESSAGE_LIMIT,
    maxHeaderSize: HEAD_LIMIT,
    perMessageDeflate: false,
    closeTimeout: CLOSE_LIMIT_MS,
    ...target.requests.webSocketOptions(url),
  } as ClientOptions);
  const inbox: string[] = [];
  let flooded = false;
  let pings = 0;
  const stopFlood = (): void => {
    flooded = true;
    socket.terminate();
  };
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
  socket.on('open', () => {
    opened = true;
    wake();
  });
  socket.on('message', (data: Buffer) => {
    if (flooded || inbox.push(data.toString()) > UNREAD_LIMIT) stopFlood();
    wake();
  });
  for (const frame of ['ping', 'pong'] as const)
    socket.on(frame, () => {
      pings += 1;
      if (pings > UNREAD_LIMIT) stopFlood();
    });
  // Why it did not open or did not stay open, where that is not the target's answer: nothing was judged then.
  let lost: string | undefined;
  let rejectedWith: number | undefined;
  let rejection: Rejection | undefined;
  socket.on('unexpected-response', (_request, response) => {
    const { statusCode: status = 0, headers: fields } = response;
    rejectedWith = status;
    const received = { status, headers: Object.entries(fields).map(pairOf), body: '' };
    // Of a 503 that does not say when to try again, the body is not read: it counts as an answer once it has come again and again.
    const isUnexplained = status === 503 && fields['retry-after'] === undefined;
    if (isUnexplained ? unexplainedIsForRate : isRejectedForRate(received)) rejection = new Rejection(received);
    response.resume();
    closed = true;
    socket.terminate();
    wake();
  });
  socket.on('error', ({ code = '', message }: NodeJS.ErrnoException) => {
    if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') flooded = true;
    else if (rejectedWith === undefined && !code.startsWith('WS_ERR')) lost = shorten(message);
  });
  socket.on('close', (code) => {
    if (opened && code === ABNORMAL_CLOSURE) lost ??= 'closed without a close frame';
  });
  for (const end of ['close', 'error'] as const)
    socket.on(end, () => {
      closed = true;
      wake();
    });
  await happened();
  if (rejection !== undefined) return rejection;
  if (opened || rejectedWith !== undefined) turn.taken();
  else turn.lost();
  const received: string[] = [];
  const issued: string[] = [];
  const responses: (Record<string, unknown> | undefined)[] = [];
  for (const message of messages) {
    if (typeof message === 'function') {
      await message();
      continue;
    }
    // One that has left a message without a response is not asked the next.
    if (closed || !opened || responses.includes(undefined)) {
      responses.push(undefined);
      continue;
    }
    socket.send(JSON.stringify(message));
    if (inbox.length === 0) await happened();
    const text = inbox.shift();
    if (text !== undefined) received.push(text);
    let response: Record<string, unknown> | undefined;
    let refresh: unknown;
    try {
      response = text === undefined ? undefined : parsed(text, what);
      refresh = response?.['refresh_token'];
    } catch (error) {
      hangUp(socket);
      throw error;
    }
    if (typeof refresh === 'string') {
      target.refreshToken({ asked: { sentAt } }, refresh);
      issued.push(refresh);
    }
    responses.push(response);
  }
  const closedByTarget = closed;
  const silent = !closed && (!opened || responses.includes(undefined));
  hangUp(socket);
  const request = {
    method: 'GET',
    url,
    headers: [['Upgrade', 'websocket'], ...Object.entries(headers)] as [string, string][],
    body: messages.flatMap((one) => (typeof one === 'function' ? [] : JSON.stringify(one))).join('\n'),
  };
  const number = target.evidence.add({
    request,
    ...(opened || rejectedWith !== undefined
      ? { response: { status: rejectedWith ?? 101, headers: [], body: received.join('\n') } }
      : { error: `the WebSocket was not opened${lost === undefined ? '' : `: ${lost}`}` }),
    startedAt,
    durationMs: performance.now() - start,
  });
  for (const [nth, token] of issued.entries())
    target.evidence.names.add(token, 'REFRESH_TOKEN', {
      kind: 'message',
      exchange: number,
      member: 'refresh_token',
      nth,
    });
  if (flooded)
    throw new TransportError(
      `${what} sent more than this API ever does (messages of ${MESSAGE_LIMIT / 1024} KiB, ${UNREAD_LIMIT} unread)`,
      'oversized',
    );
  if (lost !== undefined && (!opened || responses.includes(undefined)))
    throw new TransportError(`${what} was broken off (${lost})`, 'broken');
  if (silent) target.silence.timedOut(endpoint, start, limitMs);
  else target.silence.answered(endpoint);
  // Silence counts as a response, unless the target is silent altogether.
  if (silent && !(await target.answersPromptly()))
    throw new TransportError(`${url.split('?')[0]} gave no response within ${limitMs / 1000} s`, 'timeout');
  const mayHaveExpired = target.mayHaveExpired(request);
  const rejected = !opened || responses.some((response) => response === undefined || response['status'] === 'error');
  if (rejected && mayHaveExpired) target.evidence.noteExpired(number);
  return { opened, mayHaveExpired, closed: closedByTarget, responses, silent, exchange: number };
}

/** Closes a connection; it is broken off when the other end has not closed its own after CLOSE_LIMIT_MS. */
function hangUp(socket: WebSocket): void {
  if (socket.readyState === WebSocket.CONNECTING) return socket.terminate();
  socket.close();
}

const pairOf = ([name, value]: [string, unknown]): [string, string] => [name, String(value)];

function parsed(text: string, what: string): Record<string, unknown> {
  const data = readJson(text, what);
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
}
