import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { renderers } from '../../reporters/renderers.js';
import { clauseUrlOf } from '../../reporters/specification-link.js';
import { requirements } from '../../spec/catalogue.js';
import { root } from '../helpers/run-cli.js';
import { reportFixture } from './report-fixture.js';

const path = 'spec/SPECIFICATION.md';

/** The anchors of the specification's headings, as GitHub makes them. */
const anchors = [...readFileSync(`${root}${path}`, 'utf8').matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-'),
);

test('every requirement has a link to its own clause in the repository that package.json names', () => {
  const base = manifest.repository.url.replace(/^git\+|\.git$/g, '');
  expect(manifest.files).toContain(path);
  for (const { id } of requirements) {
    const url = new URL(clauseUrlOf(id) ?? '');
    expect(url.href.startsWith(`${base}/blob/HEAD/${path}#`)).toBe(true);
    expect(anchors).toContain(url.hash.slice(1));
  }
});

test('no two headings of the specification have one anchor', () => {
  expect(new Set(anchors).size).toBe(anchors.length);
});

test('a requirement that the catalogue does not have has no link', () => {
  expect(clauseUrlOf('standard.two')).toBeUndefined();
});

test.each(['html', 'markdown', 'sarif'] as const)('the report as %s links the clause of a failure', async (format) => {
  const report = reportFixture();
  const id = 'standard.logout.invalidates-refresh-token';
  const renamed = report.requirements.map((one) => (one.verdict === 'fail' ? { ...one, id } : one));
  const url = clauseUrlOf(id) ?? 'none';
  const written = await renderers[format]({ ...report, requirements: renamed });
  expect(written).toContain({ html: `href="${url}"`, markdown: `](${url})`, sarif: `"helpUri": "${url}"` }[format]);
});
