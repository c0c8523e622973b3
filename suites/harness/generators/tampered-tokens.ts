import type { JWTPayload } from 'jose';
import { quoted } from '../evidence/curl.js';
import type { Evidence } from '../evidence/evidence.js';
import { claimsOf, encodePart, hs256, jwtParts, type Claims } from '../target/jwt.js';

/** A token that was made out of a good one and is not good itself. */
export interface TamperedToken {
  readonly value: string;
  /** What was done to it, to follow "a token …". */
  readonly how: string;
  /** The same as a shell expression over `$T`, the good token. */
  readonly shell: string;
}

const other = (character: string): string => (character === 'A' ? 'B' : 'A');

/** The token with the character at a place exchanged for another. */
export function changedAt(token: string, place: number): TamperedToken {
  const replacement = other(token.charAt(place));
  return {
    value: token.slice(0, place) + replacement + token.slice(place + 1),
    how: `with character ${place + 1} of ${token.length} changed`,
    shell: `"\${T:0:${place}}${replacement}\${T:${place + 1}}"`,
  };
}

/** The token without its last characters. */
export function cutShort(token: string, by: number): TamperedToken {
  return { value: token.slice(0, -by), how: `cut short by ${by}`, shell: `"\${T:0:${token.length - by}}"` };
}

/** The token with something behind it. */
export function lengthened(token: string, by: string): TamperedToken {
  return { value: token + by, how: `with "${by}" behind it`, shell: `"\${T}${by}"` };
}

/** Tampered forms that any token must be rejected with. */
export function tamperedForms(token: string): TamperedToken[] {
  const middle = Math.floor(token.length / 2);
  return [
    changedAt(token, 0),
    changedAt(token, middle),
    cutShort(token, 1),
    cutShort(token, middle),
    lengthened(token, 'A'),
  ];
}

/**
 * Tampered forms that a JWT must be rejected with: RFC 7515 section 5.2, RFC 8725 sections 2.1 and 3.1. None for a token that is no JWT.
 * The last character of each part is left alone: some of its bits may be padding (RFC 4648 section 3.5).
 */
export function tamperedJwts(token: string): TamperedToken[] {
  const parts = jwtParts(token);
  const claims = claimsOf(token);
  if (parts === undefined || claims === undefined) return [];
  const { header, payload, signature } = parts;
  const payloadAt = header.length + 1;
  const signatureAt = payloadAt + payload.length + 1;
  const claimed = (change: JWTPayload, how: string, jq: string): TamperedToken => {
    const changed = encodePart({ ...claims, ...change });
    return {
      value: `${header}.${changed}.${signature}`,
      how,
      shell: `"\${T%%.*}.$(claims "$T" | jq -c '${jq}' | tr -d '\\n' | b64url ).\${T##*.}"`,
    };
  };
  const unsigned = (alg: string): TamperedToken => {
    const none = encodePart({ alg, typ: 'JWT' });
    return {
      value: `${none}.${payload}.`,
      how: `without signature, its header saying alg ${alg}`,
      shell: `"${none}.$(printf %s "$T" | cut -d. -f2)."`,
    };
  };
  const far = 4_000_000_000;
  return [
    changedAt(token, payloadAt + Math.floor(payload.length / 2)),
    changedAt(token, signatureAt),
    changedAt(token, signatureAt + Math.floor(signature.length / 2)),
    claimed({ exp: far }, 'with a later exp under the old signature', `.exp=${far}`),
    claimed({ admin_access: true }, 'with admin_access true under the old signature', '.admin_access=true'),
    claimed(
      { id: '00000000-0000-4000-8000-000000000000' },
      'with another id under the old signature',
      '.id="00000000-0000-4000-8000-000000000000"',
    ),
    ...['none', 'None', 'NONE', 'nOnE'].map(unsigned),
    {
      value: `${encodePart({ alg: 'none', typ: 'JWT' })}.${payload}.${signature}`,
      how: 'whose header was changed to alg none, under the old signature',
      shell: `"${encodePart({ alg: 'none', typ: 'JWT' })}.\${T#*.}"`,
    },
    { value: `${header}.${payload}.`, how: 'with an empty signature', shell: '"${T%.*}."' },
    { value: `${header}.${payload}`, how: 'without its last part', shell: '"${T%.*}"' },
    cutShort(token, Math.floor(signature.length / 2)),
    cutShort(token, signature.length - 1),
  ].filter(({ value }) => value !== token);
}

