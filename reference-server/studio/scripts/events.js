/* The log of authentication events, as they happen. */

import { base, send } from './api.js';
import { byId } from './by-id.js';
import { make, shownTime } from './elements.js';
import { filterEvents } from './manage.js';
import { showSessions } from './sessions.js';
import { attempt, me, onSignedOut } from './signed-in.js';
import { management, readUsers } from './users.js';

/**
 * @typedef {{ id: number, time: string, user: string | null, email: string | null, credential: string | null, sentIn: string | null,
 *   action: string, method: string, path: string, status: number, code: string | null }} AuthenticationEvent
 */

const EVENTS_SHOWN = 200;

/** @type {EventSource | undefined} */
let stream;
onSignedOut(() => stream?.close());

const list = byId('event-list', HTMLOListElement);

/** Shows the events so far, and those that come. */
export function followEvents() {
  stream?.close();
  list.replaceChildren();
  stream = new EventSource(`${base}/admin/api/events`);
  stream.addEventListener('message', ({ data }) => showEvent(/** @type {AuthenticationEvent} */ (JSON.parse(data))));
  // The stream ends with the session. The browser opens it again by itself, and gives up when it is rejected.
  stream.addEventListener('error', () => {
    if (me !== undefined && stream?.readyState === EventSource.CLOSED)
      void attempt(async () => {
        await send('GET', '/admin/api/me');
      });
  });
}

/** @param {AuthenticationEvent} event */
function showEvent({ action, code, credential, email, method, path, status, time, user, sentIn }) {
  const good = status < 400;
  const row = make(
    'li',
    '',
    shownTime(time),
    make('strong', good ? 'good' : 'bad', `${status}${code === null ? '' : ` ${code}`}`),
    make('span', 'what', make('b', '', action), ' ', make('code', '', `${method} ${path}`)),
    make('span', 'who', email ?? user ?? (credential === null ? 'anonymous' : 'unknown')),
    make('span', 'soft', credential === null ? 'no credential' : `${inWords(credential)}, by ${sentIn}`),
  );
  Object.assign(row.dataset, {
    who: email ?? user ?? '',
    credential: credential ?? 'none',
    outcome: good ? 'accepted' : 'rejected',
  });
  list.prepend(row);
  filterEvents();
  while (list.children.length > EVENTS_SHOWN) list.lastElementChild?.remove();
  if (path.startsWith('/users') && method !== 'GET') soon('users', readUsers);
  soon('sessions', showSessions);
  if (me?.admin && method === 'POST' && /\/(?:password\/request|invite|register)$/.test(path))
    soon('outbox', () => management.readOutbox());
}

/** @param {string} credential */
const inWords = (credential) => (credential === 'password' ? 'password' : `${credential} token`);

/** @type {Map<string, number>} */
const planned = new Map();

/**
 * Does something once, however often it is asked for within a moment.
 * @param {string} what
 * @param {() => Promise<void>} work
 */
function soon(what, work) {
  if (planned.has(what)) return;
  const timer = setTimeout(() => {
    planned.delete(what);
    if (me !== undefined) void attempt(work);
  }, 200);
  planned.set(what, timer);
}
