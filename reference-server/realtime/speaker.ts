import { identify } from '../auth/authenticate.js';
import { sentBy } from '../auth/bearer-token.js';
import { anonymous, type Identity } from '../auth/identity.js';
import { claimsIfIssuedHere } from '../auth/jwt.js';
import type { Context } from '../context.js';
import { ApiError } from '../http/errors.js';

/** The longest time that a timer of Node.js can wait, in ms. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * As whom the messages of a WebSocket are answered: the user of the access token that came last, for as long as it is valid; then the
 * public, until another comes. Directus 12.4.1 was observed to look at the expiry alone: here a token that is revoked ends as well.
 */
export class Speaker {
  #token: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param onEnd is told, once, why a token is valid no more */
  constructor(
    private readonly context: Context,
    private readonly onEnd: (error: ApiError) => void,
  ) {}

  /** Takes an access token that has been accepted. */
  take(token: string): void {
    this.#token = token;
    this.#watch(token);
  }

  /** Who it is now. */
  async identity(): Promise<Identity> {
    const token = this.#token;
    if (token === undefined) return anonymous;
    try {
      return await identify(this.context, sentBy('query', token));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (this.#token === token) {
        this.end();
        this.onEnd(error);
      }
      return anonymous;
    }
  }

  /** Is the public from now on. */
  end(): void {
    this.#token = undefined;
    clearTimeout(this.#timer);
  }

  /** Tells of the expiry when it comes, not only when the next message does. */
  #watch(token: string): void {
    clearTimeout(this.#timer);
    const expires = Number(claimsIfIssuedHere(token)?.['exp']) * 1000;
    if (Number.isNaN(expires)) return;
    const left = Math.max(0, expires - this.context.clock.now());
    if (left > LONGEST_TIMER_MS) return;
    this.#timer = setTimeout(() => void this.identity().catch(() => undefined), left + 1);
    this.#timer.unref();
  }
}
