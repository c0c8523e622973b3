import { describe, expect, test } from 'vitest';
import { conclusionOf } from '../../report/conclusion.js';
import { diagnose, suspects } from '../../report/diagnosis.js';
import { causesInWords, matchInWords } from '../../report/wording.js';
import { renderers } from '../../reporters/renderers.js';
import { renderTerminal } from '../../reporters/terminal.js';
import { requirements as catalogue } from '../../spec/catalogue.js';
import type { RequirementResult } from '../../spec/generated/report.js';
import type { KillTable, KillTableRow } from '../../spec/kill-table.js';
import { accuracyOf, resultsOf } from '../kill-table/diagnosis-accuracy.js';
import { wholeReport } from './whole-report.js';

const ids = catalogue.map(({ id }) => id);
const some = (...at: number[]): string[] => at.map((position) => ids[position] ?? '');

/** Signatures of several sizes, some of which overlap. */
const table: KillTable = {
  'logout-does-nothing': { title: 'A logout does nothing.', fails: some(0, 1, 2, 3, 4, 5, 6, 7) },
  'cookies-stay': { title: 'A logout leaves the cookies.', fails: some(6, 7, 8) },
  'login-ignores-password': {
    title: 'A login ignores the password.',
    fails: some(10, 11),
    chance: { [ids[12] ?? '']: 'x' },
  },
  'one-check': { title: 'The first check alone.', fails: some(20), checks: { [ids[20] ?? '']: ['first'] } },
  'other-check': { title: 'The second check alone.', fails: some(20), checks: { [ids[20] ?? '']: ['second'] } },
  'like-one': { title: 'As one.', fails: some(30, 31) },
  'like-another': { title: 'As another.', fails: some(30, 31) },
};
const row = (fails: readonly string[]): KillTableRow => ({ fails });
const of = (...names: string[]): RequirementResult[] => resultsOf(names.map((name) => table[name] ?? row([])));

/** The results, of which some were skipped. */
const skipping = (results: readonly RequirementResult[], skipped: readonly string[]): RequirementResult[] =>
  results.map((one) => (skipped.includes(one.id) ? { ...one, verdict: 'skip' } : one));

