import { chapter, check, type CheckContext } from '../harness/check.js';
import { expectAccepted, expectNoToken, expectRejected } from '../harness/expectations.js';
import { assert, NotApplicable } from '../harness/outcomes.js';
import { written } from '../harness/target/graphql.js';
import type { Mode, RequestParts } from '../harness/target/target.js';
import { refreshIn, renewableIn } from '../harness/target/tokens/in-mode.js';
import type { StaticToken } from '../harness/target/tokens/tokens.js';
import type { Account } from '../harness/users/account.js';
import { newPassword } from '../harness/users/new-password.js';
import { newStaticToken } from '../harness/users/new-static-token.js';

/* A rejected request is as one that was never sent. */

/** A role that there is not. */
const NO_ROLE = '00000000-0000-4000-8000-000000000000';

/** What makes a refresh or logout a rejected one, and the request. */
type Flaw = readonly [what: string, flawed: (parts: RequestParts & { readonly body: object }) => RequestParts];

const flaws: readonly Flaw[] = [
  ['with an unknown mode', (parts) => ({ ...parts, body: { ...parts.body, mode: 'unknown' } })],
  ['with an unknown token in the header', (parts) => withHeader(parts, 'Authorization', 'Bearer unknown')],
  ['with an unknown token in the query', (parts) => ({ ...parts, path: `${parts.path}?access_token=unknown` })],
  [
    'with two access tokens',
    (parts) => withHeader({ ...parts, path: `${parts.path}?access_token=one` }, 'Authorization', 'Bearer another'),
  ],
  ['whose JSON is cut short', (parts) => ({ ...parts, body: JSON.stringify(parts.body).slice(0, -1) })],
  ['by PUT', (parts) => ({ ...parts, method: 'PUT' })],
  ['by DELETE', (parts) => ({ ...parts, method: 'DELETE' })],
];

const withHeader = (parts: RequestParts, name: string, value: string): RequestParts => ({
  ...parts,
  headers: { ...parts.headers, [name]: value },
});

/** A request that would refresh or end a login, by the token of its mode. */
function requestOf(
  { target }: CheckContext,
  operation: 'refresh' | 'logout',
  mode: Mode,
  token: string,
): RequestParts & { readonly body: object } {
  const common = { path: `/auth/${operation}` };
  if (mode === 'json') return { ...common, body: { refresh_token: token, mode } };
  return { ...common, headers: { Cookie: `${target.cookieOf(mode)}=${token}` }, body: { mode } };
}

/** Sends flawed requests with the token of a login, and expects it to be refreshed all the same afterwards. */
async function expectLoginSpared(context: CheckContext, account: Account, mode: Mode): Promise<void> {
  const { target } = context;
  for (const operation of ['refresh', 'logout'] as const) {
    const token = renewableIn(target, await target.login(account, mode), mode);
    if (token === undefined) throw new NotApplicable(`a login in mode ${mode} issues no token of that mode`);
    const rejected: string[] = [];
    for (const [what, flawed] of flaws) {
      const { succeeded } = await target.send(flawed(requestOf(context, operation, mode, token)));
      // What a target makes of a request that it does not reject, other requirements say.
      if (succeeded) return;
      rejected.push(what);
    }
    const refresh = await refreshIn(target, mode, token, account);
    assert(
      refresh.succeeded,
      `a login in mode ${mode} to be refreshed after its ${operation} was rejected ${rejected.join(', ')}`,
      refresh.summary,
    );
  }
}

interface Holder {
  readonly account: Account;
  readonly token: StaticToken;
  /** What a rejected change would have set. */
  readonly next: { readonly password: string; readonly token: StaticToken };
}

