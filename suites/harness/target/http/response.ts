import { Cookie } from 'tough-cookie';
import { shorten } from '../../evidence/shorten.js';
import type { TargetDescription } from '../../run/run-plan.js';
import type { SentRequest, ReceivedResponse } from './exchange.js';
import { memberOf, readJson } from './read-json.js';
import type { Lifetime } from '../tokens/tokens.js';
import { recordId } from '../record-id.js';

/** What a response knows of the request that it answers. */
export interface Asked {
  readonly request: SentRequest;
  /** The target that was asked. */
  readonly description: TargetDescription;
  /** The lifetimes of the credentials that came with the request, where the target had issued them to this run. */
  readonly credentials: readonly Lifetime[];
  /** When the request was sent, and when the whole response had come: on the clock of TargetTime.now(), in ms. */
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** A response of the target, with the views of it that checks ask for. */
export class Response {
  readonly request: SentRequest;
  readonly status: number;
  readonly body: string;
  /** The body as JSON; undefined where it is not JSON. */
  readonly json: unknown;
  #cookies: readonly Cookie[] | undefined;

  /** @throws Inconclusive when the body is a text that is too long */
  constructor(
    /** The request, and what it was sent with. */
    readonly asked: Asked,
    private readonly received: ReceivedResponse,
    /** Its number in the evidence. */
    readonly exchange: number,
  ) {
    this.request = asked.request;
    this.status = received.status;
    this.body = received.body;
    this.json = readJson(received.body, this.what);
  }

  get succeeded(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get rejected(): boolean {
    return this.status >= 400 && this.status < 500;
  }

  /** True when it says that the target has no such resource or method. RFC 9110 sections 15.5.5, 15.5.6 and 15.6.2. */
  get isNotOffered(): boolean {
    return [404, 405, 501].includes(this.status);
  }

  /** True when a rejection shows nothing: a credential of the request may have expired before the target answered. */
  get mayHaveExpired(): boolean {
    const { credentials, receivedAt } = this.asked;
    return credentials.some((lifetime) => lifetime.excusesRejectionAt(receivedAt));
  }

  /** The request in short, as a reader of the report knows it. */
  get what(): string {
    return `${this.request.method} ${new URL(this.request.url).pathname}`;
  }

  /** What the response was, in a few words, for the member `actual` of a verdict. */
  get summary(): string {
    return `${this.what} returned ${this.status}${this.errorCode === undefined ? '' : ` ${this.errorCode}`}`;
  }

  /** The error code in the response, the beginning of one that is longer than any code. Observed: Directus 12.4.1. */
  get errorCode(): string | undefined {
    const { errors } = (this.json ?? {}) as { errors?: { extensions?: { code?: unknown } }[] };
    const code = Array.isArray(errors) ? errors[0]?.extensions?.code : undefined;
    return typeof code === 'string' ? shorten(code) : undefined;
  }

  /** The headers as they came: names and values. */
  get headerPairs(): ReceivedResponse['headers'] {
    return this.received.headers;
  }

  /** The values of a header, each time it came. */
  headers(name: string): string[] {
    return this.headerPairs.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  }

  /**
   * The object that the response carries: the member `data`, or the body itself where it has none. The specification
   * shows the payload bare (seed, Storing Tokens › JSON), Directus puts it into `data`; the profile core accepts both.
   */
  get payload(): Record<string, unknown> {
    const { json } = this;
    if (typeof json !== 'object' || json === null) return {};
    const { data } = json as { data?: unknown };
    return (typeof data === 'object' && data !== null ? data : json) as Record<string, unknown>;
  }

  /** The list in the member `data`, as far as it can be read: an empty one where there is none. */
  get list(): readonly unknown[] {
    const data = memberOf(this.json, 'data');
    return Array.isArray(data) ? Object.keys(data).map((index) => memberOf(data, index)) : [];
  }

  /** The way to a member of the payload, from the body on. */
  pathOf(member: string): string[] {
    const { json } = this;
    const wrapped = typeof json === 'object' && json !== null && this.payload !== json;
    return wrapped ? ['data', member] : [member];
  }

  /** A member of the payload, when it is a string with something in it. */
  text(member: string): string | undefined {
    const value = this.payload[member];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** The id in a member of the payload, as text. */
  id(member = 'id'): string | undefined {
    return recordId(this.payload[member]);
  }

  /** The names of what the payload holds, for the member `actual` where what is expected is not among them. */
  get memberNames(): string {
    return inList(Object.keys(this.payload));
  }

  /** The names of the cookies that the response sets, for the member `actual` where the one that is expected is not among them. */
  get cookieNames(): string {
    return inList(this.cookies.map(({ key }) => key));
  }

  /** The cookies that the response sets, parsed leniently, as browsers do. RFC 6265 section 5.2. */
  get cookies(): readonly Cookie[] {
    this.#cookies ??= this.headers('set-cookie').flatMap((header) => Cookie.parse(header, { loose: true }) ?? []);
    return this.#cookies;
  }

  /** The cookie of a name, when the response sets it to something; of several the last, as in a browser. */
  cookie(name: string): Cookie | undefined {
    return this.cookies.filter((cookie) => cookie.key === name && cookie.value !== '').at(-1);
  }
}

/** Names that are told, at most. */
const NAMES = 5;

const inList = (names: readonly string[]): string =>
  names.length === 0
    ? 'nothing'
    : [...names.slice(0, NAMES).map((name) => shorten(name)), ...(names.length > NAMES ? ['…'] : [])].join(', ');
