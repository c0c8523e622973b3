import { CompactSign, compactVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { jwtsSignedWith } from '../../../reference-server/auth/jwt.js';
import { hs256 } from '../../../suites/harness/target/tokens/jwt.js';

/* The HMAC of a token is verified here without jose; jose is what it is measured by. */

const SECRET = 'the-secret-of-the-target-is-this';
const jwts = jwtsSignedWith(SECRET);
const claims = { id: 'a', role: null, app_access: true, admin_access: true, iat: 1, exp: 2, iss: 'directus' } as const;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token of any header, signed as the algorithm `alg` has it. */
const signed = (header: Readonly<Record<string, unknown>>, secret = SECRET, alg = 'HS256'): Promise<string> =>
  new CompactSign(bytes(JSON.stringify(claims)))
    .setProtectedHeader({ alg, ...header })
    .sign(bytes(secret), { crit: { x: true } });

/** What jose says of a token. */
const accordingToJose = (token: string): Promise<boolean> =>
  compactVerify(token, bytes(SECRET), { algorithms: ['HS256', 'HS384', 'HS512'] }).then(
    () => true,
    () => false,
  );

describe('a token', () => {
  test('is signed as jose signs it', async () => {
    expect(await jwts.sign(claims)).toBe(await signed({ alg: 'HS256', typ: 'JWT' }));
    expect(await accordingToJose(await jwts.sign(claims))).toBe(true);
  });

  test.each<[string, boolean, () => Promise<string>]>([
    ['HS256', true, () => signed({})],
    ['HS384', true, () => signed({}, SECRET, 'HS384')],
    ['HS512', true, () => signed({}, SECRET, 'HS512')],
    ['another type', true, () => signed({ typ: 'at+jwt', kid: 'x' })],
    ['another secret', false, () => signed({}, `${SECRET}!`)],
    ['an extension that is critical', false, () => signed({ crit: ['x'], x: 1 })],
    ['no part but the signature', false, () => Promise.resolve('e30')],
    ['no algorithm', false, () => Promise.resolve(`${base64url({})}.${base64url(claims)}.`)],
    ['the algorithm none', false, () => Promise.resolve(`${base64url({ alg: 'none' })}.${base64url(claims)}.`)],
    ['a header that is no object', false, async () => (await signed({})).replace(/^[^.]+/, base64url([1]))],
    ['a header that is no JSON', false, async () => (await signed({})).replace(/^[^.]+/, 'e3')],
    ['the name of a member of every object', false, async () => renamed(await signed({}), 'toString')],
    ['another algorithm than it was signed by', false, async () => renamed(await signed({}), 'HS512')],
    ['an algorithm that is no text', false, () => Promise.resolve(hs256({ ...claims }, SECRET, { alg: ['HS256'] }))],
    ['a part too many', false, async () => `${await signed({})}.e30`],
    ['a signature that is cut', false, async () => (await signed({})).slice(0, -4)],
    ['no signature', false, async () => (await signed({})).replace(/[^.]+$/, '')],
    ['other claims', false, async () => (await signed({})).replace(/\.[^.]+\./, `.${base64url({ admin: 1 })}.`)],
  ])('with %s is accepted or not as by jose: %s', async (_what, accepted, make) => {
    const token = await make();
    expect(await accordingToJose(token)).toBe(accepted);
    expect(await jwts.signatureIsRight(token)).toBe(accepted);
  });

  test('has a signature that is written one way', async () => {
    const token = hs256({ ...claims }, SECRET);
    expect(await jwts.signatureIsRight(token)).toBe(true);
    const last = token.at(-1) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (const other of alphabet.replace(last, ''))
      expect(await jwts.signatureIsRight(token.slice(0, -1) + other), other).toBe(false);
  });
});

/** The token with another algorithm in its header, and the signature that it had. */
const renamed = (token: string, alg: unknown): string => token.replace(/^[^.]+/, base64url({ alg }));
