/* Who is signed in, and what becomes of an error: it is shown, or leads back to the sign-in form. */

import { Rejection, send } from './api.js';
import { input, element } from './elements.js';

/** @typedef {{ id: string, email: string | null, admin: boolean, time_travel: boolean }} Me */

/**
 * The user who is signed in.
 * @type {Me | undefined}
 */
export let me;

/** Asks the server who is signed in. */
export async function readMe() {
  me = /** @type {Me} */ (await send('GET', '/admin/api/me'));
  return me;
}

/** @type {(() => void)[]} */
const ends = [];

/**
 * Calls a function when the user is no longer signed in.
 * @param {() => void} end
 */
export function onSignedOut(end) {
  ends.push(end);
}

/** @param {string} [text] what went wrong; without it the last problem is removed */
export function showProblem(text = '') {
  element('problem').textContent = text;
}

/**
 * Does what the user asks for.
 * @param {() => Promise<void>} work
 */
export async function act(work) {
  showProblem();
  await attempt(work);
}

/**
 * Does something; an error is shown, and a user who is no longer signed in is asked to sign in again.
 * @param {() => Promise<void>} work
 */
export async function attempt(work) {
  try {
    await work();
  } catch (error) {
    if (error instanceof Rejection && (error.status === 401 || error.code === 'INVALID_TOKEN')) await showSignIn(error);
    else showProblem(error instanceof Error ? error.message : String(error));
  }
}

/** @param {Rejection} [reason] */
export async function showSignIn(reason) {
  const wasSignedIn = me !== undefined;
  me = undefined;
  for (const end of ends) end();
  // An expired cookie would be rejected by the login too.
  if (reason?.code === 'TOKEN_EXPIRED') await send('DELETE', '/admin/api/session-cookie');
  element('studio').hidden = true;
  element('account').hidden = true;
  element('sign-in').hidden = false;
  input('token').value = '';
  // Until it is known whose it is.
  element('token-form').hidden = true;
  if (wasSignedIn && reason !== undefined) showProblem('Your session has ended. Sign in again.');
  input('email').focus();
}
