import { newStaticToken, type Account } from './harness/accounts.js';
import { chapter, check, type Tools } from './harness/check.js';
import { inWords, mustAccept, mustHandOutNoToken, mustRefuse } from './harness/expectations.js';
import { demand, require } from './harness/outcomes.js';
import type { SentTokens, Target } from './harness/target.js';
import type { AnyAccessToken } from './harness/tokens.js';

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
      for (const { what, sent } of plain.tokens) {
        const answer = await read(sent);
        require(answer.status < 500, inWords(answer));
        demand(
          !answer.response.body.includes(somebody.email),
          `${what} of a user without permissions not to read the record of another user`,
          `${inWords(answer)} with the e-mail of that user`,
        );
      }
    },
  );

  check(
    'access.inactive-user',
    'a user whose status is not active',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const [{ refresh }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      for (const sent of [{ header: token }, { cookie: session }]) {
        const before = await target.whoAmI(sent);
        require(before.succeeded, inWords(before));
      }
      for (const status of ['suspended', 'draft', 'invited', 'archived', 'unverified']) {
        const path = `/users/${account.id ?? ''}`;
        const change = await administrator.send({ method: 'PATCH', path, body: { status } }, evidence);
        require(change.succeeded, inWords(change));
        const of = `of a user whose status is ${status}`;
        mustRefuse(await target.whoAmI({ header: token }), `a static token ${of}`, account);
        mustRefuse(await target.whoAmI({ cookie: session }), `a session token ${of}`, account);
        mustHandOutNoToken(target, await target.refresh(refresh), `a refresh token ${of}`);
        mustHandOutNoToken(target, await target.login(account), `a login ${of}`);
      }
    },
  );

  check(
    'access.password-change',
    'a user who gets a new password',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const [{ refresh }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      const password = `${account.password}-new`;
      evidence.names.add(password, 'NEW_PASSWORD', { kind: 'derived', shell: '"${PASSWORD}-new"', from: ['PASSWORD'] });
      const path = `/users/${account.id ?? ''}`;
      const change = await administrator.send({ method: 'PATCH', path, body: { password } }, evidence);
      require(change.succeeded, inWords(change));
      mustHandOutNoToken(target, await target.refresh(refresh), 'a refresh token from before the new password');
      mustRefuse(await target.whoAmI({ cookie: session }), 'a session token from before the new password', account);
      mustAccept(
        target,
        await target.whoAmI({ header: token }),
        account,
        token,
        'a static token from before the new password',
      );
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
      const { administrator, newUser, target, evidence } = tools;
      const { role } = administrator.access;
      const somebody = await newUser();
      const { account, tokens } = await holderOfEachType(tools);
      const other = `/users/${somebody.id ?? ''}`;
      const changes = [
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
    },
  );

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
    const change = await administrator.send(
      { method: 'PATCH', path: `/users/${account.id ?? ''}`, body: { email: `new-${account.email}` } },
      evidence,
    );
    require(change.succeeded, inWords(change));
    mustHandOutNoToken(target, await target.refresh(refresh), 'a refresh token from before the new e-mail');
    mustRefuse(await target.whoAmI({ cookie: session }), 'a session token from before the new e-mail', account);
    mustHandOutNoToken(target, await target.login(account), 'a login with the e-mail from before');
    mustAccept(
      target,
      await target.whoAmI({ header: token }),
      account,
      token,
      'a static token from before the new e-mail',
    );
  });

  check('access.reactivated', 'after a suspension', async ({ target, newUser, administrator, evidence }) => {
    const token = newStaticToken(evidence);
    const account = await newUser({ token: token.value });
    const [{ refresh }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
    for (const status of ['suspended', 'active']) {
      const change = await administrator.send(
        { method: 'PATCH', path: `/users/${account.id ?? ''}`, body: { status } },
        evidence,
      );
      require(change.succeeded, inWords(change));
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
    const change = async (body: object): Promise<void> => {
      const answer = await administrator.send({ method: 'PATCH', path: `/users/${account.id ?? ''}`, body }, evidence);
      require(answer.succeeded, inWords(answer));
    };
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
