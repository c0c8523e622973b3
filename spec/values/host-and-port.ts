/**
 * Reads host and port as `127.0.0.1:8443`, `localhost:8443` or `[::1]:8443`. RFC 3986 section 3.2.
 * @returns undefined when it is none
 */
export function readHostAndPort(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, inBrackets, name, digits = ''] = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text.trim()) ?? [];
  const host = inBrackets ?? name;
  const port = Number(digits);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}
