import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { profileVerdictsOf } from '../../report/profile-verdicts.js';
import { rejudge } from '../../report/rejudge.js';
import { requirements as catalogue } from '../../spec/catalogue.js';
import type { Report, RequirementResult, Verdict } from '../../spec/generated/report.js';
import { runCli } from '../helpers/run-cli.js';
import { checkOf, wholeReport } from './whole-report.js';

const must = catalogue.find(({ level, profile }) => level === 'MUST' && profile === 'core')?.id as string;
const should = catalogue.find(({ level }) => level === 'SHOULD')?.id as string;

/** A report in which something was edited, after a run had written it. */
function edited(verdicts: Readonly<Record<string, Verdict>>, edit: (report: Report) => void): Report {
  const report = structuredClone(wholeReport(verdicts));
  edit(report);
  return report;
}
const one = (report: Report, id = must): RequirementResult => {
  const found = report.requirements.find((result) => result.id === id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
};

/** Makes a report say throughout that nothing failed, but for its checks. */
function beautify(report: Report): void {
  for (const result of report.requirements) {
    result.verdict = 'pass';
    delete result.reason;
  }
  report.outcome = 'conformant';
  report.complete = true;
  for (const tally of [report.summary.requirements, report.summary.checks])
    Object.assign(tally, { total: catalogue.length, pass: catalogue.length, fail: 0, warn: 0, skip: 0, error: 0 });
}

describe('a report that is read', () => {
  test.each<Verdict>(['pass', 'fail', 'warn', 'skip', 'error'])(
    'as a run has written it is taken as it stands: with %s',
    (verdict) => {
      const report = wholeReport({ [verdict === 'warn' ? should : must]: verdict });
      expect(rejudge(report, 'it')).toEqual({ report, disagreements: [], remarks: [] });
    },
  );

  test.each<[string, Report, Partial<Report>, string]>([
    [
      'its outcome',
      edited({ [must]: 'fail' }, (it) => (it.outcome = 'conformant')),
      { outcome: 'not-conformant' },
      'outcome says conformant, its checks come to not-conformant',
    ],
    [
      'all it says of itself',
      edited({ [must]: 'fail' }, beautify),
      { outcome: 'not-conformant' },
      `${must}: verdict says pass, its checks come to fail`,
    ],
    [
      'what was skipped',
      edited({ [must]: 'skip' }, beautify),
      { complete: false },
      'complete says true, its checks come to false',
    ],
    [
      'an error',
      edited({ [must]: 'error' }, beautify),
      { outcome: 'not-judged' },
      'outcome says conformant, its checks come to not-judged',
    ],
    [
      'its summary',
      edited({ [must]: 'fail' }, (it) => (it.summary.requirements.fail = 0)),
      {},
      'summary.requirements.fail says 0, the report holds 1',
    ],
    [
      'the level of a requirement',
      edited({ [must]: 'fail' }, (it) => {
        Object.assign(one(it), { level: 'MAY', verdict: 'warn' });
        Object.assign(one(it).checks[0] ?? {}, { verdict: 'warn' });
        it.outcome = 'conformant';
      }),
      { outcome: 'not-conformant' },
      `${must}: level says MAY, the catalogue MUST`,
    ],
    [
      'the level of a SHOULD',
      edited({ [should]: 'warn' }, (it) => (one(it, should).level = 'MAY')),
      {},
      `${should}: level says MAY, the catalogue SHOULD`,
    ],
    [
      'a title',
      edited({}, (it) => (one(it).title = 'Something else.')),
      {},
      `${must}: title says Something else., the catalogue `,
    ],
    [
      'a profile',
      edited({}, (it) => (one(it).profile = 'directus')),
      {},
      `${must}: profile says directus, the catalogue core`,
    ],
    [
      'the verdict of a check',
      edited({ [must]: 'fail' }, (it) => {
        beautify(it);
        Object.assign(one(it).checks[0] ?? {}, { verdict: 'pass' });
      }),
      { outcome: 'not-conformant' },
      `${must}: the verdict of its check 1 says pass, what it holds comes to fail`,
    ],
    [
      'that there are checks',
      edited({}, (it) => (one(it).checks = [])),
      { outcome: 'not-judged', complete: false },
      `${must}: verdict says pass, its checks come to error`,
    ],
    [
      'what requirements there are',
      edited({}, (it) => {
        it.requirements = it.requirements.filter(({ id }) => id !== must);
      }),
      { complete: false },
      'complete says true, its checks come to false',
    ],
    [
      'requirements that there are none of',
      edited({}, (it) => (one(it).id = 'none.such')),
      { outcome: 'not-judged', complete: false },
      'none.such says that it is a requirement, this version knows none',
    ],
    [
      'the text of the specification',
      edited({}, (it) => (it.specification.sha256 = 'a'.repeat(64))),
      {},
      `specification.sha256 says ${'a'.repeat(64)}`,
    ],
  ])('and in which was edited: %s', (_what, report, comesTo, sentence) => {
    const judged = rejudge(report, 'it');
    expect(judged.disagreements.join('\n')).toContain(sentence);
    expect(judged.report).toMatchObject(comesTo);
    expect(judged.report.notes.join()).toContain('This report was changed after it was written');
    // Once judged, it agrees with itself.
    expect(rejudge(judged.report, 'it').report.outcome).toBe(judged.report.outcome);
    expect(rejudge(judged.report, 'it').report.summary).toEqual(judged.report.summary);
  });

  test('with a requirement that stands twice in it is rejected', () => {
    const report = edited({ [must]: 'fail' }, (it) =>
      it.requirements.push({ ...one(it), verdict: 'pass', checks: [checkOf('pass')] }),
    );
    expect(() => rejudge(report, 'it')).toThrow(`${must} stands twice in it`);
  });

  describe('of another version', () => {
    const older = (verdicts: Readonly<Record<string, Verdict>>, edit: (report: Report) => void = () => undefined) =>
      edited(verdicts, (it) => {
        it.tool.version = '0.0.9';
        it.specification.sha256 = 'b'.repeat(64);
        it.requirements = it.requirements.filter(({ id }) => id === must || id === should);
        one(it, should).title = 'As it was called then.';
        one(it, should).id = 'old.name';
        it.byProfile = profileVerdictsOf(it.requirements, () => 0);
        it.summary = rejudge({ ...it, summary: it.summary }, 'it').report.summary;
        edit(it);
      });

    test('is judged by what it tells itself, which is said', () => {
      const report = older({});
      const { report: judged, disagreements, remarks } = rejudge(report, 'it');
      expect(judged).toEqual(report);
      expect(judged.complete).toBe(true);
      expect(disagreements).toEqual([]);
      expect(remarks.join('\n')).toMatch(
        /written by auth-conformance 0\.0\.9.*\n1 requirement in it is not in this version\nit is of another text/,
      );
    });

    test('is no better than its checks', () => {
      const { report, disagreements } = rejudge(
        older({ [must]: 'fail' }, (it) => {
          one(it).level = 'MAY';
          one(it).verdict = 'warn';
          it.outcome = 'conformant';
        }),
        'it',
      );
      expect(report.outcome).toBe('not-conformant');
      expect(disagreements).toContain('outcome says conformant, its checks come to not-conformant');
      expect(rejudge(older({ [must]: 'skip' }), 'it').report.complete).toBe(false);
    });
  });
});

describe('the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-rejudge-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, report: Report): string => {
    writeFileSync(join(folder, name), JSON.stringify(report));
    return join(folder, name);
  };
  const good = file('good.json', wholeReport());
  const bad = file('bad.json', edited({ [must]: 'fail' }, beautify));
  const page = join(folder, 'page.html');

  test.each<[string, string[], number, RegExp]>([
    ['merge', ['merge', bad], 1, /\ncore NOT CONFORMANT /],
    ['diff', ['diff', good, bad], 1, /\nREGRESSED: 1 regressed/],
  ])('%s ends with the exit code that the checks come to, and says so', async (_name, args, code, shown) => {
    const ended = await runCli(args);
    expect(ended.stderr).toContain(
      `${bad} was changed after it was written, it is judged by the checks that it holds:\n`,
    );
    expect(ended.stderr).toContain('  outcome says conformant, its checks come to not-conformant\n');
    expect(ended.stdout).toMatch(shown);
    expect(ended.code).toBe(code);
  });

  test('report makes a page of what the checks come to, which says that the report was changed', async () => {
    const { code, stderr } = await runCli(['report', bad, '--html', page]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('outcome says conformant')]);
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('NOT CONFORMANT');
    expect(html).toContain('This report was changed after it was written');
    const compared = await runCli(['report', good, bad, '--html', page]);
    expect(compared.stderr).toContain('outcome says conformant');
    expect(readFileSync(page, 'utf8')).toContain('NOT CONFORMANT');
  });

  test('what is as it was written is taken without a word', async () => {
    expect(await runCli(['merge', good])).toMatchObject({ code: 0, stderr: '' });
    expect(await runCli(['diff', good, good])).toMatchObject({ code: 0, stderr: '' });
  });
});
