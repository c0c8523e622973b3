import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Exchange } from '../../../spec/generated/report.js';
import { curlLines } from './curl.js';
import { mask } from '../../../spec/mask.js';
import { issuedSecrets } from './issued-secrets.js';
import { SecretNames } from './secret-names.js';
import { tellSecret } from './seen-secrets.js';

/** A request as it was sent. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string;
}

/** An answer as it came, headers in the target's order. */
export interface ReceivedResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** One request and what became of it, with its secrets in clear: never leaves the suites unmasked. */
export interface RawExchange {
  readonly request: SentRequest;
  readonly response?: ReceivedResponse;
  readonly error?: string;
  /** ms since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
}

const BODY_LIMIT = 2000;
const EXCHANGE_LIMIT = 20;

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

  /** Keeps an exchange; answers with its number. Tells the secrets in it, which stay secrets when the exchange is forgotten. */
  add(exchange: RawExchange): number {
    issuedSecrets(exchange).forEach(tellSecret);
    return this.#exchanges.push(exchange) - 1;
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

  get exchanges(): readonly RawExchange[] {
    return this.#exchanges;
  }

  /** Takes over what another piece of evidence shows, such as the creation of a user that several checks share. */
  adopt(other: Evidence): void {
    if (other === this) return;
    const numbers = other.exchanges.map((exchange) => {
      const known = this.#exchanges.indexOf(exchange);
      return known === -1 ? this.#exchanges.push(exchange) - 1 : known;
    });
    for (const { value, variable, origin, secret } of other.names.all()) {
      const moved = 'exchange' in origin ? { ...origin, exchange: numbers[origin.exchange] ?? 0 } : origin;
      this.names.add(value, variable, moved, secret);
    }
  }

  /** Marks the place reached so far. */
  mark(): Mark {
    return { length: this.#exchanges.length, values: this.names.all().map(({ value }) => value) };
  }

  /**
   * Forgets what came after a mark: a run of a property that held is no evidence for the next one. Waits for what is still under way,
   * after a run that ended at the first of several answers: a late one would stand in the next run, with tokens that have no names there.
   */
  async backTo(mark: Mark): Promise<void> {
    while (this.#underWay.size > 0) {
      await Promise.allSettled(this.#underWay);
      // Whoever waited for an answer may send the next request.
      await nextTurn();
    }
    this.#exchanges.length = mark.length;
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
        url: this.masked(request.url),
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

  /** Shell lines that repeat the exchanges from nothing. */
  curl(targetUrl: string): string[] {
    return curlLines(targetUrl, this.#exchanges, this.names);
  }

  #headers(headers: readonly (readonly [string, string])[]): { name: string; value: string }[] {
    return headers.map(([name, value]) => ({ name, value: this.masked(maskCookie(name, value)) }));
  }

  #body(body: string): string {
    const masked = this.masked(body);
    return masked.length > BODY_LIMIT ? `${masked.slice(0, BODY_LIMIT)} … (${masked.length} characters)` : masked;
  }
}

/** Masks a header of an answer that carries a token, which no header of the API does. */
function maskTokenHeader(name: string, value: string): string {
  return /token|secret|^authorization$/i.test(name) ? mask(value) : value;
}

/** Masks the value of a token cookie that nobody has named, such as one that a broken target sends unasked. */
function maskCookie(name: string, value: string): string {
  if (!/^(set-)?cookie$/i.test(name)) return value;
  return value.replace(/(^|; )([^=;]*token[^=;]*=)([^;]+)/gi, (_all, lead: string, key: string, token: string) => {
    return `${lead}${key}${mask(token)}`;
  });
}
