import type { Report } from '../../spec/generated/report.js';

/** So many characters of a secret in a row are one. */
const PART = 6;

/** What tokens look like that a target issues: JWTs with their claims, refresh tokens and static tokens of a Directus. Observed: Directus 12.4.1. */
const TOKENS = /eyJ[\w-]{10,}\.eyJ[\w-]{20,}\.[\w-]*|(?<![\w-])(?:[\w-]{64}|[0-9a-f]{32})(?![\w-])/g;
/** A token that was made up repeats a few characters; a random one of 32 hexadecimal digits has fewer than 9 of them three times in a million. */
const FEWEST_CHARACTERS = 9;
/** The passwords that the suite makes up, or a beginning of one; and the value of a member that holds a secret. */
const PASSWORDS =
  /Pw_[0-9a-f]{4,}|PW_[0-9A-F]{4,}|\\?"(?:otp|tfa_secret|access_token|refresh_token)\\*"\s*:\s*\\*"(?!\*|\\?")[\w-]{6,}/g;
/** What is sent for a token or a one-time password and was never one. */
const MADE_UP = /(.)\1{5}$|"123456$|made-?up|garbage|unknown|nonsense|nobody|not[-a-z]*$|invalid|a{6}|x{6}/i;

/** Whatever in the checks of a report looks like a token, a password or a one-time password in clear or in base64, with where it stands. */
export function secretsIn({ requirements }: Report): string[] {
  return requirements.flatMap(({ id, checks }) =>
    checks.flatMap((check) => {
      const text = JSON.stringify(check);
      const readings = [text, ...decoded(text)];
      return readings.flatMap((reading) =>
        [...reading.matchAll(TOKENS), ...reading.matchAll(PASSWORDS)]
          .map(([found]) => found)
          .filter(
            (found) => (/^(?:Pw|PW)-/.test(found) || new Set(found).size >= FEWEST_CHARACTERS) && !MADE_UP.test(found),
          )
          .map((found) => `${id}: ${check.title}: ${found}`),
      );
    }),
  );
}

function decoded(text: string): string[] {
  return [...new Set(text.match(/[\w+/-]{16,}/g) ?? [])].flatMap((run) =>
    [0, 1, 2, 3].map((offset) => Buffer.from(run.slice(offset), 'base64').toString('latin1')),
  );
}

/**
 * Which of these secrets are in a text: in whole or six characters of it in a row, as they are or in a usual spelling. Compares, and
 * knows nothing of how the tool masks.
 * @returns each part that was found, with some of the text before it
 */
export function partsOf(secrets: Iterable<string>, text: string): string[] {
  const parts = byBeginning([...secrets].flatMap(partsOfOne), PART);
  const found: string[] = [];
  for (const reading of new Set([text, withoutEntities(text)]))
    for (const i of placesOf(parts, PART, reading)) {
      if (!parts.get(reading.slice(i, i + PART))?.some((part) => reading.startsWith(part, i))) continue;
      found.push(reading.slice(Math.max(0, i - 60), i + 12));
      if (found.length === 10) return found;
    }
  return found;
}

/** Six characters of a secret in a row, each time, in each spelling: what escapes a quote counts as none of them. */
function partsOfOne(secret: string): string[] {
  const parts: string[] = [];
  const characters = [...secret];
  for (let i = 0; i + PART <= characters.length; i += 1)
    parts.push(...escapedSpellings(characters.slice(i, i + PART).join('')));
  for (const spelling of base64Spellings(secret))
    for (let i = 0; i + PART <= spelling.length; i += 1) parts.push(spelling.slice(i, i + PART));
  return parts;
}

/** Texts by their first characters. */
function byBeginning(texts: Iterable<string>, length: number): Map<string, string[]> {
  const sorted = new Map<string, string[]>();
  for (const text of new Set(texts))
    sorted.set(text.slice(0, length), [...(sorted.get(text.slice(0, length)) ?? []), text]);
  return sorted;
}

/** Which of these secrets, of sixteen characters and more, stand whole in a text. */
export function wholeOnes(secrets: Iterable<string>, text: string): string[] {
  const sorted = byBeginning(secrets, 16);
  const found = new Set<string>();
  for (const i of placesOf(sorted, 16, text))
    for (const secret of sorted.get(text.slice(i, i + 16)) ?? []) if (text.startsWith(secret, i)) found.add(secret);
  return [...found];
}

/**
 * Where keys are in a text of megabytes, in a moment: the servers of a test answer in the same thread.
 * @param length of each key
 */
function* placesOf(
  keys: Pick<ReadonlyMap<string, unknown>, 'has' | 'keys'>,
  length: number,
  text: string,
): Generator<number> {
  const bits = 20;
  const hash = (of: string, i: number): number =>
    Math.imul(
      of.charCodeAt(i) ^ (of.charCodeAt(i + 1) << 8) ^ (of.charCodeAt(i + 2) << 16) ^ (of.charCodeAt(i + 3) << 24),
      0x9e3779b1,
    ) >>>
    (32 - bits);
  const begins = new Uint8Array(1 << bits);
  for (const key of keys.keys()) begins[hash(key, 0)] = 1;
  for (let i = 0; i + length <= text.length; i += 1)
    if (begins[hash(text, i)] === 1 && keys.has(text.slice(i, i + length))) yield i;
}

const withoutEntities = (text: string): string =>
  text
    .replaceAll(/&quot;|&#34;|&#x22;/g, '"')
    .replaceAll(/&#39;|&apos;|&#x27;/g, "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');

/** A text as it is written in the usual ways, each character by itself. */
function escapedSpellings(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const plain = [text, text.toUpperCase(), text.toLowerCase(), json, JSON.stringify(json).slice(1, -1)];
  const urls = [encodeURIComponent(text), encodeURI(text), new URLSearchParams({ a: text }).toString().slice(2)];
  return [...plain, ...urls];
}

/** The base64 of a secret at each of the three offsets that it may stand at, without what hangs on its neighbours. */
function base64Spellings(secret: string): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]).toString('base64');
    const inner = encoded.replace(/=+$/, '').slice([0, 2, 3][offset], -1);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
