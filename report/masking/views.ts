/** A text as it reads after something was decoded, in lower case, with the way back to the text that it came from. */
export interface View {
  readonly text: string;
  /** Where in the original the character at a position begins, and where it ends. */
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
  /** True for what base64 and hexadecimal digits decode to: bytes, most of them no text. */
  readonly isBytes: boolean;
}

/** How often something may be encoded: JSON in a URL in JSON. */
const DEPTH = 4;
/** Base64 begins to be looked at at this length, in characters: six bytes. */
const BASE64 = /[\w+/-]{8,}/g;
/** Bytes as they are dumped, six and more: in hexadecimal digits, with or without something between them, or as a list of numbers (the JSON of a Node Buffer). */
const HEX = /[0-9a-f]{2}(?:(?:[ :=-]|,? ?0x)?[0-9a-f]{2}){5,}/gi;
const NUMBERS = /\d{1,3}(?:[ ,]{1,2}\d{1,3}){5,}/g;
/** What is not seen, also at the end of a line, and what is another form of a character, such as a full-width one. */
const OTHER_FORMS = /[^\x20-\x7E]/;
const UNSEEN = /^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]$/u;

/** Escapes: of JSON and JavaScript, of percent-encoding, of HTML (which needs no semicolon), and a quote within quotes of a shell. */
const ESCAPE =
  /\\u([0-9a-f]{4})|\\x([0-9a-f]{2})|\\(["'\\/bfnrt])|%u([0-9a-f]{4})|%([0-9a-f]{2})|&#x0*([0-9a-f]{1,6});?|&#0*(\d{1,7});?|&(amp|lt|gt|quot|apos);|\\u\{([0-9a-f]{1,6})\}|\\([0-3][0-7]{2})|'\\''|'"'"'/gi;
const NAMED: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** What one escape stands for. */
function unescaped([whole, ...groups]: readonly (string | undefined)[]): string {
  const [json, hex, escaped, percentU, percent, htmlHex, html, entity, inBraces, octal] = groups;
  const hexadecimal = json ?? hex ?? percentU ?? percent ?? htmlHex ?? inBraces;
  const code =
    hexadecimal !== undefined
      ? parseInt(hexadecimal, 16)
      : html !== undefined
        ? parseInt(html, 10)
        : octal !== undefined
          ? parseInt(octal, 8)
          : undefined;
  if (code !== undefined) return code <= 0xffff ? String.fromCharCode(code) : '\uFFFD';
  const name = escaped ?? entity?.toLowerCase();
  if (name !== undefined) return NAMED[name] ?? name;
  return whole?.startsWith("'") === true ? "'" : (whole ?? '');
}

/** A text without its outermost escapes, whatever they are of. */
export function decodedOnce(text: string): string {
  return text.replace(ESCAPE, (...found: unknown[]) => unescaped(found.slice(0, 11) as (string | undefined)[]));
}

/** Lower case, one character for one: what takes another length in lower case stays as it is. */
export function folded(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return Array.from({ length: text.length }, (_none, i) => {
    const one = text.charAt(i).toLowerCase();
    return one.length === 1 ? one : text.charAt(i);
  }).join('');
}

/** An original text and where each of its characters stands: decoders work on this, since base64 is not to be folded. */
interface Spelling {
  readonly text: string;
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
}

/**
 * All readings of a text in which a secret may be seen: as it stands, unescaped as often as something is left to unescape (JSON,
 * percent-encoding, HTML, shell, also mixed), without line ends and characters that are not seen, and what base64 and base64url in it
 * decode to, at each offset, hexadecimal digits and lists of bytes, too.
 */
export function* viewsOf(text: string): Generator<View> {
  while (counting.length <= text.length)
    counting = Int32Array.from({ length: counting.length * 2 }, (_none, position) => position);
  yield* viewsFrom({ text, starts: counting, ends: counting.subarray(1) }, false, DEPTH);
}

/** Each position by its number: where the characters of a text stand that was not decoded. Grows with the texts. */
let counting = Int32Array.of(0);

function* viewsFrom(spelling: Spelling, isBytes: boolean, depth: number): Generator<View> {
  yield { ...spelling, text: folded(spelling.text), isBytes };
  if (depth === 0) return;
  const decoded = unescapedSpelling(spelling);
  if (decoded !== undefined) yield* viewsFrom(decoded, isBytes, depth - 1);
  // What bytes decode to is no text that has lines.
  const plain = isBytes ? undefined : plainSpelling(spelling);
  if (plain !== undefined) yield* viewsFrom(plain, isBytes, Math.min(depth - 1, 1));
  for (const { 0: run, index } of spelling.text.matchAll(BASE64)) {
    for (let offset = 0; offset < 4 && run.length - offset >= 8; offset += 1) {
      // Base64 within base64 is looked at once.
      yield* viewsFrom(base64Spelling(spelling, run.slice(offset), index + offset), true, Math.min(depth - 1, 1));
    }
  }
  for (const dump of dumpsIn(spelling)) yield* viewsFrom(dump, true, Math.min(depth - 1, 1));
}

/** Bytes that are written in digits, two hexadecimal ones for each or a number up to 255. */
function* dumpsIn({ text, starts, ends }: Spelling): Generator<Spelling> {
  for (const { 0: run, index } of text.matchAll(HEX))
    // Where a digit stands before them, the bytes begin with the second one.
    for (const offset of [0, 1])
      yield dumped([...run.slice(offset).matchAll(/(?:0x)?([0-9a-f]{2})/gi)], 16, index + offset);
  for (const { 0: run, index } of text.matchAll(NUMBERS)) yield dumped([...run.matchAll(/(\d+)/g)], 10, index);

  function dumped(bytes: readonly RegExpExecArray[], radix: number, at: number): Spelling {
    return {
      text: bytes.map(([, digits = '']) => String.fromCharCode(parseInt(digits, radix) & 0xff)).join(''),
      starts: bytes.map(({ index }) => starts[at + index] ?? 0),
      ends: bytes.map(({ index, 0: { length } }) => ends[at + index + length - 1] ?? 0),
    };
  }
}

/** A text without what is not seen, each other character in its plain form (Unicode Standard Annex #15, NFKC); undefined when it is that already. */
function plainSpelling({ text, starts, ends }: Spelling): Spelling | undefined {
  if (!OTHER_FORMS.test(text)) return undefined;
  const characters: string[] = [];
  const [from, to]: [number[], number[]] = [[], []];
  for (let i = 0; i < text.length; i += 1) {
    const one = text.charAt(i);
    if (UNSEEN.test(one)) continue;
    const form = one.normalize('NFKC');
    characters.push(form.length === 1 ? form : one);
    from.push(starts[i] ?? 0);
    to.push(ends[i] ?? 0);
  }
  const plain = characters.join('');
  return plain === text ? undefined : { text: plain, starts: from, ends: to };
}

function unescapedSpelling({ text, starts, ends }: Spelling): Spelling | undefined {
  if (!/[\\%&]|'"/.test(text)) return undefined;
  const pieces: string[] = [];
  const [from, to]: [number[], number[]] = [[], []];
  let end = 0;
  const copy = (until: number): void => {
    pieces.push(text.slice(end, until));
    for (let i = end; i < until; i += 1) {
      from.push(starts[i] ?? 0);
      to.push(ends[i] ?? 0);
    }
  };
  for (const found of text.matchAll(ESCAPE)) {
    copy(found.index);
    pieces.push(unescaped(found));
    end = found.index + found[0].length;
    from.push(starts[found.index] ?? 0);
    to.push(ends[end - 1] ?? 0);
  }
  if (end === 0) return undefined;
  copy(text.length);
  return { text: pieces.join(''), starts: from, ends: to };
}

function base64Spelling({ starts, ends }: Spelling, run: string, at: number): Spelling {
  const text = Buffer.from(run, 'base64').toString('latin1');
  const [from, to]: [number[], number[]] = [[], []];
  for (let byte = 0; byte < text.length; byte += 1) {
    from.push(starts[at + Math.floor((byte * 8) / 6)] ?? 0);
    to.push(ends[at + Math.floor((byte * 8 + 7) / 6)] ?? 0);
  }
  return { text, starts: from, ends: to };
}
