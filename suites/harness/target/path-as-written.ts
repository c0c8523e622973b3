/**
 * Path and query of a URL, with the segments `.` and `..` and the backslashes that are in its path: a parser of URLs resolves them, and
 * what is sent would be another path than what was meant.
 */
export function pathAsWritten(url: string): string {
  const { pathname, search } = new URL(url);
  const [, written = ''] = /^[a-z]+:\/\/[^/?#\\]*([^?#]*)/i.exec(url) ?? [];
  return isResolved(written) ? `${written}${search}` : `${pathname}${search}`;
}

/** True for a path that a parser of URLs resolves. WHATWG URL, path state. */
export const isResolved = (path: string): boolean => /\\|(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i.test(path);
