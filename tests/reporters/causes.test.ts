import { expect, test } from 'vitest';
import { asvsSections } from '../../spec/generated/asvs.js';
import { adviceOf, adviceOnCause, classificationInWords } from '../../reporters/advice.js';
import { renderHtml } from '../../reporters/html/report-page.js';
import { renderJson } from '../../reporters/json.js';
import { exemplaryIn } from '../../reporters/simplest.js';
import { renderTerminal } from '../../reporters/terminal.js';
import type { Report } from '../../spec/generated/report.js';
import { skippedByReason } from '../../report/wording.js';
import { reportFixture } from './report-fixture.js';

const id = 'standard.logout.invalidates-refresh-token';
const advice = adviceOf(id);
if (advice === undefined) throw new Error(`${id} is not in the catalogue`);

/** The fixture, whose failure comes from a known defect. */
function ofOneCause(): Report {
  const report = reportFixture();
  return {
    ...report,
    requirements: report.requirements.map((one) => (one.id === 'standard.two' ? { ...one, id } : one)),
    diagnosis: {
      failures: 2,
      explained: 1,
      causes: [
        {
          defect: 'logout-does-nothing',
          title: 'A logout does nothing.',
          explains: [id],
          effects: 1,
          observed: 1,
          alternatives: [],
        },
      ],
      unexplained: ['session.four'],
    },
  };
}

test('a cause has the advice of the requirement that names its defect', () => {
  expect(adviceOnCause({ defect: 'logout-does-nothing', explains: ['standard.expires', id] })).toBe(advice);
  expect(adviceOnCause({ defect: 'unheard-of', explains: [id] })).toBe(advice);
  expect(adviceOnCause({ defect: 'unheard-of', explains: ['unknown'] })).toBeUndefined();
});

test('is classified by severity, CWE and ASVS', () => {
  const source = { document: 'OWASP ASVS 5.0', section: '7.4.1', quote: 'x' };
  const { asvs, ...bare } = advice;
  expect(asvs?.length ?? 0).toBe(asvsSections[id]?.length ?? 0);
  expect(classificationInWords({ ...bare, severity: 'high', cwe: [613], source })).toBe(
    'severity high, CWE-613, ASVS 5.0 7.4.1',
  );
});

test('is classified by the ASVS numbers that it is traced to, where its source is another document', () => {
  const ofSeed = adviceOf('storing.cookie.http-only');
  expect(ofSeed?.source.document).toBe('seed');
  expect(ofSeed && classificationInWords(ofSeed)).toMatch(/, ASVS 5\.0 3\.3\.4$/);
});

test('the terminal shows what did not pass, then the cause, what to change and one block of shell lines', () => {
  const text = renderTerminal(ofOneCause(), { color: false });
  const order = [
    `  ${id}`,
    'Likely one cause',
    'A logout does nothing.',
    'Impact: ',
    `Classification: severity ${advice.severity}, CWE-`,
    'reproduce it',
    `Likely cause: A logout does nothing. To change: ${advice.remediation}`,
    'core NOT CONFORMANT',
  ];
  const places = order.map((part) => text.indexOf(part));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((one, other) => one - other));
  expect(text.match(/reproduce it/g)).toHaveLength(1);
  expect(text.split(advice.remediation)).toHaveLength(2);
});

test('a terminal of 80 columns has a line for each requirement that did not pass, cut to its width', () => {
  const lines = renderTerminal(ofOneCause(), { color: false, width: 80 }).split('\n');
  const named = lines.filter((line) => /^ {2}[✗!?] /.test(line));
  expect(named.length).toBeGreaterThan(2);
  for (const line of named) expect(line).toMatch(/^.{1,79} {2}[\w.-]+$/);
});

test('the page shows of a cause what to change and how bad it is', () => {
  const html = renderHtml(ofOneCause());
  expect(html).toMatch(/<dt>Remediation<\/dt><dd>.*<dt>Classification<\/dt><dd>severity /);
});

test('the first that the page shows is the verdict and the cause, before who ran what', () => {
  const html = renderHtml(ofOneCause());
  const places = ['class="outcome', 'A logout does nothing.', '<dt>Remediation', '<dt>Suite'].map((part) =>
    html.indexOf(part),
  );
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((one, other) => one - other));
});

test('on paper the simplest failure stands for each cause, and for what none explains', () => {
  expect([...exemplaryIn(ofOneCause())]).toEqual([id, 'session.four', 'requests.head']);
});

test('a skip says each reason once', () => {
  const [, , skipped] = reportFixture().requirements;
  if (skipped === undefined) throw new Error('the fixture has no skip');
  const of = (name: string, reason: string): Report['requirements'][number] => ({ ...skipped, id: name, reason });
  expect(
    skippedByReason({
      requirements: [
        of('a', 'needs x: give x; or needs y: give y'),
        of('b', 'needs y: give y'),
        of('c', 'too long; really'),
      ],
    }),
  ).toEqual([
    ['needs y: give y', ['a', 'b']],
    ['needs x: give x', ['a']],
    ['too long; really', ['c']],
  ]);
});

test('the JSON report has a line for each check, exchange and shell line', () => {
  const report = reportFixture();
  const text = renderJson(report);
  expect(JSON.parse(text)).toEqual(report);
  const lines = report.requirements.flatMap(({ checks }) =>
    checks.flatMap(({ curl, exchanges }) => [...curl, ...exchanges]),
  );
  expect(text.match(/^ {8}[{"]/gm)).toHaveLength(lines.length);
});
