import { hash, verify } from '@node-rs/argon2';

/** What a hash costs. Defaults: OWASP Password Storage Cheat Sheet, the argon2id row of 19 MiB. */
export interface Argon2Cost {
  /** Memory, in KiB. */
  readonly memoryCost: number;
  /** Passes over the memory. */
  readonly timeCost: number;
  /** Threads. */
  readonly parallelism: number;
}

export const defaultArgon2Cost: Argon2Cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Passwords, kept as argon2id hashes (RFC 9106) in PHC string format. */
export class Passwords {
  constructor(private readonly cost: Argon2Cost = defaultArgon2Cost) {}

  /** The hash to be stored for a password. */
  async hash(password: string): Promise<string> {
    return hash(password, this.cost);
  }

  /**
   * True when the password is the one that was hashed. False for what is no hash at all, and for none; which takes as long, so that the
   * time does not tell whether there is one (CWE-208).
   *
   * @param stored the hash; null or undefined where there is no user, or none who may log in
   */
  async verify(stored: string | null | undefined, password: string): Promise<boolean> {
    if (stored === null || stored === undefined) {
      await this.hash(password);
      return false;
    }
    return verify(stored, password).catch(() => false);
  }
}
