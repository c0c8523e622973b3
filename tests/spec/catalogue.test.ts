import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { requirements } from '../../spec/catalogue.js';
import { root, run } from '../helpers/run-cli.js';

const suites = readdirSync(`${root}suites`, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.suite.ts'))
  .map((name) => readFileSync(`${root}suites/${name}`, 'utf8'))
  .join('\n');

describe('the catalogue', () => {
  test.each(requirements.map(({ id }) => [id]))('%s has a check', (id) => {
    expect(suites).toMatch(new RegExp(`'${id.replaceAll('.', '\\.')}'`));
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
