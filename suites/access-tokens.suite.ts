import type { Account } from './harness/users/account.js';
import type { Response } from './harness/target/response.js';
import { chapter, check, type CheckContext } from './harness/check.js';
import { expectAccepted, expectRejected, expectNoToken, assumeSuccess } from './harness/expectations.js';
import { assert, assume } from './harness/outcomes.js';
import type { SentTokens } from './harness/target/bearer-methods.js';
import { modes, type Target } from './harness/target/target.js';
import type { RefreshToken } from './harness/target/tokens.js';
import type { Evidence } from './harness/evidence/evidence.js';
import { Shell, sh } from './harness/evidence/shell.js';
import { newStaticToken } from './harness/users/new-static-token.js';

interface Holder {
  readonly account: Account;
  /** A token of each type, sent by the way that the specification shows for it. */
  readonly tokens: readonly { readonly what: string; readonly sent: SentTokens }[];
}

/** A new user with a token of each type. */
async function holderOfEachType({
  evidence,
  newUser,
  target,
}: Pick<CheckContext, 'evidence' | 'newUser' | 'target'>): Promise<Holder> {
  const token = newStaticToken(evidence);
  const account = await newUser({ token: token.value });
  const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
  return {
    account,
    tokens: [
      { what: 'a standard token', sent: { header: access } },
      { what: 'a session token', sent: { cookie: session } },
      { what: 'a static token', sent: { header: token } },
    ],
  };
}

async function eachIdentifiesItsUser(target: Target, { account, tokens }: Holder, when: string): Promise<void> {
  for (const { what, sent } of tokens) {
    expectAccepted(await target.whoAmI(sent), account, `${what} ${when}`);
  }
}

/** The refresh token that a refresh leaves its owner with. */
async function refreshed(target: Target, account: Account, refresh: RefreshToken): Promise<RefreshToken> {
  const response = await target.refresh(refresh, account);
  assumeSuccess(response);
  return response.text('refresh_token') === undefined ? refresh : target.standardTokens(response).refresh;
}

/** Another password for a user, named in the evidence. */
function newPassword(evidence: Evidence, { password }: Account): string {
  const { variable = 'PASSWORD' } = evidence.names.get(password) ?? {};
  const changed = `${password}-new`;
  evidence.names.add(changed, 'NEW_PASSWORD', { kind: 'derived', shell: sh`${Shell.variable(variable)}-new` });
  return changed;
}

