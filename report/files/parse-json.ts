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

/** Where it is wrong: V8 says so for some texts; for the others it is the end of the longest beginning that may still become JSON. */
function whereIn(text: string, message: string): string {
  if (message.startsWith('Unexpected end')) return ': it ends too early';
  const position = /at position (\d+)/.exec(message)?.[1] ?? longestBeginning(text);
  const before = text.slice(0, Number(position)).split('\n');
  return `: see line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}

/** Length of the longest beginning of a text that lacks nothing but its end. */
function longestBeginning(text: string): number {
  let [good, bad] = [0, text.length];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (mayBecomeJson(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function mayBecomeJson(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const { message } = error as Error;
    const position = /at position (\d+)/.exec(message)?.[1];
    return (
      message.startsWith('Unexpected end') ||
      (position !== undefined && Number(position) >= beginning.length) ||
      /^Unterminated/.test(message)
    );
  }
}
