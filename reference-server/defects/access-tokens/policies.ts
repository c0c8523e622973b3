import type { Item } from '../../query/collection.js';
import { replacing, type Defect, type Wrappers } from '../defect.js';
import { servedRequest } from '../helpers/served.js';
import { sentToken } from '../helpers/tokens.js';

/** How long the rights of a token are kept, in ms. */
const KEPT_MS = 2000;

/** Keeps what a collection holds for each access token: for a while, or until it holds more. */
const keepingByToken = (collection: string, keptMs: number, ofToken: (token: string) => boolean) => (): Wrappers => ({
  store: (store, { clock }) => {
    const kept = new Map<string, { readonly items: readonly { readonly members: Item }[]; readonly until: number }>();
    return replacing(store, {
      items: async (name) => {
        const items = await store.items(name);
        const served = servedRequest();
        const isReading = served?.request.method === 'GET' && served.request.path.startsWith('/users/');
        const token = served === undefined || !isReading ? undefined : sentToken(served)?.token;
        if (name !== collection || token === undefined || !ofToken(token)) return items;
        const known = kept.get(token);
        if (known !== undefined && known.until > clock.now() && known.items.length >= items.length)
          return known.items as typeof items;
        kept.set(token, { items, until: clock.now() + keptMs });
        return items;
      },
    });
  },
});

const isJwt = (token: string): boolean => token.includes('.');

/** Defects that requirements of the section `policies` of the chapter `access-tokens` notice. */
export const accessTokensPolicies = [
  {
    name: 'policies-of-token-kept',
    title: 'A static token keeps the policies of its user for two seconds after they are taken away.',
    wrap: keepingByToken('directus_access', KEPT_MS, (token) => !isJwt(token)),
  },
  {
    name: 'policies-fixed-at-login',
    title: 'A standard or session token keeps the policies that its user had.',
    wrap: keepingByToken('directus_access', Infinity, isJwt),
  },
  {
    name: 'permissions-of-policy-kept',
    title: 'The permissions of a policy are kept for two seconds after they are removed.',
    wrap: keepingByToken('directus_permissions', KEPT_MS, () => true),
  },
] as const satisfies readonly Defect[];
