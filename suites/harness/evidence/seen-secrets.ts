import { channel } from 'node:diagnostics_channel';
import { RandomValues } from './random-values.js';

/**
 * Where every piece of evidence in this thread tells the secrets that it comes across, whether it is kept or not: a token of one
 * check may show up in the answers of another one.
 */
const secrets = channel('auth-conformance:secrets');

/**
 * Most characters of all secrets of a run. A run at the reference server has half a million, with tokens of 250 characters: access tokens
 * may be seven times as long.
 */
export const SECRETS_LIMIT = 4_000_000;

interface Told {
  readonly value: string;
  readonly looksSoUnder: string | undefined;
}

/**
 * Tells that a value is a secret: issued by the target, or made up for it.
 * @param looksSoUnder the name under which it stands, where nothing but its looks says that it may be one
 */
export function tellSecret(value: string, looksSoUnder?: string): void {
  if (value !== '') secrets.publish({ value, looksSoUnder } satisfies Told);
}

/** Listens to what is told in this thread from now on. Gives what ends that. */
export function hearSecrets(listener: (secret: string) => void): () => void {
  const random = new RandomValues();
  const heard = (told: unknown): void => {
    const { value, looksSoUnder } = told as Told;
    if (looksSoUnder === undefined || random.mayBeSecret(looksSoUnder, value)) listener(value);
  };
  secrets.subscribe(heard);
  return () => void secrets.unsubscribe(heard);
}

/** The secrets of a run, each once, to be handed over bit by bit. */
export class SeenSecrets {
  readonly #all = new Set<string>();
  #waiting: string[] = [];
  #length = 0;

  /**
   * @param onTooMany called with a sentence, once, when they are more than can be looked for in a report
   * @param before how many characters of secrets there were before these
   */
  constructor(
    private readonly onTooMany: (why: string) => void,
    before = 0,
  ) {
    this.#count(before);
  }

  /** Notes a secret. */
  add(secret: string): void {
    if (this.#all.has(secret)) return;
    this.#count(secret.length);
    this.#all.add(secret);
    this.#waiting.push(secret);
  }

  #count(characters: number): void {
    const isWithin = this.#length <= SECRETS_LIMIT;
    this.#length += characters;
    if (isWithin && this.#length > SECRETS_LIMIT)
      this.onTooMany(
        `the target has issued tokens of ${SECRETS_LIMIT / 1_000_000} million characters in all, many times what this API takes: it is not asked any more`,
      );
  }

  /** Those that have come since it was last asked. */
  fresh(): string[] {
    const fresh = this.#waiting;
    this.#waiting = [];
    return fresh;
  }
}
