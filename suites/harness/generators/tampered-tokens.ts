import type { JWTPayload } from 'jose';
import type { Evidence } from '../evidence/evidence.js';
import { Shell, sh } from '../evidence/shell.js';
import { claimsOfToken, claimsOfTokenWithTwo, forged, inBase64url, minted } from '../evidence/shell-functions.js';
import { atOnce, claimsOf, encodePart, hs256, jwtParts, type Claims } from '../target/tokens/jwt.js';
import { inOtherCase } from './spellings.js';

/** A token that was made out of a valid one and is not valid itself. */
export interface TamperedToken {
  readonly value: string;
  /** What was done to it, to follow "a token …". */
  readonly how: string;
  /** The same in shell, made of the variable that holds the valid token. */
  readonly shell: (good: string) => Shell;
}

/** How long a signature by ES256 is, in base64url: 64 bytes. RFC 7518 section 3.4. */
const ECDSA_CHARACTERS = 86;

const other = (character: string): string => (character === 'A' ? 'B' : 'A');

/** The token with the character at a place exchanged for another. */
export function changedAt(token: string, place: number): TamperedToken {
  const replacement = other(token.charAt(place));
  return {
    value: token.slice(0, place) + replacement + token.slice(place + 1),
    how: `with character ${place + 1} of ${token.length} changed`,
    shell: (good) => sh`${Shell.variable(good, [0, place])}${replacement}${Shell.variable(good, [place + 1])}`,
  };
}

/** The token without its last characters. */
export function cutShort(token: string, by: number): TamperedToken {
  const shell = (good: string): Shell => Shell.variable(good, [0, Math.max(0, token.length - by)]);
  return { value: token.slice(0, -by), how: `cut short by ${by}`, shell };
}

/** The token with something behind it. */
export function lengthened(token: string, by: string): TamperedToken {
  return { value: token + by, how: `with "${by}" behind it`, shell: (good) => sh`${Shell.variable(good)}${by}` };
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
  const claimed = (change: JWTPayload, how: string): TamperedToken => {
    const changed = encodePart({ ...claims, ...change });
    return {
      value: `${header}.${changed}.${signature}`,
      how,
      shell: (good) => {
        const own = inBase64url(claimsOfToken(Shell.variable(good), change));
        return sh`${Shell.variable(good, 'head')}.${own}.${Shell.variable(good, 'signature')}`;
      },
    };
  };
  const unsigned = (alg: string): TamperedToken => {
    const none = encodePart({ alg, typ: 'JWT' });
    return {
      value: `${none}.${payload}.`,
      how: `without signature, its header saying alg ${alg}`,
      shell: (good) => sh`${none}.${payloadOf(good)}.`,
    };
  };
  const ecdsa = encodePart({ alg: 'ES256', typ: 'JWT' });
  const blank = (
    head: string,
    length: number,
    character: string,
    how: string,
    front: (good: string) => Shell,
  ): TamperedToken => ({
    value: `${head}.${payload}.${character.repeat(length)}`,
    how,
    shell: (good) => sh`${front(good)}.${character.repeat(length)}`,
  });
  const far = 4_000_000_000;
  const all: readonly TamperedToken[] = [
    changedAt(token, payloadAt + Math.floor(payload.length / 2)),
    changedAt(token, signatureAt),
    changedAt(token, signatureAt + Math.floor(signature.length / 2)),
    claimed({ exp: far }, 'with a later exp under the old signature'),
    claimed({ admin_access: true }, 'with admin_access true under the old signature'),
    claimed({ id: '00000000-0000-4000-8000-000000000000' }, 'with another id under the old signature'),
    ...['none', 'None', 'NONE', 'nOnE'].map(unsigned),
    {
      value: `${encodePart({ alg: 'none', typ: 'JWT' })}.${payload}.${signature}`,
      how: 'whose header was changed to alg none, under the old signature',
      shell: (good) => sh`${encodePart({ alg: 'none', typ: 'JWT' })}.${Shell.variable(good, 'rest')}`,
    },
    {
      value: `${header}.${payload}.`,
      how: 'with an empty signature',
      shell: (good) => sh`${Shell.variable(good, 'front')}.`,
    },
    { value: `${header}.${payload}`, how: 'without its last part', shell: (good) => Shell.variable(good, 'front') },
    cutShort(token, Math.floor(signature.length / 2)),
    cutShort(token, signature.length - 1),
    {
      value: `${header}.${payload}.${inOtherCase(signature)}`,
      how: 'whose signature has each letter in the other case',
      shell: (good) =>
        sh`${Shell.variable(good, 'front')}.$(printf %s ${Shell.variable(good, 'signature')} | tr 'a-zA-Z' 'A-Za-z')`,
    },
    blank(header, signature.length, 'A', 'whose signature is zero bytes', (good) => Shell.variable(good, 'front')),
    blank(header, signature.length, '_', 'whose signature is bytes of ones', (good) => Shell.variable(good, 'front')),
    // Zero as both numbers of a signature by ECDSA: CVE-2022-21449.
    blank(
      ecdsa,
      ECDSA_CHARACTERS,
      'A',
      'whose header says alg ES256 and whose signature is zero bytes',
      (good) => sh`${ecdsa}.${payloadOf(good)}`,
    ),
  ];
  return all.filter(({ value }) => value !== token);
}

/** Names a tampered token in the evidence, so that the curl lines make it again out of the valid one. */
export function nameTampered(evidence: Evidence, tampered: TamperedToken, token: string): void {
  const good = evidence.names.get(token);
  if (good === undefined) return;
  evidence.names.add(tampered.value, 'TAMPERED', { kind: 'derived', shell: tampered.shell(good.variable) });
}

