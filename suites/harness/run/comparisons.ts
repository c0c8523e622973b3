import { AsyncLocalStorage } from 'node:async_hooks';

/** What a check has compared, so that one which compared nothing is no pass. */
export interface Comparisons {
  /** How many times something that the target did was held against what is demanded. */
  made: number;
  /** Where less was compared than was planned: sentences. */
  readonly shortfalls: string[];
}

const current = new AsyncLocalStorage<Comparisons>();

/** Counts the comparisons that are made while a check runs. */
export async function counting(check: () => Promise<void>): Promise<Comparisons> {
  const comparisons = { made: 0, shortfalls: [] };
  await current.run(comparisons, check);
  return comparisons;
}

/** Notes that a check has compared something. `assert` does so itself. */
export function noteComparison(): void {
  const comparisons = current.getStore();
  if (comparisons !== undefined) comparisons.made += 1;
}

/** Notes that a check compares less than was planned. The report tells it. */
export function noteShortfall(sentence: string): void {
  current.getStore()?.shortfalls.push(sentence);
}
