import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { adviceOf } from '../../reporters/advice.js';
import { renderComparison } from '../../reporters/html/comparison-page.js';
import { compared, named, unlike } from '../../reporters/comparison.js';
import { renderHtml } from '../../reporters/html/report-page.js';
import type { CheckResult, Report, Verdict } from '../../spec/generated/report.js';
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

test('of many failures stays below 600 kB, with the shell lines and exchanges of those that are understood most easily', () => {
  const report = fixture();
  const failed = report.requirements.find(({ id }) => id === 'standard.two');
  const check = failed?.checks[0];
  if (failed === undefined || check === undefined) throw new Error('the fixture has no failure');
  const plain = { ...check };
  delete plain.counterexample;
  const body = JSON.stringify({ word: 'x'.repeat(1_500) });
  const exchange = {
    request: { method: 'POST', url: 'http://t/first', headers: [], body },
    response: { status: 200, headers: [], body },
    startedAtMs: 0,
    durationMs: 1,
  };
  const many = Array.from({ length: 120 }, (_one, i) => ({
    ...failed,
    id: `standard.failed-${i}`,
    checks: [
      { ...plain, curl: Array.from({ length: 30 + i }, () => `curl ${'y'.repeat(100)}`), exchanges: [exchange] },
    ],
  }));
  const html = renderHtml({ ...report, requirements: many });
  expect(html.length).toBeLessThan(600_000);
  const part = (i: number): string =>
    html.slice(html.indexOf(`id="standard.failed-${i}"`)).split('</details></section>')[0] ?? '';
  expect(part(0)).toContain('POST http://t/first');
  expect(part(0).split('id="standard.failed-1"')[0]).toContain(`curl ${'y'.repeat(100)}`);
  expect(part(119)).toContain('# Left out here, 149 lines that are in the JSON report.');
  expect(part(119)).toContain('1 exchange with the target: in the JSON report.');
});

test('what the catalogue has between backticks is code, and what a report has is text', () => {
  const report = fixture();
  const [first, ...others] = report.requirements.map((one) => ({ ...one, title: 'A `title`.' }));
  const id = 'standard.logout.invalidates-refresh-token';
  const failed = first === undefined ? [] : [{ ...first, id, verdict: 'fail' as const }];
  const html = renderHtml({ ...report, requirements: [...failed, ...others] });
  expect(adviceOf(id)?.remediation).toContain('`POST /auth/logout`');
  expect(html).toContain('<code>POST /auth/logout</code>');
  expect(html).toContain('A `title`.');
});

describe.each([
  ['the report', renderHtml(reportFixture())],
  ['the comparison', renderComparison([reportFixture(), fixture({ target: { url: hostile } })])],
])('%s', (_name, html) => {
  test('asks for nothing, and its policy lets nothing but its own style and script run', () => {
    expect(html).not.toMatch(/<(?:link|img|iframe|object)\b/);
    // A link to a clause of the specification is followed by a reader alone.
    const clauses = /href="https:[^"]*\/spec\/SPECIFICATION\.md#[\w-]*"/g;
    expect(html.replace(clauses, '')).not.toMatch(/<[^>]*\s(?:src=|href="[^#]|style=|on\w+=)/);
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
      'Profiles core not conformant, 1 of 5 passed',
      'Judged 4 of 5 requirements, by 5 checks, 1 of them skipped',
      'Given by the tester admin',
      'patience --patience 30s',
    ])
      expect(head).toContain(said);
  });

  test('begins with the product by name and version, then says who ran what', () => {
    const html = renderHtml(
      fixture({
        target: {
          url: 'http://127.0.0.1:8055',
          name: 'Directus',
          version: '12.4.1',
          judgedAs: { version: '12.4.1', from: 'target' },
        },
        run: { tester: 'Example Labs', command: "auth-conformance --admin-password '****'" },
      }),
    );
    expect(html).toContain('<h1>Directus 12.4.1</h1><p class="target">http://127.0.0.1:8055</p>');
    expect(text(html).replace(/\s+/g, ' ')).toMatch(/Tester Example Labs .*Command auth-conformance --admin-password/);
  });

  test('tells what was given from what was found on the target', () => {
    const capabilities: Report['capabilities'] = [
      { name: 'admin', given: true, how: '--admin-email' },
      { name: 'graphql', given: true, how: 'a target with /graphql/system' },
      { name: 'realtime', given: false, how: 'a target with /websocket' },
    ];
    expect(text(renderHtml(fixture({ capabilities }))).replace(/\s+/g, ' ')).toMatch(
      /Given by the tester admin Discovered on the target graphql Not found on the target realtime a target with \/websocket/,
    );
  });

  test.each<[Partial<Report>, RegExp]>([
    [
      { outcome: 'conformant', complete: true },
      /outcome pass"><strong><span class="of-profile">core CONFORMANT 1 of 5<\/span><\/strong><span>1 requirement failed; 1 requirement could not be judged; all 5 core requirements were shown to hold</,
    ],
    [
      { outcome: 'conformant', complete: false },
      /outcome warn"><strong><span class="of-profile">core CONFORMANT as far as tested 1 of 5<\/span><\/strong><span>.*1 of 5 core/,
    ],
    [
      { outcome: 'not-conformant' },
      /outcome fail"><strong><span class="of-profile">core NOT CONFORMANT 1 of 5<\/span><\/strong><span>1 requirement failed; .*; 1 core requirement not tested</,
    ],
    [
      { outcome: 'not-judged' },
      /outcome error"><strong><span class="of-profile">core NOT JUDGED 1 of 5<\/span><\/strong>/,
    ],
    [{ shard: { index: 2, count: 3 } }, /<span>[^<]*this is shard 2 of 3/],
  ])('says of %o how far it goes', (change, outcome) => {
    expect(renderHtml(fixture(change))).toMatch(outcome);
  });
});

