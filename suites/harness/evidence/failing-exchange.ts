import type { RawExchange } from '../target/http/exchange.js';
import type { InRace } from './races.js';

/** What a check expected, and what was received instead, in words. */
export interface Failure {
  readonly expected: string;
  readonly actual: string;
}

/** How the summary of a response begins: see Response.summary. */
const SUMMARY = /^([A-Z]+) (\/\S*) returned (\d{3})\b/;

/**
 * How many exchanges lead to a failure: up to the last one that is as the failure says, and what was under way with it. What a check had
 * asked beside it by then shows nothing. All of them where the failure names no response.
 */
export function lengthToFailure(
  exchanges: readonly RawExchange[],
  failure: Failure | undefined,
  races: ReadonlyMap<number, InRace>,
): number {
  const [, method, path, status] = SUMMARY.exec(failure?.actual ?? '') ?? [];
  if (method === undefined) return exchanges.length;
  const at = exchanges.findLastIndex(
    ({ request, response }) =>
      request.method === method && String(response?.status) === status && new URL(request.url).pathname === path,
  );
  if (at === -1) return exchanges.length;
  let length = at + 1;
  while (races.get(length)?.first === false) length += 1;
  return length;
}

/** Whether a failure is about what a token holds, which no reader sees in the token. */
export const isAboutClaims = ({ expected, actual }: Failure): boolean =>
  /\b(?:claims?|exp|iat|lifetime)\b/.test(`${expected} ${actual}`);