describe('a diagnosis', () => {
  test('is none when nothing failed, and when nothing is known', () => {
    expect(diagnose(resultsOf([]), table)).toBeUndefined();
    expect(diagnose(of('logout-does-nothing'), {})).toBeUndefined();
  });

  test('names the one cause, with its figures', () => {
    const diagnosis = diagnose(of('logout-does-nothing'), table);
    if (diagnosis?.causes[0] === undefined) throw new Error('no cause');
    expect(diagnosis.causes.map(({ defect }) => defect)).toEqual(['logout-does-nothing']);
    expect(causesInWords(diagnosis)).toBe('Likely one cause');
    expect(matchInWords(diagnosis.causes[0], diagnosis)).toBe(
      'Explains 8 of 8 failures, 8 of 8 that this defect causes',
    );
    expect(diagnosis.unexplained).toEqual([]);
  });

  test('names first what the failed requirement is there to notice, of causes that match alike', () => {
    const named = catalogue.find(({ defects }) => defects.length > 0);
    const [own = ''] = named?.defects ?? [];
    const known: KillTable = {
      'breaks-most': { title: 'Breaks most.', fails: ids },
      [own]: { title: 'What it is there for.', fails: [named?.id ?? ''] },
    };
    const results = skipping(
      resultsOf([row([named?.id ?? ''])]),
      ids.filter((id) => id !== named?.id),
    );
    expect(diagnose(results, known)?.causes).toMatchObject([
      { defect: own, alternatives: [{ defect: 'breaks-most' }] },
    ]);
  });

  test('names first what breaks most, of causes that match alike because few requirements were judged', () => {
    const known = { revived: { title: 'A login revives what was logged out.', fails: some(0) }, ...table };
    const results = skipping(of('logout-does-nothing'), ids.slice(1));
    expect(diagnose(results, known)?.causes).toMatchObject([
      { defect: 'logout-does-nothing', alternatives: [{ defect: 'revived' }] },
    ]);
  });

  test('is no guess where the check that failed expected something else', () => {
    const [id = ''] = some(20);
    const said = (sentence: string): KillTableRow => ({
      fails: [id],
      checks: { [id]: ['first'] },
      expected: { [id]: { first: sentence } },
    });
    const known = {
      late: said('an expired token to be rejected (4xx)'),
      forged: said('a token signed with another secret to be rejected (4xx)'),
    };
    const titles = new Map([[id, new Set(['first', 'second'])]]);
    const causesOf = (sentence: string): string[] | undefined =>
      diagnose(resultsOf([said(sentence)], titles), known)?.causes.map(({ defect }) => defect);
    expect(causesOf('an expired token, 7 s later, to be rejected (4xx)')).toEqual(['late']);
    expect(causesOf('a token signed with another secret to be rejected (4xx)')).toEqual(['forged']);
    expect(causesOf('a cookie in the query to be ignored')).toEqual([]);
  });

  test('bears with an effect that did not come, and with a failure of another origin, and says so', () => {
    const results = resultsOf([row([...some(0, 1, 2, 3, 4, 5, 6), ...some(40)])]);
    const diagnosis = diagnose(results, table);
    expect(diagnosis).toMatchObject({ failures: 8, explained: 7, unexplained: some(40) });
    expect(diagnosis?.causes).toMatchObject([{ defect: 'logout-does-nothing', effects: 8, observed: 7 }]);
  });

  test('does not hold against a defect what was not judged', () => {
    const skipped = some(1, 2, 3, 4, 5);
    const diagnosis = diagnose(skipping(of('logout-does-nothing'), skipped), table);
    expect(diagnosis?.causes).toMatchObject([{ defect: 'logout-does-nothing', effects: 3, observed: 3 }]);
  });

  test('names no defect for what it may break by chance, where all that it breaks in each run was left out', () => {
    const [, , chance = ''] = [10, 11, 12].map((at) => ids[at]);
    const failed = resultsOf([row([chance])]);
    const alone = failed.filter(({ id }) => id === chance);
    expect(diagnose(alone, table)?.causes).toEqual([]);
    const byChanceAlone: KillTable = { race: { title: 'A race.', fails: [], chance: { [chance]: 'x' } } };
    expect(diagnose(alone, byChanceAlone)?.causes.map(({ defect }) => defect)).toEqual(['race']);
  });

  test('takes a chance for what may fail: it is explained when it failed, and not missed when it did not', () => {
    const [may = ''] = some(12);
    expect(diagnose(resultsOf([row([...some(10, 11), may])]), table)).toMatchObject({ explained: 3, unexplained: [] });
    expect(diagnose(of('login-ignores-password'), table)?.causes).toMatchObject([{ effects: 2, observed: 2 }]);
  });

  test('names two causes when it takes two, and not a third', () => {
    const diagnosis = diagnose(of('logout-does-nothing', 'login-ignores-password'), table);
    expect(diagnosis?.causes.map(({ defect }) => defect)).toEqual(['logout-does-nothing', 'login-ignores-password']);
    expect(diagnosis).toMatchObject({ failures: 10, explained: 10 });
  });

  test('tells defects apart by the checks that failed, where their requirements are the same', () => {
    const titles = new Map([[ids[20] ?? '', new Set(['first', 'second'])]]);
    for (const name of ['one-check', 'other-check']) {
      const diagnosis = diagnose(resultsOf([table[name] ?? row([])], titles), table);
      expect(diagnosis?.causes).toMatchObject([{ defect: name, alternatives: [] }]);
    }
  });

  test('names defects that cannot be told apart as alternatives', () => {
    const [cause] = diagnose(of('like-one'), table)?.causes ?? [];
    expect([cause?.defect, cause?.alternatives]).toEqual([
      'like-one',
      [{ defect: 'like-another', title: 'As another.' }],
    ]);
  });

  test('says that no cause is known rather than guess', () => {
    for (const failed of [some(50, 51, 52), some(0, 50, 51, 52), some(6, 50, 51)]) {
      const diagnosis = diagnose(resultsOf([row(failed)]), table);
      if (diagnosis === undefined) throw new Error('no diagnosis');
      expect(diagnosis).toMatchObject({ causes: [], explained: 0, unexplained: failed });
      expect(causesInWords(diagnosis)).toMatch(/^No known cause explains these \d failures$/);
    }
  });

  test('ranks the causes first among the suspects', () => {
    expect(suspects(of('logout-does-nothing'), table)[0]).toBe('logout-does-nothing');
    expect(suspects(of('login-ignores-password', 'cookies-stay'), table).slice(0, 2).sort()).toEqual([
      'cookies-stay',
      'login-ignores-password',
    ]);
  });
});

