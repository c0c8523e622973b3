/** A value shorter than this, in characters, is masked wholly: four characters of it would be too much of it. */
const TAIL_FROM = 16;

/**
 * What is shown for a secret: `****`, and of one of sixteen characters or more the last four too, so that a reader of a report can
 * tell one token from another.
 */
export function mask(value: string): string {
  const tail = value.slice(-4);
  return value.length >= TAIL_FROM && /^[\w-]{4}$/.test(tail) ? `****${tail}` : '****';
}

/** A URL without the password in it (RFC 3986 section 3.2.1), to be shown in messages. What is no URL is searched, too. */
export const withoutUserinfo = (text: string): string =>
  text.replace(/(:\/\/[^/?#@:\s]{0,200}):[^/?#\s]{0,1000}@/g, '$1:****@');

/** Where passwords of URLs are in a line of shell. No quote is in a URL unencoded: what is found does not reach into what follows it. */
export const userinfoIn = (line: string): { readonly from: number; readonly to: number }[] =>
  [...line.matchAll(/(:\/\/[^/?#@:\s"'`<>]{0,200}:)([^/?#\s"'`<>]{0,1000})@/g)].map(
    ({ 1: before = '', 2: password = '', index }) => ({
      from: index + before.length,
      to: index + before.length + password.length,
    }),
  );
