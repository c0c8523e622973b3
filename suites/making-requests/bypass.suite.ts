import type { Response } from '../harness/target/response.js';
import { chapter, check } from '../harness/check.js';
import { expectRejected, assumeSuccess } from '../harness/expectations.js';
import { assert } from '../harness/outcomes.js';
import { percentDecoded, percentEncoded } from '../harness/target/percent-encoding.js';
import type { Account } from '../harness/users/account.js';
import type { RequestParts } from '../harness/target/target.js';

/** Expects that a response show nothing of a user, whatever its status. */
function mustNotShow(response: Response, { id, email }: Account, what: string): void {
  const shows = [id, email].find((value) => value !== undefined && response.body.includes(value));
  // A response that repeats what it was asked about, such as an error with its path, shows nothing.
  const asked = shows !== undefined && percentDecoded(response.request.url).includes(shows) && response.status >= 400;
  assert(
    shows === undefined || asked,
    `${what} not to show the record of a user`,
    `${response.summary} with a user in it`,
  );
  const { data } = (response.json ?? {}) as { data?: unknown };
  const records = (Array.isArray(data) ? data : [data]) as ({ id?: unknown } | null | undefined)[];
  const anybody = response.succeeded && records.some((record) => typeof record?.id === 'string');
  assert(!anybody, `${what} not to show the record of anybody`, `${response.summary} with a record`);
}

