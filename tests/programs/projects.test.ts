import { readdirSync } from 'node:fs';
import picomatch from 'picomatch';
import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { root } from '../helpers/run-cli.js';
import { leftToAll, projects } from '../projects.js';

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

test('npm test runs all projects but those that are left to test:all, which runs every one but the whole kill table', () => {
  const named = [...packageJson.scripts.test.matchAll(/--project=(\S+)/g)].map(([, name]) => name);
  const names = projects.map(({ name }) => name);
  expect(named.sort()).toEqual(names.filter((name) => !leftToAll.includes(name)).sort());
  // The whole kill table takes as long as all the rest: npm run kill-table.
  expect(packageJson.scripts['test:all']).toMatch(/--project=!kill-table$/);
});
