/**
 * How alike two sentences are, 0 to 1: the words that both have, of the words that they have (Dice coefficient). Ids, numbers and what was
 * made up for a run are left out, so that the sentences of two runs can be compared.
 */
export function alikeness(one: string, other: string): number {
  const [words, others] = [wordsOf(one), wordsOf(other)];
  const both = [...words].filter((word) => others.has(word)).length;
  return words.size + others.size === 0 ? 1 : (2 * both) / (words.size + others.size);
}

/** The words of a sentence in lower case, without those that have a digit in them, or are too long to be one. */
const wordsOf = (sentence: string): ReadonlySet<string> =>
  new Set(
    (sentence.toLowerCase().match(/[\p{L}\d_-]+/gu) ?? []).filter((word) => !/\d/.test(word) && word.length <= 24),
  );
