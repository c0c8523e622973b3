import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instrument, sampleOf, switchOf, type Mutant } from '../../mutation/mutants.js';
import { compare, knownSurvivors } from '../../mutation/survivors.js';

let folder: string;
let mutants: Mutant[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'auth-conformance-mutants-test-'));
  writeFileSync(join(folder, 'sum.mjs'), 'const sum = (a, b) =>\n  a + b;\nconsole.log(sum(2, 1));\n');
  mutants = await instrument(folder, ['sum.mjs']);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const printed = (mutant?: Mutant): string =>
  execFileSync(process.execPath, [join(folder, 'sum.mjs')], {
    env: { ...process.env, ...switchOf(mutant) },
  })
    .toString()
    .trim();

describe('mutants of a file', () => {
  test('are told by the code that is changed and what it is changed to', () => {
    expect(mutants).toContainEqual(
      expect.objectContaining({ file: 'sum.mjs', line: 2, original: 'a + b', replacement: 'a - b' }),
    );
  });

  test('are switched on one at a time', () => {
    expect(printed()).toBe('3');
    expect(printed(mutants.find(({ replacement }) => replacement === 'a - b'))).toBe('1');
  });

  test('are drawn by a seed', () => {
    const many = Array.from({ length: 50 }, (_none, id) => ({ ...(mutants[0] as Mutant), id: String(id) }));
    expect(sampleOf(many, 5, 1)).toHaveLength(5);
    expect(sampleOf(many, 5, 1)).toEqual(sampleOf(many, 5, 1));
    expect(sampleOf(many, 5, 1)).not.toEqual(sampleOf(many, 5, 2));
    expect(sampleOf(many, 100, 1)).toHaveLength(50);
  });
});

test('a survivor without a reason is told, and one that is killed by now', () => {
  const [one, other] = mutants as [Mutant, Mutant];
  const reason = 'no request can tell it';
  expect(compare([one, other], [], [{ ...one, reason }])).toEqual({ unexplained: [other], outdated: [] });
  expect(compare([], [one], [{ ...one, reason }])).toEqual({ unexplained: [], outdated: [one] });
});

test('each known survivor has a reason', () => {
  for (const { file, original, replacement, reason } of knownSurvivors()) {
    expect([file, original, replacement].every((text) => text !== '')).toBe(true);
    expect(reason.length).toBeGreaterThan(20);
  }
});
