import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defects } from '../reference-server/index.js';
import { checks } from '../suites/all-checks.js';
import { root } from './helpers/run-cli.js';

const folders = ['spec', 'suites', 'reference-server', 'report', 'runner', 'reporters', 'cli', 'tests', 'bench'];

/** Files of a folder that are read as one list: recordings and types that are generated. */
const LISTS = /^spec\/(?:observations|generated)$/;

/** A folder that is opened is read at a glance. */
const MOST_FILES = 16;

test('a folder holds no more files than are read at a glance', () => {
  const all = folders.flatMap((folder) => [
    folder,
    ...readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => !path.includes('node_modules'))
      .map((path) => join(folder, path)),
  ]);
  const tooFull = all
    .filter((path) => statSync(join(root, path)).isDirectory() && !LISTS.test(path))
    .map((path) => ({
      path,
      files: readdirSync(join(root, path), { withFileTypes: true }).filter((entry) => entry.isFile()).length,
    }))
    .filter(({ files }) => files > MOST_FILES);
  expect(tooFull).toEqual([]);
});

test('titles of checks and defects are in the terms of the field', () => {
  const words =
    /\b(?:buys?|lets? in|takes away|hands? out|good for nothing|whoever|nobody|somebody|alive|dead|for ever|passed over|made-up|refus(?:e|es|ed|ing|als?)|goes on working)\b/i;
  const titles = [...checks, ...defects].map(({ title }) => title);
  expect(titles.length).toBeGreaterThan(800);
  expect(titles.filter((title) => words.test(title))).toEqual([]);
});
