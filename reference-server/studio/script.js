/*
 * The script of the studio page. It is served as it stands, and type-checked by the comments in it (tsconfig.json beside it).
 */

import { byId } from './by-id.js';
import { filterEvents, Management } from './manage.js';

/**
 * @typedef {{ id: string, first_name: string | null, last_name: string | null, email: string | null, status: string,
 *   role: string | null, has_token: boolean }} User
 * @typedef {{ id: string, email: string | null, admin: boolean, time_travel: boolean }} Me
 * @typedef {{ id: string, token: string, user: string, email: string | null, expires: string, own: boolean,
 *   refreshed: boolean }} Session
 * @typedef {{ id: number, time: string, user: string | null, email: string | null, credential: string | null, sentIn: string | null,
 *   action: string, method: string, path: string, status: number, code: string | null }} AuthenticationEvent
 * @typedef {{ now: string, ahead: number, longest_lifetime: number }} Time
 */

const EVENTS_SHOWN = 200;
const NOTICE =
  'Make sure to backup and copy the token above. For security reasons, you will not be able to view the token again after saving and navigate off this page.';

/** An error that the server answered with. */
class Rejection extends Error {
  /** @param {number} status @param {string} code @param {string} message */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** @param {string} id */
const section = (id) => byId(id, HTMLElement);
/** @param {string} id */
const button = (id) => byId(id, HTMLButtonElement);
/** @param {string} id */
const input = (id) => byId(id, HTMLInputElement);

/**
 * A new element with text or elements in it.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {(string | Node)[]} content
 */
function make(tag, className, ...content) {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...content);
  return element;
}

/** Where the API begins: this script is at /admin/script.js below it. */
const base = new URL('..', import.meta.url).pathname.slice(0, -1);

/**
 * Sends a request with the session cookie.
 * @param {string} method
 * @param {string} path below the base path
 * @param {object} [body]
 * @returns {Promise<unknown>} the member `data` of the answer
 */
