import { Cookie } from 'tough-cookie';
import type { ReceivedResponse, SentRequest } from '../evidence/evidence.js';
import { readJson } from './read-json.js';

/** An answer of the target, with the views of it that checks ask for. */
export class Answer {
  #cookies: readonly Cookie[] | undefined;

  /** @throws Unjudged when the body holds a text that is too long */
  constructor(
    readonly request: SentRequest,
    readonly response: ReceivedResponse,
    /** Its number in the evidence. */
    readonly exchange: number,
  ) {
    this.json = readJson(response.body, this.what);
  }

  get status(): number {
    return this.response.status;
  }

  get succeeded(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** The request in short, as a reader of the report knows it. */
  get what(): string {
    return `${this.request.method} ${new URL(this.request.url).pathname}`;
  }

  /** The values of a header, each time it came. */
  headers(name: string): string[] {
    return this.response.headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  }

  /** The body as JSON; undefined where it is not JSON. */
  readonly json: unknown;

  /**
   * The object that the answer carries: the member `data`, or the body itself where it has none. The specification
   * shows the payload bare (seed, Storing Tokens › JSON), Directus puts it into `data`; the profile core accepts both.
   */
  get payload(): Record<string, unknown> {
    const { json } = this;
    if (typeof json !== 'object' || json === null) return {};
    const { data } = json as { data?: unknown };
    return (typeof data === 'object' && data !== null ? data : json) as Record<string, unknown>;
  }

  /** The path, for jq, of a member of the payload. */
  pathOf(member: string): string {
    const { json } = this;
    const wrapped = typeof json === 'object' && json !== null && this.payload !== json;
    return wrapped ? `.data.${member}` : `.${member}`;
  }

  /** A member of the payload, when it is a string with something in it. */
  text(member: string): string | undefined {
    const value = this.payload[member];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** The cookies that the answer sets, parsed leniently, as browsers do. RFC 6265 section 5.2. */
  get cookies(): readonly Cookie[] {
    this.#cookies ??= this.headers('set-cookie').flatMap((header) => Cookie.parse(header, { loose: true }) ?? []);
    return this.#cookies;
  }

  /** The cookie of a name, when the answer sets it to something; of several the last, as in a browser. */
  cookie(name: string): Cookie | undefined {
    return this.cookies.filter((cookie) => cookie.key === name && cookie.value !== '').at(-1);
  }
}
