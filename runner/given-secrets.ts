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

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
