import { channel } from 'node:diagnostics_channel';

/**
 * Where every piece of evidence in this thread tells the secrets that it comes across, whether it is kept or not: a token of one
 * check may show up in the answers of another one.
 */
const secrets = channel('auth-conformance:secrets');

/** Tells that a value is a secret: issued by the target, or made up for it. */
export function tellSecret(value: string): void {
  if (value !== '') secrets.publish(value);
}

/** Listens to what is told in this thread from now on. Gives what ends that. */
export function hearSecrets(listener: (secret: string) => void): () => void {
  const heard = (value: unknown): void => listener(value as string);
  secrets.subscribe(heard);
  return () => void secrets.unsubscribe(heard);
}

/** The secrets of a run, each once, to be handed over bit by bit. */
export class SeenSecrets {
  readonly #all = new Set<string>();
  #waiting: string[] = [];

  /** Notes a secret. */
  add(secret: string): void {
    if (this.#all.has(secret)) return;
    this.#all.add(secret);
    this.#waiting.push(secret);
  }

  /** Those that have come since it was last asked. */
  fresh(): string[] {
    const fresh = this.#waiting;
    this.#waiting = [];
    return fresh;
  }
}
