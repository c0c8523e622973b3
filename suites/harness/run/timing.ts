/** Two kinds of attempts that can be told apart by their time. */
export interface TimeApart {
  /** Attempts of each kind. */
  readonly count: number;
  /** The quickest of the first kind, in whole ms. */
  readonly first: number;
  /** The quickest of the second kind, in whole ms. */
  readonly second: number;
}

/** An attempt; returns its duration, in ms. */
type Attempt = () => Promise<number>;

/** Attempts of each kind in one round: few enough for one user not to be locked out by the limit of attempts. */
const ATTEMPTS = 7;
/** Rounds before times are said to differ, and rounds after which they are said not to. */
const [LEAST_ROUNDS, MOST_ROUNDS] = [2, 5];
/** Times that differ by less are not told apart over a network, in ms. */
const LEAST_MS = 25;
/** Standard deviations from what chance gives: once in thirty thousand by chance. */
const LEAST_DEVIATION = 4;

/**
 * Measures two kinds of attempts, which take turns, in up to five rounds: a busy machine needs more of them to be sure.
 * @param round gets a round ready and gives the two kinds
 * @returns undefined when they cannot be told apart: their quickest differ by less than 25 ms (the quickest are the least
 * disturbed by what else goes on), or which of a pair is slower might be chance (the test of Mann and Whitney)
 */
export async function timeApart(round: () => Promise<readonly [Attempt, Attempt]>): Promise<TimeApart | undefined> {
  const times: [number[], number[]] = [[], []];
  for (let rounds = 1; rounds <= MOST_ROUNDS; rounds += 1) {
    const attempts = await round();
    for (let turn = 0; turn < ATTEMPTS; turn += 1) {
      const order = turn % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
      for (const kind of order) times[kind].push(await attempts[kind]());
    }
    const [first, second] = [Math.min(...times[0]), Math.min(...times[1])];
    if (Math.abs(first - second) < LEAST_MS) return undefined;
    if (rounds >= LEAST_ROUNDS && deviation(...times) >= LEAST_DEVIATION)
      return { count: times[0].length, first: Math.round(first), second: Math.round(second) };
  }
  return undefined;
}

/** How far the number of pairs in which the first is slower is from what chance gives, in standard deviations. */
export function deviation(first: readonly number[], second: readonly number[]): number {
  const pairs = first.length * second.length;
  const slower = first.reduce((sum, one) => sum + second.filter((other) => one > other).length, 0);
  const deviationOfChance = Math.sqrt((pairs * (first.length + second.length + 1)) / 12);
  return Math.abs(slower - pairs / 2) / deviationOfChance;
}
