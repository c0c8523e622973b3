import { createHash } from 'node:crypto';
import filenamify from 'filenamify';

/** Characters of a name, at most. File systems take 255 bytes, of which a pattern and the end of the name need some. */
const LONGEST = 100;
const HASH = 10;

/**
 * The names of targets in files, as 127.0.0.1-8055-api for http://127.0.0.1:8055/api: each one part of a path, of ASCII letters, digits,
 * `.`, `_` and `-`, which every file system takes. No two are alike, also where capitals are not told from small letters.
 * Neither user name nor password of a URL is in one.
 * @param urls of the targets
 */
export function fileNamesOf(urls: readonly string[]): string[] {
  const names = urls.map(nameOf);
  const taken = new Set(names.map(folded));
  return names.map((name) => {
    if (names.filter((other) => folded(other) === folded(name)).length === 1) return name;
    let number = 1;
    while (taken.has(folded(`${name}-${number}`))) number += 1;
    taken.add(folded(`${name}-${number}`));
    return `${name}-${number}`;
  });
}

const folded = (name: string): string => name.toLowerCase();

function nameOf(url: string): string {
  const { host, pathname, search } = URL.canParse(url) ? new URL(url) : { host: url, pathname: '', search: '' };
  const plain = `${host}${pathname}${search}`.replace(/[^\w.-]+/g, '-').replace(/\.{2,}/g, '.');
  const trimmed = plain.replace(/^[-.]+/, '').slice(0, LONGEST);
  // What was cut off is told apart by a hash of the whole.
  const cut =
    plain.length > LONGEST
      ? `${trimmed.slice(0, LONGEST - HASH - 1)}-${createHash('sha256').update(url).digest('hex').slice(0, HASH)}`
      : trimmed;
  const name = cut.replace(/(?<![-.])[-.]+$/, '');
  return name === '' ? 'target' : filenamify(name, { replacement: '-', maxLength: LONGEST });
}
