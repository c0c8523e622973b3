import { invalidCredentials } from '../../http/errors.js';
import type { Settings } from '../../settings.js';
import type { Store, UserRecord } from '../../stores/store.js';
import { type Defect, replacing, type Wrappers } from '../defect.js';
import { bodyOf } from '../helpers/exchange.js';
import { servedOperation } from '../helpers/served.js';
import {
  acceptingStaticTokens,
  alsoFinding,
  clearingStaticTokenAt,
  notingStaticTokens,
} from '../helpers/static-tokens.js';
import { claimsOf, replaceToken, sentToken } from '../helpers/tokens.js';

/** The user with a static token like this one, in which wildcards stand beside four characters or more. */
async function userByPattern(token: string, store: Store): Promise<UserRecord | undefined> {
  if (!/[%_*?]/.test(token) || token.replace(/[%_*?]/g, '').length < 4) return undefined;
  const pattern = new RegExp(
    `^${token
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/[%*]+/g, '.*')
      .replace(/[_?]/g, '.')}$`,
    's',
  );
  return (await store.users()).find((user) => user.token !== null && user.token !== '' && pattern.test(user.token));
}

/** Finds the user of a static token for so long after it was set, in ms; not at all where it was set before the server began. */
const expiringAfter = (lifeMs: (settings: Settings) => number) => (): Wrappers => {
  const setAt = new Map<string | null, number>();
  return {
    store: (store, { clock, settings }) =>
      replacing(store, {
        ...notingStaticTokens(store, ({ token }) => setAt.set(token, clock.now())),
        userByStaticToken: async (token) =>
          clock.now() - (setAt.get(token) ?? -Infinity) < lifeMs(settings) ? store.userByStaticToken(token) : undefined,
      }),
  };
};

/** Defects that requirements of the section `use` of the chapter `static-tokens` notice. */
export const staticTokensUse = [
  {
    name: 'static-token-refused',
    title: 'Static tokens are rejected.',
    wrap: (): Wrappers => ({ store: acceptingStaticTokens(() => false) }),
  },
  {
    name: 'static-token-works-once',
    title: 'A static token is rejected the second time it is used.',
    wrap: (): Wrappers => {
      const used = new Set<string>();
      return {
        store: acceptingStaticTokens((token) => {
          const isUnused = !used.has(token);
          used.add(token);
          return isUnused;
        }),
      };
    },
  },
  {
    name: 'static-token-dies-at-logout',
    title: 'A logout removes the static token of its user.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          deleteSession: async (token) => {
            const session = await store.session(token);
            await store.deleteSession(token);
            if (session !== undefined && servedOperation()?.operation === 'logout')
              await store.updateUser(session.user, { token: null });
          },
        }),
    }),
  },
  {
    name: 'static-token-dies-at-login',
    title: 'A login removes the static token of its user.',
    wrap: clearingStaticTokenAt('login'),
  },
  {
    name: 'static-token-dies-at-refresh',
    title: 'A refresh removes the static token of its user.',
    wrap: clearingStaticTokenAt('refresh'),
  },
  {
    name: 'static-token-expires',
    title: 'A static token works as long as an access token lives.',
    wrap: expiringAfter(({ ACCESS_TOKEN_TTL }) => ACCESS_TOKEN_TTL),
  },
  {
    name: 'static-token-expires-after-month',
    title: 'A static token is valid for thirty days.',
    wrap: expiringAfter(() => 30 * 86_400_000),
  },
  {
    name: 'static-token-dies-after-seconds',
    title: 'A static token is valid for eight seconds.',
    wrap: (): Wrappers => {
      const setAt = new Map<string, number>();
      return {
        request: (exchange) => {
          const { token } = bodyOf(exchange);
          const now = exchange.context.clock.now();
          if (exchange.request.path.startsWith('/users') && typeof token === 'string') setAt.set(token, now);
          const since = setAt.get(sentToken(exchange)?.token ?? '') ?? now;
          if (now - since > 8000) throw invalidCredentials();
        },
      };
    },
  },
  {
    name: 'static-token-prefix-accepted',
    title: 'A static token that is cut short, to eight characters or more, is accepted.',
    wrap: alsoFinding(async (token, store) =>
      token.length < 8 ? undefined : (await store.users()).find((user) => user.token?.startsWith(token)),
    ),
  },
  {
    name: 'static-token-stored-cut',
    title: 'Of a static token 255 characters are stored.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          insertUser: async (user) => store.insertUser({ ...user, token: user.token?.slice(0, 255) ?? null }),
          updateUser: async (id, changes) =>
            store.updateUser(id, changes.token == null ? changes : { ...changes, token: changes.token.slice(0, 255) }),
        }),
    }),
  },
  {
    name: 'static-token-wildcard-accepted',
    title: 'Wildcards stand for characters of a static token.',
    wrap: alsoFinding(userByPattern),
  },
  {
    name: 'cookie-ignores-static-token',
    title: 'A static token in the session cookie is not seen.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        const sent = sentToken(exchange);
        if (sent?.method === 'cookie' && claimsOf(sent.token) === undefined && /^[0-9a-f]{32}$/.test(sent.token))
          replaceToken(exchange, undefined);
      },
    }),
  },
  {
    name: 'static-token-needs-email',
    title: 'The static token of a user without an email is rejected.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          userByStaticToken: async (token) => {
            const user = await store.userByStaticToken(token);
            return user?.email == null ? undefined : user;
          },
        }),
    }),
  },
  {
    name: 'static-token-looked-up-by-beginning',
    title: 'Of several static tokens that begin alike only the one that was set first is accepted.',
    wrap: (): Wrappers => ({
      store: (store) =>
        replacing(store, {
          userByStaticToken: async (token) => {
            const begins = token.slice(0, 24);
            const first = (await store.users()).find((user) => user.token?.startsWith(begins));
            return first?.token === token ? first : undefined;
          },
        }),
    }),
  },
] as const satisfies readonly Defect[];
