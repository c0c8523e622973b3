import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import {
  mintFromIssuer,
  mintLike,
  mintWithTwo,
  nameForged,
  nameForgedByKeyPair,
  nameUnsigned,
} from './harness/generators/tampered-tokens.js';
import { chapter, check, type Tools } from './harness/check.js';
import { errorCode, inWords, mustAccept, mustRefuse } from './harness/expectations.js';
import { claimsOf, hs256, Moment, type Claims } from './harness/target/jwt.js';
import { demand, NotApplicable, require } from './harness/outcomes.js';
import type { AccessToken } from './harness/target/tokens.js';

/** Keys that servers are often run with because nobody has changed them. */
const weakKeys = [
  'secret',
  'directus',
  'changeme',
  'password',
  'your-256-bit-secret',
  '255d861b-5ea1-5996-9aa3-922530ec40b1',
];

interface Real {
  readonly access: AccessToken;
  readonly claims: JWTPayload;
}

/** A real access token and its claims. */
async function realToken({ target, user }: Tools): Promise<Real> {
  const { access } = await target.loggedIn(await user());
  const claims = claimsOf(access.value);
  if (claims === undefined) throw new NotApplicable('the access token is no JWT');
  return { access, claims };
}

/** Times of a token that was issued just now, and lives for a quarter of an hour. */
const justIssued = { iat: Moment.afterIssue(0), exp: Moment.afterIssue(900) };
/** Times of a token that expired a second ago. */
const justExpired = { iat: Moment.afterIssue(-900), exp: Moment.afterIssue(-1) };

/** Mints a token that is good but for some claims, after one that is good altogether was accepted. */
async function mintedWith(tools: Tools, change: Claims): Promise<string> {
  const { target, evidence, plan } = tools;
  const { access } = await realToken(tools);
  const secret = plan.secret ?? '';
  const good = mintLike(evidence, access.value, justIssued, secret);
  const control = await target.whoAmI({ header: good });
  require(control.succeeded, `a token minted with --secret is not accepted (${control.status}): is the secret the right one?`);
  return mintLike(evidence, access.value, { ...justIssued, ...change }, secret);
}

