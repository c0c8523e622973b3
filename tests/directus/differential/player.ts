import { converse } from './conversation.js';
import { articles, authors, definitions, given, permissions, policy } from './content.js';
import { freshIds, manager, reader, role, suspended } from './people.js';
import { normalAnswer, normalMessage, type NormalAnswer } from './normal-form.js';
import type { Step } from './step.js';

const ADMIN = { email: 'admin@example.com', password: 'd1r3ctu5' };

/** Paths of collections that are empty before each sequence. */
const KEPT_FOR_APPS = new Set([
  ...['/files', '/folders', '/notifications', '/presets', '/comments', '/translations', '/dashboards', '/panels'],
  '/policies',
]);

/** What a server has issued during a sequence. */
interface Issued {
  readonly access: string[];
  readonly refresh: string[];
  readonly session: string[];
}

/** Plays sequences of requests on one server, and remembers what it issues. */
export class Player {
  #issued: Issued = { access: [], refresh: [], session: [] };
  #administrator = { token: '', id: '', role: '' };
  /** The paths of the collections that a sequence has written, beside users, roles and articles. */
  readonly #written = new Set<string>();
  #pageChanged = false;

  constructor(
    readonly url: string,
    private readonly known: ReadonlySet<string>,
  ) {}

  /** Logs the administrator in. */
  async start(): Promise<{ readonly id: string; readonly role: string }> {
    const { data } = (await this.#json('POST', '/auth/login', ADMIN)) as { data: { access_token: string } };
    this.#administrator.token = data.access_token;
    const me = (await this.#json('GET', '/users/me?fields=id,role')) as { data: { id: string; role: string } };
    Object.assign(this.#administrator, me.data);
    return me.data;
  }

  /** Creates the collections of content, and what a reader may do with them, unless they are there. */
  async define(): Promise<void> {
    const there = await fetch(`${this.url}/policies/${policy.id}?access_token=${this.#administrator.token}`);
    if (there.ok) return;
    for (const [path, body] of definitions) await this.#json('POST', path, body);
    await this.#json('POST', '/policies', policy);
    await this.#json('POST', '/permissions', permissions);
  }

  /** Removes what the sequence before has left, and creates what the next one begins with. */
  async reset(): Promise<void> {
    this.#issued = { access: [], refresh: [], session: [] };
    await this.#resetLibrary();
    const users = (await this.#json('GET', '/users?limit=-1&fields=id')) as { data: { id: string }[] };
    const others = users.data.map(({ id }) => id).filter((id) => id !== this.#administrator.id);
    if (others.length > 0) await this.#json('DELETE', '/users', others);
    const roles = (await this.#json('GET', '/roles?limit=-1&fields=id')) as { data: { id: string }[] };
    for (const { id } of roles.data) if (id !== this.#administrator.role) await this.#json('DELETE', `/roles/${id}`);
    await this.#json('PATCH', '/settings', {
      auth_login_attempts: 25,
      public_registration: false,
      public_registration_role: null,
      public_registration_verify_email: true,
    });
    await this.#json('POST', '/roles', role);
    await this.#json('POST', '/access', given);
    await this.#json('POST', '/users', [{ ...manager, role: this.#administrator.role }, reader, suspended]);
    for (const collection of ['articles', 'authors'])
      await this.#json('DELETE', `/items/${collection}`, { query: { limit: -1 } });
    await this.#json('POST', '/items/authors', authors);
    await this.#json('POST', '/items/articles', articles);
  }

  /** Removes what there is of the collections that the sequence before has written. */
  async #resetLibrary(): Promise<void> {
    for (const path of this.#written) {
      const keys = path === '/policies' ? [...freshIds] : { query: { limit: -1 } };
      await this.#json('DELETE', path, keys);
    }
    if (this.#written.has('/policies')) {
      const more = { query: { filter: { id: { _gt: 100 } }, limit: -1 } };
      await this.#json('DELETE', '/permissions', more);
    }
    if (this.#pageChanged) await this.#json('PATCH', '/items/page', { heading: null, size: 3 });
    this.#written.clear();
    this.#pageChanged = false;
  }

  /** Plays one request, or a conversation by WebSocket. */
  async play(step: Step): Promise<NormalAnswer> {
    if (step.messages !== undefined) return this.#converse(step.path, step.messages);
    const { method, path, bearer, cookie, origin, body, contentType = 'application/json' } = step;
    this.#note(step);
    const response = await fetch(this.url + this.#filled(path), {
      method,
      redirect: 'manual',
      headers: {
        ...(body !== undefined && { 'content-type': contentType }),
        ...(bearer !== undefined && { authorization: this.#filled(bearer) }),
        ...(cookie !== undefined && { cookie: this.#filled(cookie) }),
        ...(origin !== undefined && { origin, 'access-control-request-method': 'PATCH' }),
      },
      ...(body !== undefined && { body: this.#filled(typeof body === 'string' ? body : JSON.stringify(body)) }),
    });
    await this.#remember(response.clone());
    const isOrdered = path.includes('sort=') || JSON.stringify(body ?? '').includes('sort');
    return normalAnswer(response, this.known, isOrdered);
  }

  async #converse(path: string, messages: readonly unknown[]): Promise<NormalAnswer> {
    const sent = messages.map((one) => this.#filled(typeof one === 'string' ? one : JSON.stringify(one)));
    const { status, answers, isClosed } = await converse(this.url.replace(/^http/, 'ws') + this.#filled(path), sent);
    const normal = answers.map((texts) => texts.map((text) => normalMessage(text, this.known)).sort());
    return { status, headers: {}, cookies: [], body: JSON.stringify({ answers: normal, isClosed }) };
  }

  /** Remembers what has to be removed again. */
  #note({ method, path }: Step): void {
    if (['GET', 'HEAD', 'OPTIONS', 'SEARCH'].includes(method)) return;
    const [collection = ''] = /^\/\w+/.exec(path) ?? [];
    if (KEPT_FOR_APPS.has(collection)) this.#written.add(collection);
    if (['/access', '/permissions'].includes(collection)) this.#written.add('/policies');
    if (path.startsWith('/items/page')) this.#pageChanged = true;
  }

  async #remember(response: Response): Promise<void> {
    const text = await response.text();
    for (const [, token = ''] of text.matchAll(/"access_token":"([^"]+)"/g)) this.#issued.access.push(token);
    for (const [, token = ''] of text.matchAll(/"refresh_token":"([^"]+)"/g)) this.#issued.refresh.push(token);
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^(directus_\w+)=([^;]+)/.exec(cookie) ?? [];
      if (value !== undefined) this.#issued[name === 'directus_session_token' ? 'session' : 'refresh'].push(value);
    }
  }

  /** A text with what was issued in place of its signs; what was not issued yet is text of no meaning. */
  #filled(text: string): string {
    return text
      .replaceAll('{adminRole}', this.#administrator.role)
      .replaceAll(/\{(access|refresh|session):(\d+)\}/g, (_sign, kind: keyof Issued, at: string) => {
        const issued = this.#issued[kind];
        return issued[Number(at) % Math.max(1, issued.length)] ?? `not-issued-${kind}`;
      });
  }

  async #json(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(this.#administrator.token !== '' && { authorization: `Bearer ${this.#administrator.token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${this.url} answers ${response.status} to ${method} ${path}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
