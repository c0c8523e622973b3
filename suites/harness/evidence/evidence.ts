import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Exchange } from '../../../spec/generated/report.js';
import type { Connection } from '../target/http/connection.js';
import type { RawExchange } from '../target/http/exchange.js';
import { curlLines } from './curl.js';
import type { Failure } from './failing-exchange.js';
import { mask } from '../../../spec/values/mask.js';
import { issuedSecrets } from './issued-secrets.js';
import { kept } from './kept.js';
import { SecretNames } from './secret-names.js';
import { tellSecret } from './seen-secrets.js';
import { shorten } from './shorten.js';

const BODY_LIMIT = 2000;
const EXCHANGE_LIMIT = 20;
/** Longest shell lines of one check, in characters: those of a Directus have at most a tenth of it. */
const CURL_LIMIT = 250_000;

/** A place in the evidence to which it can be taken back. */
export interface Mark {
  readonly length: number;
  readonly values: readonly string[];
}

/** Collects the exchanges behind one verdict. */
export class Evidence {
  readonly names = new SecretNames();
  readonly #exchanges: RawExchange[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #expired = new Set<number>();
  #pauseMs = 0;
  #waiting = 0;
  #waitingSince = 0;
  #waitedMs = 0;

  /**
   * Keeps an exchange, as much of it as evidence needs; returns its number. Tells the secrets in it, which stay secrets when the exchange
   * is forgotten.
   */
  add(exchange: RawExchange): number {
    for (const { value, looksSoUnder } of issuedSecrets(exchange)) tellSecret(value, looksSoUnder);
    const pauseMs = this.#pauseMs;
    this.#pauseMs = 0;
    return this.#exchanges.push(kept(pauseMs === 0 ? exchange : { ...exchange, pauseMs })) - 1;
  }

  /** Notes that it was waited on purpose, in ms, before the next exchange: who repeats the exchanges is to wait as long. */
  notePause(ms: number): void {
    this.#pauseMs += ms;
  }

  /** Knows of an exchange as long as it is under way. Gives what the exchange gives, and throws what it throws. */
  async during<T>(exchange: () => Promise<T>): Promise<T> {
    const running = exchange();
    this.#underWay.add(running);
    try {
      return await running;
    } finally {
      this.#underWay.delete(running);
    }
  }

