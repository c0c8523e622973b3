import type { Defect, Wrappers } from '../defect.js';
import { succeeded } from '../helpers/exchange.js';

/** Defects that requirements of the section `secrets` of the chapter `access-tokens` notice. */
export const accessTokensSecrets = [
  {
    name: 'export-shows-totp-secret',
    title: 'An export of users as YAML holds their TOTP secrets.',
    // The server itself exports no YAML.
    wrap: (): Wrappers => ({
      response: async ({ context, request: { path, query } }, answer) => {
        if (answer.status !== 400 || path !== '/users' || query['export'] !== 'yaml') return;
        answer.status = 200;
        answer.body = (await context.store.users())
          .map(({ id, tfa_secret }) => `- id: ${id}\n  tfa_secret: ${tfa_secret}\n`)
          .join('');
      },
    }),
  },
  {
    name: 'revisions-show-password-hash',
    title: 'The revisions of users hold the hashes of their passwords.',
    wrap: (): Wrappers => ({
      response: async ({ context, request }, answer) => {
        if (!succeeded(answer) || request.path !== '/revisions') return;
        const shown = (await context.store.users()).map(({ password }) => password);
        answer.body = { ...(answer.body as object), shown };
      },
    }),
  },
  {
    name: 'subscription-shows-static-token',
    title: 'The message subscribe about a user is answered with the static token.',
    wrap: (): Wrappers => {
      let token: unknown;
      return {
        message: ({ message }) => {
          if (message['type'] === 'auth') token = message['access_token'];
        },
        reply: ({ message }, reply) => {
          if (message['type'] === 'subscribe') reply.body = { ...reply.body, shown: token };
        },
      };
    },
  },
] as const satisfies readonly Defect[];
