import { alterations, mintLike, nameAltered } from './harness/altered-tokens.js';
import { chapter, check } from './harness/check.js';
import { claimsOf } from './harness/jwt.js';
import { demand, NotApplicable, require } from './harness/outcomes.js';
import type { Target } from './harness/target.js';
import type { AnyAccessToken, RefreshToken } from './harness/tokens.js';
import { converse, type Conversation } from './harness/web-socket.js';

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
  demand(answer?.['status'] !== 'ok' && answer?.['type'] !== 'pong', `${what} to be refused`, inWords(conversation));
  demand(
    second === undefined || second['status'] === 'error',
    `nothing to be answered after ${what}`,
    'the next message is answered',
  );
}

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
      const now = claimsOf(access.value)?.iat;
      if (now === undefined) throw new NotApplicable('the access token does not say when it was issued');
      const secret = plan.secret ?? '';
      const live = mintLike(evidence, access.value, { iat: now, exp: now + 900 }, secret);
      const control = await authenticate(target, { access_token: live });
      require(control.answers[0]?.['status'] ===
        'ok', `a token minted with --secret is not accepted: ${inWords(control)}`);
      const expired = mintLike(evidence, access.value, { iat: now - 1800, exp: now - 900 }, secret);
      mustKeepOut(await authenticate(target, { access_token: expired }), 'a standard token that has expired');
    },
    { needs: 'secret' },
  );

  check('realtime.credentials', 'right and wrong ones', async ({ target, newUser }) => {
    const { email, password } = await newUser();
    mustLetIn(target, await authenticate(target, { email, password }), 'e-mail and password');
    mustKeepOut(await authenticate(target, { email, password: `${password}x` }), 'a wrong password');
    mustKeepOut(await authenticate(target, { email: `nobody-${email}`, password }), 'an unknown e-mail');
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
    const { refresh } = await target.loggedIn(await newUser());
    const first = await authenticate(target, { refresh_token: refresh.value });
    mustLetIn(target, first, 'a refresh token', refresh);
    mustKeepOut(await authenticate(target, { refresh_token: refresh.value }), 'a refresh token that was used before');
    mustKeepOut(await authenticate(target, { refresh_token: 'made-up' }), 'a made-up refresh token');
  });
});
