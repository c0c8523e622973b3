import { chapter, check, type CheckContext } from '../harness/check.js';
import { assumeSuccess, expectNoToken, expectRejected } from '../harness/expectations.js';
import type { Response } from '../harness/target/http/response.js';
import type { SentTokens } from '../harness/target/tokens/bearer-methods.js';
import type { Account } from '../harness/users/account.js';
import { newPassword } from '../harness/users/new-password.js';
import { newStaticToken } from '../harness/users/new-static-token.js';

/* What ends the access of a user ends that of an administrator, too, whom a server may ask for less. */

interface Holder {
  readonly account: Account;
  readonly refresh: string;
  readonly sessions: readonly string[];
  /** The tokens that authenticate, each of which has been used, and what it has read of what is not public. */
  readonly tokens: readonly (readonly [what: string, sent: SentTokens, paths: readonly string[]])[];
}

const LIST_OF_USERS = '/users?limit=1';
/** What an administrator may read: what is kept of it must not be served once the token is revoked. */
const PATHS = [LIST_OF_USERS, '/roles?limit=1', '/policies?limit=1', '/users?fields=id&sort=id&limit=1'];

/** Those of some paths whose responses meet a condition. */
async function pathsWhere(
  paths: readonly string[],
  send: (path: string) => Promise<Response>,
  meets: (response: Response) => boolean,
): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) if (meets(await send(path))) found.push(path);
  return found;
}

async function privilegedHolder({ target, newPrivilegedUser, evidence }: CheckContext): Promise<Holder> {
  const token = newStaticToken(evidence);
  const account = await newPrivilegedUser({ token: token.value });
  const { refresh } = await target.loggedIn(account);
  const sessions = await target.sessionsOf(account);
  const ways: [string, SentTokens][] = [
    ['the static token', { header: token }],
    ['the static token in the query', { query: token }],
    ...sessions.flatMap((session): [string, SentTokens][] => [
      ['the session cookie', { cookie: session }],
      ['the session token in the header', { header: session }],
    ]),
  ];
  const hidden = await pathsWhere(
    PATHS,
    async (path) => target.send({ path }),
    ({ rejected }) => rejected,
  );
  const tokens: [string, SentTokens, readonly string[]][] = [];
  for (const [what, sent] of ways) {
    const before = await target.whoAmI(sent);
    assumeSuccess(before);
    const read = await pathsWhere(
      hidden,
      async (path) => target.send(target.withTokens({ path }, sent)),
      ({ succeeded }) => succeeded,
    );
    tokens.push([what, sent, read]);
  }
  return { account, refresh: refresh.value, sessions: sessions.map(({ value }) => value), tokens };
}

/** Expects what a login has issued to be exchanged for nothing. */
async function expectLoginsEnded({ target }: CheckContext, { refresh, sessions }: Holder, of: string): Promise<void> {
  expectNoToken(await target.refresh(refresh), `the refresh token ${of}`);
  for (const session of sessions)
    expectNoToken(await target.refreshByCookie('session', session), `the session token ${of}`);
}

/** Expects each token to be rejected at the own record, at those of others, and wherever it has read before. */
async function expectTokensRejected(
  { target }: CheckContext,
  tokens: Holder['tokens'],
  account: Account,
  of: string,
): Promise<void> {
  for (const [what, sent, paths] of tokens) {
    expectRejected(await target.whoAmI(sent), `${what} ${of}`, account);
    for (const path of new Set([LIST_OF_USERS, ...paths])) {
      const response = await target.send(target.withTokens({ path }, sent));
      expectRejected(response, `${what} ${of} at GET ${path}`, account);
    }
  }
}

chapter('Access Tokens', () => {
  check(
    'access.inactive-user',
    'The credentials, sessions and static token of an administrator who is suspended are rejected',
    async (context) => {
      const { target, administrator, evidence } = context;
      const holder = await privilegedHolder(context);
      const { account, tokens } = holder;
      const of = 'of an administrator who is suspended';
      await administrator.change(account, { status: 'suspended' }, evidence);
      await expectTokensRejected(context, tokens, account, of);
      await expectLoginsEnded(context, holder, of);
      for (const mode of target.modes)
        expectNoToken(await target.login(account, mode), `a login in mode ${mode} ${of}`);
    },
  );

  check(
    'access.password-change',
    'After another administrator sets a new password of an administrator, the old password and the sessions are rejected',
    async (context) => {
      const { target, administrator, evidence } = context;
      const holder = await privilegedHolder(context);
      const { account, tokens } = holder;
      const of = 'of an administrator, from before the new password,';
      const password = newPassword(evidence, account);
      await administrator.change(account, { password }, evidence);
      const ofLogins = tokens.filter(([what]) => what.includes('session'));
      await expectTokensRejected(context, ofLogins, account, of);
      await expectLoginsEnded(context, holder, of);
      expectNoToken(await target.login(account), `the password ${of}`);
    },
  );

  check(
    'access.deleted-user',
    'After an administrator is deleted, each credential and token of that user is rejected',
    async (context) => {
      const { target, administrator, evidence } = context;
      const holder = await privilegedHolder(context);
      const { account, tokens } = holder;
      const of = 'of an administrator who was deleted';
      const parts = { method: 'DELETE', path: `/users/${account.id ?? ''}` };
      const removal = await administrator.send(parts, evidence);
      assumeSuccess(removal);
      await expectTokensRejected(context, tokens, account, of);
      await expectLoginsEnded(context, holder, of);
      expectNoToken(await target.login(account), `a login ${of}`);
    },
  );

  check(
    'access.revoked-at-once',
    'A token of an administrator is rejected right after a logout or a replacement',
    async (context) => {
      const { target, administrator, evidence } = context;
      const holder = await privilegedHolder(context);
      const { account, tokens, refresh, sessions } = holder;
      const of = 'of an administrator, once it is revoked,';
      for (const logout of [
        await target.logout(refresh),
        ...(await Promise.all(sessions.map(async (session) => target.logoutByCookie('session', session)))),
      ])
        assumeSuccess(logout);
      await administrator.change(account, { token: newStaticToken(evidence).value }, evidence);
      await expectTokensRejected(context, tokens, account, of);
      await expectLoginsEnded(context, holder, of);
    },
    { needs: 'admin' },
  );
});
