/** Two kinds of attempts that can be told apart by their time. */
export interface TimeApart {
  /** Attempts of each kind. */
  readonly count: number;
  /** The quickest of the first kind, in whole ms. */
  readonly first: number;
  /** The quickest of the second kind, in whole ms. */
  readonly second: number;
}

/** Attempts of each kind in one round: few enough not to be locked out by the limit of attempts. */
const ATTEMPTS = 7;
/** Times that differ by less are not told apart over a network, in ms. */
const LEAST_MS = 25;
/** The share of pairs in which one kind must be slower than the other; by chance it is one half. */
const ALMOST_ALL = 0.95;

/**
 * Measures two kinds of attempts, which take turns.
 * @param attempts each returns its duration, in ms
 * @returns undefined when they cannot be told apart: their quickest differ by less than 25 ms (the quickest are the least
 * disturbed by whatever else goes on), or there are pairs enough in which it is the other way round (the statistic of Mann
 * and Whitney)
 */
export async function timeApart(
  ...attempts: [() => Promise<number>, () => Promise<number>]
): Promise<TimeApart | undefined> {
  const times: [number[], number[]] = [[], []];
  for (let turn = 0; turn < ATTEMPTS; turn += 1) {
    const order = turn % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
    for (const kind of order) times[kind].push(await attempts[kind]());
  }
  const [first, second] = [Math.min(...times[0]), Math.min(...times[1])];
  if (Math.abs(first - second) < LEAST_MS) return undefined;
  const slower = times[0].flatMap((one) => times[1].map((other) => (one > other ? 1 : 0) as number));
  const share = slower.reduce((sum, one) => sum + one, 0) / slower.length;
  if (Math.max(share, 1 - share) < ALMOST_ALL) return undefined;
  return { count: ATTEMPTS, first: Math.round(first), second: Math.round(second) };
}
