import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Chapter } from './generated/chapter.js';

/** The names of the chapters, in the order of the specification: each is a file in requirements/. */
export const chapterNames: readonly string[] = [
  'access-tokens',
  'standard-tokens',
  'session-tokens',
  'static-tokens',
  'storing-tokens',
  'making-requests',
  'logging-in',
  'two-factor-login',
  'json-web-tokens',
  'graphql',
  'realtime',
  'lifecycle',
];

/**
 * The catalogue of requirements as the YAML files have it, by chapter. Sources read the files; the build puts what they say in the place
 * of this module (esbuild.config.ts). `npm run generate -- --check` holds them against their schema.
 */
export const chapters: readonly Chapter[] = chapterNames.map(
  (name) => parse(readFileSync(new URL(`requirements/${name}.yaml`, import.meta.url), 'utf8')) as Chapter,
);
