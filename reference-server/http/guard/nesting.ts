import type { RequestHandler } from 'express';
import { invalidPayload, type ApiError } from '../errors.js';

/**
 * How deep JSON may be nested that comes from a client. What is deeper could be read, but neither written again (JSON.stringify overflows
 * the stack some thousand levels down) nor walked through by recursion.
 */
export const DEEPEST = 100;

/** True when a value has lists or objects within each other, more than `levels` deep. Takes no stack. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  let level = [value].filter(isNested);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth >= levels) return true;
    const next: object[] = [];
    for (const one of level) for (const member of Object.values(one)) if (isNested(member)) next.push(member);
    level = next;
  }
  return false;
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;

/**
 * True when a text of JSON has more brackets open at once than `levels`. Reads it up to there and makes nothing of it, so that what is
 * too deep costs less than what is not.
 * @param text in UTF-8
 */
export function looksDeeperThan(text: Uint8Array, levels: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const byte = text[i];
    if (byte === QUOTE) {
      // To the end of the string: a backslash takes the next byte with it.
      for (i += 1; i < text.length && text[i] !== QUOTE; i += 1) if (text[i] === BACKSLASH) i += 1;
    } else if (byte === BRACKET || byte === BRACE) {
      depth += 1;
      if (depth > levels) return true;
    } else if (byte === CLOSING_BRACKET || byte === CLOSING_BRACE) depth -= 1;
  }
  return false;
}

const [QUOTE, BACKSLASH, BRACKET, CLOSING_BRACKET, BRACE, CLOSING_BRACE] = [...Buffer.from('"\\[]{}')];

const tooDeep = (): ApiError => invalidPayload(`The body is nested deeper than ${DEEPEST} levels`);

/**
 * Rejects a body that is nested deeper than DEEPEST before it is parsed.
 * @param charset of the text; what is not in UTF-8 is looked at when it has been parsed
 * @throws ApiError 400 INVALID_PAYLOAD
 */
export function rejectDeepText(_request: unknown, _response: unknown, text: Buffer, charset: string): void {
  if (charset === 'utf-8' && looksDeeperThan(text, DEEPEST)) throw tooDeep();
}

/** The same when it has been parsed. */
export const rejectDeepBody: RequestHandler = ({ body }: { body?: unknown }, _response, next) => {
  if (isDeeperThan(body, DEEPEST)) throw tooDeep();
  next();
};
