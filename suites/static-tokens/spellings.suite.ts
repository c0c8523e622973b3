import { randomInt } from 'node:crypto';
import { Shell } from '../harness/evidence/shell.js';
import { chapter, check } from '../harness/check.js';
import { expectAccepted, expectRejected } from '../harness/expectations.js';
import { otherTokenSpellings, plainTokenSpellings } from '../harness/generators/spellings.js';
import type { RequestParts } from '../harness/target/target.js';

/** Digits that make a token unique, none of them 0: what stands before them is what is changed, and some server may take them for a number. */
const DIGITS = 21;

chapter('Static Tokens', () => {
  for (const [requirement, spellings, headerCarries] of [
    ['static.spelling', plainTokenSpellings, true],
    ['static.spelling-other', otherTokenSpellings, false],
  ] as const) {
    for (const spelling of spellings) {
      check(
        requirement,
        `A static token with ${spelling.name} is accepted as it was set, and not with anything of it changed`,
        async ({ target, newUser, evidence }) => {
          const rest = Array.from({ length: DIGITS }, () => randomInt(1, 10)).join('');
          const send = (value: string): [string, RequestParts][] => [
            ...(headerCarries && !value.includes(' ')
              ? [
                  ['in the header', target.withTokens({ path: '/users/me' }, { header: value })] as [
                    string,
                    RequestParts,
                  ],
                ]
              : []),
            ['as query parameter', target.withTokens({ path: '/users/me' }, { query: value })],
            ['as session cookie', target.withTokens({ path: '/users/me' }, { cookie: encodeURIComponent(value) })],
          ];
          const stored = spelling.stored + rest;
          evidence.names.add(stored, 'STATIC_TOKEN', { kind: 'random', shell: Shell.literal(stored) });
          const account = await newUser({ token: stored });
          for (const [how, parts] of send(stored).slice(0, headerCarries ? 2 : 1))
            expectAccepted(await target.send(parts), account, `a static token with ${spelling.name} ${how}`);
          for (const [what, value] of spelling.others) {
            const other = value + rest;
            evidence.names.add(other, 'OTHER_TOKEN', { kind: 'random', shell: Shell.literal(other) });
            for (const [how, parts] of send(other))
              expectRejected(
                await target.send(parts),
                `a static token with ${spelling.name}, with ${what} ${how},`,
                account,
              );
          }
        },
      );
    }
  }
});
