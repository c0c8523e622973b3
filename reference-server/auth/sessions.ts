import type { Context } from '../context.js';
import { randomString } from '../random.js';
import type { SessionRecord, UserRecord } from '../stores/store.js';

/** Expired sessions are forgotten after this long, in ms. */
const KEPT_AFTER_EXPIRY = 24 * 60 * 60 * 1000;

/** A session that is not stored yet, with a token of 64 characters [A-Za-z0-9_-] (384 random bits). Observed: Directus 12.4.1. */
export function newSession({ clock, random }: Context, user: string, lifetimeMs: number): SessionRecord {
  return { token: randomString(random, 64), user, expires: clock.now() + lifetimeMs, successor: null };
}

/** Begins and stores a session of a user who has logged in. */
export async function startSession(context: Context, user: string, lifetimeMs: number): Promise<SessionRecord> {
  const session = newSession(context, user, lifetimeMs);
  await context.store.purgeSessions(context.clock.now() - KEPT_AFTER_EXPIRY);
  await context.store.insertSession(session);
  return session;
}

/** True until the session ends. */
export const isValid = ({ clock }: Context, session: SessionRecord): boolean => session.expires > clock.now();

/** The user of a session, when the user may still log in. */
export async function activeUserOf({ store }: Context, session: SessionRecord): Promise<UserRecord | undefined> {
  const user = await store.user(session.user);
  return user?.status === 'active' ? user : undefined;
}

/** Takes note of a login or refresh of a user. */
export async function noteAccess({ clock, store }: Context, user: string): Promise<void> {
  await store.updateUser(user, { last_access: timestamp(clock.now()) });
}

/** UTC to the second, as 2026-11-24T04:00:51. Observed: Directus 12.4.1. */
const timestamp = (now: number): string => new Date(now).toISOString().slice(0, 19);
