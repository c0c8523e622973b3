import { pick } from '../../query/fields.js';
import { concealed } from '../../routes/users.js';
import { replacing, type Defect, type Wrappers } from '../defect.js';
import { isTo, payloadOf, succeeded } from '../helpers/exchange.js';
import { servedOperation } from '../helpers/served.js';
import { changingOwners } from '../helpers/users.js';

/** Defects that requirements of the section `identity` of the chapter `access-tokens` notice. */
export const accessTokensIdentity = [
  {
    name: 'identity-of-last-login',
    title: 'GET /users/me returns the user who logged in last.',
    wrap: (): Wrappers => {
      let lastLogin = '';
      return {
        store: (store) =>
          replacing(store, {
            updateUser: async (id, changes) => {
              if (servedOperation()?.operation === 'login' && 'last_access' in changes) lastLogin = id;
              return store.updateUser(id, changes);
            },
          }),
        response: async (exchange, answer) => {
          if (!isTo(exchange, 'GET', '/users/me') || !succeeded(answer)) return;
          const user = await exchange.context.store.user(lastLogin);
          const payload = payloadOf(answer);
          if (user !== undefined) Object.assign(payload, pick(concealed(user), Object.keys(payload)));
        },
      };
    },
  },
  {
    name: 'static-token-identifies-first-user',
    title: 'Every static token names the first user who has one.',
    wrap: changingOwners(async (owner, store) => {
      // But for the user whom the server is set up with.
      const [, ...others] = await store.users();
      return { ...owner, id: others.find(({ token }) => token)?.id ?? owner.id };
    }),
  },
  {
    name: 'compressed-response-of-another-user',
    title: 'A request that accepts gzip is answered with the record that the last such request was about.',
    wrap: (): Wrappers => {
      let kept: unknown;
      return {
        response: (exchange, answer) => {
          const acceptsGzip = /gzip/.test(String(exchange.request.headers['accept-encoding']));
          if (!isTo(exchange, 'GET', '/users/me') || !succeeded(answer) || !acceptsGzip) return;
          kept ??= answer.body;
          answer.body = kept;
        },
      };
    },
  },
  {
    name: 'entity-tag-of-others-matches',
    title: 'All records have the same entity tag.',
    wrap: (): Wrappers => ({
      response: ({ request, response }, answer) => {
        if (request.path !== '/users/me' || !succeeded(answer)) return;
        response.set('ETag', '"1"');
        if (request.headers['if-none-match'] !== '"1"') return;
        answer.status = 304;
        answer.body = undefined;
      },
    }),
  },
] as const satisfies readonly Defect[];
