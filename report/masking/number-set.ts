/** Tables of a set. Each grows by itself, so that there is never more than one old table beside a new one. */
const TABLES = 64;
/** Places of an empty table. */
const PLACES = 16;
const TWO_TO_32 = 0x100000000;

/**
 * A set of integers from 0 to 2^48 - 2 in 16 bytes each or less: a Set of as many takes three times that, and holds 16 million at most.
 * Open addressing with linear probing (Knuth, The Art of Computer Programming, 6.4, algorithm L).
 */
export class NumberSet {
  readonly #tables = Array.from({ length: TABLES }, () => new Table());

  get size(): number {
    return this.#tables.reduce((size, table) => size + table.size, 0);
  }

  has(value: number): boolean {
    const hash = hashOf(value);
    return this.#tables[hash % TABLES]?.has(value, hash) === true;
  }

  add(value: number): void {
    const hash = hashOf(value);
    this.#tables[hash % TABLES]?.add(value, hash);
  }
}

function hashOf(value: number): number {
  const hash = Math.imul(value >>> 0, 0x9e3779b1) ^ Math.imul(value / TWO_TO_32 + 1, 0x85ebca6b);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** What is stored is one more than the value: nothing but zeros is a free place. */
class Table {
  #high = new Uint16Array(PLACES);
  #low = new Uint32Array(PLACES);
  size = 0;

  has(value: number, hash: number): boolean {
    return !this.#isFree(this.#placeOf(value, hash));
  }

  add(value: number, hash: number): void {
    const place = this.#placeOf(value, hash);
    if (!this.#isFree(place)) return;
    this.#put(place, value);
    this.size += 1;
    if (this.size * 4 > this.#low.length * 3) this.#grow();
  }

  #isFree(place: number): boolean {
    return this.#low[place] === 0 && this.#high[place] === 0;
  }

  #put(place: number, value: number): void {
    this.#high[place] = (value + 1) / TWO_TO_32;
    this.#low[place] = value + 1;
  }

  /** Where a value stands, or would stand. */
  #placeOf(value: number, hash: number): number {
    const last = this.#low.length - 1;
    const [high, low] = [Math.floor((value + 1) / TWO_TO_32), (value + 1) >>> 0];
    let place = Math.floor(hash / TABLES) & last;
    while (!this.#isFree(place) && (this.#low[place] !== low || this.#high[place] !== high)) place = (place + 1) & last;
    return place;
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low];
    this.#high = new Uint16Array(high.length * 2);
    this.#low = new Uint32Array(low.length * 2);
    for (const [place, lower] of low.entries()) {
      const value = (high[place] ?? 0) * TWO_TO_32 + lower - 1;
      if (value >= 0) this.#put(this.#placeOf(value, hashOf(value)), value);
    }
  }
}
