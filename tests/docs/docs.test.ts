import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formats } from '../../reporters/renderers.js';
import { cli, root, run } from '../helpers/run-cli.js';

const pages = ['.', 'docs', 'spec'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

/** The anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (page: string): string[] =>
  [...textOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** The relative links of a page, each with the file and the anchor that it leads to. */
const linksOf = (page: string): { link: string; file: string; anchor: string | undefined }[] =>
  [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = '', anchor] = link.split('#');
      return { link, file: path === '' ? page : join(dirname(page), path), anchor };
    });

describe('the documentation', () => {
  test('README has at most 150 lines', () => {
    expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  });

  test('every page is found', () => {
    expect(pages).toEqual(
      expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/certify.md', 'spec/COVERAGE.md']),
    );
    // From the README, by one link or more.
    const found = new Set(['README.md']);
    for (const page of found) for (const { file } of linksOf(page)) if (pages.includes(file)) found.add(file);
    expect(pages.filter((page) => !found.has(page))).toEqual([]);
  });

  test.each(pages)('the relative links of %s lead somewhere', (page) => {
    const broken = linksOf(page).filter(
      ({ file, anchor }) =>
        !existsSync(join(root, file)) || (anchor !== undefined && !anchorsOf(file).includes(anchor)),
    );
    expect(broken).toEqual([]);
  });

  test.each(pages.filter((page) => !['README.md', 'CONTRIBUTING.md'].includes(page)))(
    '%s has the words of the field',
    (page) => {
      // Of a token one says that it is valid, expired or revoked; of a request that it is accepted or rejected.
      const unwanted =
        /\b(?:nobody|anybody|whoever|somebody|alive|belongs? into|hands? out|buys?|good for nothing|lets in|takes away|for ever)\b/i;
      expect(
        textOf(page)
          .split('\n')
          .filter((line) => unwanted.test(line)),
      ).toEqual([]);
    },
  );

  test.each(pages)('%s names no folder of the machine that it was written on', (page) => {
    expect(textOf(page)).not.toMatch(/(?:^|[\s"'`(])\/(?:tmp|home|root|work|Users)\//m);
  });
});

describe('the list of report formats', () => {
  const listed = `${formats.slice(0, -1).join(', ')} and ${formats.at(-1)}`;

  test('is the rows of docs/reports.md', () => {
    const rows = [...textOf('docs/reports.md').matchAll(/^\| `([a-z-]+)` /gm)].map(([, format]) => format);
    expect(rows).toEqual(formats);
  });

  test('stands in the README', () => {
    expect(textOf('README.md').replaceAll('\n', ' ')).toContain(`Report formats: ${listed}.`);
  });

  test('stands in the help', async () => {
    const { stdout } = await run(process.execPath, [cli, '--help']);
    expect(stdout.replace(/\s+/g, ' ')).toContain(`write a report: ${listed.replace(' and ', ' or ')} (repeatable)`);
  });
});
