/** One of several parts that a run is split into. */
export interface Shard {
  /** Which part, from 1 on. */
  readonly index: number;
  /** How many parts there are. */
  readonly count: number;
}

/** Parts that a run may be split into at most. */
const MOST = 1000;

/** Reads a shard such as '2/3', the second of three; undefined when it is none. */
export function readShard(text: string): Shard | undefined {
  const match = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text);
  if (match === null) return undefined;
  const [index, count] = [Number(match[1]), Number(match[2])];
  return index <= count && count <= MOST ? { index, count } : undefined;
}
