/** Names that are no top-level domains of the public DNS: RFC 6761 and RFC 6762 section 3. */
const RESERVED_TLDS = new Set(['example', 'internal', 'invalid', 'local', 'localhost', 'onion', 'test']);

/**
 * True for what an e-mail address has to look like here: a local part of up to 64 characters, dots only between others, and a
 * domain of two labels or more under a top-level domain that can exist.
 *
 * Observed: Directus 12.4.1. It looks the top-level domain up in IANA's list; this server only refuses the reserved ones.
 */
export function isEmailAddress(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 254) return false;
  const at = value.lastIndexOf('@');
  const [local, domain] = [value.slice(0, at), value.slice(at + 1)];
  if (at < 1 || local.length > 64 || !/^[^\s@."(),:;<>[\\\]]+(?:\.[^\s@."(),:;<>[\\\]]+)*$/u.test(local)) return false;
  const labels = domain.split('.');
  const tld = labels.at(-1) ?? '';
  return (
    labels.length >= 2 &&
    labels.every((label) => /^[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u.test(label)) &&
    /^(?:\p{L}{2,}|xn--[a-z0-9-]+)$/iu.test(tld) &&
    !RESERVED_TLDS.has(tld.toLowerCase())
  );
}