/** How the claims of a minted token differ from those of a real one. */
interface Minting {
  /** Claims that it is to have; undefined leaves one out, a Moment is made anew when the evidence is repeated. */
  readonly change: Claims;
  /** The claims of the real one that it keeps; all of them when not given. */
  readonly only?: readonly string[];
  /** Members of the header beside alg and typ, or in their place. */
  readonly header?: object;
}

/**
 * Mints a token with the claims of a real one, some of them changed, and names it in the evidence.
 * @param secret the target's own
 * @param header members of its header, whatever they say signed by HS256; undefined leaves one out
 * @throws TypeError when the real token is no JWT
 */
export function mintLike(
  evidence: Evidence,
  token: string,
  change: Claims,
  secret: string,
  header: object = {},
): string {
  return mint(evidence, token, { change, header }, secret);
}

/**
 * Mints a token for another purpose, with the issuer of a real one and nothing else of it, and names it in the evidence.
 * @param secret the target's own
 * @throws TypeError when the real token is no JWT
 */
export function mintFromIssuer(evidence: Evidence, token: string, change: Claims, secret: string): string {
  return mint(evidence, token, { change, only: ['iss'] }, secret);
}

function mint(evidence: Evidence, token: string, { change, only, header }: Minting, secret: string): string {
  const claims = claimsOf(token);
  if (claims === undefined) throw new TypeError('not a JWT');
  const kept = only === undefined ? claims : Object.fromEntries(only.map((claim) => [claim, claims[claim]]));
  const value = hs256({ ...kept, ...atOnce(change, claims) }, secret, header);
  nameMinted(evidence, value, token, secret, (real) => claimsOfToken(real, inShell(evidence, change), only));
  return value;
}

/**
 * Mints a token with the claims of a real one, one of which appears twice in it: first of all with another value. RFC 7519 section 4.
 * @param change claims that it is to have
 * @param secret the target's own
 * @throws TypeError when the real token is no JWT
 */
export function mintWithTwo(
  evidence: Evidence,
  token: string,
  { claim, first, change }: { readonly claim: string; readonly first: string; readonly change: Claims },
  secret: string,
): string {
  const claims = claimsOf(token);
  if (claims === undefined) throw new TypeError('not a JWT');
  const own = JSON.stringify({ ...claims, ...atOnce(change, claims) });
  const value = hs256(`{${JSON.stringify(claim)}:${JSON.stringify(first)},${own.slice(1)}`, secret);
  nameMinted(evidence, value, token, secret, (real) =>
    claimsOfTokenWithTwo(real, inShell(evidence, change), claim, evidence.names.shellOf(first)),
  );
  return value;
}

/** Claims whose strings are read from variables, where they have one. */
function inShell({ names }: Evidence, claims: Claims): Claims {
  return Object.fromEntries(
    Object.entries(claims).map(([claim, value]) => [claim, typeof value === 'string' ? names.shellOf(value) : value]),
  );
}

function nameMinted(
  evidence: Evidence,
  value: string,
  token: string,
  secret: string,
  claims: (real: Shell) => Shell,
): void {
  const real = evidence.names.get(token);
  if (real === undefined) return;
  const shell = minted(headerOf(value), claims(Shell.variable(real.variable)), secretIn(evidence, secret));
  evidence.names.add(value, 'MINTED', { kind: 'derived', shell });
}

/** The variable of the target's secret. */
function secretIn({ names }: Evidence, secret: string): Shell {
  const origin = { kind: 'environment', what: 'the secret of the target' } as const;
  return Shell.variable(names.add(secret, 'AUTH_CONFORMANCE_SECRET', origin).variable);
}

/**
 * Names a token that was signed anew, with the claims of a real one and another key, in the evidence.
 * @param secret the target's own, where it is known: the key may be the same
 */
export function nameForged(evidence: Evidence, value: string, token: string, key: string, secret?: string): void {
  const real = evidence.names.get(token);
  if (real === undefined) return;
  const written = key !== '' && key === secret ? secretIn(evidence, key) : Shell.literal(key);
  const shell = minted(headerOf(value), claimsOfToken(Shell.variable(real.variable)), written);
  evidence.names.add(value, 'FORGED', { kind: 'derived', shell });
}

/** Names a token that was signed with a key pair made for it, in the evidence. */
export function nameForgedByKeyPair(
  evidence: Evidence,
  value: string,
  token: string,
  { alg, jwk, kid = '' }: { readonly alg: string; readonly jwk?: object; readonly kid?: string },
): void {
  const real = evidence.names.get(token);
  if (real === undefined) return;
  const shell = forged(alg, jwk !== undefined, kid, Shell.variable(real.variable));
  evidence.names.add(value, 'FORGED', { kind: 'derived', shell });
}

/** Names a token that was not signed at all, in the evidence. */
export function nameUnsigned(evidence: Evidence, unsigned: string, token: string): void {
  const real = evidence.names.get(token);
  if (real === undefined) return;
  const shell = sh`${headerOf(unsigned)}.${payloadOf(real.variable)}.`;
  evidence.names.add(unsigned, 'UNSIGNED', { kind: 'derived', shell });
}

const headerOf = (token: string): string => token.slice(0, token.indexOf('.'));

/** The second part of the token in a variable. */
const payloadOf = (variable: string): Shell => sh`"$(printf %s ${Shell.variable(variable)} | cut -d. -f2)"`;
