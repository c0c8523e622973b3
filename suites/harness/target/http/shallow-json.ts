const [QUOTE, BACKSLASH] = ['"'.charCodeAt(0), '\\'.charCodeAt(0)];
const OPENS = new Set([...'[{'].map((one) => one.charCodeAt(0)));
const CLOSES = new Set([...']}'].map((one) => one.charCodeAt(0)));

/**
 * A text of JSON in which each list or object that stands deeper than so many levels is replaced: what is nested some thousand levels deep
 * takes long to parse, much memory, and overflows the stack of what walks through it. Linear; makes nothing of the text but brackets and strings.
 * @param replacement JSON
 */
export function shallowJson(text: string, levels: number, replacement: string): string {
  if (text.length <= 2 * levels) return text;
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      // To the end of the string: a backslash takes the next character with it.
      for (at += 1; at < text.length && text.charCodeAt(at) !== QUOTE; at += 1)
        if (text.charCodeAt(at) === BACKSLASH) at += 1;
    } else if (OPENS.has(code)) {
      depth += 1;
      if (depth === levels + 1) parts.push(text.slice(from, at), replacement);
    } else if (CLOSES.has(code)) {
      if (depth === levels + 1) from = at + 1;
      depth -= 1;
    }
  }
  if (parts.length === 0) return text;
  if (depth <= levels) parts.push(text.slice(from));
  return parts.join('');
}
