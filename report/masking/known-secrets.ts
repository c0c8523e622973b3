/** The secrets of a run, and what is public although a secret may resemble it. */
export interface KnownSecrets {
  /** What the tester gave: passwords, tokens, the secret of the target, header values. */
  readonly given: readonly string[];
  /** What the target issued, and what was made up for it. */
  readonly issued: readonly string[];
  /** Emails, the URL of the target, names of cookies. */
  readonly public: readonly string[];
  /** Whole texts that this tool writes the same in every run, such as the shell functions of a block: they are left as they are. */
  readonly constants?: readonly string[];
}

/** How a string of a report is read. */
export type TextKind =
  /** Written by this tool and the same in every run. */
  | 'constant'
  /** A sentence of this tool, that may quote the target. */
  | 'prose'
  /** A body, of either side. */
  | 'body'
  /** The value of a header. */
  | 'header'
  | 'url'
  /** A line of shell code. */
  | 'shell';

const kinds: Readonly<Record<string, TextKind>> = { url: 'url', body: 'body', value: 'header', curl: 'shell' };
/** Members of a report, of a requirement and of a check that no target has a say in. */
const constants: readonly (readonly string[])[] = [
  ['schemaVersion', 'tool', 'specification', 'startedAt', 'profiles', 'shard', 'capabilities', 'outcome', 'seed'],
  ['id', 'title', 'level', 'profile', 'chapter', 'source', 'verdict'],
  ['title', 'verdict'],
];

/**
 * How the string at a place of a report is read.
 * @param path names of members and positions in lists, from the report down
 */
export function kindAt(path: readonly string[]): TextKind {
  const [first = '', , member = '', , ofCheck] = path;
  const level = first !== 'requirements' ? 0 : member !== 'checks' ? 1 : 2;
  const name = [first, member, ofCheck ?? ''][level] ?? '';
  if (constants[level]?.includes(name) === true) return 'constant';
  return kinds[path.findLast((part) => !/^\d+$/.test(part)) ?? ''] ?? 'prose';
}

/**
 * A copy of a value with each of its strings replaced, however deep it stands; names of members stay as they are.
 * @param replace gets a string and the way to it
 */
export function withStrings<T>(value: T, replace: (text: string, path: readonly string[]) => string): T {
  const copy = (one: unknown, path: readonly string[]): unknown => {
    if (typeof one === 'string') return replace(one, path);
    if (typeof one !== 'object' || one === null) return one;
    if (Array.isArray(one)) return one.map((item, i) => copy(item, [...path, `${i}`]));
    return Object.fromEntries(Object.entries(one).map(([name, member]) => [name, copy(member, [...path, name])]));
  };
  return copy(value, []) as T;
}

/**
 * A JWT without its header, which says how it is signed: no secret. In what is made of a JWT to be rejected, the header may stand behind
 * something else, or twice.
 */
export function withoutJwtHeader(secret: string): string {
  const [first = ''] = /eyJ[\w-]{1,300}/.exec(secret) ?? [];
  const isHeader = Buffer.from(first, 'base64url').toString().includes('"alg"');
  const rest = isHeader ? secret.replaceAll(first, '') : secret;
  const end = rest.indexOf('.');
  const header = rest.slice(0, Math.max(0, end));
  // `{"` in base64 at one of its offsets, at the beginning or a little later.
  return /^[\w-]+$/.test(header) && /yJ/i.test(header.slice(0, 42)) ? rest.slice(end) : rest;
}
