import { quoted } from '../../report/foreign-text.js';
import type { Response } from '../../suites/harness/target/http/response.js';

/** A cookie that a login in its mode is expected to set. */
export interface ExpectedCookie {
  readonly name: string;
  readonly mode: 'session' | 'cookie';
  /** The option that tells another name. */
  readonly option: '--session-cookie' | '--refresh-cookie';
}

/** The names of the cookies that a login in a mode sets to something, and one without a mode does not. */
export function cookiesOfMode(login: Response, inMode: Response): string[] {
  const usual = new Set(login.cookies.map(({ key }) => key));
  const ofMode = inMode.cookies.filter(({ key, value }) => value !== '' && !usual.has(key));
  return [...new Set(ofMode.map(({ key }) => key))];
}

/**
 * What the tester may want to know of a login in a mode that sets other cookies than the expected one: a Directus names them by
 * SESSION_COOKIE_NAME and REFRESH_TOKEN_COOKIE_NAME. Observed: Directus 12.4.1.
 * @param login the response to a login without a mode: what it sets is none of the mode's
 * @param inMode the response to the login in the mode
 * @returns a note for the report, or none
 */
export function notesOnCookieName(login: Response, inMode: Response, { name, mode, option }: ExpectedCookie): string[] {
  const names = cookiesOfMode(login, inMode);
  if (names.length === 0 || names.includes(name)) return [];
  return [
    `A login in mode ${mode} sets no cookie ${name}, but ${quoted(names.join(', '))}: if that is a name you gave it, tell it by ${option} NAME`,
  ];
}
