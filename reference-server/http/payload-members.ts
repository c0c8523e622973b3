import { bodyOf } from './answer.js';
import { isEmailAddress } from './email.js';
import { invalidPayload } from './errors.js';

/*
 * What a member of a request's body has to be, where a route says so before anything else. The words are observed: Directus 12.4.1.
 */

/**
 * The members of a body; none when there is none.
 * @throws ApiError 400 INVALID_PAYLOAD for an array
 */
export function membersOf(body: unknown): Readonly<Record<string, unknown>> {
  if (Array.isArray(body)) throw invalidPayload('"value" must be of type object');
  return bodyOf({ body });
}

/**
 * A member that is text, and not empty unless that is allowed.
 * @throws ApiError 400 INVALID_PAYLOAD
 */
export function mustBeText(name: string, value: unknown, emptyAllowed = false): string {
  if (typeof value !== 'string') throw invalidPayload(`"${name}" must be a string`);
  if (value === '' && !emptyAllowed) throw invalidPayload(`"${name}" is not allowed to be empty`);
  return value;
}

/**
 * The same of a member that has to be there.
 * @throws ApiError 400 INVALID_PAYLOAD
 */
export function requiredText(name: string, value: unknown): string {
  if (value === undefined) throw invalidPayload(`"${name}" is required`);
  return mustBeText(name, value);
}

/**
 * The e-mail address that has to be there as the member `email`.
 * @throws ApiError 400 INVALID_PAYLOAD
 */
export function requiredEmail(value: unknown): string {
  const address = requiredText('email', value);
  if (!isEmailAddress(address)) throw invalidPayload('"email" must be a valid email');
  return address;
}

/**
 * Refuses members of other names.
 * @throws ApiError 400 INVALID_PAYLOAD
 */
export function refuseOthers(body: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const other = Object.keys(body).find((name) => !names.includes(name));
  if (other !== undefined) throw invalidPayload(`"${other}" is not allowed`);
}
