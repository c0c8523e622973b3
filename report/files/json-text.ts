/** Characters that a log or a terminal acts on, or does not show. JSON.stringify escapes those below U+0020 and lone surrogates. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/** A character in JSON's escapes of UTF-16 code units: RFC 8259, section 7. */
const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_one, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');

/**
 * Data as JSON that is harmless wherever it is printed: JSON.parse gives the same data, but no text in it has bidirectional controls
 * or other unseen characters, or stands there as ##[command], which the runner of a GitHub workflow would obey wherever in a line it
 * is (actions/runner, ActionCommand.cs). No line of JSON begins with two colons.
 * @param indent spaces of each level; without, all is on one line
 */
export function jsonText(data: unknown, indent?: number): string {
  return JSON.stringify(data, null, indent)
    .replace(UNSEEN, (character) => (character === '\n' ? character : escaped(character)))
    .replace(/##(?=[a-z]*\[)/gi, '#\\u0023');
}
