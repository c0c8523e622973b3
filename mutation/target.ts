import type { Judgement } from './judge.js';
import type { Mutant } from './mutants.js';

/** A server whose code is mutated. */
export interface MutationTarget {
  readonly mutants: readonly Mutant[];
  /**
   * Starts the server with a mutant, certifies it and ends it.
   * @param mutant none for the server as it is
   * @returns undefined when no judgement came of it: the server did not start, or took too long
   */
  judge(mutant?: Mutant): Promise<Judgement | undefined>;
  /** Removes what was made for it. */
  close(): void;
}
