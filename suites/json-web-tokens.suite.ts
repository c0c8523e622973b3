import { keysOfOurOwn, wellKnownKeys } from '../spec/values/well-known-keys.js';
import { CompactSign, exportJWK, generateKeyPair, type JWTPayload } from 'jose';
import {
  mintFromIssuer,
  mintLike,
  mintWithTwo,
  nameForged,
  nameForgedByKeyPair,
  nameUnsigned,
} from './harness/generators/tampered-tokens.js';
import { chapter, check, type CheckContext } from './harness/check.js';
import { expectAccepted, expectRejected, assumeSuccess, expectError } from './harness/expectations.js';
import { inBatches } from './harness/in-batches.js';
import { claimsOf, encodePart, hs256, Moment, type Claims } from './harness/target/tokens/jwt.js';
import { assert, assume, NotApplicable } from './harness/outcomes.js';
import type { AccessToken } from './harness/target/tokens/tokens.js';
import { methodInWords } from './harness/target/tokens/bearer-methods.js';
import { usesOf } from './lifecycle/uses.js';
import { whereUsersAreHidden } from './harness/users/hidden-users.js';

interface Real {
  readonly access: AccessToken;
  readonly claims: JWTPayload;
}

/** A real access token and its claims. */
async function realToken({ target, user }: CheckContext): Promise<Real> {
  const { access } = await target.loggedIn(await user());
  const claims = claimsOf(access.value);
  if (claims === undefined) throw new NotApplicable('the access token is no JWT');
  return { access, claims };
}

/** Times of a token that was issued just now, and lives for a quarter of an hour. */
const justIssued = { iat: Moment.afterIssue(0), exp: Moment.afterIssue(900) };
/** Times of a token that expired a second ago. */
const justExpired = { iat: Moment.afterIssue(-900), exp: Moment.afterIssue(-1) };

/** Mints a token that is valid but for some claims, after one that is valid altogether was accepted. */
async function mintedWith(context: CheckContext, change: Claims): Promise<string> {
  const { target, evidence, plan } = context;
  const { access } = await realToken(context);
  const secret = plan.secret ?? '';
  const good = mintLike(evidence, access.value, justIssued, secret);
  const control = await target.whoAmI({ header: good });
  assume(
    control.succeeded,
    `a token minted with --secret is not accepted (${control.status}): is the secret the right one?`,
  );
  return mintLike(evidence, access.value, { ...justIssued, ...change }, secret);
}

