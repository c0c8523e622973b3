import type { BearerMethod } from '../../auth/bearer-method.js';
import { decodeProtectedHeader } from 'jose';
import { createHmac } from 'node:crypto';
import { type Defect, replacing, type Wrappers } from '../defect.js';
import { isTo, setHeader } from '../helpers/exchange.js';
import { sendTokenOfFirstUser } from '../helpers/first-user.js';
import { atRequest } from '../helpers/requests.js';
import { servedRequest } from '../helpers/served.js';
import { alsoFinding } from '../helpers/static-tokens.js';
import { claimsOf, isGood, replaceToken, sentToken, signed, tokenFor } from '../helpers/tokens.js';

/** Accepts signatures of standard tokens that are wrong. */
const acceptingSignatures = (accepts: (token: string, secret: string) => boolean) => (): Wrappers => ({
  jwts: (jwts, { settings }) =>
    replacing(jwts, {
      signatureIsRight: async (token) =>
        (await jwts.signatureIsRight(token)) ||
        (claimsOf(token)?.['session'] === undefined && accepts(token, settings.SECRET)),
    }),
});

const algorithmOf = (token: string): string => decodeProtectedHeader(token).alg ?? '';

const signatureOf = (token: string): string => token.slice(token.lastIndexOf('.') + 1);

/** The signature that a token should have; undefined for an algorithm that is none of HMAC. */
function rightSignature(token: string, secret: string): string | undefined {
  const [, size] = /^HS(256|384|512)$/.exec(algorithmOf(token)) ?? [];
  if (size === undefined) return undefined;
  return createHmac(`sha${size}`, secret)
    .update(token.slice(0, token.lastIndexOf('.')))
    .digest('base64url');
}

/** True for a signature that is the beginning of the right one. */
const signatureIsCutShort = (token: string, secret: string): boolean =>
  signatureOf(token) !== '' && rightSignature(token, secret)?.startsWith(signatureOf(token)) === true;

/**
 * Takes a string that is no token, sent by one method, for a static token of the first user. At the WebSocket every method is taken for
 * the query.
 */
const takingUnknownForFirstUser = (method: BearerMethod) =>
  alsoFinding(async (token, store) => {
    const exchange = servedRequest();
    const sentBy = exchange === undefined ? 'query' : sentToken(exchange)?.method;
    const isRefreshToken = (await store.session(token)) !== undefined;
    return sentBy === method && !isRefreshToken ? (await store.users())[0] : undefined;
  });

