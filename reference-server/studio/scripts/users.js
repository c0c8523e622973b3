/* The list of users, and the page of one: name, status, static token. */

import { send } from './api.js';
import { byId } from './by-id.js';
import { button, input, make, element } from './elements.js';
import { Management } from './manage.js';
import { act, me, showProblem } from './signed-in.js';

/**
 * @typedef {{ id: string, first_name: string | null, last_name: string | null, email: string | null, status: string,
 *   role: string | null, has_token: boolean }} User
 */

const NOTICE =
  'Make sure to backup and copy the token above. For security reasons, you will not be able to view the token again after saving and navigate off this page.';

/** @param {{ first_name: string | null, last_name: string | null }} user */
const nameOf = ({ first_name, last_name }) => [first_name, last_name].filter(Boolean).join(' ');

/** @returns {string | undefined} the id of the user whose page is asked for: the own one when none is */
const userInAddress = () => /^#\/users\/([0-9a-f-]{36})$/i.exec(location.hash)?.[1] ?? me?.id;

/** @type {readonly User[]} */
let users = [];

/** Reads the users, and shows their list and the user page. */
export async function readUsers() {
  users = /** @type {User[]} */ (await send('GET', '/admin/api/users'));
  showUsers();
  showUser();
  if (me?.admin) management.show();
}

export const management = new Management({
  send,
  act,
  readUsers,
  shownUser: () => users.find(({ id }) => id === userInAddress()),
});

function showUsers() {
  byId('user-list', HTMLUListElement).replaceChildren(
    ...users.map((user) => {
      const link = make('a', '', user.email ?? user.id);
      link.href = `#/users/${user.id}`;
      if (user.id === userInAddress()) link.ariaCurrent = 'page';
      return make('li', '', link, make('span', 'soft', [nameOf(user), user.status].filter(Boolean).join(', ')));
    }),
  );
}

/**
 * The user whose page is shown.
 * @type {string | undefined}
 */
let shown;

/** Shows the user page of the address. A token that is in the field of the same user, not saved yet, stays there. */
function showUser() {
  const user = users.find(({ id }) => id === userInAddress());
  element('user-title').textContent = user !== undefined && user.id === me?.id ? 'User: you' : 'User';
  const facts = {
    first_name: user?.first_name,
    last_name: user?.last_name,
    'user-email': user?.email,
    status: user?.status ?? 'There is no such user.',
    role: user?.role,
  };
  for (const [id, value] of Object.entries(facts)) element(id).textContent = value || '–';
  element('token-form').hidden = user === undefined;
  const hasToken = user?.has_token === true;
  const field = input('token');
  if (shown !== user?.id) {
    field.value = '';
    element('done').textContent = '';
  }
  shown = user?.id;
  field.readOnly = !me?.admin;
  field.placeholder = hasToken ? '••••••••••••••••' : 'No token';
  element('token-buttons').hidden = !me?.admin;
  element('token-hint').textContent = [
    hasToken ? 'A token is saved, and cannot be viewed.' : 'This user has no static token.',
    me?.admin ? '' : 'Only administrators may change it.',
  ].join(' ');
  button('clear').disabled = !hasToken;
  tokenChanged();
}

/** What follows from the token that is in the field, not saved yet. */
function tokenChanged() {
  const there = input('token').value !== '';
  button('copy').disabled = !there;
  button('save').disabled = !there;
  const notice = element('notice');
  if (there && notice.textContent !== NOTICE) notice.textContent = NOTICE;
  if (!there) notice.textContent = '';
}

input('token').addEventListener('input', tokenChanged);

button('generate').addEventListener('click', () =>
  act(async () => {
    input('token').value = /** @type {string} */ (await send('GET', '/utils/random/string'));
    element('done').textContent = '';
    tokenChanged();
  }),
);

button('copy').addEventListener('click', async () => {
  const field = input('token');
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    element('done').textContent = 'Copied.';
  } catch {
    element('done').textContent = 'The browser does not let this page copy: press Ctrl-C.';
  }
});

/** @param {string | null} token @param {string} done */
async function saveToken(token, done) {
  await send('PATCH', `/users/${userInAddress()}`, { token });
  input('token').value = '';
  await readUsers();
  element('done').textContent = done;
  button('generate').focus();
}

byId('token-form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  if (input('token').value === '') return;
  void act(() => saveToken(input('token').value, 'Saved. The token cannot be viewed again.'));
});

button('clear').addEventListener('click', () => act(() => saveToken(null, 'Cleared. The token is no longer valid.')));

addEventListener('hashchange', () => {
  if (me === undefined || location.hash === '#main') return;
  showProblem();
  showUsers();
  showUser();
  if (me.admin) management.show();
  element('user-title').focus();
});
