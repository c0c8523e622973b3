import type { CreatedId } from './from-responses/created-ids.js';
import type { ReturnedCookie } from './from-responses/returned-cookies.js';
import type { NamedValue } from './secret-names.js';
import { percentEncoded } from '../target/percent-encoding.js';
import { Shell } from './shell.js';
import { inJson, inUri } from './shell-functions.js';

/** Where in a request a text stands. */
type Place = 'url' | 'header' | 'body';

/** How a named value is spelled in a text, and how the spelling is written in shell. */
interface Spelling {
  readonly text: string;
  readonly shell: Shell;
  /** True for a value that may be in a text by chance: it counts only where it is a whole value; `pair`: a whole cookie; `segment`: a whole part of a path. */
  readonly short: boolean | 'pair' | 'segment';
}

/** Values shorter than this may be in a text by chance, in characters. */
const SHORT = 6;

/** Writes the texts of requests in shell, each named value in them as its variable. */
export class NamedText {
  readonly #spellings: Readonly<Record<Place, readonly Spelling[]>>;

  /**
   * @param names the longest value first, so that one which contains another is found before it
   * @param cookies that are known by their names alone: their values may be anything
   * @param ids of what requests have created: they may be short numbers
   */
  constructor(names: readonly NamedValue[], cookies: readonly ReturnedCookie[] = [], ids: readonly CreatedId[] = []) {
    // A variable of bash holds no NUL: a constant value with one is written into the body itself.
    const filled = names.filter(
      ({ value, origin }) =>
        value !== '' && !(value.includes('\0') && origin.kind === 'random' && origin.isConstant === true),
    );
    this.#spellings = {
      url: [
        ...filled.flatMap(spelledInUrl),
        ...ids.flatMap(spelledInUrl).map((one): Spelling => (one.short === true ? { ...one, short: 'segment' } : one)),
      ],
      header: [
        ...cookies.map(({ pair, cookie, variable }) => ({
          text: pair,
          shell: Shell.word([Shell.latin1(`${cookie}=`), Shell.variable(variable)]),
          short: 'pair' as const,
        })),
        ...filled.map((name) => spelling(name, name.value, inShell(name))),
      ],
      body: [...filled, ...ids].flatMap(spelledInBody),
    };
  }

  /** A path with its query, as it is sent: what may not be in a URL is percent-encoded. */
  url(text: string): Shell {
    return this.#written(text, 'url', (piece) => Shell.literal(sent(piece)));
  }

  /** A header, its value as the bytes that are sent. */
  header(name: string, value: string): Shell {
    return this.#written(value, 'header', (piece) => Shell.latin1(piece), [Shell.literal(`${name}: `)]);
  }

  /** A body, or a message. */
  body(text: string): Shell {
    return this.#written(text, 'body', (piece) => Shell.literal(piece));
  }

  #written(text: string, place: Place, literal: (piece: string) => Shell, before: readonly Shell[] = []): Shell {
    const found: { readonly start: number; readonly end: number; readonly shell: Shell }[] = [];
    let taken: Uint8Array | undefined;
    for (const { text: value, shell, short } of this.#spellings[place]) {
      for (let start = text.indexOf(value); start !== -1; start = text.indexOf(value, start + 1)) {
        const end = start + value.length;
        if (taken !== undefined && (taken[start] === 1 || taken[end - 1] === 1)) continue;
        // The text around, no more of it than the rules look at.
        const [left, right] = [text.slice(Math.max(0, start - 40), start), text.slice(end, end + 8)];
        if (!isValue(place, left, right, short)) continue;
        taken ??= new Uint8Array(text.length);
        taken.fill(1, start, end);
        found.push({ start, end, shell });
        start = end - 1;
      }
    }
    const pieces = [...before];
    let end = 0;
    for (const one of found.sort((a, b) => a.start - b.start)) {
      if (one.start > end) pieces.push(literal(text.slice(end, one.start)));
      pieces.push(one.shell);
      end = one.end;
    }
    if (end < text.length) pieces.push(literal(text.slice(end)));
    return Shell.word(pieces);
  }
}

/** Whether what stands between two texts is a value, and not a name, or a part of something else. */
function isValue(place: Place, before: string, after: string, short: Spelling['short']): boolean {
  if (short === 'pair') return /(?:^|; *)$/.test(before) && /^(?:$| *;)/.test(after);
  if (short === 'segment') return before.endsWith('/') && /^(?:$|[/?#])/.test(after);
  if (place === 'header') return !short || (/(?:^|[ =,;:"])$/.test(before) && /^(?:$|[ ,;"])/.test(after));
  if (place === 'url') return !short || (/(?:[=/]|%22)$/.test(before) && /^(?:$|[&/?#]|%22)/.test(after));
  // A member of an object, an argument of GraphQL.
  if (/^\\*"?\s*:/.test(after)) return false;
  if (!short || (/"$/.test(before) && /^\\*"/.test(after))) return true;
  // A wrong password made of a right one.
  return /password\\*"?\s*:\s*\\*"$/i.test(before);
}

/** A value in shell: its variable, or where that could be too old by then, what it is made of. */
const inShell = ({ origin, variable }: NamedValue): Shell =>
  origin.kind === 'derived' && origin.isOfNow === true ? origin.shell : Shell.variable(variable);

const spelling = ({ value }: NamedValue, text: string, shell: Shell): Spelling => ({
  text,
  shell,
  short: value.length < SHORT,
});

/** As it is in JSON, and in JSON that is in JSON, as the strings of a GraphQL query do; and as it is in a form. */
function spelledInBody(name: NamedValue): Spelling[] {
  const raw = inShell(name);
  const once = escapedInJson(name.value);
  const encoded = percentEncoded(name.value);
  const asItIs = [
    spelling(name, name.value, raw),
    ...(encoded === name.value ? [] : [spelling(name, encoded, inUri(raw))]),
  ];
  if (once === name.value) return asItIs;
  return [spelling(name, escapedInJson(once), inJson(inJson(raw))), spelling(name, once, inJson(raw)), ...asItIs];
}

/** Percent-encoded, also as a string of a GraphQL query. */
function spelledInUrl(name: NamedValue): Spelling[] {
  const raw = inShell(name);
  const encoded = percentEncoded(name.value);
  const once = escapedInJson(name.value);
  if (encoded === name.value) return [spelling(name, name.value, raw)];
  return [
    ...(once === name.value ? [] : [spelling(name, percentEncoded(once), inUri(inJson(raw)))]),
    spelling(name, encoded, inUri(raw)),
    spelling(name, name.value, inUri(raw)),
  ];
}

const escapedInJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** A piece of a URL as a client sends it: WHATWG URL, section 4.4. */
const sent = (piece: string): string =>
  piece.replace(/[\t\n\r]/g, '').replace(/[^\x21-\x7E]+|["<>\\]/g, (unsafe) => percentEncoded(unsafe));
