import type { ReceivedResponse } from '../http/exchange.js';
import { memberOf, readJson } from '../http/read-json.js';

/** What a response says about the rate at which the target wants to be asked. */
export interface RateLimit {
  /** How long to wait before the next request, in ms. */
  readonly waitMs?: number;
  /** How many requests are left until then. */
  readonly remaining?: number;
  /** How many requests a second are allowed in the long run. */
  readonly perSecond?: number;
}

/** Above this, a number of seconds is a moment since 1970, and no duration: a duration of that length is 31 years. */
const EPOCH_FROM_S = 1e9;

/**
 * True when a response says that its request was not processed because of the rate of requests: a 429 (RFC 6585 section 4), a 503 that says
 * when to try again (RFC 9110 section 15.6.4), and a 503 that is not of the API, as a gateway gives one that limits the rate.
 */
export function isRejectedForRate(response: ReceivedResponse): boolean {
  if (response.status === 429) return true;
  if (response.status !== 503) return false;
  return fieldOf(response, 'retry-after') !== undefined || !isOfTheApi(response);
}

/** True when a response has the envelope of an error of the API. Observed: Directus 12.4.1. */
export function isOfTheApi({ body }: ReceivedResponse): boolean {
  return typeof extensionIn(body, 'code') === 'string';
}

/**
 * Reads the fields that limiters send: Retry-After (RFC 9110 section 10.2.3), RateLimit and RateLimit-Policy (the drafts of
 * draft-ietf-httpapi-ratelimit-headers), RateLimit-Reset and -Remaining of its earlier drafts, their older forms with X-, and the member
 * `reset` in the error of a Directus (observed: Directus 12.4.1).
 * @param now ms since 1970; a date counts from the response's own Date, where it has one
 */
export function readRateLimit(response: ReceivedResponse, now = Date.now()): RateLimit {
  const field = (...names: string[]): string | undefined =>
    names.map((name) => fieldOf(response, name)).find((value) => value !== undefined);
  const sent = Date.parse(field('date') ?? '');
  const clock = Number.isNaN(sent) ? now : sent;
  const combined = field('ratelimit') ?? '';
  const policy = field('ratelimit-policy') ?? '';
  const resets = [
    durationMs(/(?:^|[;,\s])(?:t|reset)\s*=\s*"?(\d+)/i.exec(combined)?.[1], clock),
    durationMs(field('ratelimit-reset', 'x-ratelimit-reset-after', 'x-ratelimit-reset', 'x-rate-limit-reset'), clock),
  ];
  const remaining = Number(
    /(?:^|[;,\s])(?:r|remaining)\s*=\s*"?(\d+)/i.exec(combined)?.[1] ??
      field('ratelimit-remaining', 'x-ratelimit-remaining', 'x-rate-limit-remaining') ??
      NaN,
  );
  const isRejected = isRejectedForRate(response);
  const resetMs = resets.find((one) => one !== undefined);
  const waits = [durationMs(field('retry-after'), clock), resetMs, isRejected ? resetInBody(response, now) : undefined];
  // Retry-After is in whole seconds, and rounded down by some: the latest of what is said is meant.
  const said = waits.filter((wait) => wait !== undefined);
  const waitMs = said.length === 0 ? undefined : Math.max(...(isRejected ? said : said.slice(0, 1)));
  return {
    ...(waitMs !== undefined && (isRejected || remaining === 0) && { waitMs }),
    ...(!Number.isNaN(remaining) && { remaining }),
    ...perSecondOf(policy),
  };
}

/** `100;w=60`, or `"default";q=100;w=60`: the slowest of several. */
function perSecondOf(policy: string): { perSecond?: number } {
  const rates = policy.split(',').flatMap((one) => {
    const quota = Number(/(?:^\s*|[;\s]q\s*=\s*)(\d+)/i.exec(one)?.[1]);
    const window = Number(/;\s*w\s*=\s*(\d+)/i.exec(one)?.[1]);
    return quota > 0 && window > 0 ? [quota / window] : [];
  });
  return rates.length === 0 ? {} : { perSecond: Math.min(...rates) };
}

/** A number of seconds, a moment in s or ms since 1970, or a date: how far away it is, in ms. */
function durationMs(text: string | undefined, clock: number): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const number = Number(text);
  if (Number.isNaN(number)) {
    const date = Date.parse(text);
    return Number.isNaN(date) ? undefined : Math.max(0, date - clock);
  }
  if (number < 0) return 0;
  if (number < EPOCH_FROM_S) return number * 1000;
  const moment = number > EPOCH_FROM_S * 1000 ? number : number * 1000;
  return Math.max(0, moment - clock);
}

function resetInBody({ body }: ReceivedResponse, now: number): number | undefined {
  const reset = extensionIn(body, 'reset');
  const date = typeof reset === 'string' ? Date.parse(reset) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** A member of the extensions of the first error in a body; undefined where there is none that can be read. */
function extensionIn(body: string, name: string): unknown {
  const errors = memberOf(readJson(body, 'the response'), 'errors');
  return Array.isArray(errors) ? memberOf(memberOf(memberOf(errors, '0'), 'extensions'), name) : undefined;
}

const fieldOf = ({ headers }: ReceivedResponse, name: string): string | undefined =>
  headers.find(([key]) => key.toLowerCase() === name)?.[1];
