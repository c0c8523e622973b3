import { templateFaults } from './shell-template.js';

/** Texts shorter than this are written as they are, in characters. */
const REPEATED_FROM = 1000;
/** Text that a shell takes for itself wherever it stands. */
const PLAIN = /^[\w@%+:,./-][\w@%+=:,./-]*$/;
/**
 * Text that stands on one line, and that a terminal and a reader see as it is: no control, format, private or unassigned characters. Nor
 * an exclamation mark, which an interactive bash expands within `"$(…'!'…)"`.
 */
const VISIBLE = /^[^\p{C}\p{Zl}\p{Zp}!]*$/u;
const VARIABLE = /^[A-Za-z_]\w*$/;
const NONE: ReadonlySet<string> = new Set();

/** What may be written into a line of shell: text, which is quoted, and what is shell already. */
type Part = string | number | Shell;

/** How a part of a variable's value is taken. `head`, `body`, `signature`: the parts of a JWT; `rest`: all but its head; `front`: all but its signature. */
export type Cut = 'capitals' | 'but the last character' | 'head' | 'rest' | 'front' | 'signature' | 'as WebSocket URL';

const cuts: Readonly<Record<Cut, string>> = {
  capitals: '^^',
  'but the last character': '%?',
  head: '%%.*',
  rest: '#*.',
  front: '%.*',
  signature: '##*.',
  'as WebSocket URL': '/#http/ws',
};

/**
 * A piece of bash: one word, several, or a line. It can be made only by the functions of this module, which quote whatever text they
 * are given; so that nothing a target, a configuration or a generator says is ever code.
 * POSIX.1-2017, Shell Command Language, section 2.2; `$'…'` and `${…:…}` are of bash.
 */
export class Shell {
  readonly #text: string;

  private constructor(
    text: string,
    /** The variables that it reads. */
    readonly variables: ReadonlySet<string>,
    /** The shell functions that it calls (shell-functions.ts). */
    readonly functions: ReadonlySet<string>,
    /** The text that it is the word for, where it is nothing else. */
    private readonly plain?: string,
  ) {
    this.#text = text;
  }

