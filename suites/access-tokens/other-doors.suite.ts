import { chapter, check } from '../harness/check.js';
import { assumeSuccess, expectAccepted, expectNoToken, expectRejected } from '../harness/expectations.js';
import { assert, assume } from '../harness/outcomes.js';
import { graphql, idIn, outcome, written } from '../harness/target/graphql.js';
import { converse } from '../harness/target/http/web-socket.js';
import { percentEncoded } from '../harness/target/percent-encoding.js';
import { newPassword } from '../harness/users/new-password.js';
import { newStaticToken } from '../harness/users/new-static-token.js';
import { whereUsersAreHidden } from '../harness/users/hidden-users.js';

/* Permissions, and what a new password ends, by GraphQL and by WebSocket. */

chapter('Access Tokens', () => {
  check(
    'access.permissions-change',
    'A user who has lost the role of the administrator is shown no other user by the messages subscribe and items',
    whereUsersAreHidden(async ({ target, newUser, newPrivilegedUser, administrator, evidence }) => {
      const somebody = await newUser();
      const token = newStaticToken(evidence);
      const account = await newPrivilegedUser({ token: token.value });
      const before = await target.send(target.withTokens({ path: `/users/${somebody.id ?? ''}` }, { header: token }));
      assumeSuccess(before);
      await administrator.change(account, { role: null }, evidence);
      const { access } = await target.loggedIn(account);
      const fields = ['id', 'email'];
      const collection = 'directus_users';
      const messages = [
        { type: 'subscribe', collection, query: { fields, limit: -1 } },
        { type: 'subscribe', collection, item: somebody.id, query: { fields } },
        { type: 'items', collection, action: 'read', query: { fields, limit: -1 } },
        { type: 'items', collection, action: 'read', id: somebody.id, query: { fields } },
      ];
      for (const sent of [token, access]) {
        const auth = { type: 'auth', access_token: sent.value };
        const { responses } = await converse(target, '/websocket', [auth, ...messages]);
        assume(responses[0]?.['status'] === 'ok', 'the message auth is not answered ok, which this check stands on');
        for (const [number, { type, ...rest }] of messages.entries()) {
          const body = JSON.stringify(responses[number + 1] ?? {});
          assert(
            !body.includes(somebody.email),
            `the message ${type} about ${'id' in rest || 'item' in rest ? 'another user' : 'all users'}, with the ${sent.type} token of a former administrator, not to show another user`,
            'the response holds the email of that user',
          );
        }
      }
    }),
    { needsEach: ['admin', 'realtime'] },
  );

  check(
    'realtime.last-token',
    'A user without permissions neither changes, creates nor removes a user by the message items',
    whereUsersAreHidden(async ({ target, newUser, unwantedUser, administrator, evidence }) => {
      const [somebody, own] = [await newUser(), await newUser()];
      const { access } = await target.loggedIn(own);
      const email = await unwantedUser();
      const { id, password } = somebody;
      const data = { first_name: 'Changed', password: newPassword(evidence, somebody) };
      const items = { type: 'items', collection: 'directus_users' };
      const messages = [
        { ...items, action: 'update', id, data },
        { ...items, action: 'update', ids: [id], data },
        { ...items, action: 'update', query: { filter: { id: { _eq: id } } }, data },
        { ...items, action: 'create', data: { email, password } },
        { ...items, action: 'delete', id },
        { ...items, action: 'delete', ids: [id] },
      ];
      const auth = { type: 'auth', access_token: access.value };
      const { responses } = await converse(target, '/websocket', [auth, ...messages]);
      assume(responses[0]?.['status'] === 'ok', 'the message auth is not answered ok, which this check stands on');
      const by = 'by the message items, with the standard token of a user without permissions,';
      const record = await administrator.send({ path: `/users/${id ?? ''}?fields=id,first_name` }, evidence);
      // A Directus returns 403 also for what is not there. Observed: 12.4.1.
      assume(record.succeeded || [403, 404].includes(record.status), record.summary);
      assert(
        record.id() === id && record.text('first_name') === undefined,
        `another user to be neither changed nor removed ${by}`,
        `the record is ${record.body}`,
      );
      const login = await target.login(somebody);
      assert(login.succeeded, `another user's password to be what it was, ${by}`, login.summary);
      const list = await administrator.send(
        { path: `/users?filter[email][_eq]=${percentEncoded(email)}&fields=id,email` },
        evidence,
      );
      assumeSuccess(list);
      assert(!list.body.includes(email), `no user to be created ${by}`, `${list.summary} with a user of that email`);
    }),
    { needsEach: ['admin', 'realtime'] },
  );

  check(
    'access.permissions-of-user',
    'A user without permissions is shown no other user by another spelling of the id',
    whereUsersAreHidden(async ({ target, newUser }) => {
      const { id = '', email } = await newUser();
      const { access } = await target.loggedIn(await newUser());
      for (const spelling of [
        id.toUpperCase(),
        `{${id}}`,
        id.replaceAll('-', ''),
        `urn:uuid:${id}`,
        `${id} `,
        `0${id}`,
      ]) {
        const path = `/users/${percentEncoded(spelling)}`;
        const response = await target.send(target.withTokens({ path }, { header: access }));
        assume(response.status < 500, response.summary);
        assert(
          !response.body.includes(email),
          'another spelling of the id not to show another user to a user without permissions',
          `${response.summary} with the email of that user`,
        );
      }
    }),
    { needs: 'admin' },
  );

  check(
    'access.own-password-change',
    'After a user sets a new password by the mutation update_users_me, every other session is revoked and the old password is rejected',
    async ({ target, newPrivilegedUser, evidence }) => {
      const account = await newPrivilegedUser();
      const [{ refresh }, own] = [await target.loggedIn(account), await target.loggedInBySession(account)];
      const other = await target.loggedInBySession(account);
      const password = newPassword(evidence, account);
      const query = `mutation{update_users_me(data:{password:${written(password)}}){id}}`;
      const change = await graphql(target, query, { header: own });
      assume(idIn(change, 'update_users_me') === account.id, outcome(change));
      const before = 'from before a new password by update_users_me';
      expectAccepted(await target.whoAmI({ header: own }), account, 'the session that asked for a new password');
      expectRejected(await target.whoAmI({ cookie: other }), `another session ${before}`, account);
      expectNoToken(await target.refreshByCookie('session', other.value), `another session ${before}`);
      expectNoToken(await target.refresh(refresh), `a refresh token ${before}`);
      expectNoToken(await target.login(account), `the password ${before}`);
      const login = await target.login(account, undefined, { password });
      assumeSuccess(login);
    },
    { needsEach: ['admin', 'graphql', 'session'] },
  );
});
