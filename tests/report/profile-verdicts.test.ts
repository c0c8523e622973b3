import { describe, expect, test } from 'vitest';
import { gate } from '../../report/gate.js';
import { passedInWords, profileVerdictsOf } from '../../report/profile-verdicts.js';
import { rejudge } from '../../report/rejudge.js';
import { profilesInWords } from '../../report/wording.js';
import { renderers, type Format } from '../../reporters/renderers.js';
import { renderTerminal } from '../../reporters/terminal.js';
import { requirements as catalogue } from '../../spec/catalogue.js';
import type { Profile } from '../../spec/generated/report.js';
import { runCli } from '../helpers/run-cli.js';
import { wholeReport } from './whole-report.js';

const ofProfile = (wanted: Profile): string[] =>
  catalogue.filter(({ profile, level }) => profile === wanted && level === 'MUST').map(({ id }) => id);
const countOf = (wanted: Profile): number => catalogue.filter(({ profile }) => profile === wanted).length;
const [security = ''] = ofProfile('security');
const [core = ''] = ofProfile('core');
const [cores, securities, others] = [countOf('core'), countOf('security'), countOf('directus')];

describe('a server that keeps core and fails a MUST of another profile', () => {
  const report = wholeReport({ [security]: 'fail' });
  const line = `core CONFORMANT ${cores}/${cores} · security ${securities - 1} of ${securities} · directus ${others}/${others}`;

  test('is conformant, and the other profile is not', () => {
    expect(report.outcome).toBe('conformant');
    expect(report.complete).toBe(true);
    expect(report.byProfile?.map(({ profile, outcome }) => [profile, outcome])).toEqual([
      ['core', 'conformant'],
      ['security', 'not-conformant'],
      ['directus', 'conformant'],
    ]);
    expect(profilesInWords(report)).toBe(line);
  });

  test('names the version behind directus', async () => {
    const judged = {
      ...report,
      target: { ...report.target, judgedAs: { version: '12.4.1', from: 'target' as const } },
    };
    const words = `directus 12.4 ${others}/${others}`;
    expect(profilesInWords(judged)).toContain(` · ${words}`);
    for (const format of ['html', 'markdown', 'badge', 'badge-svg'] satisfies Format[])
      expect(await renderers[format](judged), format).toContain(words);
  });

  test('ends with 1 all the same, and the reason names the profile and the way to leave it out', () => {
    expect(gate(report, {})).toMatchObject({
      code: 1,
      why: `1 requirement of the profile security failed: ${security}; --profile core judges core alone`,
    });
  });

  test('is nowhere called not conformant', async () => {
    const shown = renderTerminal(report, { color: false });
    expect(shown).toContain(`\n${line}  http`);
    expect(shown).not.toContain('NOT CONFORMANT');
    for (const format of ['html', 'markdown', 'badge', 'badge-svg', 'sarif', 'junit'] satisfies Format[]) {
      const text = await renderers[format](report);
      expect(text, format).toContain(
        format === 'sarif' ? '"byProfile"' : passedInWords({ pass: securities - 1, total: securities }),
      );
      expect(text, format).not.toMatch(/NOT CONFORMANT|core not.conformant/);
    }
  });
});

test('a failed MUST of core is what the certificate says', () => {
  const report = wholeReport({ [core]: 'fail', [security]: 'fail' });
  expect(report.outcome).toBe('not-conformant');
  expect(profilesInWords(report)).toMatch(/^core NOT CONFORMANT \d+ of \d+ · security \d+ of/);
  expect(gate(report, {}).why).toBe(
    `1 requirement of the profile core failed: ${core}; 1 requirement of the profile security failed: ${security}`,
  );
});

test('where many failed, the reason counts them by profile: the lines above it name them', () => {
  const many = Object.fromEntries(
    wholeReport()
      .requirements.filter(({ profile }) => profile === 'security')
      .slice(0, 6)
      .map(({ id }) => [id, 'fail' as const]),
  );
  expect(gate(wholeReport({ ...many, [core]: 'fail' }), {}).why).toBe(
    '1 requirement of the profile core failed; 6 requirements of the profile security failed',
  );
});

test('a run without core is about the first profile that was run', () => {
  const own = wholeReport({ [security]: 'fail' }).requirements.filter(({ profile }) => profile !== 'core');
  expect(profileVerdictsOf(own).map(({ profile, outcome }) => [profile, outcome])).toEqual([
    ['security', 'not-conformant'],
    ['directus', 'conformant'],
  ]);
});

test('a profile of which a requirement was left out is not complete', () => {
  const [first] = wholeReport().requirements.filter(({ profile }) => profile === 'core');
  expect(profileVerdictsOf(first === undefined ? [] : [first])).toEqual([
    {
      profile: 'core',
      outcome: 'conformant',
      complete: false,
      total: cores,
      pass: 1,
      fail: 0,
      warn: 0,
      skip: 0,
      error: 0,
    },
  ]);
});

test('a verdict by profile that was changed in a file is told', () => {
  const report = wholeReport({ [security]: 'fail' });
  const said = {
    ...report,
    byProfile: report.byProfile?.map((one) => ({ ...one, outcome: 'conformant' as const })) ?? [],
  };
  const { disagreements, report: judged } = rejudge(said, 'it');
  expect(disagreements).toEqual([
    expect.stringMatching(/^byProfile 2 says .*outcome conformant .*, its checks come to .*outcome not-conformant /),
  ]);
  expect(judged.byProfile).toEqual(report.byProfile);
});

test('the last line of a run says why it ends as it does', async () => {
  const { code, stdout } = await runCli(['self-test', '--only', security, '--only', core]);
  expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([0, 'Exit code 0: no MUST failed']);
});
