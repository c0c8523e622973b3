import { createHash } from 'node:crypto';
import type { Request, Response, RequestHandler } from 'express';
import { answer, answerPayload, bodyOf } from '../http/answer.js';
import type { TravellingClock } from '../clock.js';
import type { Context } from '../context.js';
import { forbidden, invalidPayload } from '../http/errors.js';
import { masked } from '../events/mask.js';
import { routes } from '../http/routes.js';
import { isValid } from '../auth/sessions.js';
import type { SessionRecord } from '../stores/store.js';
import { streamEvents } from './event-stream.js';
import { requireAdministrator, requireSession, type SessionHolder } from './session-holder.js';

/** How many sessions are told at most. */
const SESSIONS_TOLD = 200;
/** How far the clock may be ahead, in ms: 100 years. */
const FARTHEST = 100 * 365 * 24 * 60 * 60 * 1000;

/**
 * /admin/api, what the studio page asks for beside the API: for users with a session token. Administrators are told of all users,
 * sessions and events, others of their own.
 */
export function apiRoutes(context: Context): RequestHandler {
  const { timeTravel } = context;
  return routes({
    '/admin/api/me': { get: (_request, response) => readOwn(context, response) },
    '/admin/api/users': { get: (_request, response) => listUsers(context, response) },
    '/admin/api/outbox': {
      get: (_request, response) => {
        requireAdministrator(response);
        answer(response, [...context.outbox.emails].reverse());
      },
    },
    '/admin/api/sessions': { get: (_request, response) => listSessions(context, response) },
    '/admin/api/sessions/:id': {
      delete: (request, response) => endSession(context, request.params.id, response),
    },
    '/admin/api/events': {
      get: (request, response) => streamEvents(context, requireSession(response), request, response),
    },
    ...(timeTravel && {
      '/admin/api/time-travel': {
        get: (_request, response) => readTime(context, timeTravel, response),
        post: (request, response) => advance(context, timeTravel, request, response),
        delete: (_request, response) => {
          requireAdministrator(response);
          timeTravel.return();
          readTime(context, timeTravel, response);
        },
      },
    }),
  });
}

async function readOwn({ store, timeTravel }: Context, response: Response): Promise<void> {
  const { admin, user } = requireSession(response);
  const email = (await store.user(user))?.email ?? null;
  answer(response, { id: user, email, admin, time_travel: timeTravel !== undefined });
}

/** The users as far as the user page shows them. The API tells users without rights not even their own name. */
async function listUsers({ store }: Context, response: Response): Promise<void> {
  const { admin, user: own } = requireSession(response);
  const roles = new Map((await store.roles()).map(({ id, name }) => [id, name]));
  const visible = (await store.users()).filter(({ id }) => admin || id === own);
  const told = visible.map(({ id, first_name, last_name, email, status, role, token }) => ({
    id,
    first_name,
    last_name,
    email,
    status,
    role: role === null ? null : (roles.get(role) ?? null),
    has_token: token !== null && token !== '',
  }));
  answer(response, told);
}

/** The name of a session on the page, which tells nothing about its token. */
const idOf = ({ token }: SessionRecord): string => createHash('sha256').update(token).digest('hex').slice(0, 32);

/** The valid sessions that the user may see: the own one first, then those that end last. */
async function visibleSessions(context: Context, { admin, session, user }: SessionHolder): Promise<SessionRecord[]> {
  const valid = (await context.store.sessions()).filter((one) => isValid(context, one) && (admin || one.user === user));
  return valid.sort(
    (one, other) => Number(other.token === session) - Number(one.token === session) || other.expires - one.expires,
  );
}

async function listSessions(context: Context, response: Response): Promise<void> {
  const holder = requireSession(response);
  const sessions = await visibleSessions(context, holder);
  const told = sessions.slice(0, SESSIONS_TOLD).map(async (session) => ({
    id: idOf(session),
    token: masked(session.token),
    user: session.user,
    email: (await context.store.user(session.user))?.email ?? null,
    expires: new Date(session.expires).toISOString(),
    own: session.token === holder.session,
    refreshed: session.successor !== null,
  }));
  answerPayload(response, { data: await Promise.all(told), meta: { total_count: sessions.length } }, 'no-store');
}

/** One that is not there, and one of another user, is forbidden: which of the two is not told. */
async function endSession(context: Context, id: string, response: Response): Promise<void> {
  const session = (await visibleSessions(context, requireSession(response))).find((one) => idOf(one) === id);
  if (session === undefined) throw forbidden();
  await context.store.deleteSession(session.token);
  answer(response);
}

function readTime({ settings }: Context, clock: TravellingClock, response: Response): void {
  requireAdministrator(response);
  const { ACCESS_TOKEN_TTL, REFRESH_TOKEN_TTL, SESSION_COOKIE_TTL } = settings;
  answer(response, {
    now: new Date(clock.now()).toISOString(),
    ahead: clock.ahead,
    longest_lifetime: Math.max(ACCESS_TOKEN_TTL, REFRESH_TOKEN_TTL, SESSION_COOKIE_TTL),
  });
}

function advance(context: Context, clock: TravellingClock, request: Request, response: Response): void {
  requireAdministrator(response);
  const { ms: inShort, advanceMs: ms = inShort } = bodyOf(request);
  if (typeof ms !== 'number' || !Number.isInteger(ms) || ms < 1 || clock.ahead + ms > FARTHEST)
    throw invalidPayload(
      '"advanceMs" (or "ms") must be a whole number of milliseconds, and the clock at most 100 years ahead',
    );
  clock.advance(ms);
  readTime(context, clock, response);
}
