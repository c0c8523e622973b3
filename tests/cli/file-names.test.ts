import * as fc from 'fast-check';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileNamesOf } from '../../cli/output/file-names.js';
import { runsOf } from '../../cli/targets.js';
import type { Configuration } from '../../spec/generated/configuration.js';

/** URLs that a tester may have been given. */
const urls = fc.uniqueArray(
  fc
    .tuple(
      fc.constantFrom('http://', 'https://', 'http://user:pass-word@'),
      fc.constantFrom(
        '..',
        '...',
        'con',
        'NUL',
        'aux.example',
        'com1',
        'a.example',
        'A.EXAMPLE:80',
        '[::1]:8055',
        'a.',
      ),
      fc.array(
        fc.oneof(
          fc.constantFrom(
            '/',
            '..',
            '/../',
            '%2e%2e',
            '\\',
            '%00',
            '\u0000',
            '\u202E',
            'é',
            ' ',
            '.',
            '?',
            '#',
            '-',
            'A',
            'a',
            '1',
            '2',
          ),
          fc.string({ unit: 'binary', maxLength: 3 }),
          fc.constant('long/'.repeat(100)),
        ),
        { maxLength: 4 },
      ),
    )
    .map(([scheme, host, path]) => `${scheme}${host}/${path.join('')}`),
  // Two that differ but for the slashes at their ends are one target.
  { minLength: 1, maxLength: 6, selector: (url) => url.replace(/\/+$/, '') },
);

test('every target has a name of its own, which each file system takes and which is no path', () => {
  fc.assert(
    fc.property(urls, (targets) => {
      const names = fileNamesOf(targets);
      expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(targets.length);
      for (const name of names) {
        expect(name).toMatch(/^\w[\w.-]*$/);
        expect(name).not.toMatch(/\.\.|\.$|pass-word/);
        // https://learn.microsoft.com/windows/win32/fileio/naming-a-file
        expect(name).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i);
        expect(name.length).toBeLessThanOrEqual(110);
      }
    }),
  );
});

test('reports of targets are in one folder, one for each', () => {
  fc.assert(
    fc.property(urls, (targets) => {
      const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-names-'));
      const [first = '', ...others] = targets;
      const configuration: Configuration = {
        targets: [{ target: first }, ...others.map((target) => ({ target }))],
        report: { json: join(folder, 'report-{target}.json') },
      };
      try {
        for (const { report } of runsOf(configuration)) writeFileSync(`${report?.json ?? ''}.intoto.json`, '');
        expect(readdirSync(folder)).toHaveLength(targets.length);
      } finally {
        rmSync(folder, { recursive: true });
      }
    }),
    {
      numRuns: 30,
      examples: [[['http://a.example/a/b', 'http://a.example/a?b', 'http://a.example/a/b/1', 'http://a.example/A/b']]],
    },
  );
});

test('names are read from the URL', () => {
  expect(
    fileNamesOf(['http://127.0.0.1:8055/api/', 'https://user:secret@b.example?x=1', 'http://con', 'http://..']),
  ).toEqual(['127.0.0.1-8055-api', 'b.example-x-1', 'con-', 'target']);
  expect(fileNamesOf(['http://a/X', 'http://a/x'])).toEqual(['a-X-1', 'a-x-2']);
  expect(fileNamesOf(['http://a/x', 'https://a/x', 'http://a/x/1'])).toEqual(['a-x-2', 'a-x-3', 'a-x-1']);
});
