import { startSession } from '../../auth/sessions.js';
import type { Exchange } from '../../http/interceptor.js';
import type { Defect, Wrappers } from '../defect.js';
import { readCookie } from '../../auth/cookies.js';
import { setCookie, setCookieValue } from '../helpers/cookies.js';
import { bodyOf, isLogout, isRefresh, modeOf } from '../helpers/exchange.js';
import { senderOf } from '../helpers/sessions/logins.js';
import { atRequest } from '../helpers/requests.js';
import { claimsOf, signed } from '../helpers/tokens.js';
import { refreshCookieOf, sessionCookieOf } from '../helpers/sessions/sessions.js';

/** The user of the access token in the header, where it is another than the one of the session; undefined otherwise. */
async function otherSender(exchange: Exchange, session: string | undefined): Promise<string | undefined> {
  const { store } = exchange.context;
  const owner = session === undefined ? undefined : (await store.session(session))?.user;
  if (owner === undefined || exchange.request.headers.authorization === undefined) return undefined;
  const sender = await senderOf(exchange);
  return sender === '' || sender === owner ? undefined : sender;
}

const hasBearer = ({ request }: Exchange): boolean => request.headers.authorization !== undefined;

/** Defects that show when a refresh or logout by cookie carries an access token too. */
export const standardTokensBesideOthers = [
  {
    name: 'cookie-refresh-for-sender',
    title: 'A refresh in mode cookie issues tokens to the user whose access token it carries.',
    wrap: atRequest(async (exchange) => {
      const { context, request } = exchange;
      if (!isRefresh(exchange) || modeOf(exchange) !== 'cookie') return;
      const sender = await otherSender(exchange, refreshCookieOf(exchange));
      if (sender === undefined) return;
      const { token } = await startSession(context, sender, context.settings.REFRESH_TOKEN_TTL);
      setCookie(request, context.settings.REFRESH_TOKEN_COOKIE_NAME, token);
    }),
  },
  {
    name: 'session-refresh-for-sender',
    title: 'A refresh in mode session issues a token to the user whose access token it carries.',
    wrap: atRequest(async (exchange) => {
      const { context, request } = exchange;
      if (!isRefresh(exchange) || modeOf(exchange) !== 'session') return;
      const claims = claimsOf(sessionCookieOf(exchange) ?? '');
      const sender = await otherSender(exchange, claims?.['session'] as string | undefined);
      if (sender === undefined) return;
      const { token } = await startSession(context, sender, context.settings.SESSION_COOKIE_TTL);
      const own = await signed(exchange, { ...claims, id: sender, session: token });
      setCookie(request, context.settings.SESSION_COOKIE_NAME, own);
    }),
  },
  {
    name: 'cookie-logout-with-bearer-does-nothing',
    title: 'A logout in mode cookie that carries an access token ends nothing.',
    wrap: atRequest((exchange) => {
      if (!isLogout(exchange) || modeOf(exchange) !== 'cookie' || !hasBearer(exchange)) return;
      setCookie(exchange.request, exchange.context.settings.REFRESH_TOKEN_COOKIE_NAME, 'another');
    }),
  },
  {
    name: 'session-logout-with-bearer-does-nothing',
    title: 'A logout in mode session that carries an access token ends nothing.',
    wrap: (): Wrappers => ({
      request: (exchange) => {
        if (!isLogout(exchange) || modeOf(exchange) !== 'session' || !hasBearer(exchange)) return;
        const body = bodyOf(exchange);
        body['mode'] = 'json';
        body['refresh_token'] = 'another';
      },
    }),
  },
  {
    name: 'logout-with-both-cookies-ends-both',
    title: 'A logout that brings the cookies of modes cookie and session ends both logins.',
    wrap: (): Wrappers => ({
      response: async (exchange) => {
        if (!isLogout(exchange)) return;
        const { store } = exchange.context;
        const [cookie, session] = [refreshCookieOf(exchange), sessionCookieOf(exchange)];
        if (cookie === undefined || session === undefined) return;
        await store.deleteSession(cookie);
        const named = claimsOf(session)?.['session'];
        if (typeof named === 'string') await store.deleteSession(named);
      },
    }),
  },
  {
    name: 'refresh-cookie-in-any-case',
    title: 'Letters of a refresh token that was issued as a cookie may be in any case.',
    wrap: (): Wrappers => {
      const issued = new Map<string, string>();
      return {
        request: ({ context, request }) => {
          const name = context.settings.REFRESH_TOKEN_COOKIE_NAME;
          const right = issued.get((readCookie(request, name) ?? '').toLowerCase());
          if (right !== undefined) setCookie(request, name, right);
        },
        response: ({ context, response }) => {
          const token = setCookieValue(response, context.settings.REFRESH_TOKEN_COOKIE_NAME);
          if (token !== undefined) issued.set(token.toLowerCase(), token);
        },
      };
    },
  },
] as const satisfies readonly Defect[];
