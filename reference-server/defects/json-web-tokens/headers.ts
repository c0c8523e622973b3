import { decodeProtectedHeader } from 'jose';
import type { Defect } from '../defect.js';
import { isSignedBy } from '../helpers/hmac.js';
import { atRequest } from '../helpers/requests.js';
import { resigning } from '../helpers/resigning.js';
import { claimsOf, isGood, replaceToken, sentToken } from '../helpers/tokens.js';

type Header = Readonly<Record<string, unknown>>;

/** The header of a JWT; undefined for every other string. */
function headerOf(token: string): Header | undefined {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return undefined;
  }
}

/** Accepts tokens that are signed with the server's secret, by their headers. */
const accepting = (accepts: (header: Header) => boolean) =>
  resigning(async ({ context }, token) => {
    const header = headerOf(token);
    const good = header !== undefined && accepts(header) && isSignedBy(token, context.settings.SECRET);
    return Promise.resolve(good ? claimsOf(token) : undefined);
  });

/** Rejects valid tokens, by their headers. */
const rejecting = (rejects: (header: Header) => boolean) =>
  atRequest(async (exchange) => {
    const sent = sentToken(exchange);
    const header = sent && headerOf(sent.token);
    if (sent !== undefined && header !== undefined && rejects(header) && (await isGood(exchange, sent.token)))
      replaceToken(exchange, 'unknown');
  });

/** Defects that requirements of the section `headers` of the chapter `json-web-tokens` notice. */
export const jsonWebTokensHeaders = [
  {
    name: 'critical-extensions-ignored',
    title: 'What the header of a token lists as critical is not looked at.',
    wrap: accepting(({ alg, crit }) => alg === 'HS256' && crit !== undefined),
  },
  {
    name: 'algorithm-name-ignored',
    title: 'A token that is signed with the secret is accepted whatever algorithm its header names.',
    wrap: accepting(({ alg }) => typeof alg === 'string'),
  },
  {
    name: 'missing-algorithm-accepted',
    title: 'A token whose header names no algorithm is taken for one of HS256.',
    wrap: accepting(({ alg }) => alg === undefined),
  },
  {
    name: 'unknown-header-parameter-refused',
    title: 'A token whose header holds a parameter of an unknown name is rejected.',
    wrap: rejecting((header) => 'x-unknown' in header),
  },
  {
    name: 'key-id-must-be-known',
    title: 'A token whose header names a key is rejected.',
    wrap: rejecting(({ kid }) => kid !== undefined),
  },
  {
    name: 'type-of-header-needed',
    title: 'A token whose header does not say typ JWT is rejected.',
    wrap: rejecting(({ typ }) => typ !== 'JWT'),
  },
] as const satisfies readonly Defect[];
