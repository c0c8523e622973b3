import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { renderComparison } from '../../reporters/comparison-page.js';
import { compared, named, unlike } from '../../reporters/comparison.js';
import { renderHtml } from '../../reporters/html.js';
import type { Report, Verdict } from '../../spec/generated/report.js';
import { hostile, reportFixture } from './report-fixture.js';

const controls = /[\u0000-\u0008\u000B-\u001F\u007F]/;

/** The fixture, as another run of it would be. */
const fixture = (change: Partial<Report> = {}): Report => ({ ...reportFixture(), ...change });

/** The fixture with another verdict of one requirement. */
function withVerdict(id: string, verdict: Verdict): Report {
  const report = fixture({ target: { url: `http://${verdict}.example.com` } });
  return { ...report, requirements: report.requirements.map((one) => (one.id === id ? { ...one, verdict } : one)) };
}

const text = (html: string): string => html.replace(/<(style|script)>.*?<\/\1>/gs, '').replace(/<[^>]*>/g, ' ');

describe.each([
  ['the report', renderHtml(reportFixture())],
  ['the comparison', renderComparison([reportFixture(), fixture({ target: { url: hostile } })])],
])('%s', (_name, html) => {
  test('asks for nothing, and its policy lets nothing but its own style and script run', () => {
    expect(html).not.toMatch(/<(?:link|img|iframe|object)\b/);
    expect(html).not.toMatch(/<[^>]*\s(?:src=|href="[^#]|style=|on\w+=)/);
    expect(html).not.toContain('unsafe-inline');
    for (const element of ['style', 'script']) {
      const [content, ...others] = [...html.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, 'gs'))];
      expect(others).toEqual([]);
      const hash = createHash('sha256')
        .update(content?.[1] ?? '')
        .digest('base64');
      expect(html).toContain(`${element}-src 'sha256-${hash}'`);
    }
    expect(html).not.toMatch(controls);
  });

  test('has no identifier twice', () => {
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(5);
  });

  test('links to places that are there', () => {
    const links = [...html.matchAll(/href="#([^"]*)"/g)].map(([, link]) => decodeURIComponent(link ?? ''));
    expect(links.filter((link) => !html.includes(`id="${link}"`))).toEqual([]);
  });
});

