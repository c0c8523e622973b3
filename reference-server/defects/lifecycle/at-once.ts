import { setTimeout as sleep } from 'node:timers/promises';
import type { Defect, Wrappers } from '../defect.js';
import { replacing } from '../defect.js';
import { changeSetCookie, setCookieValue } from '../helpers/cookies.js';
import { isRefresh, payloadOf } from '../helpers/exchange.js';
import { servesSession } from '../helpers/served.js';
import { returnsTokens } from '../helpers/payloads.js';
import { claimsOf } from '../helpers/tokens.js';

/** How long a logout takes, in ms: others that come meanwhile come at once. */
const AT_ONCE_MS = 30;

/** Remembers the token of the first refresh of a user in each second. */
class FirstOfEachSecond {
  readonly #tokens = new Map<string, string>();

  of(user: unknown, now: number, own: string): string {
    const key = `${String(user)} ${Math.floor(now / 1000)}`;
    const first = this.#tokens.get(key) ?? own;
    this.#tokens.set(key, first);
    return first;
  }
}

/** Ends no session while another of the same user is being ended. */
const logoutsLost = (when: () => boolean) => (): Wrappers => ({
  store: (store) => {
    const ending = new Set<string>();
    return replacing(store, {
      deleteSession: async (token) => {
        const user = (await store.session(token))?.user;
        if (user === undefined || !when()) return store.deleteSession(token);
        if (ending.has(user)) return undefined;
        ending.add(user);
        await sleep(AT_ONCE_MS);
        ending.delete(user);
        return store.deleteSession(token);
      },
    });
  },
});

/** Defects of the chapter `lifecycle` that show when several logins of one user are refreshed or ended at the same time. */
export const lifecycleAtOnce = [
  {
    name: 'refreshes-of-one-second-share-token',
    title: 'Refreshes of several logins of one user in the same second are given the same refresh token.',
    wrap: (): Wrappers => {
      const tokens = new FirstOfEachSecond();
      return {
        response: (exchange, answer) => {
          if (!returnsTokens(exchange, answer, 'refresh')) return;
          const payload = payloadOf(answer);
          const user = claimsOf(String(payload['access_token']))?.['id'];
          const now = exchange.context.clock.now();
          if (typeof payload['refresh_token'] === 'string')
            payload['refresh_token'] = tokens.of(user, now, payload['refresh_token']);
          const { response, context } = exchange;
          const name = context.settings.REFRESH_TOKEN_COOKIE_NAME;
          const value = setCookieValue(response, name);
          if (value !== undefined)
            changeSetCookie(response, name, (header) =>
              header.replace(value, tokens.of(`cookie ${String(user)}`, now, value)),
            );
        },
      };
    },
  },
  {
    name: 'session-refreshes-of-one-second-share-token',
    title: 'Refreshes of several session tokens of one user in the same second are given the same session token.',
    wrap: (): Wrappers => {
      const tokens = new FirstOfEachSecond();
      return {
        response: (exchange) => {
          const { response, context } = exchange;
          const name = context.settings.SESSION_COOKIE_NAME;
          const value = isRefresh(exchange) ? setCookieValue(response, name) : undefined;
          if (value === undefined) return;
          const first = tokens.of(claimsOf(value)?.['id'], context.clock.now(), value);
          changeSetCookie(response, name, (header) => header.replace(value, first));
        },
      };
    },
  },
  {
    name: 'logouts-at-once-lost',
    title: 'Of several logouts of one user at once, in modes json and cookie, one ends its login.',
    wrap: logoutsLost(() => !servesSession('logout')),
  },
  {
    name: 'session-logouts-at-once-lost',
    title: 'Of several logouts of one user at once in mode session, one ends its session.',
    wrap: logoutsLost(() => servesSession('logout')),
  },
] as const satisfies readonly Defect[];
