import type { Request, Response } from 'express';
import type { Context } from '../context.js';
import type { AuthenticationEvent } from '../events/event-log.js';
import { isAlive } from '../auth/sessions.js';
import type { SessionHolder } from './session-holder.js';

/** A client that lets so many bytes wait is not waited for: it may come again. */
const WAITING_AT_MOST = 1_000_000;

/**
 * Sends events as they happen, those that are kept first (HTML Standard, section 9.2 Server-sent events; `Last-Event-ID` says which
 * came already). Ends with the session that asks for them, or when the server closes.
 */
export function streamEvents(context: Context, holder: SessionHolder, request: Request, response: Response): void {
  const { eventLog } = context;
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
    if (holder.admin || told.user === holder.user) response.write(`id: ${event.id}\ndata: ${JSON.stringify(told)}\n\n`);
  };
  let queue = Promise.resolve();
  const add = (event: AuthenticationEvent): void => {
    queue = queue.then(() => tell(event)).catch(end);
  };
  const unsubscribe = eventLog.subscribe({ event: add, end });
  response.once('close', unsubscribe);
  eventLog.after(Number(request.get('Last-Event-ID')) || 0).forEach(add);
}

async function sessionIsAlive(context: Context, { session: token }: SessionHolder): Promise<boolean> {
  const session = await context.store.session(token);
  return session !== undefined && isAlive(context, session);
}

/** An event as it is told. */
type ToldEvent = Omit<AuthenticationEvent, 'time'> & { readonly time: string };

/** An event with the user's id and e-mail, of which a login gives one and a token the other. */
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
