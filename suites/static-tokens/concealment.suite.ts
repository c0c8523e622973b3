import { chapter, check } from '../harness/check.js';
import { assumeSuccess, expectNotFound, expectRejected } from '../harness/expectations.js';
import { assert, assume, NotApplicable } from '../harness/outcomes.js';
import type { Response } from '../harness/target/http/response.js';
import type { RequestParts } from '../harness/target/target.js';
import { newStaticToken } from '../harness/users/new-static-token.js';
import { tellsId } from '../harness/target/record-id.js';

chapter('Static Tokens', () => {
  check(
    'static.not-viewable-again',
    'No response shows the static token to an administrator or its user',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const id = account.id ?? '';
      const shown = (body: string): boolean => body.includes(token.value);
      const creation = evidence.exchanges.at(-1)?.response?.body ?? '';
      assert(!shown(creation), 'the response to POST /users not to show the static token', 'it shows the token');

      const ofAdministrator = [
        '/users/' + id,
        `/users/${id}?fields=token`,
        `/users/${id}?fields=*`,
        `/users?filter[id][_eq]=${id}&fields=id,token`,
        `/users?filter[id][_eq]=${id}`,
        `/users?fields[]=token&filter[id][_eq]=${id}`,
        `/users/${id}?fields=*.*`,
        `/users?filter[id][_eq]=${id}&export=csv`,
        `/users?groupBy=token&aggregate[count]=*`,
        `/users/${id}?alias[shown]=token&fields=id,shown`,
        `/users?filter[id][_eq]=${id}&alias[shown]=token&fields=id,shown`,
        `/revisions?filter[item][_eq]=${id}&fields=data,delta`,
        `/activity?filter[item][_eq]=${id}&fields=*.*`,
        // By a relation to the user, of whom a login has left a record.
        `/activity?filter[user][_eq]=${id}&fields=user.id,user.token`,
        `/activity?filter[user][_eq]=${id}&fields=user.*`,
        `/users/${id}?fields=id,token&sort=token`,
      ];
      await target.loggedIn(account);
      for (const path of ofAdministrator) {
        const response = await administrator.send({ path }, evidence);
        // Every target has a record to read; what of the rest it offers is its own affair.
        if (path.startsWith('/users/') && !/\*\.\*|alias|sort/.test(path)) assumeSuccess(response);
        else assume(response.status < 500, response.summary);
        assert(
          !shown(response.body),
          `GET ${path.replaceAll(id, '<id>')} not to show the static token to the administrator`,
          `${response.summary} with the token`,
        );
      }
      const query = { filter: { id: { _eq: id } }, fields: ['id', 'token'] };
      const search = await administrator.send({ method: 'SEARCH', path: '/users', body: { query } }, evidence);
      assume(search.status < 500 || search.isNotOffered, search.summary);
      assert(
        !shown(search.body),
        'SEARCH /users not to show the static token to the administrator',
        `${search.summary} with the token`,
      );
      const { access } = await target.loggedIn(account);
      for (const path of ['/users/me', '/users/me?fields=token', '/users/me?fields=*']) {
        for (const sender of [token, access]) {
          const response = await target.send(target.withTokens({ path }, { header: sender }));
          assume(response.status < 500, response.summary);
          assert(
            !shown(response.body),
            `GET ${path} not to show the static token to its user`,
            `${response.summary} with the token`,
          );
        }
      }
      const record = await administrator.send({ path: `/users/${id}?fields=id,token` }, evidence);
      assumeSuccess(record);
      const masked = record.payload['token'];
      assert(
        typeof masked !== 'string' ||
          (!masked.includes(token.value.slice(-4)) && !masked.includes(token.value.slice(0, 4))),
        'the record of a user to show no part of the static token',
        'it shows its beginning or its end',
      );
      expectRejected(
        await target.whoAmI({ header: '**********' }),
        'what is shown in place of a static token',
        account,
      );
      const change = await administrator.send(
        { method: 'PATCH', path: `/users/${id}`, body: { first_name: 'Somebody' } },
        evidence,
      );
      assumeSuccess(change);
      assert(
        !shown(change.body),
        'the response to PATCH /users/<id> not to show the static token',
        `${change.summary} with the token`,
      );
      const next = newStaticToken(evidence);
      const reset = await administrator.send(
        { method: 'PATCH', path: `/users/${id}`, body: { token: next.value } },
        evidence,
      );
      assumeSuccess(reset);
      assert(
        !reset.body.includes(next.value),
        'the response to PATCH /users/<id> not to show the static token it has saved',
        `${reset.summary} with the token`,
      );
    },
  );

  check(
    'static.not-viewable-again',
    'A user who may read the own record is not shown the static token',
    async ({ target, newPrivilegedUser, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newPrivilegedUser({ token: token.value });
      const { access } = await target.loggedIn(account);
      for (const path of [
        '/users/me',
        '/users/me?fields=token',
        '/users/me?fields=*',
        `/users/${account.id ?? ''}`,
        '/users?fields=*',
        '/roles?fields=users.id,users.token',
        '/roles?fields=users.*',
        '/users?fields=role.users.token',
      ]) {
        for (const sender of [token, access]) {
          const response = await target.send(target.withTokens({ path }, { header: sender }));
          assume(response.status < 500, response.summary);
          assert(
            !response.body.includes(token.value),
            `GET ${path.replace(account.id ?? '', '<id>')} not to show the static token to its user`,
            `${response.summary} with the token`,
          );
        }
      }
    },
  );

  check(
    'static.not-searchable',
    'Filters, search and aggregation do not find a user by the static token',
    async ({ newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const id = account.id ?? '';
      const queries = (value: string): string[] => [
        `filter[token][_eq]=${value}`,
        `filter[token]=${value}`,
        `filter[token][_in]=${value}`,
        `filter[token][_starts_with]=${value.slice(0, 8)}`,
        `filter[token][_contains]=${value.slice(0, 8)}`,
        `filter[_or][0][token][_eq]=${value}`,
        `search=${value}`,
        `filter={"token":{"_eq":"${value}"}}`,
        `filter[token][_neq]=${value}&filter[id][_eq]=${id}`,
      ];
      const others = queries(newStaticToken(evidence).value);
      const sent = async (path: string): Promise<Response> => {
        const response = await administrator.send({ path }, evidence);
        assume(response.status < 500, response.summary);
        return response;
      };
      const found = async (query = ''): Promise<boolean> =>
        sent(`/users?fields=id&${query}`).then(({ body }) => tellsId(body, id));
      assume(await found(`filter[id][_eq]=${id}`), 'the administrator does not find the user by the id, either');
      for (const [number, query] of queries(token.value).entries())
        await expectNotFound(
          async () => found(query),
          async () => found(others[number]),
          `GET /users?${query.replace(/=.*/, '=<token>')} not to find the user of the token`,
        );
      // Of all users the first and the last token, of the user alone the own one.
      for (const of of ['', `&filter[id][_eq]=${id}`]) {
        const sorted = await sent(`/users?aggregate[max]=token&aggregate[min]=token${of}`);
        assert(!sorted.body.includes(token.value), 'an aggregate not to show static tokens', 'it shows one');
      }
    },
  );

  check(
    'static.not-searchable',
    'Filters by a relation, for a relation and in a body do not find a user by the static token',
    async ({ newPrivilegedUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const { id = '' } = await newPrivilegedUser({ token: token.value });
      const role = (await administrator.send({ path: `/users/${id}?fields=role` }, evidence)).id('role') ?? '';
      if (role === '') throw new NotApplicable('the target does not show the administrator the role of a user');
      const requests = (value: string): [how: string, parts: RequestParts, found: string][] => {
        const begins = value.slice(0, 8);
        const body = { query: { fields: ['id'], filter: { token: { _starts_with: begins } } } };
        return [
          [
            'GET /roles?filter[users][token]',
            { path: `/roles?fields=id&filter[users][token][_starts_with]=${begins}` },
            role,
          ],
          [
            'GET /roles?deep[users][_filter][token]',
            { path: `/roles?fields=users.id&deep[users][_filter][token][_starts_with]=${begins}` },
            id,
          ],
          ['SEARCH /users with a filter in the body', { method: 'SEARCH', path: '/users', body }, id],
        ];
      };
      const others = requests(newStaticToken(evidence).value);
      const finds = async ([, parts, found]: (typeof others)[number]): Promise<boolean> => {
        const response = await administrator.send(parts, evidence);
        assume(response.status < 500 || response.isNotOffered, response.summary);
        return response.succeeded && response.body.includes(found);
      };
      for (const [number, request] of requests(token.value).entries())
        await expectNotFound(
          async () => finds(request),
          async () => finds(others[number] ?? request),
          `${request[0]} not to find a user by how the static token begins`,
        );
    },
    { directus: '>=12.4.1' },
  );
});
