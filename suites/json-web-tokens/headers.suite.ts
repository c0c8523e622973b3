import { chapter, check } from '../harness/check.js';
import { expectAccepted } from '../harness/expectations.js';
import { inBatches } from '../harness/in-batches.js';
import { expectChangesRejected, minter, type Change } from './minting.js';

/** Headers of tokens whose signature is right, which name an extension that must be understood and is not. RFC 7515 section 4.1.11. */
const critical: readonly Change[] = [
  ['whose crit lists x-unknown', {}, { crit: ['x-unknown'], 'x-unknown': true }],
  ['whose crit lists a URL', {}, { crit: ['https://example.com/unknown'], 'https://example.com/unknown': 1 }],
  [
    'whose crit lists a known and an unknown extension',
    {},
    { crit: ['b64', 'x-unknown'], b64: true, 'x-unknown': 'x' },
  ],
  ['whose crit lists what its header does not hold', {}, { crit: ['x-missing'] }],
  ['whose crit says that its payload is not encoded', {}, { crit: ['b64'], b64: false }],
];

/** Headers of tokens that are signed by HS256 with the right key, and say something else of it, or nothing. RFC 7515 section 4.1.1. */
const algorithms: readonly Change[] = [
  undefined,
  null,
  '',
  'none',
  'None',
  'hs256',
  'HS256 ',
  'HS384',
  'HS512',
  'RS256',
  'ES256',
  'dir',
  ['HS256'],
  { name: 'HS256' },
  256,
  true,
].map((alg) => [
  `signed by HS256 whose header ${alg === undefined ? 'has no alg' : `says alg ${JSON.stringify(alg)}`}`,
  {},
  { alg },
]);

/** Members of a header that mean nothing to a server which does not know them. RFC 7515 section 4. */
const unknown: readonly object[] = [
  { 'x-unknown': true },
  { 'https://example.com/unknown': { a: [1] } },
  { unknown: null },
  { Alg: 'none' },
  { ALG: 'RS256' },
];

/** Registered members of a header (RFC 7515 section 4.1, RFC 7797, RFC 7516 section 4.1) which do not concern a token of this server. */
const registered: readonly object[] = [
  { kid: 'unknown' },
  { kid: '' },
  { kid: '../../../../dev/null' },
  { jku: 'https://attacker.example/jwks.json' },
  { jwk: { kty: 'oct', k: 'c2VjcmV0' } },
  { x5u: 'https://attacker.example/key.pem' },
  { x5c: ['AAAA'] },
  { x5t: 'AAAA' },
  { 'x5t#S256': 'AAAA' },
  { typ: undefined },
  { typ: 'jwt' },
  { typ: 'JOSE' },
  { typ: 'at+jwt' },
  { cty: 'JWT' },
  { zip: 'DEF' },
  { b64: true },
  { enc: 'A128GCM' },
  { iss: 'somebody-else' },
  { exp: 0 },
];

const inWords = (header: object): string => {
  const [name = '', value] = Object.entries(header)[0] ?? [];
  return value === undefined ? `without ${name} in its header` : `whose header says ${JSON.stringify(header)}`;
};

chapter('JSON Web Tokens', () => {
  check('jwt.critical', 'A signed JWT with an unknown critical header parameter is rejected', async (context) => {
    await expectChangesRejected(context, await minter(context), critical);
  });

  check('jwt.algorithm', 'A JWT signed with the secret under another alg, or none, is rejected', async (context) => {
    await expectChangesRejected(context, await minter(context), algorithms);
  });

  for (const [requirement, which, headers] of [
    ['jwt.header-unknown', 'unknown', unknown],
    ['jwt.header-registered', 'registered', registered],
  ] as const) {
    check(requirement, `A JWT with ${which} header parameters is accepted`, async (context) => {
      const { account, mint } = await minter(context);
      await inBatches(headers, async (header) => {
        const token = mint({}, header);
        for (const method of context.target.bearerMethods)
          expectAccepted(await context.target.whoAmI({ [method]: token }), account, `a token ${inWords(header)}`);
      });
    });
  }
});
