/* The list of sessions. */

import { base, send } from './api.js';
import { byId } from './by-id.js';
import { make, element, shownTime } from './elements.js';
import { act } from './signed-in.js';

/**
 * @typedef {{ id: string, token: string, user: string, email: string | null, expires: string, own: boolean,
 *   refreshed: boolean }} Session
 */

/** Reads the sessions, and shows their list. */
export async function showSessions() {
  const response = await fetch(`${base}/admin/api/sessions`);
  if (!response.ok) {
    await send('GET', '/admin/api/me');
    return;
  }
  const answer = /** @type {{ data: Session[], meta: { total_count: number } }} */ (await response.json());
  const { data, meta } = answer;
  const more = meta.total_count > data.length ? ` The ${data.length} that end last are shown.` : '';
  const count = `${meta.total_count} ${meta.total_count === 1 ? 'session is' : 'sessions are'} active.${more}`;
  if (element('session-count').textContent !== count) element('session-count').textContent = count;
  const list = byId('session-list', HTMLUListElement);
  const rows = new Map([...list.querySelectorAll('li')].map((row) => [row.dataset['id'], row]));
  const ids = data.map(({ id }) => id);
  for (const [id, row] of rows) if (!ids.includes(id ?? '')) row.remove();
  // Rows that are there already stay, so that the focus stays.
  data.forEach((session, at) => {
    const row = rows.get(session.id) ?? list.insertBefore(sessionRow(session), list.children[at] ?? null);
    const refreshed = row.querySelector('.refreshed');
    if (refreshed instanceof HTMLElement) refreshed.hidden = !session.refreshed;
  });
}

/** @param {Session} session */
function sessionRow({ id, token, email, expires, own }) {
  const end = make('button', '', 'End');
  end.type = 'button';
  end.setAttribute('aria-label', `End the session ${token} of ${email ?? 'a user'}`);
  end.addEventListener('click', () =>
    act(async () => {
      await send('DELETE', `/admin/api/sessions/${id}`);
      await showSessions();
      element('sessions-title').focus();
    }),
  );
  const row = make(
    'li',
    '',
    make('span', 'who', email ?? 'unknown user'),
    make('code', '', token),
    ...(own ? [make('strong', 'badge', 'this session')] : []),
    make('span', 'badge refreshed', 'refreshed, in its grace period'),
    make('span', 'soft', 'ends ', shownTime(expires)),
    end,
  );
  row.dataset['id'] = id;
  return row;
}
