import { validateHeaderName, validateHeaderValue } from 'node:http';

/** Fields of the connection or of the message itself: what sends a request sets them. RFC 9110 sections 7.6.1 and 7.8; RFC 9112 section 6. */
const OF_THE_MESSAGE =
  /^(?:connection|content-length|expect|keep-alive|proxy-authorization|te|trailer|transfer-encoding|upgrade|sec-websocket-.*)$/i;

/** A field, or what is wrong with it: to follow "it" or the name of a key, never with the value, which may be a secret. */
type Read = { readonly field: { readonly name: string; readonly value: string } } | { readonly problem: string };

function read(text: string): Read {
  const colon = text.indexOf(':');
  if (colon === -1) return { problem: "has no colon: it must be of the form 'Name: value'" };
  const [name, value] = [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
  if (!isValid(() => validateHeaderName(name)))
    return { problem: 'has a name that HTTP cannot carry: letters, digits and hyphens, as in X-Api-Key' };
  if (OF_THE_MESSAGE.test(name)) return { problem: `names ${name}, which is set by the connection itself` };
  if (value === '') return { problem: `gives ${name} no value: it must be of the form 'Name: value'` };
  if (!isValid(() => validateHeaderValue(name, value)))
    return { problem: `gives ${name} a value that HTTP cannot carry: line ends, or characters beyond Latin-1` };
  return { field: { name, value } };
}

/**
 * Reads a header field written as `Name: value`. RFC 9112 section 5.
 * @returns undefined when it has no colon, no value, a name or value that HTTP cannot carry, or is a field of the message itself
 */
export function readHeaderField(text: string): { readonly name: string; readonly value: string } | undefined {
  const result = read(text);
  return 'field' in result ? result.field : undefined;
}

/** What is wrong with a header field written as `Name: value`, to follow the name of what gives it; undefined where nothing is. */
export function headerFieldProblem(text: string): string | undefined {
  const result = read(text);
  return 'problem' in result ? result.problem : undefined;
}

function isValid(validate: () => void): boolean {
  try {
    validate();
    return true;
  } catch {
    return false;
  }
}
