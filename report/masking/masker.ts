import { userinfoIn, withoutUserinfo } from '../../spec/values/mask.js';
import { kindAt, withoutJwtHeader, withStrings, type KnownSecrets, type TextKind } from './known-secrets.js';
import { SecretParts, type Run } from './secret-parts.js';
import { maskedShellLine } from './shell-line.js';
import { encodedSpellings, plainSpellings } from './spellings.js';
import { folded, viewsOf } from './views.js';
import { vocabulary } from './vocabulary.js';
import { wholeValues } from './whole-values.js';

/** Issued values up to this length are one-time passwords and the like, in characters: parts of them are in every number. */
const SHORT_ISSUED = 8;

const wordsOf = (text: string): string[] => [...text.split(/[^\w@.-]+/), ...text.split(/\W+/), text];

const ofVocabulary: ReadonlySet<string> = new Set(wordsOf(vocabulary));

/**
 * Masks the secrets of a run wherever they stand, in every spelling: as they are, escaped for JSON, percent-encoding, HTML or a shell
 * (each way of it, also one in another), in base64 and base64url at each offset, in upper and lower case; wholly, or any part of six
 * characters or more. A part that is part of a public text, too (the tool's own words, the target's URL, the tester's emails), is
 * left where nothing else of the secret is beside it. Secrets below six characters, and those that are such a public text as a whole,
 * are masked where they stand as a value (see whole-values.ts). What the tool says in every run is left as it is.
 */
export class Masker {
  readonly #parts: SecretParts;
  readonly #words: ReadonlySet<string>;
  readonly #constants: ReadonlySet<string>;
  /** Secrets that are masked as whole values, in lower case. */
  readonly #values = new Set<string>();
  readonly #done = new Map<string, string>();

  /** @param known the secrets so far; `add` takes those that come later */
  constructor({ given, issued, public: texts, constants = [] }: KnownSecrets) {
    this.#constants = new Set(constants);
    const folds = texts.map(folded);
    this.#parts = new SecretParts(folds);
    this.#words = new Set(folds.flatMap(wordsOf));
    for (const secret of given) this.#addGiven(secret);
    this.add(issued);
  }

  /** Adds secrets that the target issued, or that were made up for it. */
  add(issued: readonly string[]): void {
    if (issued.length > 0) this.#done.clear();
    for (const secret of issued) {
      const value = folded(secret);
      if (value.length <= SHORT_ISSUED) {
        if (!this.#isWord(value) && /[^*]/.test(value)) this.#values.add(value);
        continue;
      }
      const telling = withoutJwtHeader(secret);
      for (const spelling of new Set(plainSpellings(telling).map(folded))) this.#parts.add(spelling, 'issued');
    }
  }

  #addGiven(secret: string): void {
    if (!/[^*]/.test(secret)) return;
    const tells = plainSpellings(secret).map((spelling) => this.#parts.add(folded(spelling), 'given'));
    if (!tells.some(Boolean)) this.#values.add(folded(secret));
    for (const spelling of encodedSpellings(secret)) this.#parts.add(folded(spelling), 'given');
  }

  /** A text without its secrets. */
  text(text: string, kind: TextKind = 'prose'): string {
    if (kind === 'constant' || this.#constants.has(text)) return text;
    const key = `${kind}:${text}`;
    let masked = this.#done.get(key);
    if (masked === undefined) {
      const runs = this.#runsIn(text, kind);
      masked =
        kind === 'shell'
          ? maskedShellLine(text, [...runs, ...userinfoIn(text)])
          : withoutUserinfo(withoutRuns(text, runs));
      this.#done.set(key, masked);
    }
    return masked;
  }

  /** A report, or a part of one, without its secrets. */
  report<T>(part: T, path: readonly string[] = []): T {
    return withStrings(part, (text, inner) => this.text(text, kindAt([...path, ...inner])));
  }

  #isWord(value: string): boolean {
    return ofVocabulary.has(value) || this.#words.has(value);
  }

  #runsIn(text: string, kind: TextKind): Run[] {
    const runs: Run[] = [];
    for (const view of viewsOf(text)) {
      const found = [
        ...this.#parts.runsIn(view.text),
        ...[...this.#values].flatMap((value) => [...wholeValues(view, value, kind, this.#isWord(value))]),
      ];
      for (const { from, to } of found)
        runs.push({ from: view.starts[from] ?? 0, to: view.ends[to - 1] ?? text.length });
    }
    return runs;
  }
}

/** A text with `****` for each run, and for runs that overlap or touch. */
function withoutRuns(text: string, runs: readonly Run[]): string {
  if (runs.length === 0) return text;
  let masked = '';
  let end = 0;
  for (const { from, to } of [...runs].sort((a, b) => a.from - b.from)) {
    if (from > end || masked === '') masked += `${text.slice(end, from)}****`;
    end = Math.max(end, to);
  }
  return masked + text.slice(end);
}
