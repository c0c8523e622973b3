/** In so many rounds requests must have been rejected before they are taken to be too many at once. */
const ROUNDS = 2;

/**
 * Whether a target that rejects requests limits how many are under way at once, and not their rate: requests are rejected only while
 * others are under way, in several rounds. One that was rejected alone tells otherwise, once and for all.
 */
export class RequestsAtOnce {
  #limit = Infinity;
  #isOther = false;
  #rounds = 0;
  #roundEnds = -Infinity;
  /** The fewest under way, the rejected one among them. */
  #fewest = Infinity;

  /** How many may be under way at once; Infinity where no limit is known. */
  get limit(): number {
    return this.#limit;
  }

  /**
   * A request was rejected.
   * @param underWay how many were under way when it was sent, itself among them
   * @param sentAt on the clock of performance.now(): one round are those that were sent before the first rejection of it was received
   */
  rejected(underWay: number, sentAt: number): void {
    if (underWay === 1) {
      this.#isOther = true;
      this.#limit = Infinity;
    }
    if (this.#isOther) return;
    if (sentAt > this.#roundEnds) {
      this.#rounds += 1;
      this.#roundEnds = performance.now();
    }
    this.#fewest = Math.min(this.#fewest, underWay);
    if (this.#rounds >= ROUNDS) this.#limit = this.#fewest - 1;
  }
}
