import { tamperedForms, mintLike, nameTampered } from './harness/generators/tampered-tokens.js';
import { lookAlikeOrigins } from './harness/generators/look-alike-origins.js';
import { chapter, check } from './harness/check.js';
import { twoFactorUser, wrongOneTimePassword } from './harness/users/two-factor.js';
import { claimsOf, Moment } from './harness/target/tokens/jwt.js';
import { expectNoToken } from './harness/expectations.js';
import { assert, assume, TokenExpired, NotApplicable } from './harness/outcomes.js';
import type { Target } from './harness/target/target.js';
import { converse, type Conversation } from './harness/target/http/web-socket.js';
import { newStaticToken } from './harness/users/new-static-token.js';

const PATH = '/websocket';

const authenticate = async (target: Target, credentials: object): Promise<Conversation> =>
  converse(target, PATH, [{ type: 'auth', ...credentials }, { type: 'ping' }]);

const inWords = ({ opened, responses: [response] }: Conversation): string =>
  !opened
    ? 'the WebSocket did not open'
    : response === undefined
      ? 'nothing came'
      : `${[response['type'], response['status']]
          .filter((one) => one !== undefined)
          .map((one) => JSON.stringify(one))
          .join(' ')} came`;

function expectAuthenticated(conversation: Conversation, what: string): void {
  const [auth, pong] = conversation.responses;
  assert(
    auth?.['type'] === 'auth' && auth['status'] === 'ok',
    `${what} to be accepted by the message auth`,
    inWords(conversation),
  );
  assert(pong?.['type'] === 'pong', `a ping after ${what} to be answered`, 'it is not');
}

function expectAuthRejected(conversation: Conversation, what: string): void {
  if (conversation.mayHaveExpired) throw new TokenExpired();
  const [response, second] = conversation.responses;
  assert(response !== undefined, `${what} to be rejected by a message`, inWords(conversation));
  assert(
    response?.['status'] !== 'ok' && response?.['type'] !== 'pong',
    `${what} to be rejected`,
    inWords(conversation),
  );
  assert(
    second === undefined || second['status'] === 'error',
    `nothing to be answered after ${what}`,
    'the next message is answered',
  );
  assert(conversation.closed, `the connection to be closed after ${what}`, 'it stays open');
}

/** How a rejection reads, whatever the reason. Observed: Directus 12.4.1. */
const rejection = {
  type: 'auth',
  status: 'error',
  error: { code: 'AUTH_FAILED', message: 'Authentication handshake failed.' },
};

