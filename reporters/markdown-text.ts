import { neutral, onOneLine } from '../report/foreign-text.js';

/**
 * A piece of Markdown that is meant as such. It is made by the functions of this file alone: whatever else is put into a page of
 * Markdown is text, and an author of reporters cannot forget to say so.
 */
export class Markdown {
  private constructor(readonly source: string) {}

  /** Markdown by a template: each value that is not Markdown itself stands there as text. */
  static of(this: void, parts: TemplateStringsArray, ...values: readonly (string | number | Markdown)[]): Markdown {
    const shown = values.map((value) => (value instanceof Markdown ? value.source : prose(String(value))));
    return new Markdown(String.raw({ raw: parts }, ...shown));
  }

  /** A text as code: neither Markdown nor a mention, a reference or a link of GitHub is looked for in it. */
  static code(text: string): Markdown {
    return new Markdown(codeOf(onOneLine(text)));
  }

  /** A block of code that nothing in it can end. */
  static block(content: string, language = ''): Markdown {
    const fence = '`'.repeat(Math.max(3, longestRun(content) + 1));
    return new Markdown(`${fence}${language}\n${neutral(content)}\n${fence}`);
  }

  /** A link to a page of this project: neither its text nor its address holds what is special in Markdown. */
  static link(text: string, url: string): Markdown {
    return new Markdown(`[${text}](${url})`);
  }

  /** Markdown from pieces, with something between them. */
  static join(pieces: readonly Markdown[], between: string): Markdown {
    return new Markdown(pieces.map(({ source }) => source).join(between));
  }
}

/** A line of Markdown by a template: line`**Check**: ${title}`. (A formatter takes the name md for a document.) */
export const line = Markdown.of;

/** How many backticks follow one another in a text, at most. */
function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

/** A name in backticks, as this project's own sentences have it, with what may stand round it; or else a word. */
const WORDS = /(\(?)`([^`\s][^`]*)`([.,;:!?)]*)(?= |$)|[^ ]+/g;

/**
 * A text as text. Its words stay words; those that Markdown or GitHub could take for something else are code: an escape by a
 * backslash does not stop mentions (`@user`), references (`#1`, `GH-1`, commits) and emoji (`:+1:`), which GitHub looks for in what
 * Markdown has been made into (github.com/github/markup, step 4), nor links made of bare URLs (GFM, 6.9).
 */
function prose(text: string): string {
  const shown: string[] = [];
  let odd: string[] = [];
  const showOdd = (): void => {
    if (odd.length > 0) shown.push(codeOf(odd.join(' ')));
    odd = [];
  };
  for (const [word, before = '', name, after = ''] of onOneLine(text).matchAll(WORDS)) {
    if (name === undefined && !isPlain(word)) {
      odd.push(word);
      continue;
    }
    showOdd();
    shown.push(name === undefined ? word : before + codeOf(name) + after);
  }
  showOdd();
  return shown.join(' ');
}

/** Whether a word is the same for everything that reads Markdown, wherever it is in a line. */
function isPlain(word: string): boolean {
  return (
    /^[\p{L}\p{M}\p{N}\p{So}.,;:!?'"()/%…–—’“”-]+$/u.test(word) &&
    // A thematic break, the underline of a heading, a bullet, the delimiter of a table; a number of a list.
    /[\p{L}\p{N}\p{So}!?…–—]/u.test(word) &&
    !/^\d+[.)]$/.test(word) &&
    // A URL with a scheme, an emoji, an address without; a commit; a reference to an issue, here or in a tracker elsewhere.
    !/:./.test(word) &&
    !/^:|www\./i.test(word) &&
    !/[0-9a-f]{7}/i.test(word) &&
    !/[a-z]-\d/i.test(word)
  );
}

/** One line as code. A bar stands beside it, escaped: in a table it would end the cell, and no escape is read alike in code. */
function codeOf(text: string): string {
  return text
    .split('|')
    .map((part) => {
      if (part.trim() === '') return part;
      const fence = '`'.repeat(longestRun(part) + 1);
      // A space at each end is taken away again where both are there: CommonMark 0.31, 6.1.
      const room = /^[` ]|[` ]$/.test(part) ? ' ' : '';
      return `${fence}${room}${part}${room}${fence}`;
    })
    .join('\\|');
}
