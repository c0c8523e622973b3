import type { ManualClock, ReferenceServer } from '../../reference-server/index.js';
import {
  ADMIN,
  claimsOf,
  cookieClaims,
  mint,
  send,
  sessionCookieOf,
  tokensOf,
  type Answer,
  type Sent,
} from './client.js';

const MINUTE = 60_000;

/**
 * What a client sees of a server: by what was tried, how it came out. The same for every server without defects.
 * Each part has users of its own.
 */
export async function behaviour(
  server: ReferenceServer,
  clock: ManualClock,
): Promise<Readonly<Record<string, string>>> {
  const seen: Record<string, string> = {};
  const note = (what: string, outcome: unknown): void => {
    seen[what] = typeof outcome === 'string' ? outcome : JSON.stringify(outcome);
  };
  const logIn = (user: object, mode?: string): Promise<Answer> =>
    send(server, 'POST /auth/login', { body: { ...user, ...(mode !== undefined && { mode }) } });
  const refresh = (token: unknown, mode?: string): Promise<Answer> =>
    send(server, 'POST /auth/refresh', { body: { refresh_token: token, ...(mode !== undefined && { mode }) } });
  const byCookie = (path: 'refresh' | 'logout', cookie: string, mode = 'session'): Promise<Answer> =>
    send(server, `POST /auth/${path}`, { cookie, body: { mode } });
  const logOut = (token: unknown): Promise<Answer> =>
    send(server, 'POST /auth/logout', { body: { refresh_token: token } });

  // The administrator, by whichever kind of login works.
  const administrator = async (what: string, body?: unknown): Promise<Answer> => {
    let answer: Answer | undefined;
    for (const mode of ['json', 'session']) {
      const login = await logIn(ADMIN, mode);
      const sent: Sent[] = [
        { bearer: tokensOf(login).access },
        { headers: { authorization: '' }, cookie: sessionCookieOf(login) },
      ];
      for (const by of [...sent]) {
        const query = by.bearer === undefined ? '' : `${what.includes('?') ? '&' : '?'}access_token=${by.bearer}`;
        for (const [path, headers] of [
          [what, by],
          [what + query, {}],
        ] as const) {
          answer = await send(server, path, { ...headers, ...(body !== undefined && { body }) });
          if (answer.status < 400) return answer;
        }
      }
    }
    throw new Error(`${what}: ${answer?.text ?? ''}`);
  };
  const names = new Map<unknown, string>();
  const create = async (
    name: string,
    traits: object = {},
  ): Promise<{ id: string; email: string; password: string }> => {
    const user = { email: `${name}@example.com`, password: `password of ${name}` };
    const { data } = await administrator('POST /users', { ...user, ...traits });
    names.set(data['id'], name);
    return { ...user, id: data['id'] as string };
  };
  /** Whom a request comes from: the user's name, or the refusal. */
  const who = async (sent: Sent, query = ''): Promise<string> => {
    const answer = await send(server, `GET /users/me?fields=id${query}`, sent);
    return answer.status === 200 ? (names.get(answer.data['id']) ?? 'the first user') : (answer.code ?? '?');
  };
  const attributes = (answer: Answer): string[] =>
    answer.cookies.map((cookie) => cookie.replace(/=[^;]+/, '=…').replace(/Expires=[^;]*/, 'Expires'));

  // Two users, a token of each kind each.
  const [ann, ben] = [
    await create('ann', { token: 'static-token-of-ann' }),
    await create('ben', { token: 'static-token-of-ben' }),
  ];
  const annsLogin = await logIn(ann, 'json');
  const anns = tokensOf(annsLogin);
  const annsSession = sessionCookieOf(await logIn(ann, 'session'));
  note(
    'payload of a login',
    Object.entries(annsLogin.data).map(([name, value]) => [name, typeof value]),
  );
  note('expires of a login', annsLogin.data['expires']);
  note('type of a login', annsLogin.headers.get('content-type'));
  note('cookies of a login', attributes(annsLogin));
  note('login without mode', Object.keys((await logIn(ben)).data));
  note('header', await who({ bearer: anns.access }));
  note('header again', await who({ bearer: anns.access }));
  note('query', await who({}, `&access_token=${anns.access}`));
  note('session', await who({ cookie: annsSession }));
  note('session again', await who({ cookie: annsSession }));
  note('static', await who({ bearer: 'static-token-of-ann' }));
  note('static again', await who({ bearer: 'static-token-of-ann' }));
  note('static of another', await who({ bearer: 'static-token-of-ben' }));
  note('static in query', await who({}, '&access_token=static-token-of-ben'));
  note('static in cookie', await who({ cookie: 'directus_session_token=static-token-of-ben' }));

  // What is no token.
  note('no token', await who({}));
  note('made up in header', await who({ bearer: 'made-up' }));
  note('made up in query', await who({}, '&access_token=made-up'));
  note('made up in cookie', await who({ cookie: 'directus_session_token=made-up' }));
  const standard = tokensOf(await logIn(ann, 'json')).access ?? '';
  const [signed, signature = ''] = [standard.slice(0, standard.lastIndexOf('.')), standard.split('.')[2]];
  note('no signature', await who({ bearer: `${signed}.` }));
  note('half a signature', await who({ bearer: `${signed}.${signature.slice(0, 20)}` }));
  note('another signature', await who({ bearer: `${signed}.${[...signature].reverse().join('')}` }));
  if (standard !== '') note('alg none', await who({ bearer: mint(claimsOf(standard), { alg: 'none' }) }));
  note('refresh token in header', await who({ bearer: anns.refresh }));
  note('half a static token', await who({ bearer: 'static-token-of-' }));
  note('wildcard', await who({ bearer: 'static-token%' }));

  // Permissions.
  const may = async (sent: Sent): Promise<number> => (await send(server, `GET /users/${ben.id}`, sent)).status;
  const role = (await administrator('GET /roles?filter[name][_eq]=Administrator&fields=id')).json?.data as {
    id: string;
  }[];
  const root = await create('root', { role: role[0]?.id, token: 'static-token-of-root' });
  note('rights of a standard token', await may({ bearer: tokensOf(await logIn(ben, 'json')).access }));
  note('rights of a session token', await may({ cookie: sessionCookieOf(await logIn(ben, 'session')) }));
  note('rights of a static token', await may({ bearer: 'static-token-of-ben' }));
  note('rights of a static token of an administrator', await may({ bearer: 'static-token-of-root' }));
  note('rights of a session of an administrator', await may({ cookie: sessionCookieOf(await logIn(root, 'session')) }));

  // Credentials.
  for (const mode of ['json', 'session']) {
    const attempt = async (password: string): Promise<number> =>
      (await logIn({ email: ben.email, password }, mode)).status;
    note(`wrong password, ${mode}`, await attempt('wrong'));
    note(`half a password, ${mode}`, await attempt('password'));
    note(`empty password, ${mode}`, await attempt(''));
  }

  // Standard tokens: refresh, logout, login again.
  const cid = await create('cid', { token: 'static-token-of-cid' });
  const first = tokensOf(await logIn(cid, 'json'));
  note('static after login', await who({ bearer: 'static-token-of-cid' }));
  clock.advance(MINUTE);
  note('refresh with half a token', (await refresh(first.refresh?.slice(0, 30) ?? 'none', 'json')).status);
  note('refresh with an access token', (await refresh(first.access ?? 'none', 'json')).status);
  const second = await refresh(first.refresh, 'json');
  note('refresh', second.status);
  note(
    'payload of a refresh',
    Object.entries(second.data).map(([name, value]) => [name, typeof value]),
  );
  note('token of a refresh', await who({ bearer: tokensOf(second).access }));
  const exp = tokensOf(second).access === undefined ? undefined : claimsOf(tokensOf(second).access)['exp'];
  note('life of a refreshed token', Number(exp) - clock.now() / 1000);
  note('static after refresh', await who({ bearer: 'static-token-of-cid' }));
  const third = await refresh(tokensOf(second).refresh ?? 'none', 'json');
  note('second refresh', third.status);
  note('refresh without mode', Object.keys((await refresh(tokensOf(await logIn(cid, 'json')).refresh)).data));
  await logOut(tokensOf(third).refresh ?? 'none');
  note('refresh after logout', (await refresh(tokensOf(third).refresh ?? 'none', 'json')).status);
  const fresh = tokensOf(await logIn(cid, 'json'));
  await logOut(fresh.refresh);
  note('refresh after logout of a login', (await refresh(fresh.refresh ?? 'none', 'json')).status);
  note('static after logout', await who({ bearer: 'static-token-of-cid' }));
  note('login after logout', (await logIn(cid, 'json')).status);
  await administrator(`PATCH /users/${cid.id}`, { token: 'static-token-of-cid' });
  note('refresh with a static token', (await refresh('static-token-of-cid', 'json')).status);

  // Session tokens: the same.
  const dan = await create('dan', { token: 'static-token-of-dan' });
  const session = await logIn(dan, 'session');
  note('cookies of a session login', attributes(session));
  note('payload of a session login', Object.keys(session.data));
  const cookie = sessionCookieOf(session);
  clock.advance(MINUTE);
  const renewal = await byCookie('refresh', cookie);
  const renewed = sessionCookieOf(renewal);
  note('session refresh', renewal.status);
  note('cookies of a session refresh', attributes(renewal));
  note('payload of a session refresh', Object.keys(renewal.data));
  note('refreshed session', await who({ cookie: renewed }));
  if (renewed !== '') note('life of a refreshed session', Number(cookieClaims(renewed)['exp']) - clock.now() / 1000);
  const forged = `${cookie.slice(0, cookie.lastIndexOf('.'))}.forged`;
  note('session refresh, forged', (await byCookie('refresh', forged)).status);
  const ended = sessionCookieOf(await logIn(dan, 'session'));
  note('cookies of a session logout', attributes(await byCookie('logout', ended)));
  note('session after logout', await who({ cookie: ended }));
  note('session refresh after logout', (await byCookie('refresh', ended)).status);
  note('session login after logout', (await logIn(dan, 'session')).status);

  // The Users API.
  const [eve, fay] = [await create('eve'), await create('fay', { token: 'first-token-of-fay' })];
  const shows = (answer: Answer): boolean => /token-of-(?:gus|fay|eve)/.test(answer.text);
  note('set on create', await who({ bearer: 'first-token-of-fay' }));
  note(
    'shown on create',
    shows(await administrator('POST /users', { email: 'gus@example.com', token: 'the-token-of-gus' })),
  );
  note('shown on update', shows(await administrator(`PATCH /users/${fay.id}`, { token: 'next-token-of-fay' })));
  note('set on update', await who({ bearer: 'next-token-of-fay' }));
  note('replaced', await who({ bearer: 'first-token-of-fay' }));
  note('shown in record', shows(await administrator(`GET /users/${fay.id}`)));
  note('shown in list', shows(await administrator('GET /users?filter[email][_eq]=fay@example.com')));
  note('shown to owner', shows(await send(server, 'GET /users/me', { bearer: 'next-token-of-fay' })));

  // Time.
  const old = { ...tokensOf(await logIn(eve, 'json')), cookie: sessionCookieOf(await logIn(eve, 'session')) };
  const inCookie = await logIn(eve, 'cookie');
  note('cookies of a cookie login', attributes(inCookie));
  clock.advance(16 * MINUTE);
  note('standard token after its time', await who({ bearer: old.access }));
  note('refresh after the time of the access token', (await refresh(old.refresh ?? 'none', 'json')).status);
  note('static after the time of an access token', await who({ bearer: 'next-token-of-fay' }));
  clock.advance(24 * 60 * MINUTE);
  note('session after its time', await who({ cookie: old.cookie }));
  note('session refresh after its time', (await byCookie('refresh', old.cookie)).status);
  return seen;
}
