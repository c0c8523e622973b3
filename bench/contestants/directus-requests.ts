import { known } from '../../tests/directus/directus.js';
import type { Contestant, Tokens } from './contestant.js';

const json = { 'content-type': 'application/json' };

/** The requests of a Directus, which the reference server answers too. */
export const directusRequests: Required<Pick<Contestant, 'login' | 'refresh' | 'read' | 'tokensIn'>> = {
  login: (password = known.password) => ({
    method: 'POST',
    path: '/auth/login',
    headers: json,
    body: JSON.stringify({ email: known.email, password }),
  }),
  refresh: (refreshToken) => ({
    method: 'POST',
    path: '/auth/refresh',
    headers: json,
    body: JSON.stringify({ refresh_token: refreshToken, mode: 'json' }),
  }),
  read: (accessToken) => ({ method: 'GET', path: '/users/me', headers: { authorization: `Bearer ${accessToken}` } }),
  tokensIn(body): Tokens | undefined {
    const { data } = JSON.parse(body) as { data?: { access_token?: string; refresh_token?: string } };
    return data?.access_token !== undefined && data.refresh_token !== undefined
      ? { access: data.access_token, refresh: data.refresh_token }
      : undefined;
  },
};

/** The administrator, the secret, and no stall of logins: of all settings that both servers know, the ones that are not left alone. */
export const directusSettings = {
  SECRET: known.secret,
  ADMIN_EMAIL: known.email,
  ADMIN_PASSWORD: known.password,
  LOGIN_STALL_TIME: '0',
};
