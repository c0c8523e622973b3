/* Percent-encoding of texts that a target may have a say in: neither of these throws, whatever the text. RFC 3986 section 2.1. */

/** A text percent-encoded. Lone surrogates, which are no text, become U+FFFD, as when they are sent. */
export const percentEncoded = (text: string): string => encodeURIComponent(Buffer.from(text).toString());

/** A text without its percent-encoding; as it is where that is malformed. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
