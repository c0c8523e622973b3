/**
 * Path and query of a request target: an absolute one (RFC 9112 section 3.2.2) is brought to its path and query, which is what every
 * route looks at.
 *
 * @returns undefined when it is malformed, as `http://[`, or `//` where a URL has to be
 */
export function originFormOf(target: string | undefined): string | undefined {
  if (target === undefined || target === '') return undefined;
  if (target.startsWith('/') || target === '*') return target;
  if (!URL.canParse(target)) return undefined;
  const { protocol, pathname, search } = new URL(target);
  return /^(?:http|ws)s?:$/.test(protocol) ? pathname + search : undefined;
}

/** The path and the query of a target in origin-form. */
export function partsOf(target: string): { readonly path: string; readonly query: URLSearchParams } {
  const [path = '', query = ''] = target.split(/\?(.*)/s);
  return { path, query: new URLSearchParams(query) };
}
