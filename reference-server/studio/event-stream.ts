import type { Request, Response } from 'express';
import type { Context } from '../context.js';
import type { AuthenticationEvent } from '../events/event-log.js';
import { serviceUnavailable } from '../http/errors.js';
import { isValid } from '../auth/sessions.js';
import type { SessionHolder } from './session-holder.js';

/** A client that lets so many bytes wait is not waited for: it may come again. */
const WAITING_AT_MOST = 1_000_000;
/** The same of events that are not written yet, because the store takes its time. */
const EVENTS_WAITING_AT_MOST = 1_000;
/** So many streams are open at once: each event is looked up for each of them. */
const STREAMS_AT_MOST = 100;
/** How often a comment is sent where there is no event, in ms: proxies, and the server itself, cut what stands still. */
const HEARTBEAT_MS = 30_000;

/**
 * Sends events as they happen, those that are kept first (HTML Standard, section 9.2 Server-sent events; `Last-Event-ID` says which
 * came already). Ends with the session that asks for them, or when the server closes.
 *
 * @throws ApiError 503 SERVICE_UNAVAILABLE when there are STREAMS_AT_MOST already
 */
export function streamEvents(context: Context, holder: SessionHolder, request: Request, response: Response): void {
  const { eventLog } = context;
  if (eventLog.subscribers >= STREAMS_AT_MOST) throw serviceUnavailable();
  response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.flushHeaders();
  const end = (): void => {
    unsubscribe();
    response.end();
  };
  const tell = async (event: AuthenticationEvent): Promise<void> => {
    if (response.writableEnded) return;
    if (response.writableLength > WAITING_AT_MOST || !(await sessionIsAlive(context, holder))) {
      end();
      return;
    }
    const told = await named(context, event);
    if (holder.admin || told.user === holder.user) write(`id: ${event.id}\ndata: ${JSON.stringify(told)}\n\n`);
  };
  // It may have ended while the store was asked; what is written to an ended answer is an error that ends the process.
  const write = (text: string): void => {
    if (!response.writableEnded && !response.destroyed) response.write(text);
  };
  const heartbeat = setInterval(() => write(':\n\n'), HEARTBEAT_MS);
  heartbeat.unref();
  let queue = Promise.resolve();
  let waiting = 0;
  const add = (event: AuthenticationEvent): void => {
    waiting += 1;
    if (waiting > EVENTS_WAITING_AT_MOST) end();
    else queue = queue.then(() => tell(event)).then(() => void (waiting -= 1), end);
  };
  const unsubscribe = eventLog.subscribe({ event: add, end });
  response.once('close', () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
  eventLog.after(Number(request.get('Last-Event-ID')) || 0).forEach(add);
}

async function sessionIsAlive(context: Context, { session: token }: SessionHolder): Promise<boolean> {
  const session = await context.store.session(token);
  return session !== undefined && isValid(context, session);
}

/** An event as it is told. */
type ToldEvent = Omit<AuthenticationEvent, 'time'> & { readonly time: string };

/** An event with the user's id and email, of which a login gives one and a token the other. */
async function named({ store }: Context, event: AuthenticationEvent): Promise<ToldEvent> {
  const { email, user, time } = event;
  const record = user !== null ? await store.user(user) : email !== null ? await store.userByEmail(email) : undefined;
  return {
    ...event,
    user: user ?? record?.id ?? null,
    email: email ?? record?.email ?? null,
    time: new Date(time).toISOString(),
  };
}
