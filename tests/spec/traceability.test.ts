import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { requirements } from '../../spec/catalogue.js';
import type { Standards } from '../../spec/generated/standards.js';
import { sectionsCoveredBy } from '../../spec/document/traceability.js';
import { root } from '../helpers/run-cli.js';

const standards = parse(readFileSync(`${root}spec/standards.yaml`, 'utf8')) as Standards;
const coverage = readFileSync(`${root}spec/COVERAGE.md`, 'utf8');

/** Numbers 1 to a last one, below a section. */
const upTo = (last: number, above = ''): string[] => Array.from({ length: last }, (_, at) => `${above}${at + 1}`);

/** The tables of contents: chapters, and the sections of those that are about what a server does. */
const contents: Readonly<Record<string, readonly string[]>> = {
  'RFC 6265': [...upTo(9), ...upTo(2, '4.'), ...upTo(6, '4.1.2.'), ...upTo(7, '8.')],
  'RFC 6749': [...upTo(11), ...upTo(3, '3.'), ...upTo(2, '5.'), ...upTo(16, '10.')],
  'RFC 6750': [...upTo(6), ...upTo(3, '2.'), '3.1', ...upTo(3, '5.')],
  'RFC 7519': [...upTo(12), ...upTo(7, '4.1.'), '4.2', '4.3', ...upTo(3, '5.'), ...upTo(3, '7.'), ...upTo(2, '11.')],
  'RFC 8725': [...upTo(5), ...upTo(9, '2.'), ...upTo(12, '3.')],
  'RFC 9700': [...upTo(6), ...upTo(6, '2.'), '2.2.1', '2.2.2', ...upTo(17, '4.'), '4.14.1', '4.14.2'],
  'OWASP ASVS 5.0': [
    ...upTo(17),
    ...[5, 8, 7, 2, 4].flatMap((last, at) => upTo(last, ['3.3.', '3.4.', '3.7.', '4.3.', '4.4.'][at])),
    ...[12, 8, 6, 8].flatMap((last, at) => upTo(last, `6.${at + 2}.`)),
    ...[4, 2, 5, 3, 2].flatMap((last, at) => upTo(last, `7.${at + 2}.`)),
    ...[4, 3, 2].flatMap((last, at) => upTo(last, `8.${at + 2}.`)),
    ...[3, 4].flatMap((last, at) => upTo(last, `9.${at + 1}.`)),
  ],
};

describe.each(Object.entries(contents))('%s', (document, sections) => {
  const listed = (standards.find((one) => one.document === document)?.sections ?? []).map(({ section }) =>
    section.replace(/^V/, ''),
  );

  test.each(sections)('section %s has a row, or stands within or above one', (section) => {
    expect(
      listed.some((one) => one === section || one.startsWith(`${section}.`) || section.startsWith(`${one}.`)),
    ).toBe(true);
  });
});

test('"do you cover RFC 8725 section 3.2?" finds its row', () => {
  const rows = coverage.split('\n').filter((line) => line.includes('RFC 8725 section 3.2'));
  expect(rows).toEqual([expect.stringMatching(/^\| RFC 8725 section 3\.2: .*SPECIFICATION\.md#jwtforeign-key/)]);
});

test('a clause links the sections that it covers beside its source', () => {
  const found = requirements.find(({ id }) => id === 'jwt.foreign-key');
  const links = found === undefined ? [] : sectionsCoveredBy(found, standards);
  expect(links).toContain('[RFC 8725 section 3.2](COVERAGE.md#rfc-8725-json-web-token-best-current-practices)');
  expect(links.join()).not.toContain('section 3.1]');
  expect(readFileSync(`${root}spec/SPECIFICATION.md`, 'utf8')).toContain(`- Covers also: ${links.join(', ')}\n`);
});

test('no reason and no requirement is missing for a section', () => {
  for (const { document, sections } of standards)
    for (const { section } of sections)
      expect(coverage, `${document} ${section}`).toMatch(
        new RegExp(`^\\| ${document}(?: section)? ${section.replaceAll('.', '\\.')}: .* \\| .+ \\|$`, 'm'),
      );
});
