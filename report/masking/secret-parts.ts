/** Every part of a secret of this length is one, in characters. */
const LENGTH = 6;
/** In an id or a number, a part of an issued token that is shorter than this is there by chance, in characters. */
const NO_CHANCE_FROM = 9;

/** A run of characters of a text. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

/**
 * A number for each part of six characters of a text, by its first character. Exact but for characters outside ASCII; base64url counts
 * as base64, and a space as the `+` that forms write for it.
 */
function* partsOf(text: string): Generator<number> {
  let [high, low] = [0, 0];
  for (let i = 0; i < text.length; i += 1) {
    high = ((high << 8) & 0xffffff) | (low >>> 16);
    low = ((low << 8) & 0xffffff) | codeAt(text, i);
    if (i >= LENGTH - 1) yield high * 0x1000000 + low;
  }
}

function codeAt(text: string, i: number): number {
  const code = text.charCodeAt(i);
  if (code === 0x20 || code === 0x2b) return 0x2d; // space and + as -
  if (code === 0x2f) return 0x5f; // / as _
  return code < 128 ? code : 128 + (code % 128);
}

/** Where parts of secrets stand in a text. All texts are in lower case. */
export class SecretParts {
  readonly #given = new Set<number>();
  readonly #issued = new Set<number>();
  /** Parts of secrets that are parts of public words, too: they count where a part that tells something overlaps them. */
  readonly #worded = new Set<number>();
  readonly #public: ReadonlySet<number>;

  /** @param texts that are public: a part of a secret that is part of one tells nothing */
  constructor(texts: readonly string[]) {
    this.#public = new Set(texts.flatMap((text) => [...partsOf(text)]));
  }

  /** Adds a spelling of a secret; false when it has no part that tells anything. */
  add(spelling: string, origin: 'given' | 'issued'): boolean {
    const telling = origin === 'given' ? this.#given : this.#issued;
    let tells = false;
    for (const part of partsOf(spelling)) {
      const isPublic = this.#public.has(part);
      tells ||= !isPublic;
      (isPublic ? this.#worded : telling).add(part);
    }
    return tells;
  }

  /** The longest runs of a text that are made of parts of secrets. */
  *runsIn(text: string): Generator<Run> {
    let from = -1;
    let to = -1;
    let [given, issued] = [false, false];
    let position = 0;
    for (const part of partsOf(text)) {
      const isGiven = this.#given.has(part);
      const isIssued = !isGiven && this.#issued.has(part);
      if (isGiven || isIssued || this.#worded.has(part)) {
        if (position > to) {
          if (given || (issued && !isByChance(text, from, to))) yield { from, to };
          [from, given, issued] = [position, false, false];
        }
        to = position + LENGTH;
        given ||= isGiven;
        issued ||= isIssued;
      }
      position += 1;
    }
    if (given || (issued && !isByChance(text, from, to))) yield { from, to };
  }
}

/** True for a short run within a UUID, a number or the name of a user of the suite: six hexadecimal digits meet by chance. */
function isByChance(text: string, from: number, to: number): boolean {
  if (to - from >= NO_CHANCE_FROM) return false;
  let [start, end] = [from, to];
  while (start > 0 && from - start < 64 && /[\w-]/.test(text.charAt(start - 1))) start -= 1;
  while (end < text.length && end - to < 64 && /[\w-]/.test(text.charAt(end))) end += 1;
  return /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{7,}|.*auth-conformance-[0-9a-f-]+.*)$/.test(
    text.slice(start, end),
  );
}
