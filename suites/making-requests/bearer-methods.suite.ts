import type { Response } from '../harness/target/http/response.js';
import { type Shell, sh } from '../harness/evidence/shell.js';
import { inBase64 } from '../harness/evidence/shell-functions.js';
import { chapter, check } from '../harness/check.js';
import { expectAccepted, expectRejected, assumeSuccess } from '../harness/expectations.js';

chapter('Making Requests', () => {
  check(
    'requests.header.standard',
    'A standard token in the Authorization header is accepted',
    async ({ target, user }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      expectAccepted(await target.whoAmI({ header: access }), account, 'a standard token in the header');
    },
  );

  check(
    'requests.header.static',
    'A static token in the Authorization header is accepted',
    async ({ target, withStaticToken }) => {
      const { account, token } = await withStaticToken();
      expectAccepted(await target.whoAmI({ header: token }), account, 'a static token in the header');
    },
  );

  check(
    'requests.cookie',
    'The session cookie is accepted as the only credential of a request',
    async ({ target, user }) => {
      const account = await user();
      const session = await target.loggedInBySession(account);
      expectAccepted(await target.whoAmI({ cookie: session }), account, 'the session cookie alone');
    },
  );

  check('requests.cookie', 'The session cookie is accepted among other cookies', async ({ target, user }) => {
    const account = await user();
    const session = await target.loggedInBySession(account);
    const { refreshCookie, sessionCookie } = target.description;
    for (const cookies of [
      `theme=dark; ${sessionCookie}=${session.value}`,
      `${sessionCookie}=${session.value}; lang=en; a=b`,
      `${refreshCookie}=unknown; ${sessionCookie}=${session.value}`,
    ]) {
      const response = await target.send({ path: '/users/me', headers: { Cookie: cookies } });
      expectAccepted(response, account, 'the session cookie among others');
    }
  });

  check('requests.query.standard', 'A standard token in the query is accepted', async ({ target, user }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    expectAccepted(await target.whoAmI({ query: access }), account, 'a standard token as query parameter');
    const among = await target.send(target.withTokens({ path: '/users/me?fields=id' }, { query: access }));
    expectAccepted(among, account, 'a standard token as query parameter beside another');
  });

  check('requests.query.static', 'A static token in the query is accepted', async ({ target, withStaticToken }) => {
    const { account, token } = await withStaticToken();
    expectAccepted(await target.whoAmI({ query: token }), account, 'a static token as query parameter');
  });

  check(
    'requests.header.scheme-case',
    'The schemes bearer, BEARER and bEaReR are accepted',
    async ({ target, user }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR']) {
        const response = await target.send({
          path: '/users/me',
          headers: { Authorization: `${scheme} ${access.value}` },
        });
        if (scheme === 'Bearer') assumeSuccess(response);
        expectAccepted(response, account, `a standard token after the scheme ${scheme}`);
      }
    },
  );

  check(
    'requests.header.scheme-case',
    'Any case of Bearer is accepted before a static token, and the scheme Basic is not',
    async ({ target, withStaticToken }) => {
      const { account, token } = await withStaticToken();
      const send = async (authorization: string): Promise<Response> =>
        target.send({ path: '/users/me', headers: { Authorization: authorization } });
      for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
        const response = await send(`${scheme} ${token.value}`);
        if (scheme === 'Bearer') assumeSuccess(response);
        expectAccepted(response, account, `a static token after the scheme ${scheme}`);
      }
      for (const credentials of [`token:${token.value}`, `${token.value}:`, `:${token.value}`]) {
        const response = await send(`Basic ${Buffer.from(credentials).toString('base64')}`);
        expectRejected(response, 'a static token by the scheme Basic', account);
      }
    },
    { needs: 'static-token' },
  );

  check(
    'requests.header.form',
    'Other schemes, quoted tokens and more than one token in the Authorization header are rejected',
    async ({ target, user, evidence }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      const control = await target.whoAmI({ header: access });
      assumeSuccess(control);
      const { value } = access;
      const nameOf = (text: string): Shell => evidence.names.shellOf(text);
      const basic = Buffer.from(`${account.email}:${account.password}`).toString('base64');
      evidence.names.add(basic, 'BASIC', {
        kind: 'derived',
        shell: inBase64(sh`${nameOf(account.email)}:${nameOf(account.password)}`),
      });
      const tokenAsPassword = Buffer.from(`token:${value}`).toString('base64');
      evidence.names.add(tokenAsPassword, 'BASIC', {
        kind: 'derived',
        shell: inBase64(sh`token:${nameOf(value)}`),
      });
      const headers: [string, string | string[]][] = [
        ['an invalid token in a first header, before a valid one in a second,', ['Bearer garbage', `Bearer ${value}`]],
        ['another scheme in a first header, before a token in a second,', ['Basic eDp5', `Bearer ${value}`]],
        ['a token without a scheme', value],
        ['the scheme Token', `Token ${value}`],
        ['the scheme JWT', `JWT ${value}`],
        ['the scheme Basic before a token', `Basic ${value}`],
        ['a token as password of the scheme Basic', `Basic ${tokenAsPassword}`],
        ['email and password by the scheme Basic', `Basic ${basic}`],
        ['a colon behind Bearer', `Bearer: ${value}`],
        ['an equals sign behind Bearer', `Bearer=${value}`],
        ['nothing behind Bearer', 'Bearer'],
        ['a token in quotes', `Bearer "${value}"`],
        ['a tab behind Bearer', `Bearer\t${value}`],
        ['a comma behind the token', `Bearer ${value},`],
        ['another part behind the token', `Bearer ${value} x`],
        ['another part before the token', `Bearer x ${value}`],
        ['another scheme before Bearer', `Basic x, Bearer ${value}`],
        ['12,000 characters', `Bearer ${'a'.repeat(12_000)}`],
        ['letters of other scripts', 'Bearer \u00e9\u00fc'],
      ];
      for (const [what, header] of headers) {
        expectRejected(
          await target.send({ path: '/users/me', headers: { Authorization: header } }),
          `${what} in the header`,
          account,
        );
      }
    },
  );

  check(
    'requests.header.one-space',
    'Two and three spaces between Bearer and the token are rejected',
    async ({ target, user }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      const control = await target.whoAmI({ header: access });
      assumeSuccess(control);
      for (const spaces of ['  ', '   ']) {
        const headers = { Authorization: `Bearer${spaces}${access.value}` };
        expectRejected(
          await target.send({ path: '/users/me', headers }),
          `${spaces.length} spaces between Bearer and the token`,
          account,
        );
      }
    },
  );

  check(
    'requests.query.form',
    'A token in a repeated, nested or differently named query parameter is rejected',
    async ({ target, user }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      const control = await target.whoAmI({ query: access });
      assumeSuccess(control);
      const { value } = access;
      const queries: [string, string][] = [
        ['the parameter twice', `access_token=${value}&access_token=${value}`],
        ['the parameter twice, once bad', `access_token=${value}&access_token=bad`],
        ['an array', `access_token[]=${value}`],
        ['an array with a number', `access_token[0]=${value}`],
        ['an object', `access_token[token]=${value}`],
        ['nothing', 'access_token='],
        ['Bearer before the token', `access_token=Bearer%20${value}`],
        ['a space before the token', `access_token=%20${value}`],
        ['the parameter token', `token=${value}`],
        ['the parameter accessToken', `accessToken=${value}`],
        ['the parameter ACCESS_TOKEN', `ACCESS_TOKEN=${value}`],
        ...[
          'Access_Token',
          'access-token',
          'accesstoken',
          'auth',
          'auth_token',
          'api_key',
          'key',
          'jwt',
          'bearer',
          'session',
          'authorization',
        ].map((name): [string, string] => [`the parameter ${name}`, `${name}=${value}`]),
        ['the parameter authorization with Bearer', `authorization=Bearer%20${value}`],
        ['a semicolon between parameters', `x=1;access_token=${value}`],
        ['the parameter in another one', `x=${encodeURIComponent(`&access_token=${value}`)}`],
      ];
      for (const [what, query] of queries) {
        expectRejected(await target.send({ path: `/users/me?${query}` }), `${what} in the query`, account);
      }
    },
  );

  check('requests.cookie.name', 'A token in a cookie of another name is rejected', async ({ target, user }) => {
    const account = await user();
    const [{ access, refresh }, session] = await Promise.all([
      target.loggedIn(account),
      target.loggedInBySession(account),
    ]);
    const { sessionCookie, refreshCookie } = target.description;
    const cookies = [
      `access_token=${access.value}`,
      `token=${access.value}`,
      `session=${session.value}`,
      `${refreshCookie}=${access.value}`,
      `${refreshCookie}=${session.value}`,
      `${refreshCookie}=${refresh.value}`,
      `${sessionCookie.toUpperCase()}=${session.value}`,
      ...[
        `x${sessionCookie}`,
        `x-${sessionCookie}`,
        `${sessionCookie}2`,
        `${sessionCookie}.1`,
        `${sessionCookie}_old`,
        `${sessionCookie}[]`,
        // Names that some programs decode (CVE-2020-7070), or whose other characters they make underscores (CVE-2022-31629).
        sessionCookie.replace('_', '%5F'),
        `%${sessionCookie.charCodeAt(0).toString(16)}${sessionCookie.slice(1)}`,
        sessionCookie.replace('_', '['),
        sessionCookie.replaceAll('_', '.'),
        `__Host-${sessionCookie}`,
        `__Secure-${sessionCookie}`,
        `${sessionCookie.slice(0, 1).toUpperCase()}${sessionCookie.slice(1)}`,
        'Authorization',
        'auth',
        'jwt',
        'sid',
        'connect.sid',
      ].flatMap((name) => (name === sessionCookie ? [] : [`${name}=${session.value}`])),
    ];
    for (const cookie of cookies) {
      const response = await target.send({ path: '/users/me', headers: { Cookie: cookie } });
      expectRejected(response, `a token in a cookie ${cookie.slice(0, cookie.indexOf('='))}`, account);
    }
  });
});