test('the measure of its accuracy finds what is right and what is not', () => {
  const { alone, pairs, unseen, guessed } = accuracyOf(table);
  expect(alone).toEqual({ count: 7, first: 1, amongThree: 1 });
  expect(pairs.count).toBe(21);
  expect(pairs.bothAmongFive).toBeGreaterThanOrEqual(0.8);
  // Each of the two that are alike is taken for the other one when its own row is not there.
  expect(unseen.noKnownCause).toBeLessThan(1);
  expect(guessed).toEqual([]);
});

test('is shown in terminal, HTML and Markdown, with what stays unexplained', async () => {
  const results = resultsOf([row([...(table['logout-does-nothing']?.fails ?? []), ...some(40)])]);
  const diagnosis = diagnose(results, table);
  if (diagnosis === undefined) throw new Error('no diagnosis');
  const report = { ...wholeReport(), ...conclusionOf(results), requirements: results, diagnosis };
  const texts = [
    renderTerminal(report, { color: false }),
    await renderers.markdown(report),
    (await renderers.html(report)).replace(/<[^>]*>/g, ' '),
  ];
  for (const text of texts) {
    expect(text).toContain('Likely one cause');
    expect(text).toContain('A logout does nothing.');
    expect(text).toContain('Explains 8 of 9 failures, 8 of 8 that this defect causes');
    expect(text).toMatch(new RegExp(`Not explained: +${some(40).join()}`));
  }
});

/** The results, of which these failed in the run alone. */
const byChance = (results: readonly RequirementResult[], which: readonly string[]): RequirementResult[] =>
  results.map((one) =>
    which.includes(one.id)
      ? { ...one, checks: one.checks.map((check) => ({ ...check, confirmation: 'intermittent' as const })) }
      : one,
  );

describe('a failure that did not come again', () => {
  test('is no cause of its own beside the one that may bring it', () => {
    const known: KillTable = {
      revived: {
        title: 'A login revives.',
        fails: some(0, 1, 2),
        chance: { [ids[3] ?? '']: 'x', [ids[4] ?? '']: 'x' },
      },
      chunked: { title: 'Chunks.', fails: some(5) },
    };
    const results = resultsOf([row(some(0, 1, 2, 3, 5))]);
    expect(diagnose(results, known)?.causes.map(({ defect }) => defect)).toEqual(['revived', 'chunked']);
    const diagnosis = diagnose(byChance(results, some(3, 5)), known);
    expect(diagnosis?.causes.map(({ defect }) => defect)).toEqual(['revived']);
    expect(diagnosis?.unexplained).toEqual(some(5));
  });

  test('alone has no known cause, unless a defect is known for it', () => {
    const results = byChance(resultsOf([row(some(5))]), some(5));
    expect(diagnose(results, { chunked: { title: 'Chunks.', fails: some(5) } })?.causes).toEqual([]);
    const race = { race: { title: 'A race.', fails: [], chance: { [ids[5] ?? '']: 'x' } } };
    expect(diagnose(results, race)?.causes).toMatchObject([{ defect: 'race' }]);
  });
});

test('a defect of which little was judged is no cause beside another', () => {
  const known: KillTable = {
    first: { title: 'First.', fails: some(0, 1, 2) },
    far: { title: 'Far.', fails: some(5, 6, 7, 8, 9, 10) },
  };
  const failing = resultsOf([row(some(0, 1, 2, 5))]);
  expect(diagnose(skipping(failing, some(6, 7, 8, 9, 10)), known)?.causes.map(({ defect }) => defect)).toEqual([
    'first',
  ]);
});