chapter('JSON Web Tokens', () => {
  check('jwt.foreign-key', 'secrets that are empty or well known', async (tools) => {
    const { target, user, evidence } = tools;
    const account = await user();
    const { access, claims } = await realToken(tools);
    const control = await target.whoAmI({ header: access });
    require(control.succeeded, inWords(control));
    for (const key of ['', ...weakKeys]) {
      const forged = hs256(claims, key);
      nameForged(evidence, forged, access.value, key);
      for (const sent of [{ header: forged }, { query: forged }, { cookie: forged }])
        mustRefuse(
          await target.whoAmI(sent),
          `a token signed with ${key === '' ? 'an empty key' : `the key "${key}"`}`,
          account,
        );
    }
  });

  check('jwt.foreign-key', 'headers that point to another key', async (tools) => {
    const { target, user, evidence } = tools;
    const account = await user();
    const { access, claims } = await realToken(tools);
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
    for (const header of [...headers, own('secret'), own('a key of our own')]) {
      for (const key of ['', 'secret', 'a key of our own']) {
        const forged = hs256(claims, key, header);
        nameForged(evidence, forged, access.value, key);
        mustRefuse(
          await target.whoAmI({ header: forged }),
          `a token signed with "${key}" whose header says ${JSON.stringify(header)}`,
          account,
        );
      }
    }
  });

  check('jwt.foreign-key', 'key pairs of our own, their public half in the header', async (tools) => {
    const { target, user, evidence } = tools;
    const account = await user();
    const { access, claims } = await realToken(tools);
    for (const alg of ['RS256', 'ES256', 'EdDSA']) {
      const { publicKey, privateKey } = await generateKeyPair(alg);
      const jwk = await exportJWK(publicKey);
      for (const header of [{ alg }, { alg, jwk }, { alg, jwk, kid: 'key' }]) {
        const forged = await new SignJWT(claims).setProtectedHeader({ typ: 'JWT', ...header }).sign(privateKey);
        nameForgedByKeyPair(evidence, forged, access.value, header);
        mustRefuse(
          await target.whoAmI({ header: forged }),
          `a token signed with a foreign key by ${alg}${'jwk' in header ? ', the key in its header' : ''}`,
          account,
        );
        mustRefuse(
          await target.whoAmI({ cookie: forged }),
          `a session cookie signed with a foreign key by ${alg}`,
          account,
        );
      }
      // The public key taken for a secret: RFC 8725 section 2.1.
      const confused = hs256(claims, JSON.stringify(jwk), { jwk });
      nameForged(evidence, confused, access.value, JSON.stringify(jwk));
      mustRefuse(
        await target.whoAmI({ header: confused }),
        `a token signed with HS256 and a public key as secret`,
        account,
      );
    }
    const unsigned = new UnsecuredJWT(claims).encode();
    nameUnsigned(evidence, unsigned, access.value);
    mustRefuse(await target.whoAmI({ header: unsigned }), 'a token that is not signed', account);
  });

  check('jwt.issuer', 'another, none, and one much like it', async (tools) => {
    const { target, user } = tools;
    const account = await user();
    for (const iss of ['somebody-else', '', 'Directus', 'directus ', undefined]) {
      const token = await mintedWith(tools, { iss });
      mustRefuse(
        await target.whoAmI({ header: token }),
        `a token with ${iss === undefined ? 'no issuer' : `the issuer "${iss}"`}`,
        account,
      );
    }
  });

  check('jwt.not-before', 'an hour before it', async (tools) => {
    const { target, user } = tools;
    const account = await user();
    const token = await mintedWith(tools, { nbf: Moment.fromNow(3600), exp: Moment.fromNow(4500) });
    mustRefuse(await target.whoAmI({ header: token }), 'a token that is not to be used for another hour', account);
  });

  check('jwt.expires-at-once', 'a standard token', async (tools) => {
    const { target, user, evidence, plan } = tools;
    const account = await user();
    const { access } = await realToken(tools);
    const token = mintLike(evidence, access.value, justExpired, plan.secret ?? '');
    for (const sent of [{ header: token }, { query: token }, { cookie: token }]) {
      const answer = await target.whoAmI(sent);
      mustRefuse(answer, 'a token that expired a second ago', account);
      demand(
        answer.status === 401 && errorCode(answer) === 'TOKEN_EXPIRED',
        'an expired token to be answered with 401 TOKEN_EXPIRED',
        inWords(answer),
      );
    }
  });

  check('jwt.expires-at-once', 'also where no token is needed, and for changes', async (tools) => {
    const { target, evidence, plan } = tools;
    const { access } = await realToken(tools);
    const token = mintLike(evidence, access.value, justExpired, plan.secret ?? '');
    for (const parts of [
      { path: '/server/info' },
      { path: '/auth/refresh', body: { refresh_token: 'made-up' } },
      { path: '/auth/logout', body: { refresh_token: 'made-up' } },
      { method: 'PATCH', path: '/users/me', body: {} },
      { method: 'DELETE', path: '/users/00000000-0000-4000-8000-000000000000' },
    ]) {
      const answer = await target.send(target.withTokens(parts, { header: token }));
      demand(
        answer.status === 401 && errorCode(answer) === 'TOKEN_EXPIRED',
        `an expired token to be answered with 401 TOKEN_EXPIRED on ${parts.path}`,
        inWords(answer),
      );
    }
  });

  check('jwt.expires-at-once', 'a session token', async ({ target, user, evidence, plan }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    if (claimsOf(session.value)?.iat === undefined)
      throw new NotApplicable('the session token does not say when it was issued');
    const token = mintLike(evidence, session.value, justExpired, plan.secret ?? '');
    for (const sent of [{ header: token }, { query: token }, { cookie: token }]) {
      mustRefuse(await target.whoAmI(sent), 'a session token that expired a second ago', account);
    }
    mustRefuse(
      await target.refreshByCookie('session', token, account),
      'the refresh of a session token that expired a second ago',
      account,
    );
  });

  check('jwt.claims-required', 'each of the four', async (tools) => {
    const { target, user } = tools;
    const account = await user();
    for (const claim of ['id', 'role', 'app_access', 'admin_access']) {
      const token = await mintedWith(tools, { [claim]: undefined });
      mustRefuse(await target.whoAmI({ header: token }), `a token without the claim ${claim}`, account);
    }
  });

  check('jwt.expiry-type', 'a string', async (tools) => {
    const { target, user } = tools;
    const account = await user();
    for (const exp of [justIssued.exp.inText(), 'never', true, null, {}]) {
      const token = await mintedWith(tools, { exp });
      const shown = JSON.stringify(exp instanceof Moment ? claimsOf(token)?.exp : exp);
      mustRefuse(await target.whoAmI({ header: token }), `a token whose exp is ${shown}`, account);
    }
  });

  check('jwt.purpose', 'an invitation and a password reset', async (tools) => {
    const { target, user, evidence, plan } = tools;
    const account = await user();
    const { access } = await realToken(tools);
    for (const scope of ['invite', 'password-reset', 'pending-registration']) {
      const other = { email: account.email, scope, hash: 'x', ...justIssued };
      const token = mintFromIssuer(evidence, access.value, other, plan.secret ?? '');
      for (const sent of [{ header: token }, { query: token }, { cookie: token }]) {
        mustRefuse(await target.whoAmI(sent), `a token of the scope ${scope}`, account);
      }
    }
  });

  check('jwt.session-known', 'a made-up session', async (tools) => {
    const { target, user } = tools;
    const account = await user();
    const token = await mintedWith(tools, { session: 'made-up'.repeat(9).padEnd(64, 'x') });
    for (const sent of [{ header: token }, { cookie: token }]) {
      mustRefuse(await target.whoAmI(sent), 'a token of a session that there is not', account);
    }
    mustRefuse(
      await target.refreshByCookie('session', token, account),
      'the refresh of a session that there is not',
      account,
    );
  });

  check('jwt.duplicate-claims', 'the id of another user before the own one', async (tools) => {
    const { target, newUser, evidence, plan } = tools;
    const [account, other] = [await newUser(), await newUser()];
    const { access } = await target.loggedIn(account);
    if (claimsOf(access.value) === undefined) throw new NotApplicable('the access token is no JWT');
    const twice = { claim: 'id', first: other.id ?? '', change: { exp: justIssued.exp } };
    const token = mintWithTwo(evidence, access.value, twice, plan.secret ?? '');
    const answer = await target.whoAmI({ header: token });
    if (answer.status >= 400 && answer.status < 500) return;
    demand(
      answer.text('id') === account.id,
      'a token whose claim id stands twice to be refused, or to name the user of the last one',
      `${inWords(answer)} with the user of the first one`,
    );
  });

  check(
    'jwt.role-decides',
    'a user without rights whose token says otherwise',
    async ({ target, newUser, evidence, plan }) => {
      const [account, other] = [await newUser(), await newUser()];
      const { access } = await target.loggedIn(account);
      const change = { ...justIssued, admin_access: true, app_access: true };
      const token = { ...access, value: mintLike(evidence, access.value, change, plan.secret ?? '') };
      mustAccept(target, await target.whoAmI({ header: token }), account, token, 'a token that says admin_access');
      const answer = await target.send(target.withTokens({ path: `/users/${other.id ?? ''}` }, { header: token }));
      mustRefuse(answer, 'the record of another user, asked for with a token that merely says admin_access,', other);
    },
  );
});
