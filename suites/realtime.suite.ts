import { alterations, mintLike, nameAltered } from './harness/generators/tampered-tokens.js';
import { chapter, check } from './harness/check.js';
import { newStaticToken } from './harness/users/accounts.js';
import { twoFactorUser, wrongOneTimePassword } from './harness/users/two-factor.js';
import { claimsOf, Moment } from './harness/target/jwt.js';
import { mustHandOutNoToken } from './harness/expectations.js';
import { demand, NotApplicable, require } from './harness/outcomes.js';
import type { Target } from './harness/target/target.js';
import type { AnyAccessToken, RefreshToken } from './harness/target/tokens.js';
import { converse, type Conversation } from './harness/target/web-socket.js';

const PATH = '/websocket';

const authenticate = async (target: Target, credentials: object): Promise<Conversation> =>
  converse(target, PATH, [{ type: 'auth', ...credentials }, { type: 'ping' }]);

const inWords = ({ opened, answers: [answer] }: Conversation): string =>
  !opened
    ? 'the WebSocket did not open'
    : answer === undefined
      ? 'nothing came'
      : `${JSON.stringify(answer['type'])} ${JSON.stringify(answer['status'])} came`;

function mustLetIn(
  target: Target,
  conversation: Conversation,
  what: string,
  token?: AnyAccessToken | RefreshToken,
): void {
  const [auth, pong] = conversation.answers;
  if (token !== undefined && pong === undefined) target.excuseIfOvertaken(token);
  demand(
    auth?.['type'] === 'auth' && auth['status'] === 'ok',
    `${what} to be accepted by the message auth`,
    inWords(conversation),
  );
  demand(pong?.['type'] === 'pong', `a ping after ${what} to be answered`, 'it is not');
}

function mustKeepOut(conversation: Conversation, what: string): void {
  const [answer, second] = conversation.answers;
  demand(answer !== undefined, `${what} to be refused by a message`, inWords(conversation));
  demand(answer?.['status'] !== 'ok' && answer?.['type'] !== 'pong', `${what} to be refused`, inWords(conversation));
  demand(
    second === undefined || second['status'] === 'error',
    `nothing to be answered after ${what}`,
    'the next message is answered',
  );
  demand(conversation.closed, `the connection to be closed after ${what}`, 'it stays open');
}

/** How a refusal reads, whatever the reason. Observed: Directus 12.4.1. */
const refusal = {
  type: 'auth',
  status: 'error',
  error: { code: 'AUTH_FAILED', message: 'Authentication handshake failed.' },
};

