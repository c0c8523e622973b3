import type { Response } from './http/response.js';
import { recordId, tellsId } from './record-id.js';

/** How the hashes of passwords begin, by the tools that make them. */
export const HASHES = ['$argon2', '$2a$', '$2b$', '$2y$', '$scrypt', '$pbkdf2', '{SSHA}'];

/** Members of a user's record; in a rejection, none of them has a value of its own. */
const OF_A_USER =
  /^(?:e-?mail|password|password_?hash|tfa_?secret|static_?token|access_?token|refresh_?token|first_?name|last_?name|last_?access)$/i;

/** Members that may hold an email address which is no user's. */
const CONTACT = /contact|support|help|admin|owner|abuse/i;

/** True for a text that is an email address and nothing else. */
function isEmail(text: string): boolean {
  const [local = '', domain = '', ...more] = text.split('@');
  return more.length === 0 && local !== '' && domain.includes('.') && !/[\s"<>]/.test(text);
}

/**
 * What a rejection tells of any user, in words; undefined when it tells nothing: the hash of a password, an email address, a member of a
 * record. What the request itself said is told to its sender alone, and no leak: an error may repeat the path (RFC 9457 section 3.1.5).
 * @param userId of a user whose id is not to be told, either
 */
export function leakedData(response: Response, userId?: string): string | undefined {
  const { body, json, request } = response;
  const asked = [decoded(request.url), ...request.headers.map(([, value]) => decoded(value)), request.body ?? '']
    .join('\n')
    .toLowerCase();
  const hash = HASHES.find((one) => body.includes(one) && !asked.includes(one.toLowerCase()));
  if (hash !== undefined) return `the hash of a password (${hash}…)`;
  if (userId !== undefined && tellsId(body, userId) && !tellsId(asked, userId.toLowerCase())) return "the user's id";
  const { data } = (json ?? {}) as { data?: unknown };
  if (isObject(data) && recordId(data['id']) !== undefined) return 'a record';
  return leakIn(json, '', asked);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function leakIn(value: unknown, name: string, asked: string): string | undefined {
  if (isObject(value)) {
    for (const [member, inner] of Object.entries(value)) {
      const leak = leakIn(inner, Array.isArray(value) ? name : member, asked);
      if (leak !== undefined) return leak;
    }
    return undefined;
  }
  // Observed: Directus 12.4.1 repeats an email address that another user has in lower case, and in brackets.
  if (typeof value !== 'string' || value === '' || asked.includes(value.toLowerCase().replace(/^\[|\]$/g, '')))
    return undefined;
  if (isEmail(value) && !CONTACT.test(name)) return `an email address in the member ${name}`;
  // What stands beside errors is named like them: `field: "email"` names a member, and tells none.
  return OF_A_USER.test(name) && !/\s/.test(value) ? `the member ${name} of a record` : undefined;
}

function decoded(text: string): string {
  try {
    return `${text}\n${decodeURIComponent(text)}`;
  } catch {
    return text;
  }
}