  /** Counts the time that requests wait until the target wants to be asked: it is none that the target takes. */
  async whileWaiting<T>(turn: () => Promise<T>): Promise<T> {
    if (this.#waiting === 0) this.#waitingSince = performance.now();
    this.#waiting += 1;
    try {
      return await turn();
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#waitedMs += performance.now() - this.#waitingSince;
    }
  }

  /** How long requests have waited for their turn so far, in ms; what waited at the same time counts once. */
  get waitedMs(): number {
    return this.#waitedMs + (this.#waiting === 0 ? 0 : performance.now() - this.#waitingSince);
  }

  /** Notes that an exchange shows nothing: what it was sent with may have expired before it was rejected. */
  noteExpired(number: number): void {
    this.#expired.add(number);
  }

  /** Says that a check has allowed for that. */
  dismissExpired(number: number): void {
    this.#expired.delete(number);
  }

  /** True when one of the exchanges was rejected after its credential may have expired. */
  get hasExpired(): boolean {
    return [...this.#expired].some((number) => number < this.#exchanges.length);
  }

  get exchanges(): readonly RawExchange[] {
    return this.#exchanges;
  }

  /**
   * Takes over what another piece of evidence shows, such as the creation of a user that several checks share.
   * @param which of its exchanges, by their numbers; all of them unless told. The pauses before those left out are kept.
   */
  adopt(other: Evidence, which: (number: number) => boolean = () => true): void {
    if (other === this) return;
    let pauseMs = 0;
    const numbers = other.exchanges.map((exchange, number) => {
      const known = this.#exchanges.indexOf(exchange);
      if (known !== -1) return known;
      if (!which(number)) {
        pauseMs += exchange.pauseMs ?? 0;
        return undefined;
      }
      const waited = pauseMs === 0 ? exchange : { ...exchange, pauseMs: pauseMs + (exchange.pauseMs ?? 0) };
      pauseMs = 0;
      return this.#exchanges.push(waited) - 1;
    });
    for (const { value, variable, origin, secret } of other.names.all()) {
      if (!('exchange' in origin)) {
        this.names.add(value, variable, origin, secret);
        continue;
      }
      const exchange = numbers[origin.exchange];
      if (exchange !== undefined) this.names.add(value, variable, { ...origin, exchange }, secret);
    }
  }

  /** Marks the place reached so far. */
  mark(): Mark {
    return { length: this.#exchanges.length, values: this.names.all().map(({ value }) => value) };
  }

  /**
   * Forgets what came after a mark: a run of a property that held is no evidence for the next one. Waits for what is still under way,
   * after a run that ended at the first of several answers: a late one would be in the next run, with tokens that have no names there.
   */
  async backTo(mark: Mark): Promise<void> {
    while (this.#underWay.size > 0) {
      await Promise.allSettled(this.#underWay);
      // A check that waited for a response may send its next request.
      await nextTurn();
    }
    this.#exchanges.length = mark.length;
    this.#pauseMs = 0;
    for (const number of this.#expired) if (number >= mark.length) this.#expired.delete(number);
    this.names.keepOnly(mark.values);
  }

  /** Masks the secrets of this evidence in a text. */
  masked(text: string): string {
    return this.names.masked(text);
  }

  /** The exchanges as a report shows them: the last twenty, masked. `epoch`: the beginning of the run, ms since 1970. */
  shown(epoch: number): Exchange[] {
    return this.#exchanges.slice(-EXCHANGE_LIMIT).map(({ request, response, error, startedAt, durationMs }) => ({
      request: {
        method: request.method,
        url: shorten(this.masked(request.url), BODY_LIMIT),
        headers: this.#headers(request.headers),
        ...(request.body !== undefined && { body: this.#body(request.body) }),
      },
      ...(response && {
        response: {
          status: response.status,
          headers: this.#headers(response.headers.map(([name, value]) => [name, maskTokenHeader(name, value)])),
          body: this.#body(response.body),
        },
      }),
      ...(error !== undefined && { error: this.masked(error) }),
      startedAtMs: Math.round(startedAt - epoch),
      durationMs: Math.round(durationMs),
    }));
  }

  /**
   * Shell lines that repeat the exchanges from nothing; none where there were none.
   * @param failure what they are to show
   */
  curl(targetUrl: string, connection: Connection = {}, failure?: Failure): string[] {
    if (this.#exchanges.length === 0) return [];
    const lines = curlLines(targetUrl, this.#exchanges, this.names, connection, failure);
    const length = lines.reduce((sum, line) => sum + line.length, 0);
    return length <= CURL_LIMIT ? lines : [`# left out: ${lines.length} lines of ${length} characters`];
  }

  #headers(headers: readonly (readonly [string, string])[]): { name: string; value: string }[] {
    return headers.map(([name, value]) => ({ name, value: shorten(this.masked(maskCookie(name, value)), BODY_LIMIT) }));
  }

  #body(body: string): string {
    const masked = this.masked(body);
    return shorten(masked, BODY_LIMIT);
  }
}

/** Masks a header of a response that carries a token, which no header of the API does. */
function maskTokenHeader(name: string, value: string): string {
  return /token|secret|^authorization$/i.test(name) ? mask(value) : value;
}

/** Masks the value of a token cookie whose name is not known, such as one that a broken target sends unasked. */
function maskCookie(name: string, value: string): string {
  if (!/^(set-)?cookie$/i.test(name)) return value;
  return value.replace(
    /(^|; )(?=[^=;]*=[^;])([^=;]*token[^=;]*=)([^;]+)/gi,
    (_all, lead: string, key: string, token: string) => `${lead}${key}${mask(token)}`,
  );
}