chapter('Realtime', () => {
  check('realtime.handshake', 'The message auth accepts a standard and a session token', async ({ target, user }) => {
    const account = await user();
    const { access } = await target.loggedIn(account);
    expectAuthenticated(await authenticate(target, { access_token: access.value }), 'a standard token');
    for (const session of await target.sessionsOf(account))
      expectAuthenticated(await authenticate(target, { access_token: session.value }), 'a session token');
  });

  check(
    'realtime.handshake',
    'The message auth accepts a static token',
    async ({ target, withStaticToken }) => {
      const { token } = await withStaticToken();
      expectAuthenticated(await authenticate(target, { access_token: token.value }), 'a static token');
    },
    { needs: 'static-token' },
  );

  check(
    'realtime.token-valid',
    'The message auth rejects unknown and tampered tokens',
    async ({ target, user, evidence }) => {
      const { access, refresh } = await target.loggedIn(await user());
      for (const token of ['unknown', 'a.b.c', refresh.value])
        expectAuthRejected(await authenticate(target, { access_token: token }), 'a string that is no access token');
      for (const tampered of tamperedForms(access.value)) {
        nameTampered(evidence, tampered, access.value);
        expectAuthRejected(
          await authenticate(target, { access_token: tampered.value }),
          `a standard token ${tampered.how}`,
        );
      }
    },
  );

  check(
    'realtime.token-valid',
    'The message auth rejects an expired token',
    async ({ target, user, evidence, plan }) => {
      const { access } = await target.loggedIn(await user());
      if (claimsOf(access.value)?.iat === undefined)
        throw new NotApplicable('the access token does not say when it was issued');
      const secret = plan.secret ?? '';
      const live = mintLike(evidence, access.value, { iat: Moment.afterIssue(0), exp: Moment.afterIssue(900) }, secret);
      const control = await authenticate(target, { access_token: live });
      assume(
        control.responses[0]?.['status'] === 'ok',
        `a token minted with --secret is not accepted: ${inWords(control)}`,
      );
      const expired = mintLike(
        evidence,
        access.value,
        { iat: Moment.afterIssue(-1800), exp: Moment.afterIssue(-900) },
        secret,
      );
      expectAuthRejected(await authenticate(target, { access_token: expired }), 'a standard token that has expired');
    },
    { needs: 'secret' },
  );

  check(
    'realtime.token-valid',
    'The message auth and the query reject revoked tokens',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const sessions = await target.sessionsOf(account);
      for (const one of [...sessions, token])
        expectAuthenticated(
          await authenticate(target, { access_token: one.value }),
          `a ${one.type} token before it is revoked`,
        );
      for (const session of sessions) {
        const logout = await target.logoutByCookie('session', session.value);
        assume(logout.succeeded, 'the logout is rejected, which this check stands on');
        expectAuthRejected(
          await authenticate(target, { access_token: session.value }),
          'a session token after its logout',
        );
      }
      await administrator.change(account, { status: 'suspended' }, evidence);
      expectAuthRejected(
        await authenticate(target, { access_token: token.value }),
        'the static token of a suspended user',
      );
      const { email, password } = account;
      expectAuthRejected(await authenticate(target, { email, password }), 'email and password of a suspended user');
      for (const { value } of [...sessions, token]) {
        // A Directus before 10.11 opens it and does not read the token: it asks for authentication then.
        const { opened, responses } = await converse(target, `${PATH}?access_token=${value}`, [{ type: 'ping' }]);
        assert(
          !opened || responses[0]?.['type'] === 'auth',
          'a WebSocket not to open with a revoked token in the query',
          'it opened',
        );
      }
    },
    { needs: 'admin' },
  );

  check(
    'realtime.otp-required',
    'The message auth rejects a password without a one-time password and with a wrong one',
    async (context) => {
      const { target } = context;
      const { account, secret } = await twoFactorUser(context);
      const { email, password } = account;
      expectAuthRejected(await authenticate(target, { email, password }), 'a password without the one-time password');
      expectAuthRejected(
        await authenticate(target, { email, password, otp: wrongOneTimePassword(target, secret) }),
        'a password with a wrong one-time password',
      );
    },
  );

  check(
    'realtime.credentials',
    'The message auth accepts valid credentials and rejects invalid ones',
    async ({ target, newUser }) => {
      const { email, password } = await newUser();
      expectAuthenticated(await authenticate(target, { email, password }), 'email and password');
      expectAuthRejected(await authenticate(target, { email, password: `${password}x` }), 'a wrong password');
      expectAuthRejected(await authenticate(target, { email: `nobody-${email}`, password }), 'an unknown email');
    },
  );

  check(
    'realtime.credentials',
    'The message auth issues a refresh token for email and password',
    async ({ target, newUser }) => {
      const account = await newUser();
      const { email, password } = account;
      const conversation = await authenticate(target, { email, password });
      expectAuthenticated(conversation, 'email and password');
      const token = conversation.responses[0]?.['refresh_token'];
      assert(typeof token === 'string', 'email and password to be answered with a refresh token', 'there is none');
      const renewal = await target.refresh(token, account);
      assert(renewal.succeeded, 'that refresh token to be exchanged for the next one', renewal.what);
    },
  );

  check('realtime.errors', 'Every rejection by the message auth reads the same', async ({ target, newUser }) => {
    const { email, password } = await newUser();
    for (const [what, message] of [
      ['an unknown token', { type: 'auth', access_token: 'unknown' }],
      ['an unknown refresh token', { type: 'auth', refresh_token: 'unknown' }],
      ['a wrong password', { type: 'auth', email, password: `${password}x` }],
      ['an unknown email', { type: 'auth', email: `nobody-${email}`, password }],
      ['nothing', { type: 'auth' }],
      ['a message before auth', { type: 'ping' }],
    ] as const) {
      const conversation = await converse(target, PATH, [message, { type: 'ping' }]);
      expectAuthRejected(conversation, what);
      const response = JSON.stringify(conversation.responses[0]);
      assert(response === JSON.stringify(rejection), `${what} to return ${JSON.stringify(rejection)}`, response);
    }
  });

  check('realtime.answers', 'Responses to auth and ping echo the uid and no token', async ({ target, user }) => {
    const { access } = await target.loggedIn(await user());
    const messages = [
      { type: 'auth', access_token: access.value, uid: 'first' },
      { type: 'ping', uid: 'second' },
    ];
    const { responses } = await converse(target, PATH, messages);
    for (const [number, expected] of [
      { type: 'auth', status: 'ok', uid: 'first' },
      { type: 'pong', uid: 'second' },
    ].entries()) {
      const response = responses[number] ?? {};
      const same = Object.keys({ ...response, ...expected }).every(
        (member) => response[member] === (expected as Record<string, unknown>)[member],
      );
      assert(
        same,
        `the response to be ${JSON.stringify(expected)}`,
        `it is ${target.evidence.masked(JSON.stringify(response))}`,
      );
    }
  });

  check(
    'realtime.token-valid',
    'An invalid token after a valid one is rejected and the connection closed',
    async ({ target, user }) => {
      const { access } = await target.loggedIn(await user());
      const messages = [
        { type: 'auth', access_token: access.value },
        { type: 'auth', access_token: 'unknown' },
        { type: 'ping' },
      ];
      const { responses, closed } = await converse(target, PATH, messages);
      assume(responses[0]?.['status'] === 'ok', 'a standard token is rejected, which this check stands on');
      assert(
        responses[1]?.['status'] === 'error' && responses[2] === undefined && closed,
        'an invalid token after a valid one to be rejected, and the connection closed',
        `${JSON.stringify(responses[1])} came`,
      );
    },
  );

  check(
    'realtime.cookie',
    'A valid session cookie opens a WebSocket and an invalid one does not',
    async ({ target, user }) => {
      const session = await target.loggedInBySession(await user());
      const { sessionCookie } = target.description;
      const good = await converse(target, PATH, [{ type: 'ping' }], { Cookie: `${sessionCookie}=${session.value}` });
      assert(good.responses[0]?.['type'] === 'pong', 'the session cookie to open a WebSocket', inWords(good));
      for (const token of ['unknown', `${session.value}A`]) {
        const bad = await converse(target, PATH, [{ type: 'ping' }], { Cookie: `${sessionCookie}=${token}` });
        assert(!bad.opened, 'a WebSocket not to open with a bad session cookie', 'it opened');
      }
      const other = await converse(target, '/websockets', [{ type: 'ping' }], {}, 2000);
      assert(other.responses[0] === undefined, 'nothing to answer at another path', inWords(other));
    },
  );

  check(
    'realtime.own-origin',
    "The session cookie opens a WebSocket with the server's own Origin",
    async ({ target, user }) => {
      const session = await target.loggedInBySession(await user());
      const headers = {
        Cookie: `theme=dark; ${target.description.sessionCookie}=${session.value}`,
        Origin: new URL(target.description.url).origin,
      };
      const conversation = await converse(target, PATH, [{ type: 'ping' }], headers);
      assert(
        conversation.responses[0]?.['type'] === 'pong',
        "the session cookie to open a WebSocket for a page of the server's own origin",
        inWords(conversation),
      );
    },
  );

  check(
    'realtime.cross-origin',
    'The session cookie opens no WebSocket with an Origin that is not, but looks like, that of the server',
    async ({ target, user }) => {
      const session = await target.loggedInBySession(await user());
      const Cookie = `${target.description.sessionCookie}=${session.value}`;
      const good = await converse(target, PATH, [{ type: 'ping' }], { Cookie });
      // Nothing is to be had by it then. That it is to open one says realtime.cookie.
      if (good.responses[0]?.['type'] !== 'pong') throw new NotApplicable('the session cookie opens no WebSocket');
      for (const [what, Origin] of lookAlikeOrigins(target.description.url)) {
        const { opened } = await converse(target, PATH, [], { Cookie, Origin });
        assert(
          !opened,
          `a WebSocket with the session cookie not to open for an origin ${what} (${Origin})`,
          'it opened',
        );
      }
    },
  );

  check('realtime.auth-first', 'A ping, a subscription and items are rejected before auth', async ({ target }) => {
    for (const message of [
      { type: 'ping' },
      { type: 'subscribe', collection: 'directus_users' },
      { type: 'items', action: 'read', collection: 'directus_users' },
    ]) {
      expectAuthRejected(
        await converse(target, PATH, [message, { type: 'ping' }]),
        `the message ${message.type} before auth`,
      );
    }
  });

  check(
    'realtime.query-token',
    'A valid token in the query opens a WebSocket and an invalid one does not',
    async ({ target, user }) => {
      const { access, refresh } = await target.loggedIn(await user());
      const good = await converse(target, `${PATH}?access_token=${access.value}`, [{ type: 'ping' }]);
      assert(
        good.opened && good.responses[0]?.['type'] === 'pong',
        'a standard token in the query to open a WebSocket',
        inWords(good),
      );
      for (const token of ['unknown', `${access.value}A`, refresh.value]) {
        const bad = await converse(target, `${PATH}?access_token=${token}`, []);
        assert(!bad.opened, 'a WebSocket not to open with a bad token in the query', 'it opened');
      }
    },
  );

  check(
    'realtime.refresh-token',
    'The message auth accepts a refresh token once and issues the next',
    async ({ target, newUser }) => {
      const account = await newUser();
      const { refresh } = await target.loggedIn(account);
      const first = await authenticate(target, { refresh_token: refresh.value });
      expectAuthenticated(first, 'a refresh token');
      const next = first.responses[0]?.['refresh_token'];
      assert(
        typeof next === 'string' && next !== refresh.value,
        'a refresh token to be answered with a new one',
        next === undefined ? 'there is none' : 'it is the old one',
      );
      expectAuthRejected(
        await authenticate(target, { refresh_token: refresh.value }),
        'a refresh token that was used before',
      );
      expectAuthRejected(await authenticate(target, { refresh_token: 'unknown' }), 'an unknown refresh token');
      expectNoToken(await target.refresh(refresh), 'a refresh token that a WebSocket has used');
      const renewal = await target.refresh(next, account);
      assert(renewal.succeeded, 'the new refresh token to be exchanged for the next one', renewal.what);
    },
  );
});
