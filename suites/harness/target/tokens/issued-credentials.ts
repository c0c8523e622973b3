import type { SentRequest } from '../http/exchange.js';
import { percentEncoded } from '../percent-encoding.js';
import { TargetTime } from '../time.js';
import type { Lifetime } from './tokens.js';

/** What may be a token, within a URL, a header, a JSON body or a GraphQL query. */
const TOKEN_LIKE = /[\w.-]{16,}/g;

/** The credentials that the target issued to one run, with their lifetimes: so that a response knows what it was asked with. */
export class IssuedCredentials {
  readonly #lifetimes = new Map<string, Lifetime>();
  /** The values that TOKEN_LIKE does not find whole: short ones, and those of other characters. */
  readonly #unusual = new Set<string>();

  /** @param time by which they expire: the machine's when not given */
  constructor(readonly time = new TargetTime()) {}

  /** Takes note of a credential; one that is issued again keeps the lifetime that it had first. */
  add(value: string, lifetime: Lifetime): Lifetime {
    const known = this.#lifetimes.get(value);
    if (known !== undefined) return known;
    this.#lifetimes.set(value, lifetime);
    if (value.match(TOKEN_LIKE)?.[0] !== value) this.#unusual.add(value);
    return lifetime;
  }

  /** The lifetimes of the credentials that a request was sent with, by any bearer method, or in its body. */
  sentWith({ url, headers, body = '' }: SentRequest): Lifetime[] {
    const sent = [url, ...headers.map(([, value]) => value), body].join('\n');
    const unusual = [...this.#unusual].filter((value) => sent.includes(value) || sent.includes(percentEncoded(value)));
    const values = new Set([...(sent.match(TOKEN_LIKE) ?? []), ...unusual]);
    return [...values].flatMap((value) => this.#lifetimes.get(value) ?? []);
  }
}
