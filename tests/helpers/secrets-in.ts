import type { Report } from '../../spec/generated/report.js';

/** What tokens look like that a target issues: JWTs with their claims, refresh tokens and static tokens of a Directus. Observed: Directus 12.4.1. */
const TOKENS = /eyJ[\w-]{10,}\.eyJ[\w-]{20,}\.[\w-]*|(?<![\w-])(?:[\w-]{64}|[0-9a-f]{32})(?![\w-])/g;
/** A token that was made up repeats a few characters; a random one of 32 hexadecimal digits has fewer than 9 of them three times in a million. */
const FEWEST_CHARACTERS = 9;
/** The passwords that the suite makes up, or a beginning of one; and the value of a member that holds a secret. */
const PASSWORDS =
  /Pw-[0-9a-f]{4,}|PW-[0-9A-F]{4,}|\\?"(?:otp|tfa_secret|access_token|refresh_token)\\*"\s*:\s*\\*"(?!\*|\\?")[\w-]{6,}/g;
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
 * Which of these secrets stand in a text: in whole or six characters of it in a row, as they are or in a usual spelling. Compares, and
 * knows nothing of how the tool masks.
 * @returns each part that was found, with some of the text before it
 */
export function partsOf(secrets: Iterable<string>, text: string): string[] {
  const parts = new Set<string>();
  for (const secret of secrets) {
    for (const spelling of spellingsOf(secret))
      for (let i = 0; i + 6 <= spelling.length; i += 1) parts.add(spelling.slice(i, i + 6));
  }
  const found: string[] = [];
  for (const reading of new Set([text, withoutEntities(text)]))
    for (let i = 0; i + 6 <= reading.length && found.length < 10; i += 1)
      if (parts.has(reading.slice(i, i + 6))) found.push(reading.slice(Math.max(0, i - 60), i + 12));
  return found;
}

const withoutEntities = (text: string): string =>
  text
    .replaceAll(/&quot;|&#34;|&#x22;/g, '"')
    .replaceAll(/&#39;|&apos;|&#x27;/g, "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');

function spellingsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const plain = [secret, secret.toUpperCase(), secret.toLowerCase(), json, JSON.stringify(json).slice(1, -1)];
  const urls = [encodeURIComponent(secret), encodeURI(secret), new URLSearchParams({ a: secret }).toString().slice(2)];
  const base64 = [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]).toString('base64');
    const inner = encoded.replace(/=+$/, '').slice([0, 2, 3][offset], -1);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [...plain, ...urls, ...base64];
}