describe('what is too long for a page', () => {
  const ofCheck = (change: Partial<CheckResult>): string => {
    const report = fixture();
    Object.assign(report.requirements[1]?.checks[0] ?? {}, change);
    return renderHtml(report);
  };

  test('a shell line becomes a comment, whatever line ends are in it, and those around it stay', () => {
    const html = ofCheck({
      curl: ['TARGET=http://127.0.0.1:8055', `curl '\nrm ${'x'.repeat(2_000_000)}'`, 'curl after'],
    });
    expect(html.length).toBeLessThan(100_000);
    expect(html).toMatch(
      /<pre>TARGET=http:\/\/127\.0\.0\.1:8055\n# Left out here, 2,000,011 characters that are in the JSON report: curl ' rm x+…\ncurl after<\/pre>/,
    );
  });

  test('the last of many shell lines are left out', () => {
    const html = ofCheck({ curl: Array.from({ length: 100 }, (_one, i) => `line ${i} ${'x'.repeat(990)}`) });
    expect(html).toContain('\n# Left out here, the last 76 lines. They are in the JSON report.</pre>');
    expect(html).toContain('line 23 ');
    expect(html).not.toContain('line 24 ');
  });

  test('other texts are cut', () => {
    const html = ofCheck({ actual: `${'y'.repeat(4999)}\u{1F600}${'z'.repeat(1_000_000)}` });
    expect(html).toMatch(/y\\u\{D83D\} \[…1,000,001 more characters are in the JSON report\]/u);
    expect(html).not.toContain('zz');
  });

  test('the first of long exchanges are left out', () => {
    const one = fixture().requirements[1]?.checks[0]?.exchanges[0];
    if (one?.response === undefined) throw new Error('the fixture has no exchange');
    const exchanges = Array.from({ length: 20 }, (_one, i) => ({
      ...one,
      response: { status: 200, headers: [], body: `answer ${i}${'x'.repeat(4_900)}` },
    }));
    const html = ofCheck({ exchanges });
    expect(html).toMatch(
      /20 exchanges with the target<\/summary><p>The first 13 are left out here.*<ol class="wire" start="14">/,
    );
    expect(html).not.toContain('answer 12x');
    expect(html).toContain('answer 19x');
  });
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
      'Making Requests',
      'Standard Tokens',
      'Session Tokens',
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
    const row =
      /<tr class="requirement" data-id="standard\.one" data-verdict="pass fail"[^>]*data-differ="yes">(.*?)<\/tr>/.exec(
        html,
      )?.[1] ?? '';
    expect(row).toMatch(/<td class="pass of-pass">.*<td class="fail of-fail"><a href="#2%3Astandard\.one">/);
    expect(html).toMatch(/data-id="standard\.two"[^>]* data-differ="no"/);
    const finding = html.slice(html.indexOf('id="2:standard.two"'));
    expect(finding).toMatch(/<dt>Expected<\/dt><dd>x .*<dt>Actual<\/dt>.*<pre>TARGET=/s);
    expect(text(html)).toContain('needs patience: give --patience');
  });
});
