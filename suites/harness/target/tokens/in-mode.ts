import type { Response } from '../http/response.js';
import type { Mode, Target } from '../target.js';
import type { Account } from '../../users/account.js';

/* What differs by the mode of a login: mode json has its refresh token in the payload, the others their token in a cookie. */

/** The token that a login or refresh in a mode issues to be refreshed by; undefined where there is none. */
export const renewableIn = (target: Target, response: Response, mode: Mode): string | undefined =>
  mode === 'json' ? response.text('refresh_token') : response.cookie(target.cookieOf(mode))?.value;

/** Refreshes in a mode, without any expectation of the response. */
export const refreshIn = async (target: Target, mode: Mode, token: string, account?: Account): Promise<Response> =>
  mode === 'json' ? target.refresh(token, account) : target.refreshByCookie(mode, token, account);
