import { copyOf } from './shorten.js';
import type { RawExchange, ReceivedResponse } from '../target/http/exchange.js';

/** Most that is kept of a body, in characters: a report shows a quarter of it. */
const BODY_LIMIT = 8192;
/** Most headers of an answer that are kept, and their most characters together. A Directus sends about twenty, of 2500. */
const HEADER_COUNT = 50;
const HEADER_LIMIT = 6000;

/** An exchange as evidence keeps it: what a target sends beyond reason is left out, and it is said how much. */
export function kept(exchange: RawExchange): RawExchange {
  return exchange.response === undefined ? exchange : { ...exchange, response: keptResponse(exchange.response) };
}

function keptResponse({ status, headers, body }: ReceivedResponse): ReceivedResponse {
  return { status, headers: keptHeaders(headers), body: keptBody(body) };
}

function keptBody(body: string): string {
  if (body.length <= BODY_LIMIT) return body;
  // Not in the middle of a word: half a token would not be known for a secret.
  let end = BODY_LIMIT;
  while (end > 0 && !/[\s",;&<>]/.test(body.charAt(end - 1))) end -= 1;
  return `${copyOf(body.slice(0, end))} … (${body.length} characters)`;
}

function keptHeaders(headers: ReceivedResponse['headers']): ReceivedResponse['headers'] {
  let length = 0;
  const fits = headers.findIndex(([name, value], index) => {
    length += name.length + value.length;
    return index >= HEADER_COUNT || length > HEADER_LIMIT;
  });
  if (fits === -1) return headers;
  return [...headers.slice(0, fits), ['…', `${headers.length - fits} more headers`]];
}
