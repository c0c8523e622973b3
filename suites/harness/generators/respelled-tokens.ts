import { Shell, sh } from '../evidence/shell.js';
import type { TamperedToken } from './tampered-tokens.js';
import { jwtParts } from '../target/tokens/jwt.js';

/** A text, or a part of the token: from one place to another, to its end where there is none. */
type Piece = string | readonly [from: number, to?: number];

/** A token put together of parts of a valid one, and of other characters. */
export function spliced(token: string, how: string, ...pieces: readonly Piece[]): TamperedToken {
  const value = pieces.map((piece) => (typeof piece === 'string' ? piece : token.slice(...piece))).join('');
  const shell = (good: string): Shell =>
    Shell.word(
      pieces.map((piece) => {
        if (typeof piece === 'string') return Shell.literal(piece);
        const [from, to] = piece;
        return Shell.variable(good, to === undefined ? [from] : [from, to - from]);
      }),
    );
  return { value, how, shell };
}

/** The characters of base64url, in the order of their values. RFC 4648 section 5. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Where the parts of a token end, and its length. */
function ends(token: string): { readonly header: number; readonly payload: number; readonly all: number } {
  const header = token.indexOf('.');
  return { header, payload: token.indexOf('.', header + 1), all: token.length };
}

/**
 * Everything that is no compact JWS of three parts (RFC 7515 section 7.1), made of one that is: more parts, fewer, two tokens in one.
 * None for a token that is no JWT.
 */
export function withOtherParts(token: string): TamperedToken[] {
  if (jwtParts(token) === undefined) return [];
  const { header, payload } = ends(token);
  return [
    spliced(token, 'with a fourth part', [0], '.x'),
    spliced(token, 'with a fourth and a fifth part', [0], '.x.y'),
    spliced(token, 'with a dot behind it', [0], '.'),
    spliced(token, 'with a dot before it', '.', [0]),
    spliced(token, 'with another dot behind its header', [0, header], '.', [header]),
    spliced(token, 'joined to itself', [0], [0]),
    spliced(token, 'joined to itself by a dot', [0], '.', [0]),
    spliced(token, 'joined to itself by a comma', [0], ',', [0]),
    spliced(token, 'without its header', [header + 1]),
    spliced(token, 'without its payload', [0, header], [payload]),
    spliced(token, 'with its payload and signature exchanged', [0, header], [payload], [header, payload]),
  ];
}

/** The token with its signature cut to each shorter length, and lengthened by one to four characters. None where it is no JWT. */
export function withSignatureOfOtherLength(token: string): TamperedToken[] {
  const parts = jwtParts(token);
  if (parts === undefined) return [];
  const cut = Array.from({ length: parts.signature.length }, (_, index) => index + 1).map((by) =>
    spliced(token, `whose signature is cut short by ${by}`, [0, token.length - by]),
  );
  const longer = ['A', 'AA', 'AAA', 'AAAA'].map((more) =>
    spliced(token, `whose signature is longer by ${more.length}`, [0], more),
  );
  return [...cut, ...longer];
}

/**
 * The token with one character exchanged: each one of its signature, and every few in its other parts. The last character of a part is
 * left alone, as some of its bits may be unused (RFC 4648 section 3.5): that is otherEncodings' concern. None where it is no JWT.
 */
export function withOneCharacterChanged(token: string): TamperedToken[] {
  if (jwtParts(token) === undefined) return [];
  const { header, payload, all } = ends(token);
  const places = [...every(4, 0, header - 1), ...every(8, header + 1, payload - 1), ...every(1, payload + 1, all - 1)];
  return places.map((place) => {
    const other = token.charAt(place) === 'A' ? 'B' : 'A';
    return spliced(token, `with character ${place + 1} of ${all} changed`, [0, place], other, [place + 1]);
  });
}

const every = (step: number, from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, index) => from + index * step);

/**
 * The same bytes in a form that RFC 7515 section 2 rules out: with padding, in the alphabet of RFC 4648 section 4, with white space or
 * other characters. None for a token that is no JWT.
 */
export function otherEncodings(token: string): TamperedToken[] {
  if (jwtParts(token) === undefined) return [];
  const { header, payload, all } = ends(token);
  const middle = payload + Math.floor((all - payload) / 2);
  const paddings: TamperedToken[] = [
    ['its header', header],
    ['its payload', payload],
    ['its signature', all],
  ].flatMap(([part, end]) =>
    ['=', '=='].map((padding) =>
      spliced(token, `with ${padding} behind ${part}`, [0, Number(end)], padding, [Number(end)]),
    ),
  );
  const standard: TamperedToken = {
    value: token.replaceAll('-', '+').replaceAll('_', '/'),
    how: 'in the alphabet of base64 with + and /',
    shell: (good) => sh`"$(printf %s ${Shell.variable(good)} | tr '_-' '/+')"`,
  };
  const others = [
    ['a space', ' '],
    ['a line break', '\n'],
    ['a tab', '\t'],
    ['an asterisk', '*'],
    ['a NUL', '\0'],
    ['an e with an accent', 'é'],
  ] as const;
  return [
    ...paddings,
    ...(standard.value === token ? [] : [standard]),
    ...others.flatMap(([what, character]) => [
      spliced(token, `with ${what} in its signature`, [0, middle], character, [middle]),
      spliced(token, `with ${what} behind its payload`, [0, payload], character, [payload]),
      ...(character === 'é' || character === '*' ? [spliced(token, `with ${what} behind it`, [0], character)] : []),
    ]),
  ];
}

/** The token with other bits at the end of its parts, where they stand for no byte: RFC 4648 section 3.5. None where it is no JWT. */
export function withOtherTrailingBits(token: string): TamperedToken[] {
  if (jwtParts(token) === undefined) return [];
  const { header, payload, all } = ends(token);
  return [
    ['its header', 0, header],
    ['its payload', header + 1, payload],
    ['its signature', payload + 1, all],
  ].flatMap(([part, from, end]) => {
    // Two characters over are one byte, and 4 bits to spare; three are two bytes, and 2 bits.
    const spare = { 2: 0b1111, 3: 0b11 }[(Number(end) - Number(from)) % 4] ?? 0;
    const last = ALPHABET.indexOf(token.charAt(Number(end) - 1));
    return [1, 2, 3, 8]
      .filter((bits) => bits <= spare)
      .map((bits) =>
        spliced(
          token,
          `with other bits at the end of ${part} (${bits})`,
          [0, Number(end) - 1],
          ALPHABET.charAt(last ^ bits),
          [Number(end)],
        ),
      );
  });
}
