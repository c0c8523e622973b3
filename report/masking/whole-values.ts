import type { TextKind } from './known-secrets.js';
import type { Run } from './secret-parts.js';
import type { View } from './views.js';

/** What a word may be made of: `admin` is no word in admin-email, admin_access, /admin or admin@example.com. */
const WITHIN_BEFORE = /[\p{L}\p{N}_.@/-]/u;
const WITHIN_AFTER = /^(?:[\p{L}\p{N}_@/-]|\.[\p{L}\p{N}])/u;

/** Members and parameters whose values are words of the API: `"mode":"session"` tells nothing of the password `session`. */
const ONE_OF_A_FEW = /(?<!\w)(?:mode|type|status)(?:\\*["']?\s*[:=]\s*\\*["']?)$/;

/**
 * Where a secret stands as a value in a reading of a text: for secrets that are shorter than six characters, or a word of the tool's own
 * (`a`, `admin`), so that masking each occurrence would make a report unreadable. They count
 * - as a value of a member of JSON or GraphQL, in the text or in a text within it: `"password":"admin"`, but not as the name of a member;
 * - in quotes, where the word is none of the tool's own or the text is no sentence of the tool;
 * - as the value of a parameter, form field or cookie: `access_token=admin`;
 * - after a colon at the end, as in `email:password` in base64 (Basic), or before the `@` of a URL;
 * - as the credential after Bearer or another scheme;
 * - as a word by itself in a body or the value of a header, and in a sentence, unless it is a word of the tool's own;
 * but a word of the tool's own does not count where one of a few is to stand, as in `"mode":"session"`.
 * @param secret in lower case
 * @param isWord whether the tool itself uses it as a word
 */
export function* wholeValues({ text, isBytes }: View, secret: string, kind: TextKind, isWord: boolean): Generator<Run> {
  for (let from = text.indexOf(secret); from !== -1; from = text.indexOf(secret, from + secret.length)) {
    const to = from + secret.length;
    const before = text.slice(Math.max(0, from - 40), from);
    const after = text.slice(to, to + 40);
    if (isWord && ONE_OF_A_FEW.test(before)) continue;
    const isValue = isBytes
      ? isInCredentials(before, after)
      : isQuoted(before, after, kind === 'prose' && isWord) ||
        isAssigned(before, after) ||
        isCredential(before, after) ||
        isWordByItself(secret, before, after, kind, isWord);
    if (isValue) yield { from, to };
  }
}

/** @param onlyAsMember whether quotes alone do not count */
function isQuoted(before: string, after: string, onlyAsMember: boolean): boolean {
  const quote = before.at(-1);
  if ((quote !== '"' && quote !== "'") || !after.startsWith(quote)) return false;
  // The name of a member.
  if (/^.\s*:/s.test(after)) return false;
  return !onlyAsMember || /[:[,]\s*.$/s.test(before);
}

const isAssigned = (before: string, after: string): boolean =>
  (/[\w\]-]=$/.test(before) && /^(?:$|[&;,#\s"'\\)}\]])/.test(after)) ||
  (/:\/\/[^/?#@:\s]*:$/.test(before) && after.startsWith('@'));

const isCredential = (before: string, after: string): boolean =>
  /\b(?:bearer|basic|token|digest)\s+$/.test(before) && /^(?:$|[\s"'\\,;])/.test(after);

/** In what base64 and the like decode to: `email:password`, or a member of JSON. */
const isInCredentials = (before: string, after: string): boolean =>
  (/[\x20-\x7e]{3}:$/.test(before) && /^(?:$|[\0\s])/.test(after)) ||
  (/[\x20-\x7e]:\s*"$/.test(before) && after.startsWith('"'));

function isWordByItself(secret: string, before: string, after: string, kind: TextKind, isWord: boolean): boolean {
  if (!/[\p{L}\p{N}]/u.test(secret)) return before === '' && after === '';
  if (kind === 'shell' || kind === 'url' || (kind === 'prose' && isWord)) return false;
  const beginsWithin = /^[\p{L}\p{N}_]/u.test(secret) && WITHIN_BEFORE.test(before.slice(-1));
  const endsWithin = /[\p{L}\p{N}_]$/u.test(secret) && WITHIN_AFTER.test(after);
  // The name of a member is in quotes before a colon.
  return !beginsWithin && !endsWithin && !/^["']\s*:/.test(after);
}
