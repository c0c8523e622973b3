import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import fc from 'fast-check';

/** A small change of code that a test should notice. */
export interface Mutant {
  /** What switches it on. */
  readonly id: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The kind of change. */
  readonly mutator: string;
  /** The code of the file that is changed, on one line. */
  readonly original: string;
  /** The code that it is changed to. */
  readonly replacement: string;
}

/** The environment that switches a mutant on; none leaves the code as it was. */
export const switchOf = (mutant?: Pick<Mutant, 'id'>): Readonly<Record<string, string>> =>
  mutant === undefined ? {} : { __STRYKER_ACTIVE_MUTANT__: mutant.id };

const silent = (): void => undefined;
const logger = {
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  isInfoEnabled: () => false,
  isWarnEnabled: () => false,
  isErrorEnabled: () => false,
  isFatalEnabled: () => false,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  fatal: silent,
};

/**
 * Rewrites files so that each of their mutants can be switched on.
 * @param folder in which they are
 * @param names of the files, relative to it
 */
export async function instrument(folder: string, names: readonly string[]): Promise<Mutant[]> {
  const sources = new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  const { files, mutants } = await new Instrumenter(logger).instrument(
    [...sources].map(([name, content]) => ({ name, content, mutate: true })),
    { plugins: null, excludedMutations: [], ignorers: [] },
  );
  for (const { name, content } of files) writeFileSync(join(folder, name), content);
  return mutants
    .filter(({ status }) => status !== 'Ignored')
    .map(({ id, fileName, mutatorName, replacement, location: { start, end } }) => ({
      id,
      file: fileName,
      line: start.line + 1,
      mutator: mutatorName,
      original: oneLine(between(sources.get(fileName) ?? '', start, end)),
      replacement: oneLine(replacement),
    }));
}

interface Position {
  /** From 0. */
  readonly line: number;
  /** From 0. */
  readonly column: number;
}

function between(text: string, start: Position, end: Position): string {
  const lines = text.split('\n').slice(start.line, end.line + 1);
  const last = lines.length - 1;
  return lines.map((line, i) => line.slice(i === 0 ? start.column : 0, i === last ? end.column : undefined)).join('\n');
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

/** Some of the mutants, the same ones for the same seed. */
export function sampleOf(mutants: readonly Mutant[], count: number, seed: number): Mutant[] {
  const length = Math.min(count, mutants.length);
  const subsets = fc.shuffledSubarray([...mutants], { minLength: length, maxLength: length });
  return fc.sample(subsets, { seed, numRuns: 1 }).flat();
}
