import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Requirement } from '../../spec/generated/chapter.js';
import { holdAgainstObservations, textOf } from '../../spec/observations.js';
import { coverageDocument } from '../../spec/document/traceability.js';
import { requirements } from '../../spec/catalogue.js';
import { root } from '../helpers/run-cli.js';

const [some] = requirements;
if (some === undefined) throw new Error('the catalogue is empty');
const source = { document: 'observed: Directus 12.4.1', section: 'login', quote: '-> 401', observation: 'login' };
const chapterOf = (change: Partial<Requirement>) => [
  {
    chapter: 'Logging In',
    requirements: [{ ...some, id: 'login.x', profile: 'directus' as const, source, ...change }] as [Requirement],
  },
];
const recorded = new Map([
  [
    'login',
    {
      server: 'Directus 12.4.1',
      about: 'a login',
      exchanges: [
        {
          name: 'login',
          request: { method: 'POST', path: '/auth/login' },
          response: { status: 401, body: '{"errors":[{"extensions":{"code":"INVALID_CREDENTIALS"}}]}' },
        },
      ] as const,
    },
  ],
]);
const observations = recorded as unknown as Parameters<typeof holdAgainstObservations>[0];

describe('a source that is an observation', () => {
  test('is accepted when the recording says what is quoted', () => {
    expect(() => holdAgainstObservations(observations, chapterOf({}))).not.toThrow();
    expect(textOf(observations.get('login') ?? { server: '', about: '' })).toContain('-> 401 INVALID_CREDENTIALS');
  });

  test.each([
    [
      'names none',
      { source: { document: source.document, section: 'login', quote: '-> 401' } },
      /`observation` must name a file/,
    ],
    [
      'names one that is not there',
      { source: { ...source, observation: 'logout' } },
      /there is no spec\/observations\/logout\.yaml/,
    ],
    ['quotes what it does not say', { source: { ...source, quote: '-> 200' } }, /does not say: -> 200/],
    [
      'is of another version',
      { source: { ...source, document: 'observed: Directus 11.0.1' } },
      /is of Directus 12\.4\.1/,
    ],
  ])('is rejected when it %s', (_, change, message) => {
    expect(() => holdAgainstObservations(observations, chapterOf(change))).toThrow(message);
  });

  test('is missed where a recording has none', () => {
    expect(() => holdAgainstObservations(observations, [])).toThrow(
      /no requirement cites spec\/observations\/login\.yaml/,
    );
  });
});

test('recordings hold no passwords and no whole tokens', () => {
  for (const file of readdirSync(`${root}spec/observations`)) {
    const text = readFileSync(`${root}spec/observations/${file}`, 'utf8');
    expect(text, file).not.toMatch(/d1r3ctu5|secret123|eyJ[\w-]{10,}|[\w-]{43,}/);
  }
});

describe('the traceability of standards', () => {
  const standard = (sections: object[]) =>
    [{ document: 'RFC 8725', title: 'JWT BCP', sections }] as unknown as Parameters<typeof coverageDocument>[1];

  test('links a section to its requirements, or says why there is none', () => {
    const sections = [
      { section: '3.1', title: 'Algorithms', requirements: ['login.x'] },
      { section: '3.6', title: 'Compression', reason: 'Nothing is encrypted.' },
    ];
    const text = coverageDocument([], standard(sections), chapterOf({}));
    expect(text).toContain('| RFC 8725 section 3.1: Algorithms | [`login.x`](SPECIFICATION.md#loginx) |');
    expect(text).toContain('| RFC 8725 section 3.6: Compression | *Nothing is encrypted.* |');
  });

  test.each([
    ['a section without either', [{ section: '3.2', title: 'x' }], {}, /3\.2 has neither requirements nor a reason/],
    [
      'a section that stands there twice',
      [
        { section: '3.2', title: 'x', reason: 'x' },
        { section: '3.2', title: 'y', reason: 'y' },
      ],
      {},
      /RFC 8725 3\.2 stands there twice/,
    ],
    ['a requirement that is none', [{ section: '3.2', title: 'x', requirements: ['login.y'] }], {}, /names login\.y/],
    [
      'a source that the list lacks',
      [{ section: '3.2', title: 'x', reason: 'x' }],
      { source: { document: 'RFC 8725', section: '3.12', quote: 'x' } },
      /RFC 8725 lacks section 3\.12, the source of login\.x/,
    ],
    [
      'a document that the list lacks',
      [{ section: '3.2', title: 'x', reason: 'x' }],
      { source: { document: 'RFC 9999', section: '1', quote: 'x' } },
      /lacks RFC 9999, the source of login\.x/,
    ],
  ])('rejects %s', (_, sections, change, message) => {
    expect(() => coverageDocument([], standard(sections), chapterOf(change))).toThrow(message);
  });
});
