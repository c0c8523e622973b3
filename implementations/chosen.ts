import type { Expected } from './expected.js';

/**
 * The implementations that names mean: each is the name of one, or a part of it that no other has, as `11.0.1`; all without names.
 * @throws where a name means none, or more than one
 */
export function chosen(all: readonly Expected[], names: readonly string[]): readonly Expected[] {
  if (names.length === 0) return all;
  const wanted = new Set(names.map((name) => meant(all, name)));
  return all.filter((one) => wanted.has(one));
}

function meant(all: readonly Expected[], name: string): Expected {
  const exact = all.find((one) => one.name === name);
  if (exact !== undefined) return exact;
  const [one, ...others] = all.filter((candidate) => candidate.name.toLowerCase().includes(name.toLowerCase()));
  if (one !== undefined && others.length === 0) return one;
  const listOf = (some: readonly Expected[]): string => some.map((candidate) => candidate.name).join(', ');
  if (one === undefined) throw new Error(`no implementation is called ${name}. There are ${listOf(all)}`);
  throw new Error(`${name} may mean ${listOf([one, ...others])}: give more of the name`);
}
