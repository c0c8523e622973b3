import { NumberSet } from './number-set.js';
import { vocabulary } from './vocabulary.js';

/** Every part of a secret of this length is one, in characters. */
const LENGTH = 6;
/** In an id or a number, a part of an issued token that is shorter than this is there by chance, in characters. */
const NO_CHANCE_FROM = 9;

/** How far a word is looked at, in characters. */
const WORD = 64;

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
  return code < 128 ? code : 128 + (code % 127);
}

const ofVocabulary: ReadonlySet<number> = new Set(partsOf(vocabulary));

/** Where parts of secrets are in a text. All texts are in lower case. */
export class SecretParts {
  readonly #given = new NumberSet();
  readonly #issued = new NumberSet();
  /** Parts of secrets that are parts of public words, too: they count where a part that tells something overlaps them. */
  readonly #worded = new NumberSet();
  readonly #public: ReadonlySet<number>;

  /** @param texts that are public beside the vocabulary: a part of a secret that is part of one tells nothing */
  constructor(texts: readonly string[]) {
    this.#public = new Set(texts.flatMap((text) => [...partsOf(text)]));
  }

  /** Adds a spelling of a secret; false when it has no part that tells anything. */
  add(spelling: string, origin: 'given' | 'issued'): boolean {
    const telling = origin === 'given' ? this.#given : this.#issued;
    let tells = false;
    for (const part of partsOf(spelling)) {
      const isPublic = ofVocabulary.has(part) || this.#public.has(part);
      tells ||= !isPublic;
      (isPublic ? this.#worded : telling).add(part);
    }
    return tells;
  }

  /** The longest runs of a text that are made of parts of secrets, and hold one that tells something. */
  *runsIn(text: string): Generator<Run> {
    let run: OpenRun | undefined;
    let position = 0;
    for (const part of partsOf(text)) {
      const isGiven = this.#given.has(part);
      const tells = isGiven || this.#issued.has(part);
      if (tells || this.#worded.has(part)) {
        if (run === undefined || position > run.to) {
          if (run !== undefined && isSecret(run, text)) yield run;
          run = { from: position, to: position, holdsGiven: false };
        }
        run.to = position + LENGTH;
        run.holdsGiven ||= isGiven;
        if (tells) {
          run.tellsFrom ??= position;
          run.tellsTo = run.to;
        }
      }
      position += 1;
    }
    if (run !== undefined && isSecret(run, text)) yield run;
  }
}

interface OpenRun {
  readonly from: number;
  to: number;
  holdsGiven: boolean;
  /** From the first part that tells something to the last one. */
  tellsFrom?: number;
  tellsTo?: number;
}

/**
 * False for a run of public words, and for a short one of an issued token within a UUID, a number, the name of a user of the suite or the
 * header of a JWT: six hexadecimal digits, or characters of encoded JSON, meet by chance.
 */
function isSecret({ holdsGiven, tellsFrom, tellsTo = 0 }: OpenRun, text: string): boolean {
  if (tellsFrom === undefined) return false;
  if (holdsGiven || tellsTo - tellsFrom >= NO_CHANCE_FROM) return true;
  let [start, end] = [tellsFrom, tellsTo];
  while (start > 0 && tellsFrom - start < 2000 && /[\w-]/.test(text.charAt(start - 1))) start -= 1;
  while (end < text.length && end - tellsTo < WORD && /[\w-]/.test(text.charAt(end))) end += 1;
  const word = text.slice(Math.max(start, tellsFrom - WORD), end);
  return (
    !/^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{7,})$/.test(word) &&
    !/auth-conformance-[0-9a-f-]/.test(word) &&
    !text.startsWith('eyj', start)
  );
}
