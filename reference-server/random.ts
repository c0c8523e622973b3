import { randomBytes, randomUUID } from 'node:crypto';

/** Where the server takes randomness from: injected, so that a test can foresee it. */
export interface RandomSource {
  /** `size` random bytes. */
  bytes(size: number): Uint8Array;
  /** A UUID, version 4 (RFC 9562 section 5.4). */
  uuid(): string;
}

/** The random source of the machine, fit for secrets. */
export const systemRandom: RandomSource = {
  bytes: (size) => randomBytes(size),
  uuid: () => randomUUID(),
};

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';

/** A string of `length` characters out of the 64 of base64url (RFC 4648 section 5), each worth 6 random bits. */
export function randomString(random: RandomSource, length: number): string {
  return Array.from(random.bytes(length), (byte) => ALPHABET.charAt(byte & 63)).join('');
}
