import { chapter, check } from '../harness/check.js';
import { expectRejected, assumeSuccess } from '../harness/expectations.js';
import { graphql, idIn, outcome, result, written } from '../harness/target/graphql.js';
import { assert, assume } from '../harness/outcomes.js';
import type { Response } from '../harness/target/http/response.js';
import type { SentTokens } from '../harness/target/tokens/bearer-methods.js';
import { newStaticToken } from '../harness/users/new-static-token.js';
import { holderOfEachType } from '../access-tokens/holder-of-each-type.js';
import { whereUsersAreHidden } from '../harness/users/hidden-users.js';

/** How often two users send the same query in turn. */
const TURNS = 3;

chapter('GraphQL', () => {
  check(
    'graphql.permissions',
    'By GraphQL a user without permissions neither reads, changes, creates nor removes a user',
    whereUsersAreHidden(async (context) => {
      const { target, newUser, administrator, unwantedUser, evidence } = context;
      const somebody = await newUser();
      const { id = '', email, password } = somebody;
      const { tokens } = await holderOfEachType(context);
      const uninvited = await unwantedUser();
      const readers = ['{users{id email}}', `{users_by_id(id:${written(id)}){id email}}`];
      const control = await administrator.send({ path: '/graphql/system', body: { query: readers[1] } }, evidence);
      assume(result(control, 'users_by_id')['email'] === email, outcome(control));
      const changed = `${password}-changed`;
      const documents = [
        ...readers,
        '{users(limit:-1){email role{id}}}',
        `mutation{update_users_item(id:${written(id)},data:{password:${written(changed)}}){id email}}`,
        `mutation{update_users_items(ids:[${written(id)}],data:{password:${written(changed)}}){id email}}`,
        `mutation{delete_users_item(id:${written(id)}){id}}`,
        `mutation{create_users_item(data:{email:${written(uninvited)},password:${written(password)}}){id}}`,
      ];
      for (const { what, sent } of [...tokens, { what: 'no token', sent: {} }]) {
        for (const query of documents) {
          const response = await graphql(target, query, sent);
          assert(
            !response.body.includes(email),
            `${query.replaceAll(id, '<id>').slice(0, 40)} with ${what} of a user without permissions not to show another user`,
            `${outcome(response)} with the email of that user`,
          );
        }
        const items = await target.send(
          target.withTokens({ path: '/graphql', body: { query: '{directus_users{id email}}' } }, sent),
        );
        assert(
          !items.body.includes(email),
          `a query at /graphql with ${what} of a user without permissions not to show another user`,
          items.summary,
        );
      }
      const unchanged = await target.login(somebody);
      assert(
        unchanged.succeeded,
        'a user whom a user without permissions has tried to change by GraphQL to log in as before',
        unchanged.summary,
      );
      const list = await administrator.send(
        { path: `/users?filter[email][_eq]=${encodeURIComponent(uninvited)}&fields=id,email` },
        evidence,
      );
      assumeSuccess(list);
      assert(!list.body.includes(uninvited), 'a user without permissions to have created no user', list.summary);
    }),
    { needsEach: ['admin', 'graphql'] },
  );

  check(
    'access.permissions-change',
    'A static token loses by GraphQL, and for changes, what its user loses with the role',
    whereUsersAreHidden(async (context) => {
      const { administrator, newUser, newPrivilegedUser, target, evidence } = context;
      const { id = '', email } = await newUser();
      const token = newStaticToken(evidence);
      const account = await newPrivilegedUser({ token: token.value });
      const query = `{users_by_id(id:${written(id)}){id email}}`;
      const change = async (first_name: string): Promise<Response> =>
        target.send(
          target.withTokens({ method: 'PATCH', path: `/users/${id}`, body: { first_name } }, { header: token }),
        );
      const before = await graphql(target, query, { header: token });
      assume(result(before, 'users_by_id')['email'] === email, outcome(before));
      const allowed = await change('Before');
      assumeSuccess(allowed);
      const loss = { keys: [account.id], data: { role: null } };
      const lost = await administrator.send({ method: 'PATCH', path: '/users', body: loss }, evidence);
      assumeSuccess(lost);
      const after = await graphql(target, query, { header: token });
      assert(
        !after.body.includes(email),
        'the static token of a former administrator not to show another user by GraphQL',
        `${outcome(after)} with the email of that user`,
      );
      expectRejected(await change('After'), 'a change of another user by a former administrator');
      const record = await administrator.send({ path: `/users/${id}?fields=id,first_name` }, evidence);
      assumeSuccess(record);
      assert(
        record.text('first_name') !== 'After',
        'a former administrator to have changed no other user',
        'the name of the user is changed',
      );
    }),
    { needsEach: ['admin', 'graphql'] },
  );

  check(
    'graphql.authenticates',
    'Two users who send the same GraphQL query, in turn and at once, are each told who they are',
    async (context) => {
      const { administrator, newPrivilegedUser, target, evidence } = context;
      const { id: adminId } = context.plan.administrator ?? {};
      const account = await newPrivilegedUser();
      const { access } = await target.loggedIn(account);
      const query = '{users_me{id}}';
      const byGet = `/graphql/system?query=${encodeURIComponent(query)}`;
      const own = async (sent: SentTokens): Promise<Response> => graphql(target, query, sent);
      const ownByGet = async (): Promise<Response> =>
        target.send(target.withTokens({ path: byGet }, { header: access }));
      const ofAdministrator = async (): Promise<Response> =>
        administrator.send({ path: '/graphql/system', body: { query } }, evidence);
      const ofAdministratorByGet = async (): Promise<Response> => administrator.send({ path: byGet }, evidence);
      const expectOwn = (response: Response): void => {
        const id = idIn(response, 'users_me');
        assert(
          id === account.id,
          'users_me to name the user who asks, after and while another asks',
          outcome(response),
        );
      };
      const expectOther = (response: Response): void => {
        const id = idIn(response, 'users_me');
        assert(
          id !== undefined && id !== account.id && (adminId === undefined || id === adminId),
          'users_me to name the administrator who asks, after and while another asks',
          outcome(response),
        );
      };
      for (let turn = 0; turn < TURNS; turn += 1) {
        expectOther(await ofAdministrator());
        expectOwn(await own(turn === 0 ? { query: access } : { header: access }));
        expectOther(await ofAdministratorByGet());
        expectOwn(await ownByGet());
      }
      const atOnce = await Promise.all([
        own({ header: access }),
        ofAdministrator(),
        ownByGet(),
        ofAdministratorByGet(),
      ]);
      atOnce.forEach((response, number) => (number % 2 === 0 ? expectOwn : expectOther)(response));
      const without = await graphql(target, query);
      assert(
        idIn(without, 'users_me') === undefined,
        'users_me without a token to name no user, after others asked,',
        outcome(without),
      );
    },
    { needsEach: ['admin', 'graphql'] },
  );
});