describe('the certificate head', () => {
  test('names target, date, suite, seed, specification, profiles, capabilities', () => {
    const head = text(renderHtml(fixture())).replace(/\s+/g, ' ');
    for (const said of [
      'http://127.0.0.1:8055',
      '2026-11-24 10:00:00 UTC , took 1.2 s',
      'auth-conformance 0.0.0, seed 42',
      'a'.repeat(64),
      'Profiles core',
      'Judged 4 of 5 requirements, by 4 checks',
      'Given by the tester admin',
      'patience --patience 30s',
    ])
      expect(head).toContain(said);
  });

  test.each<[Partial<Report>, RegExp]>([
    [{ outcome: 'conformant', complete: true }, /outcome pass"><strong>CONFORMANT<\/strong><\/p>/],
    [
      { outcome: 'conformant', complete: false },
      /outcome warn"><strong>CONFORMANT as far as tested<\/strong><span>1 of 5 core/,
    ],
    [{ outcome: 'not-conformant' }, /outcome fail"><strong>NOT CONFORMANT<\/strong><span>besides, 1 core requirement/],
    [{ outcome: 'not-judged' }, /outcome error"><strong>NOT JUDGED<\/strong>/],
    [{ shard: { index: 2, count: 3 } }, /<span>this is shard 2 of 3/],
  ])('says of %o how far it goes', (change, outcome) => {
    expect(renderHtml(fixture(change))).toMatch(outcome);
  });
});

test('shell lines that are too long to be shown are left out, and the page says so', () => {
  const report = fixture();
  const check = report.requirements[1]?.checks[0];
  check?.curl.splice(0, Infinity, 'TARGET=http://127.0.0.1:8055', `curl ${'x'.repeat(100_000)}`);
  const html = renderHtml(report);
  expect(html).not.toContain('xxx');
  expect(html).toMatch(/1 of 2 lines are left out here.*JSON report.*<pre>TARGET=http:\/\/127\.0\.0\.1:8055<\/pre>/);
});

describe('several reports', () => {
  test('of one target are told apart by their date, of one date by number', () => {
    const later = fixture({ startedAt: '2026-11-25T10:00:00.000Z' });
    const other = fixture({ target: { url: 'http://other' } });
    expect(named([fixture(), later, other, later]).map(({ name }) => name)).toEqual([
      'http://127.0.0.1:8055, 2026-11-24 10:00:00 UTC',
      'http://127.0.0.1:8055, 2026-11-25 10:00:00 UTC (1)',
      'http://other',
      'http://127.0.0.1:8055, 2026-11-25 10:00:00 UTC (2)',
    ]);
  });

  test('are compared requirement by requirement, those that only one of them has too', () => {
    const [first, ...others] = fixture().requirements;
    if (first === undefined) throw new Error('the fixture has no requirement');
    const more = fixture({ requirements: [...others, { ...first, id: 'zzz', chapter: 'Of Another Version' }] });
    const chapters = compared([fixture(), more]);
    expect(chapters.map(([chapter]) => chapter)).toEqual([
      'Standard Tokens',
      'Session Tokens',
      'Making Requests',
      'Of Another Version',
    ]);
    const verdicts = Object.fromEntries(
      chapters
        .flatMap(([, all]) => all)
        .map(({ requirement, results, differs }) => [
          requirement.id,
          [differs, ...results.map((result) => result?.verdict)],
        ]),
    );
    expect(verdicts).toMatchObject({
      'standard.one': [true, 'pass', undefined],
      'standard.two': [false, 'fail', 'fail'],
      zzz: [true, undefined, 'pass'],
    });
  });

  test('in the order of the catalogue, whatever the order of the reports', () => {
    const [first] = fixture().requirements;
    if (first === undefined) throw new Error('the fixture has no requirement');
    const of = (...ids: string[]): Report => fixture({ requirements: ids.map((id) => ({ ...first, id })) });
    const chapters = compared([of('standard.expires'), of('standard.authenticates', 'standard.expires')]);
    expect(chapters[0]?.[1].map(({ requirement }) => requirement.id)).toEqual([
      'standard.authenticates',
      'standard.expires',
    ]);
  });

  test('say first in what they are unlike', () => {
    expect(unlike(named([fixture(), fixture({ target: { url: 'http://other' } })]))).toEqual([]);
    const other = fixture({
      target: { url: 'http://other' },
      tool: { name: 'auth-conformance', version: '9.9.9' },
      specification: { title: 'Directus: Access Tokens', sha256: 'b'.repeat(64) },
      profiles: ['core', 'security'],
      requirements: [],
    });
    expect(unlike(named([fixture(), other]))).toEqual([
      'These reports are of different versions of the suite: auth-conformance 0.0.0 (http://127.0.0.1:8055), auth-conformance 9.9.9 (http://other).',
      'These reports are of different specifications: Directus: Access Tokens, SHA-256 aaaaaaaaaaaa (http://127.0.0.1:8055), Directus: Access Tokens, SHA-256 bbbbbbbbbbbb (http://other).',
      'These reports are of different profiles: core (http://127.0.0.1:8055), core, security (http://other).',
      'Not all requirements were run with every target.',
    ]);
  });

  test('each have a cell for each requirement; what did not pass leads to what came', () => {
    const html = renderComparison([fixture(), withVerdict('standard.one', 'fail')]);
    const row = /<tr class="requirement" data-differ="yes" data-id="standard\.one">(.*?)<\/tr>/.exec(html)?.[1] ?? '';
    expect(row).toMatch(/<td class="pass of-pass">.*<td class="fail of-fail"><a href="#2%3Astandard\.one">/);
    expect(html).toMatch(/data-differ="no" data-id="standard\.two"/);
    const finding = html.slice(html.indexOf('id="2:standard.two"'));
    expect(finding).toMatch(/<dt>Expected<\/dt><dd>x .*<dt>Actual<\/dt>.*<pre>TARGET=/s);
    expect(text(html)).toContain('needs patience: give --patience');
  });
});
