import { newStaticToken, type Account } from './harness/users/accounts.js';
import type { Answer } from './harness/target/response.js';
import { chapter, check, type Tools } from './harness/check.js';
import { inWords, mustAccept, mustHandOutNoToken, mustRefuse } from './harness/expectations.js';
import { demand, require } from './harness/outcomes.js';
import type { SentTokens } from './harness/target/bearer-methods.js';
import { modes, type Target } from './harness/target/target.js';
import type { AnyAccessToken, RefreshToken } from './harness/target/tokens.js';
import type { Evidence } from './harness/evidence/evidence.js';

interface Holder {
  readonly account: Account;
  /** A token of each type, sent by the way that the specification shows for it. */
  readonly tokens: readonly { readonly what: string; readonly token: AnyAccessToken; readonly sent: SentTokens }[];
}

/** A new user with a token of each type. */
async function holderOfEachType({
  evidence,
  newUser,
  target,
}: Pick<Tools, 'evidence' | 'newUser' | 'target'>): Promise<Holder> {
  const token = newStaticToken(evidence);
  const account = await newUser({ token: token.value });
  const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
  return {
    account,
    tokens: [
      { what: 'a standard token', token: access, sent: { header: access } },
      { what: 'a session token', token: session, sent: { cookie: session } },
      { what: 'a static token', token, sent: { header: token } },
    ],
  };
}

async function eachIdentifiesItsUser(target: Target, { account, tokens }: Holder, when: string): Promise<void> {
  for (const { what, token, sent } of tokens) {
    mustAccept(target, await target.whoAmI(sent), account, token, `${what} ${when}`);
  }
}

/** The refresh token that a refresh leaves its owner with. */
async function refreshed(target: Target, account: Account, refresh: RefreshToken): Promise<RefreshToken> {
  const obtainedAt = performance.now();
  const answer = await target.refresh(refresh, account);
  if (!answer.succeeded) target.excuseIfOvertaken(refresh);
  require(answer.succeeded, inWords(answer));
  return answer.text('refresh_token') === undefined ? refresh : target.standardTokens(answer, obtainedAt).refresh;
}

/** Another password for a user, named in the evidence. */
function newPassword(evidence: Evidence, { password }: Account): string {
  const { variable = 'PASSWORD' } = evidence.names.get(password) ?? {};
  const changed = `${password}-new`;
  evidence.names.add(changed, 'NEW_PASSWORD', { kind: 'derived', shell: `"\${${variable}}-new"`, from: [variable] });
  return changed;
}

