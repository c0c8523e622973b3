import type { Configuration } from '../spec/generated/configuration.js';
import { readHeaderField } from '../spec/values/header-field.js';
import { withoutUserinfo } from '../spec/values/mask.js';
import { percentDecoded } from '../suites/harness/target/percent-encoding.js';

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
    for (const [key, member] of Object.entries(value)) {
      if (key === 'header' && Array.isArray(member)) member.forEach((field) => found.add(valueOfField(String(field))));
      else collect(member, isSecret || SECRET_KEY.test(key));
    }
  };
  collect(configuration, false);
  for (const secret of secretsInUrl(configuration.clockUrl)) found.add(secret);
  for (const target of [configuration.target, ...(configuration.targets ?? []).map((one) => one.target)]) {
    if (target === undefined || !URL.canParse(target)) continue;
    const { username, password } = new URL(target);
    if (username + password === '') continue;
    // As it is sent, too. RFC 7617 section 2.
    const sent = Buffer.from(`${percentDecoded(username)}:${percentDecoded(password)}`).toString('base64');
    for (const spelling of [password, percentDecoded(password), sent]) if (spelling !== '') found.add(spelling);
  }
  return [...found];
}

const valueOfField = (field: string): string => readHeaderField(field)?.value ?? field;

/** What is public in a configuration, although a secret may resemble it: emails, the URL of the target, names of cookies. */
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
  return [
    password,
    percentDecoded(password),
    ...segments,
    ...[...written, ...searchParams.values()].filter(isLong),
  ].filter((text) => text !== '');
}

const isLong = (text: string): boolean => text.length >= LEAST_CHARACTERS;
