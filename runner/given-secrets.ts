import type { Configuration } from '../spec/generated/configuration.js';
import { withoutUserinfo } from '../spec/mask.js';

/** Keys of a configuration under which secrets stand, those that are yet to come, too. */
const SECRET_KEY = /password|token|secret|header/i;

/**
 * Every secret in a configuration: passwords, tokens, the target's secret, values of headers, wherever they stand, and the password in
 * the target's URL, as it is written and decoded.
 */
export function givenSecrets(configuration: Configuration): string[] {
  const found = new Set<string>();
  const collect = (value: unknown, isSecret: boolean): void => {
    if (typeof value === 'string' && isSecret && value !== '') found.add(value);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, member] of Object.entries(value)) collect(member, isSecret || SECRET_KEY.test(key));
  };
  collect(configuration, false);
  for (const secret of secretsInUrl(configuration.clockUrl)) found.add(secret);
  const { target = '' } = configuration;
  if (URL.canParse(target)) {
    const { password } = new URL(target);
    for (const spelling of [password, decoded(password)]) if (spelling !== '') found.add(spelling);
  }
  return [...found];
}

/** What is public in a configuration, although a secret may resemble it: e-mails, the URL of the target, names of cookies. */
export function publicTexts({ target, email, adminEmail, sessionCookie, refreshCookie }: Configuration): string[] {
  return [withoutUserinfo(target ?? ''), email, adminEmail, sessionCookie, refreshCookie].filter(
    (text) => text !== undefined,
  );
}

/** What is too short for a secret in a URL: `unit=ms` is masked nowhere. */
const LEAST_CHARACTERS = 8;

/** What may be secret in a clock URL: the password, the values of its query, and what is long and no word in its path. */
function secretsInUrl(url: string | undefined): string[] {
  if (url === undefined || !URL.canParse(url)) return [];
  const { password, search, searchParams, pathname } = new URL(url);
  const written = search
    .slice(1)
    .split('&')
    .map((pair) => pair.replace(/^[^=]*=/, ''));
  const segments = pathname.split('/').filter((segment) => segment.length >= 16 && /\d/.test(segment));
  return [password, decoded(password), ...segments, ...[...written, ...searchParams.values()].filter(isLong)].filter(
    (text) => text !== '',
  );
}

const isLong = (text: string): boolean => text.length >= LEAST_CHARACTERS;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
