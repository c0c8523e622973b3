/** The middle one; of an even number, the mean of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const [low, high] = sorted.length % 2 === 1 ? [middle, middle] : [middle - 1, middle];
  return ((sorted[low] ?? NaN) + (sorted[high] ?? NaN)) / 2;
}

/** With three digits that mean something, or all of them where there are more: 0.123, 1.23, 12.3, 123, 1234. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** Milliseconds, as a person would say them: `230 ms`, `2.31 s`. */
export const duration = (ms: number): string => (ms < 1000 ? `${short(ms)} ms` : `${short(ms / 1000)} s`);

/** How often one goes into the other: `12.3 ×`. */
export const times = (ratio: number): string => (Number.isFinite(ratio) ? `${short(ratio)} ×` : '–');
