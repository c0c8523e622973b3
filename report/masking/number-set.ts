/** Entries of an empty set. */
const CAPACITY = 1024;
const EMPTY = -1;

/**
 * A set of integers from 0 to 2^48 in 16 bytes each or less: a Set of as many takes three times that, and holds 16 million at most.
 * Open addressing with linear probing (Knuth, The Art of Computer Programming, 6.4, algorithm L).
 */
export class NumberSet {
  #table = new Float64Array(CAPACITY).fill(EMPTY);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(value: number): boolean {
    return this.#table[this.#placeOf(value)] === value;
  }

  add(value: number): void {
    const place = this.#placeOf(value);
    if (this.#table[place] === value) return;
    this.#table[place] = value;
    this.#size += 1;
    if (this.#size * 3 > this.#table.length * 2) this.#grow();
  }

  /** Where a value stands, or would stand. */
  #placeOf(value: number): number {
    const table = this.#table;
    const last = table.length - 1;
    let hash = Math.imul(value | 0, 0x9e3779b1) ^ Math.imul(value / 0x1000000, 0x85ebca6b);
    hash ^= hash >>> 15;
    let place = hash & last;
    while (table[place] !== EMPTY && table[place] !== value) place = (place + 1) & last;
    return place;
  }

  #grow(): void {
    const old = this.#table;
    this.#table = new Float64Array(old.length * 2).fill(EMPTY);
    for (const value of old) if (value !== EMPTY) this.#table[this.#placeOf(value)] = value;
  }
}
