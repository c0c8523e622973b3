import { type Defect, type Wrappers } from '../defect.js';
import { entitiesDecoded, percentDecoded } from '../helpers/respelled.js';
import { acceptingStaticTokens, alsoFinding } from '../helpers/static-tokens.js';

/** Finds the user with a static token that is the same once something was done to both. */
const comparingBy = (folded: (token: string) => string) =>
  alsoFinding(async (token, store) =>
    (await store.users()).find(
      (user) => user.token !== null && user.token !== '' && folded(user.token) === folded(token),
    ),
  );

/** Defects that requirements of the section `spellings` of the chapter `static-tokens` notice. */
export const staticTokensSpellings = [
  {
    name: 'static-token-with-dots-is-a-jwt',
    title: 'A static token with two dots is taken for a JWT, and rejected.',
    wrap: (): Wrappers => ({ store: acceptingStaticTokens((token) => token.split('.').length !== 3) }),
  },
  {
    name: 'static-token-case-ignored',
    title: 'A static token in another case is accepted.',
    wrap: comparingBy((token) => token.toLowerCase()),
  },
  {
    name: 'static-token-plus-is-space',
    title: 'A plus sign in a static token is a space.',
    wrap: comparingBy((token) => token.replaceAll('+', ' ')),
  },
  {
    name: 'static-token-is-a-number',
    title: 'Zeros at the beginning of a static token do not count.',
    wrap: comparingBy((token) => token.replace(/^0{1,3}/, '')),
  },
  {
    name: 'static-token-cut-at-64',
    title: 'Of a static token the first 64 characters count.',
    wrap: comparingBy((token) => token.slice(0, 64)),
  },
  {
    name: 'static-token-alphabet-ignored',
    title: 'In static tokens the two alphabets of base64 are one.',
    wrap: comparingBy((token) => token.replaceAll('+', '-').replaceAll('/', '_')),
  },
  {
    name: 'static-token-percent-decoded',
    title: 'Percent codes in static tokens are decoded.',
    wrap: comparingBy(percentDecoded),
  },
  {
    name: 'static-token-entities-decoded',
    title: 'Entities of HTML in static tokens are decoded.',
    wrap: comparingBy(entitiesDecoded),
  },
  {
    name: 'static-token-decomposed',
    title: 'Static tokens are compared with their letters decomposed.',
    wrap: comparingBy((token) => token.normalize('NFD')),
  },
  {
    name: 'static-token-found-by-its-end',
    title: 'A static token is found by what stands behind its vertical bar.',
    wrap: alsoFinding(async (token, store) =>
      (await store.users()).find((user) => user.token?.endsWith(`|${token}`) === true),
    ),
  },
] as const satisfies readonly Defect[];
