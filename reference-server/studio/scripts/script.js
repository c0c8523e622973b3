/*
 * The studio page: signing in and out. The scripts of this folder are served as they stand, and type-checked by the comments in them
 * (../tsconfig.json).
 */

import { Rejection, send } from './api.js';
import { showTime } from './clock.js';
import { byId } from './by-id.js';
import { button, input, element } from './elements.js';
import { followEvents } from './events.js';
import { showSessions } from './sessions.js';
import { act, attempt, readMe, showProblem, showSignIn } from './signed-in.js';
import { management, readUsers } from './users.js';

byId('sign-in-form', HTMLFormElement).addEventListener('submit', async (event) => {
  event.preventDefault();
  const submit = /** @type {HTMLButtonElement} */ (event.submitter);
  const otp = input('otp').value;
  submit.disabled = true;
  showProblem();
  try {
    await send('POST', '/auth/login', {
      email: input('email').value,
      password: input('password').value,
      mode: 'session',
      ...(otp !== '' && { otp }),
    });
    input('password').value = '';
    input('otp').value = '';
    element('otp-field').hidden = true;
    await attempt(showStudio);
  } catch (error) {
    if (error instanceof Rejection && error.code === 'INVALID_OTP') {
      element('otp-field').hidden = false;
      input('otp').focus();
    } else input('password').focus();
    showProblem(error instanceof Error ? error.message : String(error));
  } finally {
    submit.disabled = false;
  }
});

button('sign-out').addEventListener('click', () =>
  act(async () => {
    await send('POST', '/auth/logout', { mode: 'session' });
    await showSignIn();
  }),
);

async function showStudio() {
  const me = await readMe();
  element('sign-in').hidden = true;
  element('studio').hidden = false;
  element('account').hidden = false;
  element('users').hidden = !me.admin;
  element('clock').hidden = !(me.admin && me.time_travel);
  const link = byId('own-page', HTMLAnchorElement);
  link.textContent = me.email ?? me.id;
  link.href = `#/users/${me.id}`;
  for (const id of ['create', 'outbox']) element(id).hidden = !me.admin;
  if (!me.admin) element('edit').hidden = true;
  await Promise.all([readUsers(), showSessions(), me.admin && me.time_travel && showTime()]);
  if (me.admin) await management.read();
  followEvents();
}

await send('GET', '/admin/api/me').then(
  () => attempt(showStudio),
  (error) => showSignIn(error),
);
