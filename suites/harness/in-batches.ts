/** Most requests of a check that are under way at once, where it does not matter which of them is first. */
const AT_ONCE = 6;

/**
 * Does something for each of several, one batch after the other, and those of a batch at once. What one of them throws ends it with that
 * batch.
 */
export async function inBatches<T>(items: readonly T[], each: (item: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += AT_ONCE)
    await Promise.all(items.slice(from, from + AT_ONCE).map(each));
}
