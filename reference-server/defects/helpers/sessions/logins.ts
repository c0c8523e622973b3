import { TOTP } from 'otpauth';
import { startSession } from '../../../auth/sessions.js';
import type { Exchange } from '../../../http/interceptor.js';
import type { UserRecord } from '../../../stores/store.js';
import type { Wrappers } from '../../defect.js';
import { bodyOf, isLogin, isTo } from '../exchange.js';
import { ownClaimsOf, sentToken } from '../tokens.js';

/** The user who tries to log in. */
export async function userOf(exchange: Exchange): Promise<UserRecord | undefined> {
  const { email } = bodyOf(exchange);
  return typeof email === 'string' ? exchange.context.store.userByEmail(email) : undefined;
}

/** The one-time password of a user at this moment; empty where the user has no two-factor login. */
export const otpOf = (
  { context }: Pick<Exchange, 'context'>,
  { tfa_secret }: Pick<UserRecord, 'tfa_secret'>,
): string => (tfa_secret === null ? '' : new TOTP({ secret: tfa_secret }).generate({ timestamp: context.clock.now() }));

/** Changes the body of a login. */
export const atLogin =
  (change: (exchange: Exchange, body: Record<string, unknown>) => Promise<void> | void) => (): Wrappers => ({
    request: async (exchange) => {
      if (isLogin(exchange)) await change(exchange, bodyOf(exchange));
    },
  });

/** The id of the user who sends a request with a standard token; empty where there is none. */
export async function senderOf(exchange: Exchange): Promise<string> {
  const sent = sentToken(exchange);
  const claims = sent && (await ownClaimsOf(exchange, sent.token));
  return typeof claims?.['id'] === 'string' ? claims['id'] : '';
}

/** Remembers the passwords that users are created with, of the requests that it is told of. */
export class PasswordsOfNewUsers {
  readonly #byEmail = new Map<unknown, unknown>();

  /** Takes note of the password if the request creates a user. */
  note(exchange: Exchange): void {
    const { email, password } = bodyOf(exchange);
    if (isTo(exchange, 'POST', '/users')) this.#byEmail.set(email, password);
  }

  /** The password that the user of an email address was created with; undefined where that is not known. */
  of(email: unknown): string | undefined {
    const password = this.#byEmail.get(email);
    return typeof password === 'string' ? password : undefined;
  }

  /** True when some user was created with this password. */
  has(password: unknown): boolean {
    return [...this.#byEmail.values()].includes(password);
  }
}

/**
 * Takes other values, of whatever type, for the password that a user was created with.
 * @param takes whether a login with `given` as its password is to count as one with the right one
 */
export const takingOtherValues =
  (takes: (given: unknown, right: string, passwords: PasswordsOfNewUsers) => boolean) => (): Wrappers => {
    const passwords = new PasswordsOfNewUsers();
    return {
      request: (exchange) => {
        passwords.note(exchange);
        const { email, password } = bodyOf(exchange);
        const right = passwords.of(email);
        if (isLogin(exchange) && right !== undefined && takes(password, right, passwords))
          bodyOf(exchange)['password'] = right;
      },
    };
  };

/**
 * Takes other passwords for the one that a user was created with.
 * @param takes whether a login with the password `given` is to count as one with the right one
 */
export const takingOtherPasswords = (
  takes: (given: string, right: string, passwords: PasswordsOfNewUsers) => boolean,
): (() => Wrappers) =>
  takingOtherValues((given, right, passwords) => typeof given === 'string' && takes(given, right, passwords));

/** A refresh token of one more login of the user who logs in. */
export async function furtherRefreshToken(exchange: Exchange): Promise<string> {
  const { context } = exchange;
  const { id = '' } = (await userOf(exchange)) ?? {};
  return (await startSession(context, id, context.settings.REFRESH_TOKEN_TTL)).token;
}