  /**
   * Shell out of a template: what is in it is the author's, whatever is put in is quoted, unless it is shell already.
   * @throws TypeError when something is put in between quotes, where it could not be quoted, or a quote stays open
   */
  static template(template: TemplateStringsArray, ...parts: readonly Part[]): Shell {
    const fault = templateFaults(template);
    if (fault !== undefined) throw new TypeError(`${fault} in the shell template ${template.join('…')}`);
    return Shell.#joined(
      template.flatMap((text, i) => {
        const own = new Shell(text, NONE, NONE);
        const part = parts[i];
        return part === undefined ? [own] : [own, typeof part === 'object' ? part : Shell.literal(String(part))];
      }),
      '',
    );
  }

  /**
   * A text as one word: on one line, without characters that a terminal would act on or hide. What is repeated in it a hundred times and
   * more is written as such: two million letters are not pasted. U+0000 becomes U+FFFD, for no argument of a command can hold it.
   */
  static literal(text: string): Shell {
    if (text.length < REPEATED_FROM) return new Shell(quoted(text), NONE, NONE, text);
    const parts: Shell[] = [];
    let end = 0;
    // At most 12 × 99 steps a character: that is linear, which the rule cannot know.
    // eslint-disable-next-line redos/no-vulnerable
    for (const { 0: all, 1: unit = '', index } of text.matchAll(/([^\n]{1,12}?)\1{99,}/gu)) {
      if (index > end) parts.push(new Shell(quoted(text.slice(end, index)), NONE, NONE));
      const times = all.length / unit.length;
      parts.push(new Shell(`"$(repeat ${quoted(unit)} ${times})"`, NONE, new Set(['repeat'])));
      end = index + all.length;
    }
    if (end < text.length) parts.push(new Shell(quoted(text.slice(end)), NONE, NONE));
    return Shell.#joined(parts, '');
  }

  /** A text of one byte a character, as in the header of a request (RFC 9110 section 5.5), as one word. */
  static latin1(text: string): Shell {
    return /^[\x20-\x7E]*$/.test(text)
      ? Shell.literal(text)
      : new Shell(escaped(Buffer.from(text, 'latin1')), NONE, NONE);
  }

  /**
   * The value of a variable, as one word.
   * @param cut what of it; `[from, length]` in characters, to its end without a length
   * @throws TypeError when the name is none
   */
  static variable(name: string, cut?: Cut | readonly [from: number, length?: number]): Shell {
    if (!VARIABLE.test(name)) throw new TypeError(`${JSON.stringify(name)} is no name of a shell variable`);
    const taken = cut === undefined ? '' : typeof cut === 'string' ? cuts[cut] : `:${cut.map(wholeNumber).join(':')}`;
    return new Shell(taken === '' ? `"$${name}"` : `"\${${name}${taken}}"`, new Set([name]), NONE);
  }

  /**
   * A command that ends the shell, with a message, when a variable has no value.
   * @param what what to set it to; letters, digits, spaces and `.,-` of it are written
   */
  static required(name: string, what: string): Shell {
    if (!VARIABLE.test(name)) throw new TypeError(`${JSON.stringify(name)} is no name of a shell variable`);
    return new Shell(`: "\${${name}:?set it to ${what.replace(/[^\w .,-]/g, '')}}"`, NONE, NONE);
  }

  /** The name of a shell function, to call it by. */
  static call(name: string): Shell {
    if (!VARIABLE.test(name)) throw new TypeError(`${JSON.stringify(name)} is no name of a shell function`);
    return new Shell(name, NONE, new Set([name]));
  }

  /** Pieces of one word. */
  static word(parts: readonly Shell[]): Shell {
    const pieces: Shell[] = [];
    for (const part of parts) {
      const before = pieces.at(-1)?.plain;
      if (part.plain === '') continue;
      if (before === undefined || part.plain === undefined) pieces.push(part);
      else pieces[pieces.length - 1] = Shell.literal(before + part.plain);
    }
    const [only = Shell.literal(''), ...more] = pieces;
    return more.length === 0 ? only : Shell.#joined(pieces, '');
  }

  /** Words of one line. */
  static words(parts: readonly Shell[]): Shell {
    return Shell.#joined(parts, ' ');
  }

  /** Lines that a shell of their own runs: what they set, where they go and how they end is nothing to the reader's shell. */
  static subshell(lines: readonly Shell[]): Shell[] {
    return [new Shell('(', NONE, NONE), ...lines, new Shell(')', NONE, NONE)];
  }

  /** How it is written. */
  toString(): string {
    return this.#text;
  }

  static #joined(parts: readonly Shell[], separator: string): Shell {
    return new Shell(
      parts.map((part) => part.#text).join(separator),
      new Set(parts.flatMap(({ variables }) => [...variables])),
      new Set(parts.flatMap(({ functions }) => [...functions])),
    );
  }
}

/** The template tag of Shell.template. */
export const sh = (template: TemplateStringsArray, ...parts: readonly Part[]): Shell =>
  Shell.template(template, ...parts);

/** A text as one word of bash, as it is. */
export function quoted(text: string): string {
  if (PLAIN.test(text)) return text;
  return VISIBLE.test(text)
    ? `'${text.replaceAll("'", `'\\''`)}'`
    : escaped(Buffer.from(text.replaceAll('\0', '\uFFFD')));
}

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

/** Bytes as bash's $'…', in ASCII; the same in every locale. */
function escaped(bytes: Buffer): string {
  const characters = [...bytes.toString('latin1')].map(
    (one) =>
      NAMED[one] ??
      (/[\x20-\x7E]/.test(one) && !/['!]/.test(one) ? one : `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`),
  );
  return `$'${characters.join('')}'`;
}

function wholeNumber(number: number | undefined): number {
  if (!Number.isSafeInteger(number) || (number ?? -1) < 0) throw new TypeError(`${number} is no place in a text`);
  return number as number;
}
