/** A text with its percent codes decoded, where all of them are codes. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A text with some entities of HTML decoded. */
export const entitiesDecoded = (text: string): string =>
  text
    .replace(/&#(\d{1,5});/g, (_all, code: string) => String.fromCharCode(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

/** A text without its accents, and with letters of ASCII for those that are compatible to them. */
export const foldedToAscii = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('\u0131', 'i').toLowerCase();
