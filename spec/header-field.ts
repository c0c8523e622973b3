import { validateHeaderName, validateHeaderValue } from 'node:http';

/** Fields of the connection or of the message itself: what sends a request sets them. RFC 9110 sections 7.6.1 and 7.8; RFC 9112 section 6. */
const OF_THE_MESSAGE =
  /^(?:connection|content-length|expect|keep-alive|proxy-authorization|te|trailer|transfer-encoding|upgrade|sec-websocket-.*)$/i;

/**
 * Reads a header field written as `Name: value`. RFC 9112 section 5.
 * @returns undefined when it has no colon, no value, a name or value that HTTP cannot carry, or is a field of the message itself
 */
export function readHeaderField(text: string): { readonly name: string; readonly value: string } | undefined {
  const colon = text.indexOf(':');
  if (colon === -1) return undefined;
  const [name, value] = [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
  if (value === '' || OF_THE_MESSAGE.test(name)) return undefined;
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return { name, value };
  } catch {
    return undefined;
  }
}
