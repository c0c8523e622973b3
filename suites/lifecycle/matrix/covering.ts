/**
 * Pairs of two lists that cover each item of both, as few as can do. Over so many turns as the second list is long, all pairs come: a
 * covering array of strength two over turns, firsts and seconds. The same in every run.
 * @param turn which of them, such as the number of the row
 */
export function coveringPairs<A, B>(firsts: readonly A[], seconds: readonly B[], turn: number): [A, B][] {
  if (firsts.length === 0 || seconds.length === 0) return [];
  const length = Math.max(firsts.length, seconds.length);
  return Array.from({ length }, (_item, i) => {
    const round = Math.floor(i / seconds.length);
    return [at(firsts, i), at(seconds, i + round + turn)];
  });
}

/**
 * So many pairs of two lists, others at each turn: over as many turns as there are pairs, each pair comes.
 * @param count at most how many
 */
export function somePairs<A, B>(firsts: readonly A[], seconds: readonly B[], turn: number, count: number): [A, B][] {
  const all = firsts.flatMap((first) => seconds.map((second): [A, B] => [first, second]));
  // A step without a common factor visits every pair, and does not stay with one item of the first list.
  const step = [7, 11, 13, 17, 1].find((prime) => all.length % prime !== 0) ?? 1;
  return Array.from({ length: Math.min(count, all.length) }, (_item, i) => at(all, (turn * count + i) * step));
}

/** All pairs of two lists. */
export const allPairs = <A, B>(firsts: readonly A[], seconds: readonly B[]): [A, B][] =>
  firsts.flatMap((first) => seconds.map((second): [A, B] => [first, second]));

const at = <T>(items: readonly T[], index: number): T => items[index % items.length] as T;
