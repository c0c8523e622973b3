/* The clock of the server, which administrators may advance. */

import { send } from './api.js';
import { byId } from './by-id.js';
import { button, element } from './elements.js';
import { showSessions } from './sessions.js';
import { act } from './signed-in.js';

/** @typedef {{ now: string, ahead: number, longest_lifetime: number }} Time */

/** @type {{ time: Time, at: number } | undefined} */
let told;

/** @param {Time} [time] the answer to a change; asked for when not given */
export async function showTime(time) {
  told = { time: time ?? /** @type {Time} */ (await send('GET', '/admin/api/time-travel')), at: performance.now() };
  element('ahead').textContent =
    told.time.ahead === 0 ? ', as the machine’s does.' : `, ${duration(told.time.ahead)} ahead.`;
  tick();
}

function tick() {
  if (told === undefined) return;
  const now = new Date(Date.parse(told.time.now) + performance.now() - told.at);
  byId('server-time', HTMLTimeElement).replaceChildren(now.toLocaleString());
}
setInterval(tick, 1000);

/** @param {number} ms */
function duration(ms) {
  const minutes = Math.round(ms / 60_000);
  const parts = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [minutes % 60, 'min'],
  ].filter(([count]) => count !== 0);
  return parts.length === 0 ? `${Math.round(ms / 1000)} s` : parts.map((part) => part.join(' ')).join(' ');
}

/** @param {string} method @param {object} [body] */
const travel = (method, body) =>
  act(async () => {
    await showTime(/** @type {Time} */ (await send(method, '/admin/api/time-travel', body)));
    await showSessions();
  });

for (const one of document.querySelectorAll('#clock [data-ms]'))
  if (one instanceof HTMLElement)
    one.addEventListener('click', () => travel('POST', { ms: Number(one.dataset['ms']) }));
button('expire-everything').addEventListener('click', () => travel('POST', { ms: told?.time.longest_lifetime }));
button('back-to-now').addEventListener('click', () => travel('DELETE'));
