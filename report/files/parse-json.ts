/**
 * The data in a text of JSON. What is wrong is told without a word of the text, which may hold passwords.
 * @param wrong makes the error out of what is wrong, which follows the name of the text
 * @throws what `wrong` makes
 */
export function parseJson(text: string, wrong: (why: string) => Error): unknown {
  if (text.trim() === '') throw wrong('is empty');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrong(`is not JSON${whereIn(text, (error as Error).message)}`);
  }
}

/** Where V8 stopped; nothing where it does not say so. */
function whereIn(text: string, message: string): string {
  const position = /at position (\d+)/.exec(message)?.[1];
  const before = position === undefined ? undefined : text.slice(0, Number(position)).split('\n');
  if (before !== undefined) return `: see line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
  return message.startsWith('Unexpected end') ? ': it ends too early' : '';
}