chapter('Access Tokens', () => {
  check(
    'access.scoped-to-user',
    'The tokens of two users identify their own user, one after another and concurrently',
    async (context) => {
      const { target } = context;
      const first = await holderOfEachType(context);
      await eachIdentifiesItsUser(target, first, 'of the only user logged in');
      const second = await holderOfEachType(context);
      await eachIdentifiesItsUser(target, first, 'of the user who logged in first');
      await eachIdentifiesItsUser(target, second, 'of the user who logged in second');
      await Promise.all(
        [first, second].map(async (holder) => eachIdentifiesItsUser(target, holder, 'while others are in use')),
      );
    },
  );

  check(
    'access.permissions-of-user',
    'The tokens of an administrator may read another user, those of a plain user may not',
    async (context) => {
      const { newUser, newPrivilegedUser, target } = context;
      const somebody = await newUser();
      const privileged = await holderOfEachType({ ...context, newUser: newPrivilegedUser });
      const plain = await holderOfEachType(context);
      const read = async (sent: SentTokens): ReturnType<Target['send']> =>
        target.send(target.withTokens({ path: `/users/${somebody.id ?? ''}` }, sent));

      for (const { what, sent } of privileged.tokens) {
        const response = await read(sent);
        assert(
          response.succeeded && response.text('id') === somebody.id,
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
        if (response.status === 404 || response.status === 405) break;
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
      for (const { what, sent } of plain.tokens) {
        const response = await read(sent);
        assume(response.status < 500, response.summary);
        assert(
          !response.body.includes(somebody.email),
          `${what} of a user without permissions not to read the record of another user`,
          `${response.summary} with the e-mail of that user`,
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
    },
  );

  for (const status of ['suspended', 'draft', 'invited', 'archived', 'unverified']) {
    check(
      'access.inactive-user',
      `The credentials, sessions and static token of a user whose status is ${status} are rejected`,
      async ({ target, newUser, administrator, evidence }) => {
        const token = newStaticToken(evidence);
        const account = await newUser({ token: token.value });
        const [{ refresh }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
        const renewed = await refreshed(target, account, (await target.loggedIn(account)).refresh);
        for (const sent of [{ header: token }, { cookie: session }]) {
          const before = await target.whoAmI(sent);
          assumeSuccess(before);
        }
        await administrator.change(account, { status }, evidence);
        const of = `of a user whose status is ${status}`;
        expectRejected(await target.whoAmI({ header: token }), `a static token ${of}`, account);
        expectRejected(await target.whoAmI({ query: token }), `a static token in the query ${of}`, account);
        expectRejected(await target.whoAmI({ cookie: token }), `a static token as cookie ${of}`, account);
        expectRejected(await target.whoAmI({ cookie: session }), `a session token ${of}`, account);
        expectRejected(await target.whoAmI({ header: session }), `a session token in the header ${of}`, account);
        expectNoToken(await target.refresh(refresh), `a refresh token ${of}`);
        expectNoToken(await target.refresh(renewed), `a refresh token out of a refresh ${of}`);
        expectNoToken(await target.refreshByCookie('session', session.value), `a session token ${of}`);
        for (const mode of modes) expectNoToken(await target.login(account, mode), `a login in mode ${mode} ${of}`);
      },
    );
  }

  check(
    'access.password-change',
    'After an administrator sets a new password, the old password and the sessions are rejected and the static token is accepted',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const [{ refresh }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      const renewed = await refreshed(target, account, (await target.loggedIn(account)).refresh);
      const bystander = await newUser();
      const [others, othersSession] = [await target.loggedIn(bystander), await target.loggedInBySession(bystander)];
      const before = await target.whoAmI({ cookie: session });
      assumeSuccess(before);
      const password = newPassword(evidence, account);
      await administrator.change(account, { password }, evidence);
      expectNoToken(await target.refresh(refresh), 'a refresh token from before the new password');
      expectNoToken(await target.refresh(renewed), 'a refresh token out of a refresh from before the new password');
      expectRejected(await target.whoAmI({ cookie: session }), 'a session token from before the new password', account);
      expectNoToken(
        await target.refreshByCookie('session', session.value),
        'a session token from before the new password',
      );
      expectAccepted(await target.whoAmI({ header: token }), account, 'a static token from before the new password');
      for (const mode of modes)
        expectNoToken(await target.login(account, mode), `a login in mode ${mode} with the old password`);
      const login = await target.login(account, undefined, { password });
      assert(login.succeeded, 'a login with the new password to succeed', login.summary);
      const ofAnother = 'of another user, after the new password,';
      expectAccepted(await target.whoAmI({ cookie: othersSession }), bystander, `a session token ${ofAnother}`);
      const response = await target.refresh(others.refresh, bystander);
      assert(response.succeeded, `the refresh token ${ofAnother} to be good`, response.summary);
    },
  );

  check(
    'access.own-password-change',
    'After a user sets a new password by a session token, that session goes on and every other one is revoked',
    async ({ target, newPrivilegedUser, evidence }) => {
      const account = await newPrivilegedUser();
      const [own, other] = [await target.loggedInBySession(account), await target.loggedInBySession(account)];
      const { refresh } = await target.loggedIn(account);
      const password = newPassword(evidence, account);
      const change = await target.send(
        target.withTokens({ method: 'PATCH', path: '/users/me', body: { password } }, { cookie: own }),
      );
      assumeSuccess(change);
      expectAccepted(await target.whoAmI({ cookie: own }), account, 'the session that asked for a new password');
      expectRejected(await target.whoAmI({ cookie: other }), 'another session, after the new password,', account);
      expectNoToken(await target.refresh(refresh), 'a refresh token from before the new password');
      expectNoToken(await target.login(account), 'a login with the old password');
    },
  );

  check(
    'access.password-concealed',
    'Neither an administrator nor the user is shown a password or its hash',
    async (context) => {
      const { target, newPrivilegedUser, administrator, evidence } = context;
      const account = await newPrivilegedUser();
      const id = account.id ?? '';
      const login = await target.login(account);
      const { access } = target.standardTokens(login);
      const own = async (path: string): Promise<Response> =>
        target.send(target.withTokens({ path }, { header: access }));
      const responses = [
        login,
        await own('/users/me?fields=*'),
        await own('/users/me?fields=id,password'),
        await administrator.send({ path: `/users/${id}?fields=*` }, evidence),
        await administrator.send({ path: `/users?filter[id][_eq]=${id}&fields=id,password` }, evidence),
        await administrator.send(
          { method: 'PATCH', path: `/users/${id}`, body: { password: account.password } },
          evidence,
        ),
      ];
      for (const response of responses) {
        assumeSuccess(response);
        const shown = [account.password, '$argon2', '$2a$', '$2b$', '$2y$', '$scrypt', '$pbkdf2'].find((one) =>
          response.body.includes(one),
        );
        assert(
          shown === undefined,
          `${response.what.replaceAll(id, '<id>')} to show neither the password nor its hash`,
          shown === account.password ? 'it shows the password' : `it shows a hash (${shown ?? ''}…)`,
        );
      }
    },
  );

  check(
    'access.scoped-to-user',
    'A response that one user has received is not served to another',
    async ({ target, newUser }) => {
      const [account, other] = [await newUser(), await newUser()];
      const [{ access }, { access: foreign }] = [await target.loggedIn(account), await target.loggedIn(other)];
      const theirs = await target.whoAmI({ header: foreign });
      assumeSuccess(theirs);
      const [tag] = theirs.headers('etag');
      const headers = { ...(tag !== undefined && { 'If-None-Match': tag }) };
      for (const sent of [{ header: access }, { query: access }]) {
        const response = await target.send(target.withTokens({ path: '/users/me', headers }, sent));
        expectAccepted(response, account, 'a token, sent with the entity tag of what another user has read,');
      }
    },
  );

  check(
    'access.scoped-to-user',
    'Concurrent logins and requests of several users each return the tokens and the record of their own user',
    async ({ target, newUser }) => {
      const accounts = await Promise.all([newUser(), newUser(), newUser()]);
      const logins = await Promise.all(
        accounts.map(async (account) => ({
          account,
          tokens: await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]),
        })),
      );
      const uses = logins.flatMap(({ account, tokens: [{ access }, session] }) => [
        { account, sent: { header: access } },
        { account, sent: { cookie: session } },
        { account, sent: { query: access } },
      ]);
      await Promise.all(
        uses.map(async ({ account, sent }) =>
          expectAccepted(await target.whoAmI(sent), account, 'a token, while others log in and make requests,'),
        ),
      );
      const renewals = await Promise.all(
        logins.map(async ({ account, tokens: [{ refresh }] }) => {
          const response = await target.refresh(refresh, account);
          assumeSuccess(response);
          return { account, access: target.accessToken(response) };
        }),
      );
      for (const { account, access } of renewals)
        expectAccepted(
          await target.whoAmI({ header: access }),
          account,
          'a token out of one of several refreshes at once',
        );
    },
  );

  check(
    'access.permissions-of-user',
    'A user without permissions can neither change, create nor remove a user',
    async (context) => {
      const { administrator, newUser, unwantedUser, target, evidence } = context;
      const { role } = administrator.access;
      const somebody = await newUser();
      const { account, tokens } = await holderOfEachType(context);
      const other = `/users/${somebody.id ?? ''}`;
      const uninvited = await unwantedUser();
      const changes = [
        {
          method: 'POST',
          path: '/users',
          body: { email: uninvited, password: somebody.password },
          hasSideEffect: true,
        },
        { method: 'PATCH', path: '/users/me', body: { ...(role !== undefined && { role }), first_name: 'Changed' } },
        { method: 'PATCH', path: other, body: { first_name: 'Changed' } },
        { method: 'PATCH', path: other, body: { password: `${somebody.password}-changed` } },
        { method: 'DELETE', path: other },
        { method: 'GET', path: '/users?fields=*&limit=-1' },
        { method: 'PATCH', path: '/settings', body: {} },
      ];
      for (const { what, sent } of tokens) {
        for (const parts of changes) {
          const response = await target.send(target.withTokens(parts, sent));
          assert(
            !response.body.includes(somebody.email),
            `${parts.method} ${parts.path.split('?')[0] ?? ''} with ${what} of a user without permissions not to show another user`,
            `${response.summary} with the e-mail of that user`,
          );
        }
      }
      for (const { id = '' } of [somebody, account]) {
        const record = await administrator.send({ path: `/users/${id}?fields=id,first_name,role` }, evidence);
        assert(
          record.text('id') === id && record.text('first_name') === undefined && record.text('role') === undefined,
          'a user without permissions to have changed neither another user nor the own role',
          `the record is ${record.body}`,
        );
      }
      const filter = encodeURIComponent(uninvited);
      const list = await administrator.send({ path: `/users?filter[email][_eq]=${filter}&fields=id,email` }, evidence);
      assumeSuccess(list);
      assert(
        !list.body.includes(uninvited),
        'a user without permissions to have created nobody',
        `${list.summary} with a user of the e-mail ${uninvited}`,
      );
    },
  );

  check(
    'access.permissions-change',
    'A static token and new tokens gain and lose permissions with the role of their user',
    async (context) => {
      const { administrator, newUser, newPrivilegedUser, target, evidence } = context;
      const { role } = administrator.access;
      const somebody = await newUser();
      const token = newStaticToken(evidence);
      const account = await newPrivilegedUser({ token: token.value });
      const read = async (sent: SentTokens): Promise<Response> =>
        target.send(target.withTokens({ path: `/users/${somebody.id ?? ''}` }, sent));
      const mustRead = async (sent: SentTokens, what: string): Promise<void> => {
        const response = await read(sent);
        assert(response.text('id') === somebody.id, `${what} to read the record of another user`, response.summary);
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
      const session = await target.loggedInBySession(account);
      expectRejected(await read({ cookie: session }), 'a session token from after the loss of the role', somebody);
      await administrator.change(account, { role: role ?? null }, evidence);
      await mustRead({ header: token }, 'the static token of a user who is an administrator again');
    },
  );

  check(
    'access.own-changes',
    'Each token type, by each bearer method, updates the record of its user',
    async ({ target, newPrivilegedUser, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newPrivilegedUser({ token: token.value });
      const [{ access }, session] = [await target.loggedIn(account), await target.loggedInBySession(account)];
      const uses: [string, SentTokens][] = [
        ['a standard token in the header', { header: access }],
        ['a standard token in the query', { query: access }],
        ['a session token as cookie', { cookie: session }],
        ['a session token in the header', { header: session }],
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

  check(
    'access.deleted-user',
    'After a user is deleted, each credential and token of the user is rejected',
    async (context) => {
      const { target, newUser, administrator, evidence } = context;
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const [{ refresh }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      for (const sent of [{ header: token }, { cookie: session }]) {
        const before = await target.whoAmI(sent);
        assumeSuccess(before);
      }
      const removal = await administrator.send({ method: 'DELETE', path: `/users/${account.id ?? ''}` }, evidence);
      assumeSuccess(removal);
      const of = 'of a user who was deleted';
      const record = await administrator.send({ path: `/users/${account.id ?? ''}` }, evidence);
      assert(!record.succeeded, 'a user who was deleted to be gone', `${record.summary} to the administrator`);
      expectRejected(await target.whoAmI({ header: token }), `a static token ${of}`);
      expectRejected(await target.whoAmI({ query: token }), `a static token ${of}`);
      expectRejected(await target.whoAmI({ cookie: session }), `a session token ${of}`);
      expectNoToken(await target.refresh(refresh), `a refresh token ${of}`);
      expectNoToken(await target.refreshByCookie('session', session.value), `a session token ${of}`);
      expectNoToken(await target.login(account), `a login ${of}`);
      expectNoToken(await target.login(account, 'session'), `a login, in mode session, ${of}`);
    },
  );

  check(
    'access.email-change',
    'After an administrator changes an e-mail address, the old address and the sessions are rejected',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const [{ refresh }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      const before = await target.whoAmI({ cookie: session });
      assumeSuccess(before);
      await administrator.change(account, { email: `new-${account.email}` }, evidence);
      expectNoToken(await target.refresh(refresh), 'a refresh token from before the new e-mail');
      expectRejected(await target.whoAmI({ cookie: session }), 'a session token from before the new e-mail', account);
      expectNoToken(await target.login(account), 'a login with the e-mail from before');
      const login = await target.login(account, undefined, { email: `new-${account.email}` });
      assert(login.succeeded, 'a login with the new e-mail to succeed', login.summary);
      expectAccepted(await target.whoAmI({ header: token }), account, 'a static token from before the new e-mail');
    },
  );

  check(
    'access.email-unique',
    'An e-mail address that another user has is rejected on creation and on update',
    async (context) => {
      const { target, newUser, administrator, evidence } = context;
      const [account, other] = [await newUser(), await newUser()];
      for (const email of [account.email, account.email.toUpperCase()]) {
        const body = { email, password: other.password };
        const creation = await administrator.send({ path: '/users', body, hasSideEffect: true }, evidence);
        expectRejected(creation, 'the creation of a user with the e-mail of another');
        const path = `/users/${other.id ?? ''}`;
        const change = await administrator.send({ method: 'PATCH', path, body: { email } }, evidence);
        expectRejected(change, 'a change to the e-mail of another user');
      }
      const login = await target.login(account);
      assert(login.succeeded, 'the user with that e-mail to log in', login.summary);
      const access = target.accessToken(login);
      expectAccepted(await target.whoAmI({ header: access }), account, 'the access token of that login');
    },
  );

  check(
    'access.reactivated',
    'After a suspension ends, login and static token are accepted again and earlier sessions stay revoked',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const [{ refresh }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      for (const status of ['suspended', 'active']) {
        await administrator.change(account, { status }, evidence);
      }
      const before = 'from before the suspension';
      expectRejected(await target.whoAmI({ cookie: session }), `a session token ${before}`, account);
      expectNoToken(await target.refresh(refresh), `a refresh token ${before}`);
      expectNoToken(await target.refreshByCookie('session', session.value), `a session token ${before}`);
      expectAccepted(await target.whoAmI({ header: token }), account, 'the static token of a user who is active again');
      const login = await target.login(account);
      assert(login.succeeded, 'a user who is active again to log in', login.summary);
      const access = target.accessToken(login);
      expectAccepted(await target.whoAmI({ header: access }), account, 'the access token of that login');
    },
  );

  check(
    'access.revoked-at-once',
    'A token that was accepted before is rejected right after a logout, a replacement or a suspension',
    async (context) => {
      const { target, newUser, administrator, evidence } = context;
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const [first, second] = await Promise.all([target.loggedInBySession(account), target.loggedInBySession(account)]);
      const use = async (what: string, sent: SentTokens): Promise<void> => {
        for (let time = 1; time <= 3; time += 1) {
          const response = await target.whoAmI(sent);
          assume(response.succeeded, `${what} before it is revoked: ${response.summary}`);
        }
      };
      const mustBeDead = async (what: string, ...sent: SentTokens[]): Promise<void> => {
        for (const one of sent) expectRejected(await target.whoAmI(one), what, account);
      };
      const change = async (changes: object): Promise<void> => administrator.change(account, changes, evidence);
      await use('a session token', { cookie: first });
      await use('a session token in the header', { header: first });
      const logout = await target.logoutByCookie('session', first.value);
      assumeSuccess(logout);
      await mustBeDead(
        'a session token that was used before its logout',
        { cookie: first },
        { header: first },
        { query: first },
      );

      await use('a static token', { header: token });
      await use('a static token in the query', { query: token });
      const next = newStaticToken(evidence);
      await change({ token: next.value });
      await mustBeDead('a static token that was used before it was replaced', { header: token }, { query: token });

      await use('a static token', { header: next });
      await use('a session token', { cookie: second });
      await change({ status: 'suspended' });
      await mustBeDead('a static token that was used before its user was suspended', { header: next }, { query: next });
      await mustBeDead(
        'a session token that was used before its user was suspended',
        { cookie: second },
        { header: second },
      );
    },
  );
});