chapter('Access Tokens', () => {
  check(
    'access.scoped-to-user',
    'the tokens of two users name their own user, one after another and all at once',
    async (tools) => {
      const { target } = tools;
      const first = await holderOfEachType(tools);
      await eachIdentifiesItsUser(target, first, 'of the only user logged in');
      const second = await holderOfEachType(tools);
      await eachIdentifiesItsUser(target, first, 'of the user who logged in first');
      await eachIdentifiesItsUser(target, second, 'of the user who logged in second');
      await Promise.all(
        [first, second].map(async (holder) => eachIdentifiesItsUser(target, holder, 'while others are in use')),
      );
    },
  );

  check(
    'access.permissions-of-user',
    "an administrator's tokens may read another user, a plain user's may not",
    async (tools) => {
      const { newUser, newPrivilegedUser, target } = tools;
      const somebody = await newUser();
      const privileged = await holderOfEachType({ ...tools, newUser: newPrivilegedUser });
      const plain = await holderOfEachType(tools);
      const read = async (sent: SentTokens): ReturnType<Target['send']> =>
        target.send(target.withTokens({ path: `/users/${somebody.id ?? ''}` }, sent));

      for (const { what, token, sent } of privileged.tokens) {
        const answer = await read(sent);
        if (!answer.succeeded) target.excuseIfOvertaken(token);
        demand(
          answer.succeeded && answer.text('id') === somebody.id,
          `${what} of an administrator to read the record of another user`,
          inWords(answer),
        );
      }
      for (const [who, { account }, rights] of [
        ['an administrator', privileged, true],
        ['a user without permissions', plain, false],
      ] as const) {
        const { refresh } = await target.loggedIn(account);
        const obtainedAt = performance.now();
        const renewal = await target.refresh(refresh, account);
        if (!renewal.succeeded) target.excuseIfOvertaken(refresh);
        require(renewal.succeeded, inWords(renewal));
        const access = target.accessToken(renewal, obtainedAt);
        for (const path of [`/users/${somebody.id ?? ''}`, '/users?limit=1']) {
          const answer = await target.send(target.withTokens({ path }, { header: access }));
          if (rights && !answer.succeeded) target.excuseIfOvertaken(access);
          demand(
            answer.succeeded === rights,
            `a standard token out of a refresh of ${who} ${rights ? 'to' : 'not to'} read other users`,
            inWords(answer),
          );
        }
      }
      const search = { method: 'SEARCH', path: '/users', body: { query: { limit: 1, fields: ['id'] } } };
      for (const { what, token, sent } of privileged.tokens) {
        const answer = await target.send(target.withTokens(search, sent));
        if (answer.status === 404 || answer.status === 405) break;
        if (!answer.succeeded) target.excuseIfOvertaken(token);
        demand(answer.succeeded, `SEARCH /users with ${what} of an administrator to be answered`, inWords(answer));
      }
      for (const { what, sent } of plain.tokens) {
        const answer = await target.send(target.withTokens(search, sent));
        demand(
          !answer.succeeded,
          `SEARCH /users with ${what} of a user without permissions to be refused`,
          inWords(answer),
        );
      }
      for (const { what, sent } of plain.tokens) {
        const answer = await read(sent);
        require(answer.status < 500, inWords(answer));
        demand(
          !answer.response.body.includes(somebody.email),
          `${what} of a user without permissions not to read the record of another user`,
          `${inWords(answer)} with the e-mail of that user`,
        );
      }
      const [first] = privileged.tokens;
      const parts = { method: 'DELETE', path: `/users/${somebody.id ?? ''}` };
      const removal = await target.send(target.withTokens(parts, first?.sent ?? {}));
      if (!removal.succeeded && first !== undefined) target.excuseIfOvertaken(first.token);
      demand(
        removal.succeeded,
        'DELETE /users/<id> with a standard token of an administrator to succeed',
        inWords(removal),
      );
    },
  );

  for (const status of ['suspended', 'draft', 'invited', 'archived', 'unverified']) {
    check(
      'access.inactive-user',
      `a user whose status is ${status}`,
      async ({ target, newUser, administrator, evidence }) => {
        const token = newStaticToken(evidence);
        const account = await newUser({ token: token.value });
        const [{ refresh }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
        const renewed = await refreshed(target, account, (await target.loggedIn(account)).refresh);
        for (const sent of [{ header: token }, { cookie: session }]) {
          const before = await target.whoAmI(sent);
          require(before.succeeded, inWords(before));
        }
        await administrator.change(account, { status }, evidence);
        const of = `of a user whose status is ${status}`;
        mustRefuse(await target.whoAmI({ header: token }), `a static token ${of}`, account);
        mustRefuse(await target.whoAmI({ query: token }), `a static token in the query ${of}`, account);
        mustRefuse(await target.whoAmI({ cookie: token }), `a static token as cookie ${of}`, account);
        mustRefuse(await target.whoAmI({ cookie: session }), `a session token ${of}`, account);
        mustRefuse(await target.whoAmI({ header: session }), `a session token in the header ${of}`, account);
        mustHandOutNoToken(target, await target.refresh(refresh), `a refresh token ${of}`);
        mustHandOutNoToken(target, await target.refresh(renewed), `a refresh token out of a refresh ${of}`);
        mustHandOutNoToken(target, await target.refreshByCookie('session', session.value), `a session token ${of}`);
        for (const mode of modes)
          mustHandOutNoToken(target, await target.login(account, mode), `a login in mode ${mode} ${of}`);
      },
    );
  }

  check(
    'access.password-change',
    'a user who gets a new password',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const [{ refresh }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      const renewed = await refreshed(target, account, (await target.loggedIn(account)).refresh);
      const bystander = await newUser();
      const [others, othersSession] = [await target.loggedIn(bystander), await target.loggedInBySession(bystander)];
      const before = await target.whoAmI({ cookie: session });
      require(before.succeeded, inWords(before));
      const password = newPassword(evidence, account);
      await administrator.change(account, { password }, evidence);
      mustHandOutNoToken(target, await target.refresh(refresh), 'a refresh token from before the new password');
      mustHandOutNoToken(
        target,
        await target.refresh(renewed),
        'a refresh token out of a refresh from before the new password',
      );
      mustRefuse(await target.whoAmI({ cookie: session }), 'a session token from before the new password', account);
      mustHandOutNoToken(
        target,
        await target.refreshByCookie('session', session.value),
        'a session token from before the new password',
      );
      mustAccept(
        target,
        await target.whoAmI({ header: token }),
        account,
        token,
        'a static token from before the new password',
      );
      for (const mode of modes)
        mustHandOutNoToken(target, await target.login(account, mode), `a login in mode ${mode} with the old password`);
      const login = await target.login(account, undefined, { password });
      demand(login.succeeded, 'a login with the new password to succeed', inWords(login));
      const ofAnother = 'of another user, after the new password,';
      mustAccept(
        target,
        await target.whoAmI({ cookie: othersSession }),
        bystander,
        othersSession,
        `a session token ${ofAnother}`,
      );
      const answer = await target.refresh(others.refresh, bystander);
      if (!answer.succeeded) target.excuseIfOvertaken(others.refresh);
      demand(answer.succeeded, `the refresh token ${ofAnother} to be good`, inWords(answer));
    },
  );

  check('access.own-password-change', 'by a session token', async ({ target, newPrivilegedUser, evidence }) => {
    const account = await newPrivilegedUser();
    const [own, other] = [await target.loggedInBySession(account), await target.loggedInBySession(account)];
    const { refresh } = await target.loggedIn(account);
    const password = newPassword(evidence, account);
    const change = await target.send(
      target.withTokens({ method: 'PATCH', path: '/users/me', body: { password } }, { cookie: own }),
    );
    if (!change.succeeded) target.excuseIfOvertaken(own);
    require(change.succeeded, inWords(change));
    mustAccept(target, await target.whoAmI({ cookie: own }), account, own, 'the session that asked for a new password');
    mustRefuse(await target.whoAmI({ cookie: other }), 'another session, after the new password,', account);
    mustHandOutNoToken(target, await target.refresh(refresh), 'a refresh token from before the new password');
    mustHandOutNoToken(target, await target.login(account), 'a login with the old password');
  });

  check('access.password-concealed', 'to the administrator and to its user', async (tools) => {
    const { target, newPrivilegedUser, administrator, evidence } = tools;
    const account = await newPrivilegedUser();
    const id = account.id ?? '';
    const login = await target.login(account);
    const { access } = target.standardTokens(login, performance.now());
    const own = async (path: string): Promise<Answer> => target.send(target.withTokens({ path }, { header: access }));
    const answers = [
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
    for (const answer of answers) {
      require(answer.succeeded, inWords(answer));
      const shown = [account.password, '$argon2', '$2a$', '$2b$', '$2y$', '$scrypt', '$pbkdf2'].find((one) =>
        answer.response.body.includes(one),
      );
      demand(
        shown === undefined,
        `${answer.what.replaceAll(id, '<id>')} to show neither the password nor its hash`,
        shown === account.password ? 'it shows the password' : `it shows a hash (${shown ?? ''}…)`,
      );
    }
  });

  check(
    'access.scoped-to-user',
    'what one user has read is not taken for what another has',
    async ({ target, newUser }) => {
      const [account, other] = [await newUser(), await newUser()];
      const [{ access }, { access: foreign }] = [await target.loggedIn(account), await target.loggedIn(other)];
      const theirs = await target.whoAmI({ header: foreign });
      require(theirs.succeeded, inWords(theirs));
      const [tag] = theirs.headers('etag');
      const headers = { ...(tag !== undefined && { 'If-None-Match': tag }) };
      for (const sent of [{ header: access }, { query: access }]) {
        const answer = await target.send(target.withTokens({ path: '/users/me', headers }, sent));
        mustAccept(target, answer, account, access, 'a token, sent with the entity tag of what another user has read,');
      }
    },
  );

  check(
    'access.scoped-to-user',
    'logins and requests of several users at the same moment get their own answers',
    async ({ target, newUser }) => {
      const accounts = await Promise.all([newUser(), newUser(), newUser()]);
      const logins = await Promise.all(
        accounts.map(async (account) => ({
          account,
          tokens: await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]),
        })),
      );
      const uses = logins.flatMap(({ account, tokens: [{ access }, session] }) => [
        { account, token: access, sent: { header: access } },
        { account, token: session, sent: { cookie: session } },
        { account, token: access, sent: { query: access } },
      ]);
      await Promise.all(
        uses.map(async ({ account, token, sent }) =>
          mustAccept(
            target,
            await target.whoAmI(sent),
            account,
            token,
            'a token, while others log in and make requests,',
          ),
        ),
      );
      const renewals = await Promise.all(
        logins.map(async ({ account, tokens: [{ refresh }] }) => {
          const obtainedAt = performance.now();
          const answer = await target.refresh(refresh, account);
          if (!answer.succeeded) target.excuseIfOvertaken(refresh);
          require(answer.succeeded, inWords(answer));
          return { account, access: target.accessToken(answer, obtainedAt) };
        }),
      );
      for (const { account, access } of renewals)
        mustAccept(
          target,
          await target.whoAmI({ header: access }),
          account,
          access,
          'a token out of one of several refreshes at once',
        );
    },
  );

  check(
    'access.permissions-of-user',
    'a user without permissions changes nobody, and creates and removes nobody',
    async (tools) => {
      const { administrator, newUser, unwantedUser, target, evidence } = tools;
      const { role } = administrator.access;
      const somebody = await newUser();
      const { account, tokens } = await holderOfEachType(tools);
      const other = `/users/${somebody.id ?? ''}`;
      const uninvited = await unwantedUser();
      const changes = [
        { method: 'POST', path: '/users', body: { email: uninvited, password: somebody.password }, mustEnd: true },
        { method: 'PATCH', path: '/users/me', body: { ...(role !== undefined && { role }), first_name: 'Changed' } },
        { method: 'PATCH', path: other, body: { first_name: 'Changed' } },
        { method: 'PATCH', path: other, body: { password: `${somebody.password}-changed` } },
        { method: 'DELETE', path: other },
        { method: 'GET', path: '/users?fields=*&limit=-1' },
        { method: 'PATCH', path: '/settings', body: {} },
      ];
      for (const { what, sent } of tokens) {
        for (const parts of changes) {
          const answer = await target.send(target.withTokens(parts, sent));
          demand(
            !answer.response.body.includes(somebody.email),
            `${parts.method} ${parts.path.split('?')[0] ?? ''} with ${what} of a user without permissions not to show another user`,
            `${inWords(answer)} with the e-mail of that user`,
          );
        }
      }
      for (const { id = '' } of [somebody, account]) {
        const record = await administrator.send({ path: `/users/${id}?fields=id,first_name,role` }, evidence);
        demand(
          record.text('id') === id && record.text('first_name') === undefined && record.text('role') === undefined,
          'a user without permissions to have changed neither another user nor the own role',
          `the record is ${record.response.body}`,
        );
      }
      const filter = encodeURIComponent(uninvited);
      const list = await administrator.send({ path: `/users?filter[email][_eq]=${filter}&fields=id,email` }, evidence);
      require(list.succeeded, inWords(list));
      demand(
        !list.response.body.includes(uninvited),
        'a user without permissions to have created nobody',
        `${inWords(list)} with a user of the e-mail ${uninvited}`,
      );
    },
  );

  check('access.permissions-change', 'an administrator for a while', async (tools) => {
    const { administrator, newUser, newPrivilegedUser, target, evidence } = tools;
    const { role } = administrator.access;
    const somebody = await newUser();
    const token = newStaticToken(evidence);
    const account = await newPrivilegedUser({ token: token.value });
    const read = async (sent: SentTokens): Promise<Answer> =>
      target.send(target.withTokens({ path: `/users/${somebody.id ?? ''}` }, sent));
    const mustRead = async (sent: SentTokens, what: string): Promise<void> => {
      const answer = await read(sent);
      demand(answer.text('id') === somebody.id, `${what} to read the record of another user`, inWords(answer));
    };
    await mustRead({ header: token }, 'the static token of an administrator');
    await administrator.change(account, { role: null }, evidence);
    mustRefuse(await read({ header: token }), 'the static token of a former administrator', somebody);
    mustRefuse(await read({ query: token }), 'the static token of a former administrator, in the query,', somebody);
    const { access } = await target.loggedIn(account);
    mustRefuse(await read({ header: access }), 'a standard token from after the loss of the role', somebody);
    const session = await target.loggedInBySession(account);
    mustRefuse(await read({ cookie: session }), 'a session token from after the loss of the role', somebody);
    await administrator.change(account, { role: role ?? null }, evidence);
    await mustRead({ header: token }, 'the static token of a user who is an administrator again');
  });

  check('access.own-changes', 'by each token and way', async ({ target, newPrivilegedUser, evidence }) => {
    const token = newStaticToken(evidence);
    const account = await newPrivilegedUser({ token: token.value });
    const [{ access }, session] = [await target.loggedIn(account), await target.loggedInBySession(account)];
    const uses: [string, AnyAccessToken, SentTokens][] = [
      ['a standard token in the header', access, { header: access }],
      ['a standard token in the query', access, { query: access }],
      ['a session token as cookie', session, { cookie: session }],
      ['a session token in the header', session, { header: session }],
      ['a static token in the header', token, { header: token }],
      ['a static token in the query', token, { query: token }],
    ];
    for (const [number, [what, sent, by]] of uses.entries()) {
      const body = { first_name: `Changed ${number}` };
      const answer = await target.send(target.withTokens({ method: 'PATCH', path: '/users/me', body }, by));
      mustAccept(target, answer, account, sent, `PATCH /users/me with ${what}`);
      demand(
        answer.text('first_name') === body.first_name,
        `PATCH /users/me with ${what} to change the own record`,
        inWords(answer),
      );
    }
  });

  check('access.deleted-user', 'each of the tokens', async (tools) => {
    const { target, newUser, administrator, evidence } = tools;
    const token = newStaticToken(evidence);
    const account = await newUser({ token: token.value });
    const [{ refresh }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
    for (const sent of [{ header: token }, { cookie: session }]) {
      const before = await target.whoAmI(sent);
      require(before.succeeded, inWords(before));
    }
    const removal = await administrator.send({ method: 'DELETE', path: `/users/${account.id ?? ''}` }, evidence);
    require(removal.succeeded, inWords(removal));
    const of = 'of a user who was deleted';
    const record = await administrator.send({ path: `/users/${account.id ?? ''}` }, evidence);
    demand(!record.succeeded, 'a user who was deleted to be gone', `${inWords(record)} to the administrator`);
    mustRefuse(await target.whoAmI({ header: token }), `a static token ${of}`);
    mustRefuse(await target.whoAmI({ query: token }), `a static token ${of}`);
    mustRefuse(await target.whoAmI({ cookie: session }), `a session token ${of}`);
    mustHandOutNoToken(target, await target.refresh(refresh), `a refresh token ${of}`);
    mustHandOutNoToken(target, await target.refreshByCookie('session', session.value), `a session token ${of}`);
    mustHandOutNoToken(target, await target.login(account), `a login ${of}`);
    mustHandOutNoToken(target, await target.login(account, 'session'), `a login, in mode session, ${of}`);
  });

  check('access.email-change', 'by the administrator', async ({ target, newUser, administrator, evidence }) => {
    const token = newStaticToken(evidence);
    const account = await newUser({ token: token.value });
    const [{ refresh }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
    const before = await target.whoAmI({ cookie: session });
    require(before.succeeded, inWords(before));
    await administrator.change(account, { email: `new-${account.email}` }, evidence);
    mustHandOutNoToken(target, await target.refresh(refresh), 'a refresh token from before the new e-mail');
    mustRefuse(await target.whoAmI({ cookie: session }), 'a session token from before the new e-mail', account);
    mustHandOutNoToken(target, await target.login(account), 'a login with the e-mail from before');
    const login = await target.login(account, undefined, { email: `new-${account.email}` });
    demand(login.succeeded, 'a login with the new e-mail to succeed', inWords(login));
    mustAccept(
      target,
      await target.whoAmI({ header: token }),
      account,
      token,
      'a static token from before the new e-mail',
    );
  });

  check('access.email-unique', 'on creation and by an update', async (tools) => {
    const { target, newUser, administrator, evidence } = tools;
    const [account, other] = [await newUser(), await newUser()];
    for (const email of [account.email, account.email.toUpperCase()]) {
      const body = { email, password: other.password };
      const creation = await administrator.send({ path: '/users', body, mustEnd: true }, evidence);
      mustRefuse(creation, 'the creation of a user with the e-mail of another');
      const path = `/users/${other.id ?? ''}`;
      const change = await administrator.send({ method: 'PATCH', path, body: { email } }, evidence);
      mustRefuse(change, 'a change to the e-mail of another user');
    }
    const obtainedAt = performance.now();
    const login = await target.login(account);
    demand(login.succeeded, 'the user with that e-mail to log in', inWords(login));
    const access = target.accessToken(login, obtainedAt);
    mustAccept(target, await target.whoAmI({ header: access }), account, access, 'the access token of that login');
  });

  check('access.reactivated', 'after a suspension', async ({ target, newUser, administrator, evidence }) => {
    const token = newStaticToken(evidence);
    const account = await newUser({ token: token.value });
    const [{ refresh }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
    for (const status of ['suspended', 'active']) {
      await administrator.change(account, { status }, evidence);
    }
    const before = 'from before the suspension';
    mustRefuse(await target.whoAmI({ cookie: session }), `a session token ${before}`, account);
    mustHandOutNoToken(target, await target.refresh(refresh), `a refresh token ${before}`);
    mustHandOutNoToken(target, await target.refreshByCookie('session', session.value), `a session token ${before}`);
    mustAccept(
      target,
      await target.whoAmI({ header: token }),
      account,
      token,
      'the static token of a user who is active again',
    );
    const obtainedAt = performance.now();
    const login = await target.login(account);
    demand(login.succeeded, 'a user who is active again to log in', inWords(login));
    const access = target.accessToken(login, obtainedAt);
    mustAccept(target, await target.whoAmI({ header: access }), account, access, 'the access token of that login');
  });

  check('access.revoked-at-once', 'by logout, replacement and suspension', async (tools) => {
    const { target, newUser, administrator, evidence } = tools;
    const token = newStaticToken(evidence);
    const account = await newUser({ token: token.value });
    const [first, second] = await Promise.all([target.loggedInBySession(account), target.loggedInBySession(account)]);
    const use = async (what: string, sent: SentTokens): Promise<void> => {
      for (let time = 1; time <= 3; time += 1) {
        const answer = await target.whoAmI(sent);
        require(answer.succeeded, `${what} before it is revoked: ${inWords(answer)}`);
      }
    };
    const mustBeDead = async (what: string, ...sent: SentTokens[]): Promise<void> => {
      for (const one of sent) mustRefuse(await target.whoAmI(one), what, account);
    };
    const change = async (changes: object): Promise<void> => administrator.change(account, changes, evidence);
    await use('a session token', { cookie: first });
    await use('a session token in the header', { header: first });
    const logout = await target.logoutByCookie('session', first.value);
    require(logout.succeeded, inWords(logout));
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
  });
});
