import { readdirSync } from 'node:fs';
import picomatch from 'picomatch';
import { expect, test } from 'vitest';
import { root } from '../helpers/run-cli.js';
import { projects } from '../projects.js';

test('every test file belongs to one project', () => {
  const files = readdirSync(`${root}tests`, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.test\.tsx?$/.test(file))
    .map((file) => `tests/${file.replaceAll('\\', '/')}`);
  expect(files.length).toBeGreaterThan(50);
  const belongsTo = Object.fromEntries(
    files.map((file) => [
      file,
      projects
        .filter(({ include, exclude = [] }) => picomatch([...include], { ignore: [...exclude] })(file))
        .map(({ name }) => name),
    ]),
  );
  expect(Object.entries(belongsTo).filter(([, of]) => of.length !== 1)).toEqual([]);
});