chapter('Realtime', () => {
  check('realtime.handshake', 'a token of each type', async ({ target, user }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    mustLetIn(target, await authenticate(target, { access_token: access.value }), 'a standard token', access);
    const session = await target.loggedInBySession(account);
    mustLetIn(target, await authenticate(target, { access_token: session.value }), 'a session token', session);
  });

  check(
    'realtime.handshake',
    'a static token',
    async ({ target, withStaticToken }) => {
      const { token } = await withStaticToken();
      mustLetIn(target, await authenticate(target, { access_token: token.value }), 'a static token');
    },
    { needs: 'static-token' },
  );

  check('realtime.token-valid', 'made up and altered', async ({ target, user, evidence }) => {
    const { access, refresh } = await target.loggedIn(await user());
    for (const token of ['made-up', 'a.b.c', refresh.value])
      mustKeepOut(await authenticate(target, { access_token: token }), 'a string that is no access token');
    for (const altered of alterations(access.value)) {
      nameAltered(evidence, altered, access.value);
      mustKeepOut(await authenticate(target, { access_token: altered.value }), `a standard token ${altered.how}`);
    }
  });

  check(
    'realtime.token-valid',
    'expired',
    async ({ target, user, evidence, plan }) => {
      const { access } = await target.loggedIn(await user());
      if (claimsOf(access.value)?.iat === undefined)
        throw new NotApplicable('the access token does not say when it was issued');
      const secret = plan.secret ?? '';
      const live = mintLike(evidence, access.value, { iat: Moment.afterIssue(0), exp: Moment.afterIssue(900) }, secret);
      const control = await authenticate(target, { access_token: live });
      require(control.answers[0]?.['status'] ===
        'ok', `a token minted with --secret is not accepted: ${inWords(control)}`);
      const expired = mintLike(
        evidence,
        access.value,
        { iat: Moment.afterIssue(-1800), exp: Moment.afterIssue(-900) },
        secret,
      );
      mustKeepOut(await authenticate(target, { access_token: expired }), 'a standard token that has expired');
    },
    { needs: 'secret' },
  );

  check(
    'realtime.token-valid',
    'revoked',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const session = await target.loggedInBySession(account);
      for (const [what, one] of [
        ['a session token', session],
        ['a static token', token],
      ] as const)
        mustLetIn(target, await authenticate(target, { access_token: one.value }), `${what} before it is revoked`, one);
      const logout = await target.logoutByCookie('session', session.value);
      require(logout.succeeded, 'the logout is refused, which this check stands on');
      mustKeepOut(await authenticate(target, { access_token: session.value }), 'a session token after its logout');
      await administrator.change(account, { status: 'suspended' }, evidence);
      mustKeepOut(await authenticate(target, { access_token: token.value }), 'the static token of a suspended user');
      const { email, password } = account;
      mustKeepOut(await authenticate(target, { email, password }), 'e-mail and password of a suspended user');
      for (const { value } of [session, token]) {
        const { opened } = await converse(target, `${PATH}?access_token=${value}`, []);
        demand(!opened, 'a WebSocket not to open with a revoked token in the query', 'it opened');
      }
    },
    { needs: 'admin' },
  );

  check('realtime.otp-required', 'without one and with a wrong one', async (tools) => {
    const { target } = tools;
    const { account, secret } = await twoFactorUser(tools);
    const { email, password } = account;
    mustKeepOut(await authenticate(target, { email, password }), 'a password without the one-time password');
    mustKeepOut(
      await authenticate(target, { email, password, otp: wrongOneTimePassword(secret) }),
      'a password with a wrong one-time password',
    );
  });

  check('realtime.credentials', 'right and wrong ones', async ({ target, newUser }) => {
    const { email, password } = await newUser();
    mustLetIn(target, await authenticate(target, { email, password }), 'e-mail and password');
    mustKeepOut(await authenticate(target, { email, password: `${password}x` }), 'a wrong password');
    mustKeepOut(await authenticate(target, { email: `nobody-${email}`, password }), 'an unknown e-mail');
  });

  check('realtime.credentials', 'what is handed out', async ({ target, newUser }) => {
    const account = await newUser();
    const { email, password } = account;
    const conversation = await authenticate(target, { email, password });
    mustLetIn(target, conversation, 'e-mail and password');
    const token = conversation.answers[0]?.['refresh_token'];
    demand(typeof token === 'string', 'e-mail and password to be answered with a refresh token', 'there is none');
    const renewal = await target.refresh(token, account);
    demand(renewal.succeeded, 'that refresh token to buy the next one', renewal.what);
  });

  check('realtime.errors', 'of each kind', async ({ target, newUser }) => {
    const { email, password } = await newUser();
    for (const [what, message] of [
      ['a made-up token', { type: 'auth', access_token: 'made-up' }],
      ['a made-up refresh token', { type: 'auth', refresh_token: 'made-up' }],
      ['a wrong password', { type: 'auth', email, password: `${password}x` }],
      ['an unknown e-mail', { type: 'auth', email: `nobody-${email}`, password }],
      ['nothing', { type: 'auth' }],
      ['a message before auth', { type: 'ping' }],
    ] as const) {
      const conversation = await converse(target, PATH, [message, { type: 'ping' }]);
      mustKeepOut(conversation, what);
      const answer = JSON.stringify(conversation.answers[0]);
      demand(answer === JSON.stringify(refusal), `${what} to be answered with ${JSON.stringify(refusal)}`, answer);
    }
  });

  check('realtime.answers', 'to auth and ping', async ({ target, user }) => {
    const { access } = await target.loggedIn(await user());
    const messages = [
      { type: 'auth', access_token: access.value, uid: 'first' },
      { type: 'ping', uid: 'second' },
    ];
    const { answers } = await converse(target, PATH, messages);
    if (answers[0]?.['status'] !== 'ok') target.excuseIfOvertaken(access);
    for (const [number, expected] of [
      { type: 'auth', status: 'ok', uid: 'first' },
      { type: 'pong', uid: 'second' },
    ].entries()) {
      const answer = answers[number] ?? {};
      const same = Object.keys({ ...answer, ...expected }).every(
        (member) => answer[member] === (expected as Record<string, unknown>)[member],
      );
      demand(
        same,
        `the answer to be ${JSON.stringify(expected)}`,
        `it is ${target.evidence.masked(JSON.stringify(answer))}`,
      );
    }
  });

  check('realtime.token-valid', 'a bad one after a good one', async ({ target, user }) => {
    const { access } = await target.loggedIn(await user());
    const messages = [
      { type: 'auth', access_token: access.value },
      { type: 'auth', access_token: 'made-up' },
      { type: 'ping' },
    ];
    const { answers, closed } = await converse(target, PATH, messages);
    if (answers[0]?.['status'] !== 'ok') target.excuseIfOvertaken(access);
    require(answers[0]?.['status'] === 'ok', 'a standard token is refused, which this check stands on');
    demand(
      answers[1]?.['status'] === 'error' && answers[2] === undefined && closed,
      'a bad token after a good one to be refused, and the connection closed',
      `${JSON.stringify(answers[1])} came`,
    );
  });

  check('realtime.cookie', 'a good and a bad one', async ({ target, user }) => {
    const session = await target.loggedInBySession(await user());
    const { sessionCookie } = target.description;
    const good = await converse(target, PATH, [{ type: 'ping' }], { Cookie: `${sessionCookie}=${session.value}` });
    if (good.answers[0]?.['type'] !== 'pong') target.excuseIfOvertaken(session);
    demand(good.answers[0]?.['type'] === 'pong', 'the session cookie to open a WebSocket', inWords(good));
    for (const token of ['made-up', `${session.value}A`]) {
      const bad = await converse(target, PATH, [{ type: 'ping' }], { Cookie: `${sessionCookie}=${token}` });
      demand(!bad.opened, 'a WebSocket not to open with a bad session cookie', 'it opened');
    }
    const other = await converse(target, '/websockets', [{ type: 'ping' }], {}, 2000);
    demand(other.answers[0] === undefined, 'nothing to answer at another path', inWords(other));
  });

  check('realtime.auth-first', 'a ping, a subscription, and items', async ({ target }) => {
    for (const message of [
      { type: 'ping' },
      { type: 'subscribe', collection: 'directus_users' },
      { type: 'items', action: 'read', collection: 'directus_users' },
    ]) {
      mustKeepOut(await converse(target, PATH, [message, { type: 'ping' }]), `the message ${message.type} before auth`);
    }
  });

  check('realtime.query-token', 'good and bad', async ({ target, user }) => {
    const { access, refresh } = await target.loggedIn(await user());
    const good = await converse(target, `${PATH}?access_token=${access.value}`, [{ type: 'ping' }]);
    if (good.answers[0]?.['type'] !== 'pong') target.excuseIfOvertaken(access);
    demand(
      good.opened && good.answers[0]?.['type'] === 'pong',
      'a standard token in the query to open a WebSocket',
      inWords(good),
    );
    for (const token of ['made-up', `${access.value}A`, refresh.value]) {
      const bad = await converse(target, `${PATH}?access_token=${token}`, []);
      demand(!bad.opened, 'a WebSocket not to open with a bad token in the query', 'it opened');
    }
  });

  check('realtime.refresh-token', 'twice', async ({ target, newUser }) => {
    const account = await newUser();
    const { refresh } = await target.loggedIn(account);
    const first = await authenticate(target, { refresh_token: refresh.value });
    mustLetIn(target, first, 'a refresh token', refresh);
    const next = first.answers[0]?.['refresh_token'];
    demand(
      typeof next === 'string' && next !== refresh.value,
      'a refresh token to be answered with a new one',
      next === undefined ? 'there is none' : 'it is the old one',
    );
    mustKeepOut(await authenticate(target, { refresh_token: refresh.value }), 'a refresh token that was used before');
    mustKeepOut(await authenticate(target, { refresh_token: 'made-up' }), 'a made-up refresh token');
    mustHandOutNoToken(target, await target.refresh(refresh), 'a refresh token that a WebSocket has used');
    const renewal = await target.refresh(next, account);
    demand(renewal.succeeded, 'the new refresh token to buy the next one', renewal.what);
  });
});
