/*
 * What administrators do on the studio page beside static tokens: create, change, suspend and remove users, and read the outbox; and the
 * filter of the events. It is served as it stands, and type-checked by the comments in it (tsconfig.json beside it).
 */

import { byId } from './by-id.js';

/**
 * @typedef {{ id: string, first_name: string | null, last_name: string | null, email: string | null, status: string,
 *   role: string | null, has_token: boolean }} User
 * @typedef {{ id: string, name: string }} Role
 * @typedef {{ id: number, time: number, kind: string, to: string, subject: string, link: string }} Email
 * @typedef {object} Page what the page's own script lends
 * @property {(method: string, path: string, body?: object) => Promise<unknown>} send
 * @property {(work: () => Promise<void>) => Promise<void>} act
 * @property {() => Promise<void>} readUsers
 * @property {() => User | undefined} shownUser
 */

/** @param {string} id */
const input = (id) => byId(id, HTMLInputElement);
/** @param {string} id */
const select = (id) => byId(id, HTMLSelectElement);
/** @param {string} id */
const element = (id) => byId(id, HTMLElement);

/** Forms for users, and the outbox. */
export class Management {
  /** @type {readonly Role[]} */
  #roles = [];
  /** @type {string | undefined} */
  #shown;

  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    this.#onSubmit('create-form', () => this.#create());
    this.#onSubmit('edit-form', () => this.#change());
    byId('remove-user', HTMLButtonElement).addEventListener('click', () => page.act(() => this.#remove()));
  }

  /** Reads what the forms offer. */
  async read() {
    this.#roles = /** @type {Role[]} */ (await this.page.send('GET', '/roles?fields=id,name&sort=name'));
    for (const id of ['new-role', 'edit-role'])
      select(id).replaceChildren(new Option('None', ''), ...this.#roles.map((role) => new Option(role.name, role.id)));
    this.show();
    await this.readOutbox();
  }

  /** Fills the form in with the user whose page is shown. What is being typed about the same user stays. */
  show() {
    const user = this.page.shownUser();
    element('edit').hidden = user === undefined;
    const isTyping = element('edit-form').contains(document.activeElement);
    if (user?.id === this.#shown && isTyping) return;
    if (user?.id !== this.#shown) {
      element('edit-done').textContent = '';
      this.#confirming(false);
    }
    this.#shown = user?.id;
    if (user === undefined) return;
    input('edit-first').value = user.first_name ?? '';
    input('edit-last').value = user.last_name ?? '';
    input('edit-address').value = user.email ?? '';
    input('edit-secret').value = '';
    select('edit-status').value = user.status;
    select('edit-role').value = this.#roles.find(({ name }) => name === user.role)?.id ?? '';
  }

  async readOutbox() {
    const emails = /** @type {Email[]} */ (await this.page.send('GET', '/admin/api/outbox'));
    element('no-emails').hidden = emails.length > 0;
    byId('email-list', HTMLUListElement).replaceChildren(
      ...emails.map(({ kind, to, subject, link, time }) => {
        const row = document.createElement('li');
        const open = document.createElement('a');
        open.textContent = subject;
        open.href = link;
        const told = document.createElement('span');
        told.className = 'soft';
        told.textContent = `${kind} to ${to}, ${new Date(time).toLocaleString()}`;
        row.append(open, told);
        return row;
      }),
    );
  }

  async #create() {
    const role = select('new-role').value;
    await this.page.send('POST', '/users', {
      email: input('new-address').value,
      password: input('new-secret').value,
      ...(role !== '' && { role }),
    });
    byId('create-form', HTMLFormElement).reset();
    await this.page.readUsers();
    element('created').textContent = 'The user is created.';
  }

  async #change() {
    const secret = input('edit-secret').value;
    await this.page.send('PATCH', `/users/${this.page.shownUser()?.id}`, {
      first_name: input('edit-first').value || null,
      last_name: input('edit-last').value || null,
      email: input('edit-address').value,
      status: select('edit-status').value,
      role: select('edit-role').value || null,
      ...(secret !== '' && { password: secret }),
    });
    input('edit-secret').value = '';
    await this.page.readUsers();
    element('edit-done').textContent = 'The changes are applied.';
  }

  async #remove() {
    if (element('remove-user').dataset['confirming'] !== 'true') {
      this.#confirming(true);
      return;
    }
    await this.page.send('DELETE', `/users/${this.page.shownUser()?.id}`);
    location.hash = '#/';
    await this.page.readUsers();
    element('users-title').focus();
  }

  /** @param {boolean} asks whether the next click removes the user */
  #confirming(asks) {
    element('remove-user').dataset['confirming'] = String(asks);
    element('remove-user').textContent = asks ? 'Remove for good' : 'Remove the user';
  }

  /** @param {string} id @param {() => Promise<void>} work */
  #onSubmit(id, work) {
    byId(id, HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      void this.page.act(work);
    });
  }
}

/** Shows of the rows of events those that the filter asks for. */
export function filterEvents() {
  const who = input('filter-who').value.trim().toLowerCase();
  const credential = select('filter-credential').value;
  const outcome = select('filter-outcome').value;
  for (const row of byId('event-list', HTMLOListElement).children) {
    if (!(row instanceof HTMLElement)) continue;
    row.hidden = !(
      (row.dataset['who'] ?? '').toLowerCase().includes(who) &&
      (credential === '' || row.dataset['credential'] === credential) &&
      (outcome === '' || row.dataset['outcome'] === outcome)
    );
  }
}

for (const id of ['filter-who', 'filter-credential', 'filter-outcome'])
  element(id).addEventListener('input', filterEvents);
