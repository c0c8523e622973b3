import { ApiError, invalidPayload } from '../http/errors.js';
import { looksDeeperThan, DEEPEST } from '../http/guard/nesting.js';
import type { RawData } from 'ws';

/** The members of a message. */
export type Message = Readonly<Record<string, unknown>>;

/** What is wrong with a message, in words. Observed: Directus 12.4.1. */
export const malformedMessage = (why: string): ApiError => {
  const { status, code } = invalidPayload(why);
  return new ApiError(status, code, why);
};

const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
};

/** `Validation error: …`: which member is not what it has to be. */
export const notA = (expected: string, value: unknown, member?: string): string =>
  `Invalid input: expected ${expected}, received ${kindOf(value)}${member === undefined ? '' : ` at "${member}"`}`;

export const validationError = (...problems: readonly string[]): ApiError =>
  malformedMessage(`Validation error: ${problems.join(' or ')}`);

/**
 * One of these words.
 * @param before what else is wrong, told before each
 */
export const noneOf = (words: readonly string[], member: string, before = ''): ApiError =>
  validationError(...words.map((word) => `${before}Invalid input: expected "${word}" at "${member}"`));

/**
 * A message as it came.
 * @throws ApiError 400 INVALID_PAYLOAD for what is no object with a type
 */
export function parsedMessage(data: RawData): Record<string, unknown> {
  const text = data as Buffer;
  let message: unknown;
  try {
    if (looksDeeperThan(text, DEEPEST)) throw new Error('too deep');
    message = JSON.parse(text.toString());
  } catch {
    throw malformedMessage('Unable to parse the incoming message.');
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message))
    throw validationError(notA('object', message));
  const { type, uid } = message as Message;
  if (typeof type !== 'string') throw validationError(notA('string', type, 'type'));
  if (uid !== undefined && typeof uid !== 'string' && typeof uid !== 'number')
    throw validationError(notA('string', uid, 'uid'), notA('number', uid, 'uid'));
  return message as Record<string, unknown>;
}

/** An answer with the uid of the message that it answers. Observed: Directus 12.4.1. */
export const withUid = ({ uid }: Message, answer: Message): Message =>
  uid === undefined ? answer : { ...answer, uid };

/** A message that could not be done what it asks for. */
export const failure = (type: string, { code, message }: ApiError): Message => ({
  type,
  status: 'error',
  error: { code, message },
});
