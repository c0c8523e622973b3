/**
 * Makes changes of records one after the other. Where one cannot be made, those before it are put back, the last first.
 * @param make makes one, and returns what is needed to put it back; undefined where there is nothing to change
 * @param putBack
 * @returns what was made
 * @throws what `make` throws
 */
export async function allOrNone<Change, Made>(
  changes: readonly Change[],
  make: (change: Change) => Promise<Made | undefined>,
  putBack: (made: Made) => Promise<unknown>,
): Promise<readonly Made[]> {
  const made: Made[] = [];
  try {
    for (const change of changes) {
      const one = await make(change);
      if (one !== undefined) made.push(one);
    }
  } catch (error) {
    for (const one of made.reverse()) await putBack(one);
    throw error;
  }
  return made;
}
