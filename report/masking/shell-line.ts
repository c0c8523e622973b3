import type { Run } from './secret-parts.js';

/** A piece of a line of shell that is taken as a whole. */
interface Unit {
  readonly from: number;
  readonly to: number;
  /** `structure`: the shell goes by it, so that it stays; `text`: what is in quotes or in a comment; `bare`: text without quotes. */
  readonly kind: 'structure' | 'text' | 'bare';
}

/** Where in a line of shell the reader is: in a command, or in quotes of one kind. */
type Place = 'command' | "'" | '"' | "$'";

/** What is taken as a whole, by place; a character by itself where nothing else fits. POSIX.1-2017, Shell Command Language, 2.2; bash's `$'…'`. */
const WHOLE: Readonly<Record<Place, RegExp>> = {
  command: /\$'|\$\(|\$\{[^}]*\}|\$[\w@*#?]+|\\[^]|[A-Za-z_]\w*=/y,
  "'": /'\\''/y,
  '"': /\$\(|\$\{[^}]*\}|\$[\w@*#?]+|\\[^]/y,
  "$'": /\\x[\da-f]{2}|\\[^]/iy,
};

/**
 * A line of bash with `****` in place of some runs of it, which reads as it did: quotes, substitutions, variables and the words of a line
 * stay what and where they are, and so do escapes, unless they are replaced as a whole. A quote that is lost would make code of what
 * follows it.
 * @param runs in the characters of the line, in any order
 */
export function maskedShellLine(line: string, runs: readonly Run[]): string {
  const secret = new Uint8Array(line.length);
  for (const { from, to } of runs) secret.fill(1, from, to);
  let masked = '';
  let isMasked = false;
  for (const { from, to, kind } of unitsOf(line)) {
    const text = line.slice(from, to);
    if (kind === 'structure' || !secret.subarray(from, to).includes(1)) {
      masked += text;
      isMasked = false;
      continue;
    }
    // Asterisks without quotes would be a pattern for names of files.
    if (!isMasked) masked += kind === 'bare' ? "'****'" : '****';
    isMasked = true;
  }
  return masked;
}

function unitsOf(line: string): Unit[] {
  const units: Unit[] = [];
  const places: Place[] = ['command'];
  for (let from = 0; from < line.length;) {
    const place = places.at(-1) ?? 'command';
    const whole = WHOLE[place];
    whole.lastIndex = from;
    const text = whole.exec(line)?.[0] ?? line.charAt(from);
    const to = from + text.length;
    units.push({ from, to, kind: kindOf(text, place, line.charAt(from - 1)) });
    from = to;
    if (place === 'command') {
      if (text === "'" || text === '"' || text === "$'") places.push(text);
      else if (text === '(' || text === '$(') places.push('command');
      else if (text === ')' && places.length > 1) places.pop();
      else if (text === '#' && units.at(-1)?.kind === 'structure') {
        units.push({ from, to: line.length, kind: 'text' });
        break;
      }
    } else if (text === '$(') places.push('command');
    else if (text === place || (place === "$'" && text === "'")) places.pop();
  }
  return units;
}

function kindOf(text: string, place: Place, before: string): Unit['kind'] {
  if (place === "'" || place === "$'") return text === "'" ? 'structure' : 'text';
  if (text.length > 1 && text.startsWith('$')) return 'structure';
  if (place === '"') return text === '"' ? 'structure' : 'text';
  if (/^['"()\s|;&<>{}]$/.test(text)) return 'structure';
  // A comment begins where a word would, and so does the name of a variable that is set.
  return /^(?:#|\w+=)$/.test(text) && /^[\s;&|(]?$/.test(before) ? 'structure' : 'bare';
}
