import type { Response } from '../harness/target/http/response.js';
import { chapter, check, type CheckContext } from '../harness/check.js';
import { expectRejected, assumeSuccess } from '../harness/expectations.js';
import { inBatches } from '../harness/in-batches.js';
import { assert } from '../harness/outcomes.js';
import {
  insideHeaders,
  otherMethods,
  pathHeaders,
  pathSpellings,
  tokenHeaders,
  userHeaders,
} from '../harness/generators/bypasses.js';
import { percentDecoded, percentEncoded } from '../harness/target/percent-encoding.js';
import { areUsersHidden } from '../harness/users/hidden-users.js';
import type { Account } from '../harness/users/account.js';
import type { RequestParts } from '../harness/target/target.js';
import { recordId, tellsId } from '../harness/target/record-id.js';

/** Expects that a response show nothing of a user, whatever its status. */
function mustNotShow(response: Response, { id, email }: Account, what: string): void {
  const shows = id !== undefined && tellsId(response.body, id) ? id : response.body.includes(email) ? email : undefined;
  // A response that repeats what it was asked about, such as an error with its path, shows nothing.
  const asked = shows !== undefined && percentDecoded(response.request.url).includes(shows) && response.status >= 400;
  assert(
    shows === undefined || asked,
    `${what} not to show the record of a user`,
    `${response.summary} with a user in it`,
  );
  const { data } = (response.json ?? {}) as { data?: unknown };
  const records = (Array.isArray(data) ? data : [data]) as ({ id?: unknown } | null | undefined)[];
  const anybody = response.succeeded && records.some((record) => recordId(record?.id) !== undefined);
  assert(!anybody, `${what} not to show the record of anybody`, `${response.summary} with a record`);
}

/** The paths that show nothing to a request without a token. */
const hiddenPaths = async (context: CheckContext): Promise<string[]> => [
  '/users/me',
  ...((await areUsersHidden(context)) ? ['/users'] : []),
];

chapter('Making Requests', () => {
  check(
    'requests.nothing-else',
    'Headers by which gateways name a user do not authenticate a request',
    async ({ target, user, plan }) => {
      const account = await user();
      const { access } = await target.loggedIn(account);
      const { id, credentials } = plan.administrator ?? {};
      const users = [account.id, account.email, id, credentials?.email].filter((one) => one !== undefined);
      await inBatches(
        userHeaders.flatMap((name) => users.map((value) => [name, value] as const)),
        async ([name, value]) => {
          const response = await target.send({ path: '/users/me', headers: { [name]: value } });
          expectRejected(response, `the header ${name} without a token`, account);
        },
      );
      await inBatches(
        tokenHeaders.flatMap((name) => [access.value, `Bearer ${access.value}`].map((value) => [name, value] as const)),
        async ([name, value]) => {
          // A list of protocols has no spaces in its names.
          const carried = name === 'Sec-WebSocket-Protocol' ? value.replace(' ', ', ') : value;
          const response = await target.send({ path: '/users/me', headers: { [name]: carried } });
          expectRejected(response, `a token in the header ${name}`, account);
        },
      );
      const { origin } = new URL(target.description.url);
      const referer = `${origin}/users/me?access_token=${access.value}`;
      const byReferer = await target.send({ path: '/users/me', headers: { Referer: referer } });
      expectRejected(byReferer, 'a token in the URL of the header Referer', account);
    },
  );

  check(
    'requests.nothing-else',
    'Headers that name another path, another method or a place within do not authenticate a request',
    async (context) => {
      const { target, user } = context;
      const account = await user();
      const hidden = await hiddenPaths(context);
      await inBatches(insideHeaders, async ([name, value]) => {
        const what = `the header ${name}: ${value} without a token`;
        const response = await target.send({ path: '/users/me', headers: { [name]: value } });
        expectRejected(response, what, account);
        if (hidden.includes('/users'))
          mustNotShow(await target.send({ path: '/users', headers: { [name]: value } }), account, what);
      });
      await inBatches(
        pathHeaders.flatMap((name) => hidden.map((path) => [name, path] as const)),
        async ([name, path]) => {
          const response = await target.send({ path: '/server/ping', headers: { [name]: path } });
          mustNotShow(response, account, `the header ${name}: ${path} without a token`);
        },
      );
      for (const path of hidden) {
        const headers = { Host: 'localhost' };
        mustNotShow(await target.send({ path, headers }), account, 'the header Host: localhost without a token');
      }
      for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']) {
        const headers = { [name]: 'GET' };
        for (const method of ['POST', 'OPTIONS'])
          mustNotShow(
            await target.send({ method, path: '/users/me', headers }),
            account,
            `the header ${name} without a token`,
          );
      }
    },
  );

  check(
    'requests.nothing-else',
    'Other spellings of a protected path and other methods do not bypass authentication',
    async (context) => {
      const { target, user } = context;
      const account = await user();
      const { id = '' } = account;
      const hidden = await hiddenPaths(context);
      const paths = hidden.flatMap((path) => [path, ...pathSpellings(path)]);
      const ofUser = id === '' ? [] : [`/users/${id}`, `/users/${id}/`, `/users/${id}?fields=*`];
      const others = ['/users?fields=*&limit=-1', '/items/directus_users', '/items/users'];
      await inBatches([...paths, ...(hidden.includes('/users') ? [...ofUser, ...others] : [])], async (path) => {
        const shown = id === '' ? path : path.replace(id, '<id>');
        mustNotShow(await target.send({ path }), account, `GET ${shown} without a token`);
      });
      await inBatches(
        otherMethods.flatMap((method) => hidden.map((path) => [method, path] as const)),
        async ([method, path]) => {
          mustNotShow(await target.send({ method, path }), account, `${method} ${path} without a token`);
        },
      );
      const changes: RequestParts[] = [
        { method: 'PATCH', path: '/users/me', body: { first_name: 'Changed' } },
        { method: 'PATCH', path: '/users/me/', body: { first_name: 'Changed' } },
        { method: 'PUT', path: '/users/me', body: { first_name: 'Changed' } },
        { method: 'DELETE', path: '/users/me' },
        ...(hidden.includes('/users') ? [{ method: 'SEARCH', path: '/users', body: { query: { limit: 1 } } }] : []),
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
      const body = { email, password: 'A_password_of_1_user' };
      expectRejected(await target.send({ path: '/users', body }), 'POST /users without a token');
      expectRejected(await target.send({ path: '/users', body: [body] }), 'POST /users without a token');
      const info = await target.send({ path: '/server/info' });
      const { project } = info.payload as { project?: { public_registration?: unknown } };
      if (project?.public_registration !== true) {
        const registration = await target.send({
          path: '/users/register',
          body,
          limitIsAnswer: true,
        });
        expectRejected(registration, 'POST /users/register, where registration is closed,');
      }
      const path = `/users?filter[email][_eq]=${percentEncoded(email)}&fields=id,email`;
      const list = await administrator.send({ path }, evidence);
      assumeSuccess(list);
      assert(!list.body.includes(email), 'POST /users without a token to create no user', 'there is a new user');
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
