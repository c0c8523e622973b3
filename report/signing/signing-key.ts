import { createPrivateKey, createPublicKey, type JsonWebKey, type JsonWebKeyInput, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { ConfigurationError } from '../errors.js';
import { readText } from '../files/read-text.js';

/** An Ed25519 key that signs reports, or tells who has signed them. */
export interface SigningKey {
  readonly key: KeyObject;
  /** The thumbprint of its public half (RFC 7638, SHA-256, base64url): the same for both halves. */
  readonly id: string;
}

const HOW_TO_MAKE = 'make one by `openssl genpkey -algorithm ed25519 -out KEY`';
const HOW_TO_PUBLISH = 'take the public key out of it by `openssl pkey -in KEY -pubout -out PUB`';

/**
 * Reads the private key that signs.
 * @param file PEM (PKCS#8, not encrypted) or JWK (RFC 8037)
 * @throws ConfigurationError
 */
export async function readPrivateKey(file: string): Promise<SigningKey> {
  const text = textOf('--sign', file);
  const wrong = (why: string): ConfigurationError => new ConfigurationError(`--sign ${file}: ${why}`);
  if (text.includes('ENCRYPTED')) throw wrong('the key is encrypted: decrypt it by `openssl pkey -in KEY -out PLAIN`');
  const key = keyIn(text, 'PRIVATE KEY', createPrivateKey);
  if (key === undefined) throw wrong(`holds no private key in PEM (PKCS#8) or JWK: ${HOW_TO_MAKE}`);
  return identified(key, () => wrong(`the key is not an Ed25519 key: ${HOW_TO_MAKE}`));
}

/** The half of a key that verifies what it has signed. */
export const publicHalf = ({ key, id }: SigningKey): SigningKey => ({ key: createPublicKey(key), id });

/**
 * Reads the public key that a report must be signed with. A private key is rejected: who verifies has no need of it.
 * @param file PEM (SPKI) or JWK (RFC 8037)
 * @param flag that named it
 * @throws ConfigurationError
 */
export async function readPublicKey(file: string, flag = '--key'): Promise<SigningKey> {
  const text = textOf(flag, file);
  const wrong = (why: string): ConfigurationError => new ConfigurationError(`${flag} ${file}: ${why}`);
  if (keyIn(text, 'PRIVATE KEY', createPrivateKey) !== undefined || text.includes('PRIVATE KEY-----'))
    throw wrong(`holds a private key, which must stay with the signer: ${HOW_TO_PUBLISH}`);
  const key = keyIn(text, 'PUBLIC KEY', createPublicKey);
  if (key === undefined) throw wrong(`holds no public key in PEM (SPKI) or JWK: ${HOW_TO_PUBLISH}`);
  return identified(key, () => wrong('the key is not an Ed25519 key'));
}

/** What was read, by the name of its file: what a pipe gives (`--sign <(vault …)`) can be read but once. */
const texts = new Map<string, string>();

function textOf(flag: string, file: string): string {
  // The key itself in the place of its file's name must not be repeated in a message.
  if (/[\n{]|-----/.test(file)) throw new ConfigurationError(`${flag}: give the name of the file that holds the key`);
  const before = texts.get(file);
  if (before !== undefined) return before;
  const text = readText(file, (why) => new ConfigurationError(`${flag} ${file}: ${why}`));
  texts.set(file, text);
  return text;
}

/** The key in a text; undefined when there is none of this kind. What the libraries say of it is not passed on. */
function keyIn(
  text: string,
  label: string,
  create: (key: string | JsonWebKeyInput) => KeyObject,
): KeyObject | undefined {
  try {
    if (text.trimStart().startsWith('{')) return create({ key: JSON.parse(text) as JsonWebKey, format: 'jwk' });
    return text.includes(`-----BEGIN ${label}-----`) ? create(text) : undefined;
  } catch {
    return undefined;
  }
}

async function identified(key: KeyObject, otherwise: () => Error): Promise<SigningKey> {
  if (key.asymmetricKeyType !== 'ed25519') throw otherwise();
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return { key, id: await calculateJwkThumbprint(half) };
}
