import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { requirements } from '../../spec/catalogue.js';
import { checks } from '../../suites/all-checks.js';
import { root, run } from '../helpers/run-cli.js';

const checked = new Set<string>(checks.map(({ requirement }) => requirement));

describe('the catalogue', () => {
  test.each(requirements.map(({ id }) => [id]))('%s has a check', (id) => {
    expect(checked).toContain(id);
  });

  test('is what the generated files were made of', async () => {
    const { code, stderr } = await run(process.execPath, ['--import', 'tsx', 'spec/generate.ts', '--check']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  test('holds the text of the specification, byte for byte as it was given', () => {
    expect(readFileSync(`${root}spec/seed/access-tokens.txt`, 'utf8')).toMatch(/^Auth\n\nAccess Tokens\n/);
  });

  test('writes every core requirement as a MUST of the seed', () => {
    for (const { profile, level, source } of requirements) {
      if (profile === 'core') expect({ level, document: source.document }).toEqual({ level: 'MUST', document: 'seed' });
    }
  });
});