chapter('JSON Web Tokens', () => {
  check('jwt.foreign-key', 'A JWT signed with an empty or a well-known secret is rejected', async (context) => {
    const { target, user, evidence, plan } = context;
    const account = await user();
    const { access, claims } = await realToken(context);
    const control = await target.whoAmI({ header: access });
    assumeSuccess(control);
    for (const key of ['', ...wellKnownKeys]) {
      const forged = hs256(claims, key);
      nameForged(evidence, forged, access.value, key, plan.secret);
      // The report does not tell the secret, be it a well-known one.
      const named = key === '' ? 'an empty key' : key === plan.secret ? 'a well-known key' : `the key "${key}"`;
      for (const sent of [{ header: forged }, { query: forged }, { cookie: forged }])
        expectRejected(await target.whoAmI(sent), `a token signed with ${named}`, account);
    }
  });

  check('jwt.foreign-key', 'A JWT whose header points to another key is rejected', async (context) => {
    const { target, user, evidence, plan } = context;
    const account = await user();
    const { access, claims } = await realToken(context);
    const headers = [
      { kid: '/dev/null' },
      { kid: '../../../../../../dev/null' },
      { kid: "' UNION SELECT '' --" },
      { kid: '' },
      { jku: 'https://attacker.example/jwks.json' },
      { x5u: 'https://attacker.example/key.pem' },
      { crit: ['b64'], b64: true },
    ];
    const own = (key: string): object => ({ jwk: { kty: 'oct', k: Buffer.from(key).toString('base64url') } });
    for (const header of [...headers, own('secret'), ...keysOfOurOwn.map(own)]) {
      for (const key of ['', 'secret', ...keysOfOurOwn]) {
        const forged = hs256(claims, key, header);
        nameForged(evidence, forged, access.value, key, plan.secret);
        expectRejected(
          await target.whoAmI({ header: forged }),
          `a token signed with ${key === plan.secret ? 'a well-known key' : `"${key}"`} whose header says ${JSON.stringify(header)}`,
          account,
        );
      }
    }
  });

  check(
    'jwt.foreign-key',
    'A JWT signed with a key pair of the sender, its public half in the header, is rejected',
    async (context) => {
      const { target, user, evidence } = context;
      const account = await user();
      const { access, claims } = await realToken(context);
      // Whatever the claims are: a target's own may be numbers that are none.
      const payload = Buffer.from(JSON.stringify(claims));
      for (const alg of ['RS256', 'ES256', 'EdDSA']) {
        const { publicKey, privateKey } = await generateKeyPair(alg);
        const jwk = await exportJWK(publicKey);
        for (const header of [{ alg }, { alg, jwk }, { alg, jwk, kid: 'key' }]) {
          const forged = await new CompactSign(payload).setProtectedHeader({ typ: 'JWT', ...header }).sign(privateKey);
          nameForgedByKeyPair(evidence, forged, access.value, header);
          expectRejected(
            await target.whoAmI({ header: forged }),
            `a token signed with a foreign key by ${alg}${'jwk' in header ? ', the key in its header' : ''}`,
            account,
          );
          expectRejected(
            await target.whoAmI({ cookie: forged }),
            `a session cookie signed with a foreign key by ${alg}`,
            account,
          );
        }
        // The public key taken for a secret: RFC 8725 section 2.1.
        const confused = hs256(claims, JSON.stringify(jwk), { jwk });
        nameForged(evidence, confused, access.value, JSON.stringify(jwk));
        expectRejected(
          await target.whoAmI({ header: confused }),
          `a token signed with HS256 and a public key as secret`,
          account,
        );
      }
      const unsigned = `${encodePart({ alg: 'none' })}.${encodePart(claims)}.`;
      nameUnsigned(evidence, unsigned, access.value);
      expectRejected(await target.whoAmI({ header: unsigned }), 'a token that is not signed', account);
    },
  );

  check('jwt.issuer', 'A JWT with another issuer, none, or a look-alike is rejected', async (context) => {
    const { target, user } = context;
    const account = await user();
    for (const iss of ['somebody-else', '', 'Directus', 'directus ', undefined]) {
      const token = await mintedWith(context, { iss });
      expectRejected(
        await target.whoAmI({ header: token }),
        `a token with ${iss === undefined ? 'no issuer' : `the issuer "${iss}"`}`,
        account,
      );
    }
  });

  check('jwt.expires-at-once', 'A standard token is rejected a second after it expired', async (context) => {
    const { target, user, evidence, plan } = context;
    const account = await user();
    const { access } = await realToken(context);
    const token = mintLike(evidence, access.value, justExpired, plan.secret ?? '');
    for (const method of target.bearerMethods) {
      const response = await target.whoAmI({ [method]: token });
      expectRejected(response, 'a token that expired a second ago', account);
      expectError(response, 401, 'TOKEN_EXPIRED', 'an expired token to return 401 TOKEN_EXPIRED');
    }
  });

  check(
    'jwt.expires-at-once',
    'An expired token is rejected also on public routes and for updates',
    async (context) => {
      const { target, evidence, plan } = context;
      const { access } = await realToken(context);
      const token = mintLike(evidence, access.value, justExpired, plan.secret ?? '');
      for (const parts of [
        { path: '/server/info' },
        { path: '/auth/refresh', body: { refresh_token: 'unknown' } },
        { path: '/auth/logout', body: { refresh_token: 'unknown' } },
        { method: 'PATCH', path: '/users/me', body: {} },
        { method: 'DELETE', path: '/users/00000000-0000-4000-8000-000000000000' },
      ]) {
        const response = await target.send(target.withTokens(parts, { header: token }));
        expectError(response, 401, 'TOKEN_EXPIRED', `an expired token to return 401 TOKEN_EXPIRED on ${parts.path}`);
      }
    },
  );

  check(
    'jwt.expires-at-once',
    'An expired token is rejected at every endpoint, by each bearer method',
    async (context) => {
      const { target, user, evidence, plan } = context;
      const account = await user();
      const { access } = await realToken(context);
      const tokens = [access, ...(await target.sessionsOf(account))].filter(({ value }) => claimsOf(value)?.iat);
      const requests = usesOf('access', plan.capabilities).flatMap(({ request }) => request?.parts ?? []);
      const distinct = new Map(requests.map((parts) => [`${parts.method} ${parts.path}`, parts]));
      for (const { type, value } of tokens) {
        const expired = mintLike(evidence, value, justExpired, plan.secret ?? '');
        for (const method of target.bearerMethods.filter((one) => type === 'session' || one !== 'cookie'))
          await inBatches([...distinct.values()], async (parts) => {
            const response = await target.send(target.withTokens(parts, { [method]: expired }));
            if (response.isNotOffered) return;
            const expected = `an expired ${type} token ${methodInWords[method]} to return 401 TOKEN_EXPIRED`;
            // The response to HEAD has no body that could tell why.
            if (parts.method === 'HEAD') assert(response.status === 401, expected, response.summary);
            else expectError(response, 401, 'TOKEN_EXPIRED', expected);
          });
      }
    },
  );

  check(
    'jwt.expires-at-once',
    'A session token is rejected a second after it expired',
    async ({ target, user, evidence, plan }) => {
      const account = await user();
      const session = await target.loggedInBySession(account);
      if (claimsOf(session.value)?.iat === undefined)
        throw new NotApplicable('the session token does not say when it was issued');
      const token = mintLike(evidence, session.value, justExpired, plan.secret ?? '');
      for (const sent of [{ header: token }, { query: token }, { cookie: token }]) {
        expectRejected(await target.whoAmI(sent), 'a session token that expired a second ago', account);
      }
      expectRejected(
        await target.refreshByCookie('session', token, account),
        'the refresh of a session token that expired a second ago',
        account,
      );
    },
  );

  check(
    'jwt.purpose',
    'An invitation token and a password-reset token are rejected as access tokens',
    async (context) => {
      const { target, user, evidence, plan } = context;
      const account = await user();
      const { access } = await realToken(context);
      for (const scope of ['invite', 'password-reset', 'pending-registration']) {
        const other = { email: account.email, scope, hash: 'x', ...justIssued };
        const token = mintFromIssuer(evidence, access.value, other, plan.secret ?? '');
        for (const sent of [{ header: token }, { query: token }, { cookie: token }]) {
          expectRejected(await target.whoAmI(sent), `a token of the scope ${scope}`, account);
        }
      }
    },
  );

  check('jwt.session-known', 'A session token whose session does not exist is rejected', async (context) => {
    const { target, user } = context;
    const account = await user();
    const token = await mintedWith(context, { session: 'unknown'.repeat(9).padEnd(64, 'x') });
    for (const sent of [{ header: token }, { cookie: token }]) {
      expectRejected(await target.whoAmI(sent), 'a token of a session that there is not', account);
    }
    expectRejected(
      await target.refreshByCookie('session', token, account),
      'the refresh of a session that there is not',
      account,
    );
  });

  check(
    'jwt.duplicate-claims',
    'A JWT that names another user in a duplicate claim does not identify that user',
    async (context) => {
      const { target, newUser, evidence, plan } = context;
      const [account, other] = [await newUser(), await newUser()];
      const { access } = await target.loggedIn(account);
      if (claimsOf(access.value) === undefined) throw new NotApplicable('the access token is no JWT');
      const twice = { claim: 'id', first: other.id ?? '', change: { exp: justIssued.exp } };
      const token = mintWithTwo(evidence, access.value, twice, plan.secret ?? '');
      const response = await target.whoAmI({ header: token });
      assert(
        response.rejected || response.id() === account.id,
        'a token whose claim id appears twice to be rejected, or to name the user of the last one',
        `${response.summary} with the user of the first one`,
      );
    },
  );

  check(
    'jwt.role-decides',
    'The claim admin_access gives a user without permissions none',
    whereUsersAreHidden(async ({ target, newUser, evidence, plan }) => {
      const [account, other] = [await newUser(), await newUser()];
      const { access } = await target.loggedIn(account);
      const change = { ...justIssued, admin_access: true, app_access: true };
      const token = { ...access, value: mintLike(evidence, access.value, change, plan.secret ?? '') };
      expectAccepted(await target.whoAmI({ header: token }), account, 'a token that says admin_access');
      const response = await target.send(target.withTokens({ path: `/users/${other.id ?? ''}` }, { header: token }));
      expectRejected(
        response,
        'the record of another user, asked for with a token that merely says admin_access,',
        other,
      );
    }),
  );
});
