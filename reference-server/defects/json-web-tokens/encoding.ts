import { type Defect, replacing, type Wrappers } from '../defect.js';
import { resigning } from '../helpers/resigning.js';
import { ownClaimsOf } from '../helpers/tokens.js';

/** Accepts tokens that are spelled in another way, and are valid in their right one. */
const respelling = (respelled: (token: string) => string) =>
  resigning(async (exchange, token) => {
    const right = respelled(token);
    return right === token ? undefined : ownClaimsOf(exchange, right);
  });

/** Defects that requirements of the section `encoding` of the chapter `json-web-tokens` notice. */
export const jsonWebTokensEncoding = [
  {
    name: 'padded-token-accepted',
    title: 'Padding behind the signature of a token is ignored.',
    wrap: respelling((token) => token.split('=')[0] ?? ''),
  },
  {
    name: 'base64-alphabet-accepted',
    title: 'A token in the alphabet of base64 with + and / is accepted.',
    wrap: respelling((token) => token.replaceAll('+', '-').replaceAll('/', '_')),
  },
  {
    name: 'white-space-in-token-ignored',
    title: 'White space in a token is ignored.',
    wrap: respelling((token) => token.replace(/\s/g, '')),
  },
  {
    name: 'trailing-bits-ignored',
    title: 'Unused bits at the end of a signature may have any value.',
    wrap: (): Wrappers => ({
      jwts: (jwts) =>
        replacing(jwts, {
          signatureIsRight: async (token) => {
            const at = token.lastIndexOf('.') + 1;
            return jwts.signatureIsRight(
              token.slice(0, at) + Buffer.from(token.slice(at), 'base64url').toString('base64url'),
            );
          },
        }),
    }),
  },
] as const satisfies readonly Defect[];
