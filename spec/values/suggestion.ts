import { distance } from 'fastest-levenshtein';

/** Changes of a character that may lie between what was written and what was meant: a third of its length, two to three. */
const CHANGES = 3;

/**
 * What was probably meant by a word that is not known.
 * @param word as it was written
 * @param known the words that there are
 * @returns the nearest of them, or undefined when none is near
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const limit = Math.min(CHANGES, Math.max(2, Math.floor(word.length / 3)));
  const [best] = known
    .map((one) => ({ one, far: distance(word.toLowerCase(), one.toLowerCase()) }))
    .filter(({ one, far }) => far <= limit && far < one.length)
    .sort((first, second) => first.far - second.far);
  return best?.one;
}

/** A question such as " Do you mean core?" to end a message with; nothing when no known word is near. */
export function doYouMean(word: string, known: readonly string[]): string {
  const best = nearest(word, known);
  return best === undefined ? '' : ` Do you mean ${best}?`;
}