async function send(method, path, body) {
  const response = await fetch(base + path, {
    method,
    headers: method === 'GET' ? {} : { 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = text === '' ? {} : JSON.parse(text);
  if (response.ok) return answer.data;
  const { message, extensions } = answer.errors?.[0] ?? {};
  throw new Rejection(response.status, extensions?.code ?? '', message ?? `The server answered ${response.status}.`);
}

/** @param {string} [text] what went wrong; nothing takes it away */
function showProblem(text = '') {
  section('problem').textContent = text;
}

/**
 * Does what the user asks for.
 * @param {() => Promise<void>} work
 */
async function act(work) {
  showProblem();
  await attempt(work);
}

/**
 * Does something; what goes wrong is shown, and who is no longer signed in is asked to sign in again.
 * @param {() => Promise<void>} work
 */
async function attempt(work) {
  try {
    await work();
  } catch (error) {
    if (error instanceof Rejection && (error.status === 401 || error.code === 'INVALID_TOKEN')) await showSignIn(error);
    else showProblem(error instanceof Error ? error.message : String(error));
  }
}

/**
 * A time as it is shown: of today without the date.
 * @param {string} iso
 */
function shownTime(iso) {
  const date = new Date(iso);
  const today = date.toDateString() === new Date().toDateString();
  const time = make('time', '', today ? date.toLocaleTimeString() : date.toLocaleString());
  time.dateTime = iso;
  return time;
}

// ── Signing in and out ──

/** @type {Me | undefined} */
let me;
/** @type {EventSource | undefined} */
let stream;

/** @param {Rejection} [reason] */
async function showSignIn(reason) {
  const wasSignedIn = me !== undefined;
  me = undefined;
  stream?.close();
  // An expired cookie would be rejected by the login too.
  if (reason?.code === 'TOKEN_EXPIRED') await send('DELETE', '/admin/api/session-cookie');
  section('studio').hidden = true;
  section('account').hidden = true;
  section('sign-in').hidden = false;
  input('token').value = '';
  if (wasSignedIn && reason !== undefined) showProblem('Your session has ended. Sign in again.');
  input('email').focus();
}

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
    section('otp-field').hidden = true;
    await attempt(showStudio);
  } catch (error) {
    if (error instanceof Rejection && error.code === 'INVALID_OTP') {
      section('otp-field').hidden = false;
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
  me = /** @type {Me} */ (await send('GET', '/admin/api/me'));
  section('sign-in').hidden = true;
  section('studio').hidden = false;
  section('account').hidden = false;
  section('users').hidden = !me.admin;
  section('clock').hidden = !(me.admin && me.time_travel);
  const link = byId('own-page', HTMLAnchorElement);
  link.textContent = me.email ?? me.id;
  link.href = `#/users/${me.id}`;
  for (const id of ['create', 'roles', 'outbox']) section(id).hidden = !me.admin;
  if (!me.admin) section('edit').hidden = true;
  await Promise.all([readUsers(), showSessions(), me.admin && me.time_travel && showTime()]);
  if (me.admin) await management.read();
  followEvents();
}

// ── Users and their static tokens ──

/** @param {{ first_name: string | null, last_name: string | null }} user */
const nameOf = ({ first_name, last_name }) => [first_name, last_name].filter(Boolean).join(' ');

/** @returns {string | undefined} the id of the user whose page is asked for: the own one when none is */
const userInAddress = () => /^#\/users\/([0-9a-f-]{36})$/i.exec(location.hash)?.[1] ?? me?.id;

/** @type {readonly User[]} */
let users = [];

/** Reads the users, and shows their list and the user page. */
async function readUsers() {
  users = /** @type {User[]} */ (await send('GET', '/admin/api/users'));
  showUsers();
  showUser();
  if (me?.admin) management.show();
}

const management = new Management({
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
  section('user-title').textContent = user !== undefined && user.id === me?.id ? 'User: you' : 'User';
  const facts = {
    first_name: user?.first_name,
    last_name: user?.last_name,
    'user-email': user?.email,
    status: user?.status ?? 'There is no such user.',
    role: user?.role,
  };
  for (const [id, value] of Object.entries(facts)) section(id).textContent = value || '–';
  section('token-form').hidden = user === undefined;
  const hasToken = user?.has_token === true;
  const field = input('token');
  if (shown !== user?.id) {
    field.value = '';
    section('done').textContent = '';
  }
  shown = user?.id;
  field.readOnly = !me?.admin;
  field.placeholder = hasToken ? '••••••••••••••••' : 'No token';
  section('token-buttons').hidden = !me?.admin;
  section('token-hint').textContent = [
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
  const notice = section('notice');
  if (there && notice.textContent !== NOTICE) notice.textContent = NOTICE;
  if (!there) notice.textContent = '';
}

input('token').addEventListener('input', tokenChanged);

button('generate').addEventListener('click', () =>
  act(async () => {
    input('token').value = /** @type {string} */ (await send('GET', '/utils/random/string'));
    section('done').textContent = '';
    tokenChanged();
  }),
);

button('copy').addEventListener('click', async () => {
  const field = input('token');
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    section('done').textContent = 'Copied.';
  } catch {
    section('done').textContent = 'The browser does not let this page copy: press Ctrl-C.';
  }
});

/** @param {string | null} token @param {string} done */
async function saveToken(token, done) {
  await send('PATCH', `/users/${userInAddress()}`, { token });
  input('token').value = '';
  await readUsers();
  section('done').textContent = done;
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
  section('user-title').focus();
});

// ── Sessions ──

async function showSessions() {
  const response = await fetch(`${base}/admin/api/sessions`);
  if (!response.ok) {
    await send('GET', '/admin/api/me');
    return;
  }
  const answer = /** @type {{ data: Session[], meta: { total_count: number } }} */ (await response.json());
  const { data, meta } = answer;
  const more = meta.total_count > data.length ? ` The ${data.length} that end last are shown.` : '';
  const count = `${meta.total_count} ${meta.total_count === 1 ? 'session is' : 'sessions are'} active.${more}`;
  if (section('session-count').textContent !== count) section('session-count').textContent = count;
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
      section('sessions-title').focus();
    }),
  );
  const row = make(
    'li',
    '',
    make('span', 'who', email ?? 'nobody’s'),
    make('code', '', token),
    ...(own ? [make('strong', 'badge', 'this session')] : []),
    make('span', 'badge refreshed', 'refreshed, in its grace period'),
    make('span', 'soft', 'ends ', shownTime(expires)),
    end,
  );
  row.dataset['id'] = id;
  return row;
}

// ── Authentication events ──

const list = byId('event-list', HTMLOListElement);

function followEvents() {
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
    make('span', 'who', email ?? user ?? (credential === null ? 'nobody' : 'unknown')),
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

// ── The clock ──

/** @type {{ time: Time, at: number } | undefined} */
let told;

/** @param {Time} [time] the answer to a change; asked for when not given */
async function showTime(time) {
  told = { time: time ?? /** @type {Time} */ (await send('GET', '/admin/api/time-travel')), at: performance.now() };
  section('ahead').textContent =
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

await send('GET', '/admin/api/me').then(
  () => attempt(showStudio),
  (error) => showSignIn(error),
);
