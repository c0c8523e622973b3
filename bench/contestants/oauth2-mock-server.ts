import type { Contestant, Exchange, Tokens } from './contestant.js';
import { installed } from './installed.js';

const token = (parameters: Readonly<Record<string, string>>): Exchange => ({
  method: 'POST',
  path: '/token',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(parameters).toString(),
});

/** A mock of an OAuth 2 server: its token endpoint is what comes nearest to a login and a refresh. */
export const oauth2MockServer: Contestant = {
  name: 'oauth2-mock-server 8.2.3',
  launch: (port) => ({
    args: [installed('oauth2-mock-server/dist/oauth2-mock-server.mjs'), '-a', '127.0.0.1', '-p', String(port)],
    path: '/jwks',
  }),
  login: (password = 'secret') =>
    token({ grant_type: 'password', username: 'ann@example.com', password, client_id: 'bench' }),
  refresh: (refreshToken) => token({ grant_type: 'refresh_token', refresh_token: refreshToken, client_id: 'bench' }),
  tokensIn(body): Tokens | undefined {
    const { access_token: access, refresh_token: refresh } = JSON.parse(body) as Record<string, string | undefined>;
    return access !== undefined && refresh !== undefined ? { access, refresh } : undefined;
  },
  cannot: ['authenticated reads: it has none; its /userinfo answers without a token too'],
};
