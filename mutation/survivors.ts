import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Mutant } from './mutants.js';

/** A mutant that no check notices, and why none can. */
export interface Survivor extends Pick<Mutant, 'file' | 'original' | 'replacement'> {
  readonly reason: string;
}

/** The survivors that are known, of all targets. */
export const knownSurvivors = (): Survivor[] =>
  (parse(readFileSync(new URL('survivors.yaml', import.meta.url), 'utf8')) as Survivor[] | null) ?? [];

const isOf = (mutant: Mutant, { file, original, replacement }: Survivor): boolean =>
  mutant.file === file && mutant.original === original && mutant.replacement === replacement;

/** Holds what came of mutants against the survivors that are known. */
export interface Comparison {
  /** Survived, and nothing says why. */
  readonly unexplained: readonly Mutant[];
  /** Said to survive, and was killed. */
  readonly outdated: readonly Mutant[];
}

/** Compares both ways. */
export const compare = (
  survived: readonly Mutant[],
  killed: readonly Mutant[],
  known: readonly Survivor[],
): Comparison => ({
  unexplained: survived.filter((mutant) => !known.some((survivor) => isOf(mutant, survivor))),
  outdated: killed.filter((mutant) => known.some((survivor) => isOf(mutant, survivor))),
});