/** Defects that requirements of the section `validity` of the chapter `making-requests` notice. */
export const makingRequestsValidity = [
  {
    name: 'no-token-is-first-user',
    title: 'A request without a token is taken for one of the first user.',
    wrap: atRequest(sendTokenOfFirstUser),
  },
  {
    name: 'empty-token-is-users-without',
    title: 'A request with an empty token is taken for one of a user whose static token is empty.',
    wrap: atRequest(async (exchange) => {
      const { authorization = '', cookie = '' } = exchange.request.headers;
      const isEmpty = [
        authorization.toLowerCase().trim() === 'bearer',
        exchange.request.query['access_token'] === '',
        cookie.endsWith('='),
      ];
      const user = (await exchange.context.store.users()).find(({ token }) => token === '');
      if (user === undefined || !isEmpty.includes(true) || sentToken(exchange) !== undefined) return;
      setHeader(exchange.request, 'authorization', `Bearer ${await tokenFor(exchange, user)}`);
    }),
  },
  {
    name: 'rejections-show-a-user',
    title: 'A rejection with 401 shows the email address and the password hash of the first user.',
    wrap: (): Wrappers => ({
      response: async ({ context }, answer) => {
        const [user] = await context.store.users();
        if (answer.status === 401)
          answer.body = { ...(answer.body as object), user: { email: user?.email, password: user?.password } };
      },
    }),
  },
  {
    name: 'bad-header-token-is-first-user',
    title: "An unknown token in the header is accepted as one of the first user's.",
    wrap: takingUnknownForFirstUser('header'),
  },
  {
    name: 'bad-query-token-is-first-user',
    title: "An unknown token in the query is accepted as one of the first user's.",
    wrap: takingUnknownForFirstUser('query'),
  },
  {
    name: 'bad-cookie-is-first-user',
    title: "An unknown token in the session cookie is accepted as one of the first user's.",
    wrap: takingUnknownForFirstUser('cookie'),
  },
  {
    name: 'user-id-is-a-token',
    title: 'The id of a user is a token of the user.',
    wrap: atRequest(async (exchange) => {
      const user = await exchange.context.store.user(sentToken(exchange)?.token ?? '');
      if (user !== undefined) replaceToken(exchange, await tokenFor(exchange, user));
    }),
  },
  {
    name: 'signature-not-checked',
    title: 'The signature of a standard token is not looked at.',
    wrap: acceptingSignatures(() => true),
  },
  {
    name: 'alg-none-accepted',
    title: 'A standard token that says alg none needs no signature.',
    wrap: acceptingSignatures((token) => algorithmOf(token).toLowerCase() === 'none' && signatureOf(token) === ''),
  },
  {
    name: 'empty-signature-accepted',
    title: 'A standard token whose signature is cut off is accepted.',
    wrap: acceptingSignatures((token) => algorithmOf(token).startsWith('HS') && signatureOf(token) === ''),
  },
  {
    name: 'signature-prefix-accepted',
    title: 'The signature of a standard token is compared only as far as it goes.',
    wrap: acceptingSignatures(signatureIsCutShort),
  },
  {
    name: 'zero-signature-accepted',
    title: 'A signature of zero bytes is accepted for each standard token.',
    wrap: acceptingSignatures((token) => /^A+$/.test(signatureOf(token))),
  },
  {
    name: 'unsigned-query-token-accepted',
    title: 'A token in the query that says alg none needs no signature.',
    wrap: atRequest(async (exchange) => {
      const sent = sentToken(exchange);
      const claims = sent?.method === 'query' && /^[^.]+\.[^.]+\.$/.test(sent.token) ? claimsOf(sent.token) : undefined;
      if (claims !== undefined) replaceToken(exchange, await signed(exchange, claims));
    }),
  },
  {
    name: 'signature-compared-in-part',
    title: 'Of the signature of a standard token the last ten characters but one are not compared.',
    wrap: acceptingSignatures((token, secret) => {
      const [given, right] = [signatureOf(token), rightSignature(token, secret)];
      return (
        given.length === right?.length && given.slice(0, -11) === right.slice(0, -11) && given.at(-1) === right.at(-1)
      );
    }),
  },
  {
    name: 'signature-case-ignored',
    title: 'The signature of a standard token is compared without regard to case.',
    wrap: acceptingSignatures(
      (token, secret) => signatureOf(token).toLowerCase() === rightSignature(token, secret)?.toLowerCase(),
    ),
  },
  {
    name: 'long-signature-accepted',
    title: 'What follows the signature of a standard token is ignored.',
    wrap: acceptingSignatures((token, secret) => {
      const right = rightSignature(token, secret);
      return right !== undefined && signatureOf(token).startsWith(right);
    }),
  },
  {
    name: 'further-parts-ignored',
    title: 'What follows the third part of a token is ignored.',
    wrap: atRequest(async (exchange) => {
      const [header, payload, signature, ...more] = sentToken(exchange)?.token.split('.') ?? [];
      const token = `${header}.${payload}.${signature}`;
      if (more.length > 0 && (await isGood(exchange, token))) replaceToken(exchange, token);
    }),
  },
  {
    name: 'refresh-token-authenticates',
    title: 'A refresh token is accepted as access token.',
    wrap: alsoFinding(async (token, store) => {
      const session = await store.session(token);
      return session && store.user(session.user);
    }),
  },
  {
    name: 'bad-token-is-public',
    title: 'Where no token is needed, an invalid one is ignored.',
    wrap: atRequest(async (exchange) => {
      const sent = sentToken(exchange);
      const open = ['/server/info', '/auth/login'].includes(exchange.request.path);
      if (open && sent !== undefined && !(await isGood(exchange, sent.token))) replaceToken(exchange, undefined);
    }),
  },
  {
    name: 'logout-passes-over-bad-token',
    title: 'A logout ignores an invalid access token.',
    wrap: atRequest(async (exchange) => {
      const sent = sentToken(exchange);
      if (isTo(exchange, 'POST', '/auth/logout') && sent?.method === 'header' && !(await isGood(exchange, sent.token)))
        replaceToken(exchange, undefined);
    }),
  },
  {
    name: 'signature-ignored-once-accepted',
    title: 'For twenty seconds after a JWT was accepted, it is accepted with any signature.',
    wrap: (): Wrappers => {
      const accepted = new Map<string, number>();
      return {
        jwts: (jwts, { clock }) =>
          replacing(jwts, {
            signatureIsRight: async (token) => {
              const signed = token.slice(0, token.lastIndexOf('.'));
              if (await jwts.signatureIsRight(token)) {
                accepted.set(signed, clock.now());
                return true;
              }
              return clock.now() - (accepted.get(signed) ?? -Infinity) < 20_000;
            },
          }),
      };
    },
  },
] as const satisfies readonly Defect[];
