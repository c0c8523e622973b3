import { readCookie } from '../../auth/cookies.js';
import type { Defect, Wrappers } from '../defect.js';
import { changeSetCookie } from '../helpers/cookies.js';
import { isLogin, payloadOf, succeeded } from '../helpers/exchange.js';
import { atLogin, senderOf, userOf } from '../helpers/sessions/logins.js';
import { sentToken, tokenFor } from '../helpers/tokens.js';

/** Defects that requirements of the section `sessions` of the chapter `logging-in` notice. */
export const loggingInSessions = [
  {
    name: 'login-for-sender',
    title: 'A login that is sent with a standard token logs in the user of the token.',
    wrap: (): Wrappers => ({
      response: async (exchange, answer) => {
        const id = await senderOf(exchange);
        const sender = isLogin(exchange) && succeeded(answer) ? await exchange.context.store.user(id) : undefined;
        if (sender !== undefined && 'access_token' in payloadOf(answer))
          payloadOf(answer)['access_token'] = await tokenFor(exchange, sender);
      },
    }),
  },
  {
    name: 'login-keeps-sent-session',
    title: 'A login in mode session that is sent with a session cookie gives the same token again.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        const sent = sentToken(exchange);
        const name = exchange.context.settings.SESSION_COOKIE_NAME;
        if (isLogin(exchange) && succeeded(answer) && sent?.method === 'cookie')
          changeSetCookie(exchange.response, name, (header) => header.replace(/=[^;]*/, `=${sent.token}`));
      },
    }),
  },
  {
    name: 'login-keeps-sent-refresh-cookie',
    title: 'A login in mode cookie that is sent with the cookie of a refresh token gives the same token again.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        const name = exchange.context.settings.REFRESH_TOKEN_COOKIE_NAME;
        const sent = readCookie(exchange.request, name);
        if (isLogin(exchange) && succeeded(answer) && sent !== undefined)
          changeSetCookie(exchange.response, name, (header) => header.replace(/=[^;]*/, `=${sent}`));
      },
    }),
  },
  {
    name: 'login-ends-other-logins',
    title: 'A login in mode json ends the logins from before.',
    wrap: atLogin(async (exchange, { mode }) => {
      const user = await userOf(exchange);
      if (user !== undefined && (mode === undefined || mode === 'json'))
        await exchange.context.store.deleteSessionsOf(user.id);
    }),
  },
  {
    name: 'login-ends-session-tokens',
    title: 'A login in mode session ends the logins from before.',
    wrap: atLogin(async (exchange, { mode }) => {
      const user = await userOf(exchange);
      if (user !== undefined && mode === 'session') await exchange.context.store.deleteSessionsOf(user.id);
    }),
  },
] as const satisfies readonly Defect[];
