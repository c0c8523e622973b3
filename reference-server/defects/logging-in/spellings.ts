import { invalidCredentials } from '../../http/errors.js';
import { type Defect, replacing, type Wrappers } from '../defect.js';
import { bodyOf, isLogin } from '../helpers/exchange.js';
import { atLogin, takingOtherPasswords, takingOtherValues } from '../helpers/sessions/logins.js';
import { entitiesDecoded, foldedToAscii, percentDecoded } from '../helpers/respelled.js';

/** Takes passwords for the same which are the same once something was done to both. */
const comparingPasswordsBy = (folded: (password: string) => string) =>
  takingOtherPasswords((given, right) => folded(given) === folded(right));

/** Finds the user with an email address that is the same once something was done to both. */
const comparingEmailsBy = (folded: (email: string) => string) => (): Wrappers => ({
  store: (store) =>
    replacing(store, {
      userByEmail: async (email) =>
        (await store.userByEmail(email)) ??
        (await store.users()).find((user) => user.email !== null && folded(user.email) === folded(email)),
    }),
});

const localPart =
  (change: (local: string) => string) =>
  (email: string): string => {
    const at = email.lastIndexOf('@');
    return change(email.slice(0, at)) + email.slice(at);
  };

/** Takes a wildcard of SQL in a login for any character. */
const byPattern = (): Wrappers => ({
  request: async (exchange) => {
    const { email } = bodyOf(exchange);
    if (!isLogin(exchange) || typeof email !== 'string') return;
    const { store } = exchange.context;
    if ((await store.userByEmail(email)) !== undefined) return;
    const like = (stored: string): boolean =>
      stored.length === email.length &&
      [...stored].every((character, place) => character === '_' || character === email.charAt(place));
    const found = (await store.users()).find((user) => user.email?.includes('_') === true && like(user.email));
    if (found !== undefined) bodyOf(exchange)['email'] = found.email;
  },
});

/** Takes an email address in a login for another one. */
const readingEmailAs = (read: (email: string) => string) =>
  atLogin((_exchange, body) => {
    if (typeof body['email'] === 'string') body['email'] = read(body['email']);
  });

/** Defects that requirements of the section `spellings` of the chapter `logging-in` notice. */
export const loggingInSpellings = [
  {
    name: 'email-trimmed',
    title: 'White space round an email address does not count.',
    wrap: readingEmailAs((email) => email.trim()),
  },
  {
    name: 'email-tag-dropped',
    title: 'A tag that a login adds to an email address does not count.',
    wrap: readingEmailAs((email) => email.replace(/\+tag@/, '@')),
  },
  {
    name: 'passwords-tried-one-by-one',
    title: 'A login with a list of passwords is one with each of them.',
    wrap: takingOtherValues((given, right) => Array.isArray(given) && given.includes(right)),
  },
  {
    name: 'password-percent-decoded',
    title: 'Percent codes in passwords are decoded.',
    wrap: comparingPasswordsBy(percentDecoded),
  },
  {
    name: 'password-entities-decoded',
    title: 'Entities of HTML in passwords are decoded.',
    wrap: comparingPasswordsBy(entitiesDecoded),
  },
  {
    name: 'password-markup-stripped',
    title: 'Tags of HTML in passwords are removed.',
    wrap: comparingPasswordsBy((password) => password.replace(/<\/?[a-z]{1,10}>/g, '')),
  },
  {
    name: 'password-cut-at-nul',
    title: 'Of a password counts what stands before a NUL.',
    wrap: comparingPasswordsBy((password) => password.split('\0')[0] ?? ''),
  },
  {
    name: 'password-with-nul-never-logs-in',
    title: 'A password with a NUL is stored, but a login with it is rejected.',
    wrap: atLogin((_exchange, { password }) => {
      if (typeof password === 'string' && password.includes('\0')) throw invalidCredentials();
    }),
  },
  {
    name: 'password-decomposed',
    title: 'Passwords are compared with their letters decomposed.',
    wrap: comparingPasswordsBy((password) => password.normalize('NFD')),
  },
  {
    name: 'password-plus-is-space',
    title: 'A plus sign in a password is a space.',
    wrap: comparingPasswordsBy((password) => password.replaceAll('+', ' ')),
  },
  {
    name: 'password-spaces-merged',
    title: 'Several spaces in a password count as one.',
    wrap: comparingPasswordsBy((password) => password.replace(/ {2,}/g, ' ')),
  },
  {
    name: 'password-first-line-counts',
    title: 'Of a password counts the first line.',
    wrap: comparingPasswordsBy((password) => password.split('\n')[0] ?? ''),
  },
  {
    name: 'password-backslashes-dropped',
    title: 'Backslashes in passwords are dropped.',
    wrap: comparingPasswordsBy((password) => password.replaceAll('\\', '')),
  },
  {
    name: 'password-emoji-dropped',
    title: 'Characters of four bytes in passwords are question marks.',
    wrap: comparingPasswordsBy((password) => password.replace(/[\u{10000}-\u{10FFFF}]/gu, '?')),
  },
  {
    name: 'password-is-a-number',
    title: 'Passwords of digits are compared as numbers.',
    wrap: comparingPasswordsBy((password) => (/^\d+$/.test(password) ? String(Number(password)) : password)),
  },
  {
    name: 'password-cut-after-many',
    title: 'Of a password only the first 256 characters count.',
    wrap: comparingPasswordsBy((password) => password.slice(0, 256)),
  },
  {
    name: 'email-plus-tag-dropped',
    title: 'What stands behind a plus sign in an email address is dropped.',
    wrap: comparingEmailsBy(localPart((local) => local.replace(/\+[a-z]*\./, ''))),
  },
  {
    name: 'email-dots-dropped',
    title: 'Dots in the local part of an email address are dropped.',
    wrap: comparingEmailsBy(localPart((local) => local.replaceAll('.', ''))),
  },
  {
    name: 'email-percent-decoded',
    title: 'Percent codes in email addresses are decoded.',
    wrap: comparingEmailsBy(percentDecoded),
  },
  { name: 'email-wildcard', title: 'An underscore in a stored email address is any character.', wrap: byPattern },
  {
    name: 'email-decomposed',
    title: 'Email addresses are compared with their letters decomposed.',
    wrap: comparingEmailsBy((email) => email.normalize('NFD')),
  },
  {
    name: 'email-folded-to-ascii',
    title: 'Letters of an email address are taken for those of ASCII that look like them.',
    wrap: comparingEmailsBy(foldedToAscii),
  },
  {
    name: 'email-with-apostrophe-never-logs-in',
    title: 'An email address with an apostrophe is stored, but a login with it is rejected.',
    wrap: atLogin((_exchange, { email }) => {
      if (typeof email === 'string' && email.includes("'")) throw invalidCredentials();
    }),
  },
  {
    name: 'user-looked-up-by-name-of-address',
    title: 'Of several users whose email addresses have the same part before the @ only the first one logs in.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          userByEmail: async (email) => {
            const nameOf = (address: string | null): string => (address ?? '').toLowerCase().split('@')[0] ?? '';
            const first = (await store.users()).find((user) => nameOf(user.email) === nameOf(email));
            return first?.email?.toLowerCase() === email.toLowerCase() ? first : undefined;
          },
        }),
    }),
  },
  {
    name: 'long-email-never-logs-in',
    title: 'An email address of more than 64 characters is stored, but a login with it is rejected.',
    wrap: atLogin((_exchange, { email }) => {
      if (typeof email === 'string' && email.length > 64) throw invalidCredentials();
    }),
  },
] as const satisfies readonly Defect[];
