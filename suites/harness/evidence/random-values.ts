/** Different values under one name, after which they are taken for what the target says in every response: the id of a request, a trace. */
const PER_NAME = 200;
/** Characters of all values together, after which none is taken for a secret any more. */
const LENGTH = 500_000;

/**
 * The random values in responses under names that speak of no secret. Some may be tokens; where there are many, they are not. The tokens
 * that the suite uses are not among these: it knows them by their names.
 */
export class RandomValues {
  readonly #byName = new Map<string, Set<string>>();
  #length = 0;

  /** True when a value under a name may be a token; it is counted. */
  mayBeSecret(name: string, value: string): boolean {
    const values = this.#byName.get(name) ?? new Set();
    if (values.has(value)) return true;
    if (values.size >= PER_NAME || this.#length + value.length > LENGTH) return false;
    this.#length += value.length;
    this.#byName.set(name, values.add(value));
    return true;
  }
}
