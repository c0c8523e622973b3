import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { requirements } from '../../spec/catalogue.js';
import { holdCitations } from '../../spec/document/citations.js';
import type { Requirement } from '../../spec/generated/chapter.js';
import { root, run } from '../helpers/run-cli.js';

const seed = readFileSync(`${root}spec/seed/access-tokens.txt`, 'utf8');
const [some] = requirements;
if (some === undefined) throw new Error('the catalogue is empty');
const chapterWith = (profile: Requirement['profile'], source: Partial<Requirement['source']>) => [
  {
    requirements: [
      { ...some, profile, source: { document: 'seed', section: 'Access Tokens', quote: 'words', ...source } },
    ] as [Requirement],
  },
];

describe('a source', () => {
  test.each([
    ['security', { document: 'RFC 6750', section: '5.3', obliges: 'It must.' }],
    ['security', { document: 'OWASP ASVS 5.0', section: '7.4.1 (4.0.3: 3.3.1)', obliges: 'It must.' }],
    ['security', { document: 'OWASP ASVS 5.0', section: '6.3.8 (not in 4.0.3)', obliges: 'It must.' }],
    ['core', { section: 'Storing Tokens › Cookies' }],
    ['directus', { document: 'observed: Directus 12.4.1', section: 'login json' }],
  ] as const)('of the profile %s is accepted: %o', (profile, source) => {
    expect(() => holdCitations(chapterWith(profile, source), seed)).not.toThrow();
  });

  test.each([
    ['security', { document: 'observed: Directus 12.4.1' }, /needs an RFC or an ASVS number.*not "observed/],
    ['security', {}, /needs an RFC or an ASVS number as its source, not "seed"/],
    [
      'security',
      { document: 'RFC 6750', section: 'some of it', obliges: 'It must.' },
      /section "some of it"; it is cited/,
    ],
    [
      'security',
      { document: 'OWASP ASVS 5.0', section: '7.4.1', obliges: 'It must.' },
      /cited like: OWASP ASVS 5\.0, 7/,
    ],
    ['security', { document: 'RFC 6750', section: '5.3' }, /says in `obliges`/],
    ['core', { section: 'Storing Tokens › Biscuits' }, /the seed has no heading "Biscuits"/],
    ['directus', { document: 'a blog' }, /its source is "a blog"; a source is cited like/],
  ] as const)('of the profile %s is rejected: %o', (profile, source, message) => {
    expect(() => holdCitations(chapterWith(profile, source), seed)).toThrow(message);
    expect(() => holdCitations(chapterWith(profile, source), seed)).toThrow(/^requirement access\.scoped-to-user: /);
  });
});

describe('npm run generate', () => {
  const copy = mkdtempSync(join(tmpdir(), 'auth-conformance-spec-'));
  afterAll(() => rmSync(copy, { recursive: true }));
  cpSync(`${root}package.json`, join(copy, 'package.json'));
  symlinkSync(`${root}node_modules`, join(copy, 'node_modules'));

  test.each([
    [
      'a security MUST that rests on a recording alone',
      'json-web-tokens.yaml',
      /document: 'RFC 8725'\n +section: '3\.1'/,
      "document: 'observed: Directus 12.4.1'\n      section: 'x'\n      observation: token-minted",
      /requirement jwt\.foreign-key: a requirement of the profile security needs an RFC or an ASVS number/,
    ],
    [
      'a recording that does not exist',
      'access-tokens.yaml',
      /observation: user-deleted/,
      'observation: user-gone',
      /requirement access\.deleted-user: there is no spec\/observations\/user-gone\.yaml/,
    ],
    [
      'a quote that the recording does not say',
      'lifecycle.yaml',
      /json 200, cookie 200, session 200/,
      'json 500, cookie 200, session 200',
      /requirement lifecycle\.login\.many: spec\/observations\/eleven-logins\.yaml does not say: json 500/,
    ],
    [
      'a statement that breaks the rule',
      'access-tokens.yaml',
      /The server MUST NOT disclose a password/,
      'Nobody MUST learn a password',
      /requirement access\.password-concealed: .*its statement says "Nobody"/s,
    ],
  ])('fails on %s', async (_, file, there, instead, message) => {
    cpSync(`${root}spec`, join(copy, 'spec'), { recursive: true });
    const path = join(copy, 'spec/requirements', file);
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(there);
    writeFileSync(path, text.replace(there, instead));
    const { code, stderr } = await run(process.execPath, ['--import', 'tsx', 'spec/generate.ts', '--check'], {
      cwd: copy,
    });
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
  });
});