/** Names a tampered token in the evidence, so that the curl lines make it again out of the good one. */
export function nameTampered(evidence: Evidence, tampered: TamperedToken, token: string): void {
  const good = evidence.names.get(token);
  if (good === undefined) return;
  const shell = tampered.shell.replaceAll('$T', `$${good.variable}`).replaceAll('${T', `\${${good.variable}`);
  evidence.names.add(tampered.value, 'TAMPERED', { kind: 'derived', shell, from: [good.variable] });
}

/**
 * Mints a token with the claims of a real one, some of them changed (undefined: left out), and names it in the evidence.
 * @param secret the target's own
 * @throws TypeError when the real token is no JWT
 */
export function mintLike(evidence: Evidence, token: string, change: Claims, secret: string): string {
  const claims = claimsOf(token);
  if (claims === undefined) throw new TypeError('not a JWT');
  const minted = hs256({ ...claims, ...change }, secret);
  const real = evidence.names.get(token);
  if (real !== undefined) {
    const jq = Object.entries(change)
      .map(([claim, value]) => (value === undefined ? `del(.${claim})` : `.${claim}=${JSON.stringify(value)}`))
      .join(' | ');
    const shell = `$(mint ${headerOf(minted)} "$(claims "$${real.variable}" | jq -c '${jq}')" "$AUTH_CONFORMANCE_SECRET")`;
    nameSecret(evidence, secret);
    evidence.names.add(minted, 'MINTED', { kind: 'derived', shell, from: [real.variable, 'AUTH_CONFORMANCE_SECRET'] });
  }
  return minted;
}

/**
 * Mints a token of claims that belong to no real one, and names it in the evidence.
 * @param claims as an object, or as they are to be written
 * @param secret the target's own
 */
export function mintClaims(evidence: Evidence, claims: Claims | string, secret: string): string {
  const minted = hs256(claims, secret);
  const written = typeof claims === 'string' ? claims : JSON.stringify(claims);
  nameSecret(evidence, secret);
  const used = evidence.names.all().filter(({ value }) => value.length >= 6 && written.includes(value));
  const shell = `$(mint ${headerOf(minted)} ${quoted(written, used)} "$AUTH_CONFORMANCE_SECRET")`;
  const from = ['AUTH_CONFORMANCE_SECRET', ...used.map(({ variable }) => variable)];
  evidence.names.add(minted, 'MINTED', { kind: 'derived', shell, from });
  return minted;
}

/** Names a token that was signed anew, with the claims of a real one and another key, in the evidence. */
export function nameForged(evidence: Evidence, forged: string, token: string, key: string): void {
  const real = evidence.names.get(token);
  if (real === undefined) return;
  const shell = `$(mint ${headerOf(forged)} "$(claims "$${real.variable}" | jq -c .)" '${key}')`;
  evidence.names.add(forged, 'FORGED', { kind: 'derived', shell, from: [real.variable] });
}

/** Names a token that was signed with a key pair made for it, in the evidence. */
export function nameForgedByKeyPair(
  evidence: Evidence,
  forged: string,
  token: string,
  { alg, jwk, kid }: { readonly alg: string; readonly jwk?: object; readonly kid?: string },
): void {
  const real = evidence.names.get(token);
  if (real === undefined) return;
  const shell = `$(forge ${alg} '${jwk === undefined ? '' : 'jwk'}' '${kid ?? ''}' "$${real.variable}")`;
  evidence.names.add(forged, 'FORGED', { kind: 'derived', shell, from: [real.variable] });
}

/** Names a token that was not signed at all, in the evidence. */
export function nameUnsigned(evidence: Evidence, unsigned: string, token: string): void {
  const real = evidence.names.get(token);
  if (real === undefined) return;
  const shell = `"${headerOf(unsigned)}.$(printf %s "$${real.variable}" | cut -d. -f2)."`;
  evidence.names.add(unsigned, 'UNSIGNED', { kind: 'derived', shell, from: [real.variable] });
}

const headerOf = (token: string): string => token.slice(0, token.indexOf('.'));

function nameSecret(evidence: Evidence, secret: string): void {
  evidence.names.add(secret, 'AUTH_CONFORMANCE_SECRET', { kind: 'environment', what: 'the secret of the target' });
}
