import { readdirSync, readFileSync, statSync } from 'node:fs';
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

/** What the field has other words for. */
const WORDS =
  'buys?|lets? in|takes? away|hands? out|handed out|good for nothing|whoever|nobody|somebody|anybody|alive|dead|for ever|passed over|made-up|goe?s? on working';

test('titles of checks and defects are in the terms of the field', () => {
  const words = new RegExp(`\\b(?:${WORDS}|refus(?:e|es|ed|ing|als?))\\b`, 'i');
  const titles = [...checks, ...defects].map(({ title }) => title);
  expect(titles.length).toBeGreaterThan(800);
  expect(titles.filter((title) => words.test(title))).toEqual([]);
});

test('comments are in the terms of the field', () => {
  const words = new RegExp(`\\b(?:${WORDS})\\b`, 'i');
  const layers = ['spec', 'suites', 'reference-server', 'report', 'runner', 'reporters', 'cli'];
  const files = layers.flatMap((layer) =>
    readdirSync(join(root, layer), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(?:tsx?|js)$/.test(path) && !path.startsWith('generated'))
      .map((path) => join(layer, path)),
  );
  expect(files.length).toBeGreaterThan(300);
  const found = files.flatMap((path) =>
    readFileSync(join(root, path), 'utf8')
      .split('\n')
      .filter((line) => /^\s*(?:\*|\/\*|\/\/)/.test(line) && words.test(line.replace(/\bkee?pt?[- ]alive/gi, '')))
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(found).toEqual([]);
});