chapter('Making Requests', () => {
  check(
    'requests.nothing-else',
    'Headers by which gateways name a user do not authenticate a request',
    async ({ target, user, plan }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      const names = [
        'X-Forwarded-User',
        'X-Forwarded-Email',
        'X-Remote-User',
        'Remote-User',
        'X-User',
        'X-User-Id',
        'X-Auth-User',
        'X-Directus-User',
        'X-WEBAUTH-USER',
      ];
      for (const name of names) {
        const { id, credentials } = plan.administrator ?? {};
        for (const value of [account.id, account.email, id, credentials?.email].filter((one) => one !== undefined)) {
          expectRejected(
            await target.send({ path: '/users/me', headers: { [name]: value } }),
            `the header ${name} without a token`,
            account,
          );
        }
      }
      for (const name of [
        'X-Access-Token',
        'X-Auth-Token',
        'X-Authorization',
        'X-Api-Key',
        'Token',
        'Proxy-Authorization',
      ]) {
        for (const value of [access.value, `Bearer ${access.value}`]) {
          expectRejected(
            await target.send({ path: '/users/me', headers: { [name]: value } }),
            `a token in the header ${name}`,
            account,
          );
        }
      }
      for (const name of ['X-Original-URL', 'X-Rewrite-URL', 'X-HTTP-Method-Override']) {
        const response = await target.send({ path: '/server/ping', headers: { [name]: '/users/me' } });
        mustNotShow(response, account, `the header ${name} without a token`);
      }
      for (const headers of [
        { 'X-Forwarded-For': '127.0.0.1' },
        { 'X-Real-IP': '127.0.0.1' },
        { Forwarded: 'for=127.0.0.1' },
      ]) {
        expectRejected(
          await target.send({ path: '/users/me', headers }),
          'a request without a token that says it comes from the machine itself',
          account,
        );
      }
    },
  );

  check(
    'requests.nothing-else',
    'Other spellings of a protected path and other methods do not bypass authentication',
    async ({ target, user }) => {
      const account = await user();
      const { id = '' } = account;
      const spellings = [
        '/users/me/',
        '/users//me',
        '//users/me',
        '/Users/Me',
        '/USERS/ME',
        '/users/me%20',
        '/users/me%00',
        '/users%2fme',
        '/users/me;a=b',
        '/users/me.json',
        '/users/me/.',
        '/server/..%2fusers/me',
        '/users/me?fields=*',
        '/users/me/?fields=*',
      ];
      for (const path of [
        ...spellings,
        ...(id === '' ? [] : [`/users/${id}`, `/users/${id}/`, `/users/${id}?fields=*`]),
        '/users',
        '/users?fields=*&limit=-1',
        '/users/',
      ]) {
        mustNotShow(
          await target.send({ path }),
          account,
          `GET ${id === '' ? path : path.replace(id, '<id>')} without a token`,
        );
      }
      const changes: RequestParts[] = [
        { method: 'PATCH', path: '/users/me', body: { first_name: 'Changed' } },
        { method: 'PATCH', path: '/users/me/', body: { first_name: 'Changed' } },
        { method: 'PUT', path: '/users/me', body: { first_name: 'Changed' } },
        { method: 'DELETE', path: '/users/me' },
        { method: 'SEARCH', path: '/users', body: { query: { limit: 1 } } },
        { method: 'POST', path: '/users/me', body: {} },
        { method: 'POST', path: '/users/me/tfa/generate', body: { password: account.password } },
      ];
      for (const parts of changes) {
        const response = await target.send(parts);
        mustNotShow(response, account, `${parts.method ?? ''} ${parts.path} without a token`);
        assert(
          response.status >= 300,
          `${parts.method ?? ''} ${parts.path} without a token to be rejected`,
          response.summary,
        );
      }
    },
  );

  check(
    'requests.nothing-else',
    'A conditional request does not serve a response of an authenticated one',
    async ({ target, user }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      const good = await target.whoAmI({ header: access });
      assumeSuccess(good);
      const [tag = '*'] = good.headers('etag');
      const conditions: Record<string, string>[] = [
        { 'If-None-Match': tag },
        { 'If-None-Match': '*' },
        { 'If-Modified-Since': new Date().toUTCString() },
        { 'Cache-Control': 'only-if-cached' },
        { Range: 'bytes=0-' },
      ];
      for (const headers of conditions) {
        for (const [what, sent] of [
          ['without a token', {}],
          ['with a bad token', { header: 'garbage' }],
          ['with a bad cookie', { cookie: 'garbage' }],
        ] as const) {
          expectRejected(
            await target.send(target.withTokens({ path: '/users/me', headers }, sent)),
            `${Object.keys(headers).join()} ${what}`,
            account,
          );
        }
      }
    },
  );

  check(
    'requests.nothing-else',
    'A request without a token cannot create a user',
    async ({ target, administrator, unwantedUser, evidence }) => {
      const email = await unwantedUser();
      const body = { email, password: 'a password of a user' };
      expectRejected(await target.send({ path: '/users', body, hasSideEffect: true }), 'POST /users without a token');
      expectRejected(
        await target.send({ path: '/users', body: [body], hasSideEffect: true }),
        'POST /users without a token',
      );
      const info = await target.send({ path: '/server/info' });
      const { project } = info.payload as { project?: { public_registration?: unknown } };
      if (project?.public_registration !== true) {
        const registration = await target.send({ path: '/users/register', body, hasSideEffect: true });
        expectRejected(registration, 'POST /users/register, where everybody is told that nobody can register,');
      }
      const path = `/users?filter[email][_eq]=${percentEncoded(email)}&fields=id,email`;
      const list = await administrator.send({ path }, evidence);
      assert(!list.body.includes(email), 'POST /users without a token to create nobody', 'there is a new user');
    },
    { needs: 'admin' },
  );

  check('requests.nothing-else', 'A token in the body does not authenticate a request', async ({ target, user }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    const inForm = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const bodies: RequestParts[] = [
      { method: 'PATCH', path: '/users/me', body: { access_token: access.value } },
      { method: 'PATCH', path: '/users/me', headers: inForm, body: `access_token=${access.value}` },
      { method: 'GET', path: '/users/me', body: { access_token: access.value } },
      { method: 'GET', path: '/users/me', headers: inForm, body: `access_token=${access.value}` },
    ];
    for (const parts of bodies) expectRejected(await target.send(parts), 'a token in the body', account);
  });
});
