import { QUOTE_LIMIT } from '../../../spec/values/quote-limit.js';

/** A text with what goes beyond a limit left out and counted; a copy of its own, which does not keep the long one in memory. */
export function shorten(text: string, limit = QUOTE_LIMIT): string {
  return text.length <= limit ? text : `${copyOf(text.slice(0, limit))}… (${text.length} characters)`;
}

/** A value from a target as it is in a sentence: JSON, at most 200 characters. */
export function quote(value: unknown): string {
  return shorten(JSON.stringify(value) ?? 'nothing');
}

/** V8 keeps the whole of a text for as long as a part of it is held: this is a part that stands alone. */
export const copyOf = (part: string): string => Buffer.from(part, 'utf8').toString('utf8');
