import type { SessionRecord } from '../../stores/store.js';
import type { Wrappers } from '../defect.js';
import { bodyOf, userIn } from './exchange.js';
import { keepingSessions } from './keeping-sessions.js';

/** Spares sessions of a user that a change of the user would end. */
export const sparingSessions = (
  spares: (body: Record<string, unknown>) => boolean,
  which: (sessions: readonly SessionRecord[]) => readonly SessionRecord[] = (sessions) => sessions,
): (() => Wrappers) =>
  keepingSessions(async (exchange) => {
    const id = userIn(exchange, 'PATCH');
    if (id === undefined || !spares(bodyOf(exchange))) return [];
    return which((await exchange.context.store.sessions()).filter(({ user }) => user === id));
  });

export const allButTheNewest = (sessions: readonly SessionRecord[]): readonly SessionRecord[] => sessions.slice(0, -1);
