import { describe, expect, test } from 'vitest';
import { mergeReports } from '../cli/merge.js';
import { conclusionOf, version } from '../cli/report.js';
import { requirements } from '../spec/catalogue.js';
import type { Report, Verdict } from '../spec/generated/report.js';
import { reportFixture } from './reporters/report-fixture.js';

/** A report of the whole catalogue, in which one requirement has a verdict of its own. */
function whole(verdict: Verdict = 'pass'): Report {
  const results = requirements.map(({ id, title, level, profile, chapter, source }, position) => {
    const one = position === 4 ? verdict : 'pass';
    return { id, title, level, profile, chapter, source, verdict: one, checks: [] };
  });
  const tool = { name: 'auth-conformance', version };
  return { ...reportFixture(), tool, requirements: results, ...conclusionOf(results) };
}

/** A shard of a report, as a run makes it. */
function shardOf(report: Report, index: number, count: number): Report {
  const results = report.requirements.filter((_one, position) => position % count === index - 1);
  return { ...report, requirements: results, ...conclusionOf(results), leftovers: [], shard: { index, count } };
}

describe('merge', () => {
  test.each<Verdict>(['pass', 'fail', 'error', 'skip'])(
    'makes of shards, one with %s, what the whole is',
    (verdict) => {
      const all = { ...whole(verdict), leftovers: [] };
      const shards = [3, 1, 2].map((index) => shardOf(all, index, 3));
      expect(shards.some(({ complete }) => complete)).toBe(false);
      expect(mergeReports(shards)).toEqual(all);
    },
  );

  const [one, two, three] = [1, 2, 3].map((index) => shardOf(whole(), index, 3)) as [Report, Report, Report];
  test.each<[string, Report[], RegExp]>([
    ['another target', [one, { ...two, target: { url: 'http://b' } }], /different targets: .*auth-conformance report/],
    ['another version', [one, { ...two, tool: { ...two.tool, version: '9.9.9' } }], /different versions.*9\.9\.9/],
    ['other profiles', [one, { ...two, profiles: ['directus'] }], /different profiles/],
    ['a missing shard', [one, three], /missing: shard 2\/3/],
    ['a shard that is there twice', [one, two, three, { ...one, seed: 1 }], /two different reports are of shard 1\/3/],
    ['another count', [one, shardOf(whole(), 2, 4)], /different ways to split/],
    ['nothing', [], /no report to merge/],
  ])('refuses %s', (_what, reports, message) => expect(() => mergeReports(reports)).toThrow(message));

  test('goes on without a shard when told to, and says so; takes a report that is given twice once', () => {
    const merged = mergeReports([one, three, one], { allowMissing: true });
    expect(merged).toMatchObject({ complete: false, outcome: 'conformant' });
    expect(merged.notes).toContain('Not in this report: shard 2/3.');
    expect(merged.requirements).toHaveLength(one.requirements.length + three.requirements.length);
  });
});
