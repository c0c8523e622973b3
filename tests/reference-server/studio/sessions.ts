import type { ReferenceServer } from '../../../reference-server/index.js';
import { send } from '../client.js';

/** A session as the page reads it. */
export interface ListedSession {
  readonly id: string;
  readonly token: string;
  readonly email: string | null;
  readonly expires: string;
  readonly own: boolean;
  readonly refreshed: boolean;
}

/** The sessions that the page lists for the user of a session cookie. */
export const sessionsFor = async (server: ReferenceServer, cookie: string): Promise<readonly ListedSession[]> =>
  (await send(server, 'GET /admin/api/sessions', { cookie })).json?.data as readonly ListedSession[];
