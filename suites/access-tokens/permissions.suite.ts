import type { Response } from '../harness/target/http/response.js';
import { chapter, check } from '../harness/check.js';
import {
  expectAccepted,
  expectNoToken,
  expectRejected,
  assumeSuccess,
  expectNotFound,
} from '../harness/expectations.js';
import { assert, assume } from '../harness/outcomes.js';
import { HASHES } from '../harness/target/leaked-data.js';
import { percentEncoded } from '../harness/target/percent-encoding.js';
import type { SentTokens } from '../harness/target/tokens/bearer-methods.js';
import type { Target } from '../harness/target/target.js';
import { newStaticToken } from '../harness/users/new-static-token.js';
import { holderOfEachType, type Holder } from './holder-of-each-type.js';
import { whereUsersAreHidden } from '../harness/users/hidden-users.js';
import { memberOf } from '../harness/target/http/read-json.js';
import { recordId, tellsId } from '../harness/target/record-id.js';

/** The tokens of a holder that may be sent in the query, sent so. */
const inTheQuery = ({ tokens }: Holder): Holder['tokens'] =>
  tokens.flatMap(({ what, sent: { header } }) =>
    header === undefined ? [] : [{ what: `${what} in the query`, sent: { query: header } }],
  );

chapter('Access Tokens', () => {
  check(
    'access.permissions-of-user',
    'The tokens of an administrator may read another user, those of a plain user may not',
    whereUsersAreHidden(async (context) => {
      const { newUser, newPrivilegedUser, target } = context;
      const somebody = await newUser();
      const privileged = await holderOfEachType({ ...context, newUser: newPrivilegedUser });
      const plain = await holderOfEachType(context);
      const read = async (sent: SentTokens): ReturnType<Target['send']> =>
        target.send(target.withTokens({ path: `/users/${somebody.id ?? ''}` }, sent));

      for (const { what, sent } of [...privileged.tokens, ...inTheQuery(privileged)]) {
        const response = await read(sent);
        assert(
          response.succeeded && response.id() === somebody.id,
          `${what} of an administrator to read the record of another user`,
          response.summary,
        );
      }
      for (const [who, { account }, rights] of [
        ['an administrator', privileged, true],
        ['a user without permissions', plain, false],
      ] as const) {
        const { refresh } = await target.loggedIn(account);
        const renewal = await target.refresh(refresh, account);
        assumeSuccess(renewal);
        const access = target.accessToken(renewal);
        for (const path of [`/users/${somebody.id ?? ''}`, '/users?limit=1']) {
          const response = await target.send(target.withTokens({ path }, { header: access }));
          assert(
            response.succeeded === rights,
            `a standard token out of a refresh of ${who} ${rights ? 'to' : 'not to'} read other users`,
            response.summary,
          );
        }
      }
      const search = { method: 'SEARCH', path: '/users', body: { query: { limit: 1, fields: ['id'] } } };
      for (const { what, sent } of privileged.tokens) {
        const response = await target.send(target.withTokens(search, sent));
        if (response.isNotOffered) break;
        assert(response.succeeded, `SEARCH /users with ${what} of an administrator to be answered`, response.summary);
      }
      for (const { what, sent } of plain.tokens) {
        const response = await target.send(target.withTokens(search, sent));
        assert(
          !response.succeeded,
          `SEARCH /users with ${what} of a user without permissions to be rejected`,
          response.summary,
        );
      }
      for (const { what, sent } of [...plain.tokens, ...inTheQuery(plain)]) {
        const response = await read(sent);
        assume(response.status < 500, response.summary);
        assert(
          !response.body.includes(somebody.email),
          `${what} of a user without permissions not to read the record of another user`,
          `${response.summary} with the email of that user`,
        );
      }
      const [first] = privileged.tokens;
      const parts = { method: 'DELETE', path: `/users/${somebody.id ?? ''}` };
      const removal = await target.send(target.withTokens(parts, first?.sent ?? {}));
      assert(
        removal.succeeded,
        'DELETE /users/<id> with a standard token of an administrator to succeed',
        removal.summary,
      );
    }),
  );

  check(
    'access.password-concealed',
    'Neither an administrator nor the user is shown a password or its hash',
    async (context) => {
      const { target, newPrivilegedUser, administrator, evidence } = context;
      const account = await newPrivilegedUser();
      const id = account.id ?? '';
      const creation = evidence.exchanges.at(-1)?.response?.body ?? '';
      assert(
        [account.password, ...HASHES].every((one) => !creation.includes(one)),
        'the response to POST /users to show neither the password nor its hash',
        'it shows one of them',
      );
      const login = await target.login(account);
      const { access } = target.standardTokens(login);
      const own = async (path: string): Promise<Response> =>
        target.send(target.withTokens({ path }, { header: access }));
      const logins = await Promise.all(target.modes.map(async (mode) => target.login(account, mode)));
      const responses = [
        login,
        await target.refresh(login.text('refresh_token') ?? '', account),
        ...logins,
        await own('/users/me?fields=*'),
        await own('/users/me?fields=id,password'),
        await administrator.send({ path: `/users/${id}?fields=*` }, evidence),
        await administrator.send({ path: `/users?filter[id][_eq]=${id}&fields=id,password` }, evidence),
        await administrator.send(
          { method: 'PATCH', path: `/users/${id}`, body: { password: account.password } },
          evidence,
        ),
      ];
      responses.forEach(assumeSuccess);
      const byRelation = [
        await own('/roles?fields=users.id,users.password'),
        await own('/users?fields=role.users.*'),
        await own(`/activity?filter[user][_eq]=${id}&fields=user.id,user.password`),
      ];
      // What of these a target offers is its own affair.
      for (const response of byRelation) assume(response.status < 500, response.summary);
      for (const response of [...responses, ...byRelation]) {
        const shown = [account.password, ...HASHES].find((one) => response.body.includes(one));
        assert(
          shown === undefined,
          `${response.what.replaceAll(id, '<id>')} to show neither the password nor its hash`,
          shown === account.password ? 'it shows the password' : `it shows a hash (${shown ?? ''}…)`,
        );
      }
    },
  );

  for (const [what, query, directus] of [
    // A Directus shows the hash: 10.10.0 and before. 10.13.4 does not.
    ['an alias', 'alias[shown]=password&fields=id,shown', '>=10.13.4'],
    // A Directus shows the hash: 11.0.1 and before. 11.17.4 and 12.4.1 do not.
    ['the greatest and the least of all', 'aggregate[max]=password&aggregate[min]=password', '>=11.17.4'],
    ['groups', 'groupBy=password&aggregate[count]=*'],
    ['an export', 'export=csv'],
  ] as const)
    check(
      'access.password-concealed',
      `A password or its hash is not shown to an administrator who asks for ${what}`,
      async ({ newUser, administrator, evidence }) => {
        const { id = '', password } = await newUser();
        for (const path of [`/users/${id}?${query}`, `/users?filter[id][_eq]=${id}&${query}`]) {
          const { body, summary, status } = await administrator.send({ path }, evidence);
          // What of these a target offers is its own affair.
          assume(status < 500, summary);
          const shown = [password, ...HASHES].find((one) => body.includes(one));
          assert(
            shown === undefined,
            `GET ${path.replaceAll(id, '<id>')} to show neither the password nor its hash`,
            shown === password ? 'it shows the password' : `it shows a hash (${shown ?? ''}…)`,
          );
        }
      },
      { needs: 'admin', ...(directus !== undefined && { directus }) },
    );

  check(
    'access.password-concealed',
    'A filter finds no user by how the hash of the password begins',
    async ({ newUser, administrator, evidence }) => {
      const { id = '' } = await newUser();
      const found = async (begins: string): Promise<boolean> => {
        const path = `/users?filter[_and][0][id][_eq]=${id}&filter[_and][1][password][_starts_with]=${begins}&fields=id`;
        const response = await administrator.send({ path }, evidence);
        assume(response.status < 500, response.summary);
        return response.succeeded && tellsId(response.body, id);
      };
      for (const begins of ['$', '$argon2', '$2', '$scrypt', '$pbkdf2', '%7B'])
        await expectNotFound(
          async () => found(begins),
          async () => found('zzz'),
          `GET /users with a filter on the password not to tell whether its hash begins with ${begins}`,
        );
    },
    { needs: 'admin' },
  );

  check(
    'access.permissions-of-user',
    'A user without permissions can neither change, create nor remove a user',
    whereUsersAreHidden(async (context) => {
      const { administrator, newUser, unwantedUser, target, evidence } = context;
      const { role } = administrator.access;
      const somebody = await newUser();
      const { account, tokens } = await holderOfEachType(context);
      const other = `/users/${somebody.id ?? ''}`;
      const uninvited = await unwantedUser();
      const policies = await administrator.send(
        { path: '/policies?filter[admin_access][_eq]=true&fields=id' },
        evidence,
      );
      const policy = policies.succeeded ? recordId(memberOf(policies.list[0], 'id')) : undefined;
      const given = { policy };
      // What would give the user the rights of an administrator comes first: what follows would then show it.
      const escalations = [
        { method: 'PATCH', path: `/users/${account.id ?? ''}`, body: { ...(role !== undefined && { role }) } },
        ...(policy === undefined
          ? []
          : [
              { method: 'POST', path: '/access', body: { ...given, user: account.id } },
              { method: 'POST', path: '/access', body: [{ ...given, user: account.id }] },
              { method: 'PATCH', path: '/users/me', body: { policies: [given] } },
              { method: 'PATCH', path: `/users/${account.id ?? ''}`, body: { policies: { create: [given] } } },
              {
                method: 'PATCH',
                path: `/policies/${policy}`,
                body: { users: { create: [{ user: account.id }] } },
              },
            ]),
        ...(role === undefined
          ? []
          : [{ method: 'PATCH', path: `/roles/${role}`, body: { users: { update: [{ id: account.id, role }] } } }]),
        { method: 'POST', path: '/users/invite', body: { email: uninvited, role: role ?? null } },
      ];
      const changes = [
        ...escalations,
        {
          method: 'POST',
          path: '/users',
          body: { email: uninvited, password: somebody.password },
        },
        { method: 'PATCH', path: '/users/me', body: { ...(role !== undefined && { role }), first_name: 'Changed' } },
        { method: 'PATCH', path: other, body: { first_name: 'Changed' } },
        { method: 'PATCH', path: other, body: { password: `${somebody.password}-changed` } },
        {
          method: 'PATCH',
          path: '/users',
          body: { keys: [somebody.id], data: { password: `${somebody.password}-changed` } },
        },
        { method: 'PATCH', path: '/users', body: [{ id: somebody.id, password: `${somebody.password}-changed` }] },
        {
          method: 'PATCH',
          path: '/users',
          body: {
            query: { filter: { id: { _eq: somebody.id } } },
            data: { password: `${somebody.password}-changed` },
          },
        },
        { method: 'PATCH', path: other, body: { status: 'suspended' } },
        { method: 'DELETE', path: other },
        { method: 'DELETE', path: '/users', body: [somebody.id] },
        { method: 'DELETE', path: '/users', body: { keys: [somebody.id] } },
        { method: 'DELETE', path: '/users', body: { query: { filter: { id: { _eq: somebody.id } } } } },
        { method: 'GET', path: '/users?fields=*&limit=-1' },
        { method: 'GET', path: '/users?export=json&fields=*&limit=-1' },
        { method: 'GET', path: '/items/directus_users?fields=*&limit=-1' },
        { method: 'GET', path: `/items/directus_users/${somebody.id ?? ''}` },
        { method: 'PATCH', path: '/settings', body: {} },
      ];
      for (const { what, sent } of tokens) {
        for (const parts of changes) {
          const response = await target.send(target.withTokens(parts, sent));
          assert(
            !response.succeeded || parts.path !== '/access',
            `${parts.method} ${parts.path} with ${what} of a user without permissions to be rejected`,
            response.summary,
          );
          assert(
            !response.body.includes(somebody.email),
            `${parts.method} ${parts.path.split('?')[0] ?? ''} with ${what} of a user without permissions not to show another user`,
            `${response.summary} with the email of that user`,
          );
        }
      }
      for (const { id = '' } of [somebody, account]) {
        const record = await administrator.send({ path: `/users/${id}?fields=id,first_name,role,status` }, evidence);
        // A Directus returns 403 also for what is not there. Observed: 12.4.1.
        assume(record.succeeded || [403, 404].includes(record.status), record.summary);
        assert(
          record.id() === id && record.text('first_name') === undefined && record.text('role') === undefined,
          'a user without permissions to have changed neither another user nor the own role',
          `the record is ${record.body}`,
        );
      }
      const changed = await target.login(somebody, undefined, { password: `${somebody.password}-changed` });
      expectNoToken(changed, 'a login with a password that a user without permissions has set for another user');
      const unchanged = await target.login(somebody);
      assert(
        unchanged.succeeded,
        'a user whose password a user without permissions has tried to change to log in with it',
        unchanged.summary,
      );
      const filter = percentEncoded(uninvited);
      const list = await administrator.send({ path: `/users?filter[email][_eq]=${filter}&fields=id,email` }, evidence);
      assumeSuccess(list);
      assert(
        !list.body.includes(uninvited),
        'a user without permissions to have created no user',
        `${list.summary} with a user of the email ${uninvited}`,
      );
    }),
  );

  check(
    'access.permissions-change',
    'A static token and new tokens gain and lose permissions with the role of their user',
    whereUsersAreHidden(async (context) => {
      const { administrator, newUser, newPrivilegedUser, target, evidence } = context;
      const { role } = administrator.access;
      const somebody = await newUser();
      const token = newStaticToken(evidence);
      const account = await newPrivilegedUser({ token: token.value });
      const read = async (sent: SentTokens): Promise<Response> =>
        target.send(target.withTokens({ path: `/users/${somebody.id ?? ''}` }, sent));
      const mustRead = async (sent: SentTokens, what: string): Promise<void> => {
        const response = await read(sent);
        assert(response.id() === somebody.id, `${what} to read the record of another user`, response.summary);
      };
      await mustRead({ header: token }, 'the static token of an administrator');
      await administrator.change(account, { role: null }, evidence);
      expectRejected(await read({ header: token }), 'the static token of a former administrator', somebody);
      expectRejected(
        await read({ query: token }),
        'the static token of a former administrator, in the query,',
        somebody,
      );
      const { access } = await target.loggedIn(account);
      expectRejected(await read({ header: access }), 'a standard token from after the loss of the role', somebody);
      for (const session of await target.sessionsOf(account))
        expectRejected(await read({ cookie: session }), 'a session token from after the loss of the role', somebody);
      await administrator.change(account, { role: role ?? null }, evidence);
      await mustRead({ header: token }, 'the static token of a user who is an administrator again');
    }),
  );

  check(
    'access.own-changes',
    'Each token type, by each bearer method, updates the record of its user',
    async ({ target, newPrivilegedUser, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newPrivilegedUser({ token: token.value });
      const [{ access }, sessions] = [await target.loggedIn(account), await target.sessionsOf(account)];
      const uses: [string, SentTokens][] = [
        ['a standard token in the header', { header: access }],
        ['a standard token in the query', { query: access }],
        ...sessions.flatMap((session): [string, SentTokens][] => [
          ['a session token as cookie', { cookie: session }],
          ['a session token in the header', { header: session }],
        ]),
        ['a static token in the header', { header: token }],
        ['a static token in the query', { query: token }],
      ];
      for (const [number, [what, by]] of uses.entries()) {
        const body = { first_name: `Changed ${number}` };
        const response = await target.send(target.withTokens({ method: 'PATCH', path: '/users/me', body }, by));
        expectAccepted(response, account, `PATCH /users/me with ${what}`);
        assert(
          response.text('first_name') === body.first_name,
          `PATCH /users/me with ${what} to change the own record`,
          response.summary,
        );
      }
    },
  );
});
