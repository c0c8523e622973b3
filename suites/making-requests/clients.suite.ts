import { chapter, check, type CheckContext } from '../harness/check.js';
import { expectAccepted, expectNoToken, expectRejected, assumeSuccess } from '../harness/expectations.js';
import { inBatches } from '../harness/in-batches.js';
import { assert, assume } from '../harness/outcomes.js';
import type { Response } from '../harness/target/http/response.js';
import type { RequestParts } from '../harness/target/target.js';
import type { SentTokens } from '../harness/target/tokens/bearer-methods.js';
import { pathSpellings } from '../harness/generators/bypasses.js';
import type { StaticToken } from '../harness/target/tokens/tokens.js';
import type { Account } from '../harness/users/account.js';
import { newStaticToken } from '../harness/users/new-static-token.js';

/** What the client of a login sends with it. */
const first = {
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Accept-Language': 'de-CH,de;q=0.9',
  'X-Forwarded-For': '203.0.113.9',
  'X-Real-IP': '203.0.113.9',
};

/** What it sends later: after an update, from another network, in another language. */
const later: readonly (readonly [what: string, headers: Readonly<Record<string, string>>])[] = [
  [
    'another User-Agent',
    { ...first, 'User-Agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148' },
  ],
  ['another address', { ...first, 'X-Forwarded-For': '198.51.100.7', 'X-Real-IP': '198.51.100.7' }],
  ['other languages', { ...first, 'Accept-Language': 'fr,en;q=0.5' }],
];

/** What browsers, caches and downloads add to a request. */
const forms: readonly (readonly [what: string, headers: Readonly<Record<string, string>>])[] = [
  ['If-None-Match: *', { 'If-None-Match': '*' }],
  ['If-Modified-Since', { 'If-Modified-Since': 'Fri, 01 Jan 2038 00:00:00 GMT' }],
  ['Range', { Range: 'bytes=0-' }],
  ['Accept text/html', { Accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' }],
  ['Accept-Encoding gzip', { 'Accept-Encoding': 'gzip' }],
  ['Accept-Language', { 'Accept-Language': 'de-CH,de;q=0.9' }],
  ["a browser's User-Agent", { 'User-Agent': first['User-Agent'] }],
  ['X-Requested-With', { 'X-Requested-With': 'XMLHttpRequest' }],
  ['Cache-Control: max-age=600', { 'Cache-Control': 'max-age=600' }],
  ['Cache-Control: only-if-cached', { 'Cache-Control': 'only-if-cached, max-stale=600' }],
];

/** A user with tokens that are revoked together: a session of each kind, and a static token. */
async function revocable({ target, newUser, administrator, evidence }: CheckContext): Promise<{
  readonly account: Account;
  readonly sessions: readonly [what: string, sent: SentTokens][];
  readonly staticToken: StaticToken;
  readonly revoke: () => Promise<void>;
}> {
  const staticToken = newStaticToken(evidence);
  const account = await newUser({ token: staticToken.value });
  const sessions = await target.sessionsOf(account);
  return {
    account,
    sessions: sessions.map((session) => ['a session token', { cookie: session }]),
    staticToken,
    revoke: async () => {
      for (const { value } of sessions) assumeSuccess(await target.logoutByCookie('session', value));
      await administrator.change(account, { token: newStaticToken(evidence).value }, evidence);
    },
  };
}

chapter('Making Requests', () => {
  check(
    'requests.unrelated-headers',
    'A login is used, refreshed and ended with another User-Agent, from another address and in other languages than it was made',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const { email, password } = account;
      account.nameIn(target.evidence);
      for (const [what, headers] of later) {
        const send = async (parts: RequestParts, sent: SentTokens = {}): Promise<Response> =>
          target.send(target.withTokens({ ...parts, headers: { ...headers } }, sent));
        for (const mode of ['json', 'session'] as const) {
          if (!target.modes.includes(mode)) continue;
          const body = { email, password, mode };
          const login = await target.send({ path: '/auth/login', headers: first, body });
          assumeSuccess(login);
          const sent = target.accessIn(login, mode);
          expectAccepted(await send({ path: '/users/me' }, sent), account, `the token of a login, sent with ${what},`);
          const given = mode === 'json' ? { mode, refresh_token: login.text('refresh_token') } : { mode };
          const renewal = await send({ path: '/auth/refresh', body: given }, mode === 'json' ? {} : sent);
          assert(renewal.succeeded, `a refresh in mode ${mode} with ${what} to succeed`, renewal.summary);
          const newest = target.accessIn(renewal, mode);
          const ending = mode === 'json' ? { mode, refresh_token: renewal.text('refresh_token') } : { mode };
          const logout = await send({ path: '/auth/logout', body: ending }, mode === 'json' ? {} : newest);
          assert(logout.succeeded, `a logout in mode ${mode} with ${what} to succeed`, logout.summary);
          if (mode === 'session')
            expectNoToken(
              await target.refreshByCookie('session', target.sessionToken(renewal).value),
              `a session token after a logout with ${what}`,
            );
          else
            expectNoToken(
              await target.refresh(renewal.text('refresh_token') ?? ''),
              `a refresh token after a logout with ${what}`,
            );
        }
      }
    },
  );

  check(
    'access.revoked-at-once',
    'A token that was accepted with the headers of browsers and caches is rejected with each of them once it is revoked',
    async (context) => {
      const { target } = context;
      const { account, sessions, staticToken, revoke } = await revocable(context);
      const tokens: [string, SentTokens][] = [
        ...sessions,
        ['a static token', { header: staticToken }],
        ['a static token in the query', { query: staticToken }],
      ];
      const send = async (headers: Readonly<Record<string, string>>, sent: SentTokens): Promise<Response> =>
        target.send(target.withTokens({ path: '/users/me', headers }, sent));
      const tags: string[] = [];
      for (const [, sent] of tokens) {
        const before = await send({}, sent);
        assumeSuccess(before);
        tags.push(before.headers('etag')[0] ?? '"none"');
        await Promise.all(forms.map(async ([, headers]) => send(headers, sent)));
      }
      await revoke();
      for (const [number, [what, sent]] of tokens.entries()) {
        const own: [string, Record<string, string>] = ['its entity tag', { 'If-None-Match': tags[number] ?? '' }];
        for (const [how, headers] of [own, ...forms])
          expectRejected(await send(headers, sent), `${what} that was revoked, sent with ${how},`, account);
      }
    },
    { needs: 'admin' },
  );

  check(
    'access.revoked-at-once',
    'A token is rejected once it is revoked at each spelling of a path at which it was accepted',
    async (context) => {
      const { target } = context;
      const { account, sessions, staticToken, revoke } = await revocable(context);
      const tokens: [string, SentTokens][] = [...sessions, ['a static token', { header: staticToken }]];
      const send = async (path: string, sent: SentTokens): Promise<Response> =>
        target.send(target.withTokens({ path }, sent));
      const accepting = new Set<string>();
      for (const [, sent] of tokens)
        await inBatches(['/users/me', ...pathSpellings('/users/me')], async (path) => {
          const response = await send(path, sent);
          if (response.id() === account.id) accepting.add(path);
        });
      assume(accepting.has('/users/me'), 'GET /users/me does not show the record of a user');
      await revoke();
      for (const [what, sent] of tokens)
        for (const path of accepting)
          expectRejected(await send(path, sent), `${what} that was revoked, sent to ${path},`, account);
    },
    { needs: 'admin' },
  );
});