/** Changes of a user that are to be rejected, each for one of its members. */
function rejectedChanges({ account, next }: Holder, taken: string, offersGraphql: boolean): RequestParts[] {
  const id = account.id ?? '';
  const { password } = next;
  const token = next.token.value;
  const changes = [
    { password, token, email: taken },
    { status: 'suspended', password, token, email: taken },
    { password, token, role: NO_ROLE },
  ];
  const data = `password:${written(password)},token:${written(token)},email:${written(taken)}`;
  return [
    ...changes.map((body) => ({ method: 'PATCH', path: `/users/${id}`, body })),
    { method: 'PATCH', path: '/users', body: { keys: [id], data: changes[0] } },
    { method: 'PATCH', path: '/users', body: [{ id, ...changes[0] }] },
    ...(offersGraphql
      ? [
          {
            path: '/graphql/system',
            body: { query: `mutation{update_users_item(id:${written(id)},data:{${data}}){id}}` },
          },
        ]
      : []),
  ];
}

chapter('Making Requests', () => {
  check(
    'requests.rejected-without-effect',
    'A login is refreshed after its refresh and its logout were rejected for something else, in each mode',
    async (context) => {
      const { target, newUser } = context;
      const account = await newUser();
      for (const mode of target.modes) await expectLoginSpared(context, account, mode);
      expectAccepted(
        await target.whoAmI({ header: (await target.loggedIn(account)).access }),
        account,
        'the access token of a login after rejected requests',
      );
    },
  );

  check(
    'requests.rejected-without-effect',
    "After an administrator's change of a user is rejected, password, static token and logins are what they were",
    async (context) => {
      const { target, newUser, administrator, evidence, plan } = context;
      const token = newStaticToken(evidence);
      const [account, other] = [await newUser({ token: token.value }), await newUser()];
      const next = { password: newPassword(evidence, account), token: newStaticToken(evidence) };
      const { refresh } = await target.loggedIn(account);
      const sessions = await target.sessionsOf(account);
      const holder = { account, token, next };
      for (const parts of rejectedChanges(holder, other.email, plan.capabilities.includes('graphql'))) {
        const response = await administrator.send(parts, evidence);
        const { data } = (response.json ?? {}) as { data?: { update_users_item?: unknown } | null };
        // That an email is unique says access.email-unique; what becomes of a role that there is not is the target's own affair.
        if (response.succeeded && (parts.path !== '/graphql/system' || data?.update_users_item != null))
          throw new NotApplicable('the target makes changes that this check takes for ones that are rejected');
      }
      const after = 'after changes of the user that were rejected';
      expectNoToken(await target.login(account, undefined, { password: next.password }), `a new password ${after}`);
      expectRejected(await target.whoAmI({ header: next.token }), `a new static token ${after}`, account);
      expectAccepted(await target.whoAmI({ header: token }), account, `the static token ${after}`);
      for (const session of sessions)
        expectAccepted(await target.whoAmI({ cookie: session }), account, `a session token ${after}`);
      const renewal = await target.refresh(refresh, account);
      assert(renewal.succeeded, `the refresh token to be accepted ${after}`, renewal.summary);
      const login = await target.login(account);
      assert(login.succeeded, `a login with the password from before to succeed ${after}`, login.summary);
    },
  );

  check(
    'requests.rejected-without-effect',
    'A user whose creation is rejected does not log in, and the static token given is not accepted',
    async ({ target, newUser, administrator, unwantedUser, evidence }) => {
      const token = newStaticToken(evidence);
      const taken = newStaticToken(evidence);
      const other = await newUser({ token: taken.value });
      const password = newPassword(evidence, other);
      for (const flaw of [{ token: token.value, role: NO_ROLE }, { token: taken.value }]) {
        const email = await unwantedUser();
        const body = { email, password, status: 'active', ...flaw };
        const response = await administrator.send({ path: '/users', body }, evidence);
        if (response.succeeded) throw new NotApplicable('the target creates a user with a role that there is not');
        const login = { path: '/auth/login', body: { email, password } };
        expectNoToken(await target.send(login), 'a login of a user whose creation was rejected');
      }
      expectRejected(await target.whoAmI({ header: token }), 'the static token of a user whose creation was rejected');
      expectAccepted(await target.whoAmI({ header: taken }), other, 'the static token that was given twice');
    },
  );
});
