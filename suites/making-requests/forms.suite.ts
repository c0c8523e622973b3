import { chapter, check, type CheckContext } from '../harness/check.js';
import { expectAccepted, expectNoToken } from '../harness/expectations.js';
import {
  browserForms,
  chunkedForms,
  contentTypeForms,
  contentTypeNames,
  headerForms,
  inForm,
  jsonForms,
  type RequestForm,
} from '../harness/generators/request-forms.js';
import { assert } from '../harness/outcomes.js';
import type { Response } from '../harness/target/http/response.js';
import type { RequestParts } from '../harness/target/target.js';
import type { Account } from '../harness/users/account.js';

/** The forms that are sent in mode session too: what a server or a gateway may treat as a page, as a script or as another client's. */
const IN_MODE_SESSION =
  /Accept (?:text|application\/vnd)|Requested|2,000|of another name|Safari|Encoding gzip|Language/;
/** Walks that are under way at once. */
const AT_ONCE = 6;

/** Sends a request in some form. The answer to a question about what came of another is asked in the usual form. */
type Send = (what: string, parts: RequestParts) => Promise<Response>;

/** How far lifetimes may be apart that are told a moment apart, in ms: a server may tell what is left of one, in whole seconds. */
const LIFETIME_TOLERANCE_MS = 5000;

/** What a client reads from a response, apart from what is another each time. */
interface Told {
  /** The status, the type of the content, the names of the members, and the cookies of tokens with their attributes. */
  readonly words: string;
  /** What is told of lifetimes, in ms. */
  readonly lifetimesMs: readonly number[];
}

function toldBy(response: Response): Told {
  const { payload, status, asked } = response;
  const [type = ''] = response.headers('content-type');
  const { expires } = payload;
  const members = Object.keys(payload).map((name) => (name === 'expires' ? `expires (${typeof expires})` : name));
  const { sessionCookie, refreshCookie } = asked.description;
  const cookies = response.cookies.filter(({ key }) => key === sessionCookie || key === refreshCookie);
  const attributes = cookies.map(({ key, path, domain, maxAge, sameSite, httpOnly, secure, value }) =>
    [
      `cookie ${key}${value === '' ? ' (empty)' : ''}`,
      `Path=${String(path)}`,
      ...(domain == null ? [] : [`Domain=${domain}`]),
      ...(maxAge === null ? [] : ['Max-Age']),
      `SameSite=${String(sameSite)}`,
      ...(httpOnly ? ['HttpOnly'] : []),
      ...(secure ? ['Secure'] : []),
    ].join('; '),
  );
  const media = type.replace(/;.*/s, '').trim().toLowerCase() || 'no content type';
  return {
    words: [String(status), media, ...members.sort(), ...attributes.sort()].join(', '),
    lifetimesMs: [
      ...(typeof expires === 'number' ? [expires] : []),
      ...cookies.flatMap(({ maxAge }) => (typeof maxAge === 'number' ? [maxAge * 1000] : [])),
    ],
  };
}

const isAsUsual = (told: Told, usual: Told): boolean =>
  told.words === usual.words &&
  told.lifetimesMs.every((ms, at) => Math.abs(ms - (usual.lifetimesMs[at] ?? NaN)) <= LIFETIME_TOLERANCE_MS);

const inWords = ({ words, lifetimesMs }: Told): string => [words, ...lifetimesMs.map((ms) => `${ms} ms`)].join(', ');

/** Logs in, asks who it is, refreshes and logs out in mode json, every request in one form. */
async function walkInModeJson(target: CheckContext['target'], account: Account, send: Send): Promise<void> {
  const { email, password } = account;
  const login = await send('a login', {
    path: '/auth/login',
    body: { email, password, mode: 'json' },
  });
  const { access, refresh } = target.standardTokens(login);
  const me = await send('GET /users/me', target.withTokens({ path: '/users/me' }, { header: access }));
  expectAccepted(me, account, 'a standard token');
  const body = { refresh_token: refresh.value, mode: 'json' };
  const renewal = await send('a refresh', { path: '/auth/refresh', body });
  const { refresh_token = refresh.value } = renewal.payload;
  await send('a logout', { path: '/auth/logout', body: { refresh_token, mode: 'json' } });
  expectNoToken(await target.refresh(String(refresh_token)), 'the refresh token after that logout');
}

/** The same in mode session, by the session cookie. */
async function walkInModeSession(target: CheckContext['target'], account: Account, send: Send): Promise<void> {
  const { email, password } = account;
  const body = { email, password, mode: 'session' };
  const session = target.sessionToken(await send('a login', { path: '/auth/login', body }));
  const me = await send('GET /users/me', target.withTokens({ path: '/users/me' }, { cookie: session }));
  expectAccepted(me, account, 'a session cookie');
  const refresh = { path: '/auth/refresh', body: { mode: 'session' } };
  const renewed = target.sessionToken(await send('a refresh', target.withTokens(refresh, { cookie: session })));
  await send('a logout', target.withTokens({ path: '/auth/logout', body: { mode: 'session' } }, { cookie: renewed }));
  expectNoToken(await target.refreshByCookie('session', renewed.value), 'the session token after that logout');
}

const walks = { json: walkInModeJson, session: walkInModeSession };

/**
 * Expects logins, requests, refreshes and logouts in each form to succeed, after ones in the usual form.
 * @throws Violation; Inconclusive when they do not succeed in the usual form either
 */
async function expectEachForm(
  { target, ownUser, evidence }: CheckContext,
  forms: readonly RequestForm[],
  modes: readonly (keyof typeof walks)[],
): Promise<void> {
  const account = await ownUser();
  account.nameIn(evidence);
  const start = evidence.mark();
  for (const mode of modes.filter((one) => target.modes.includes(one))) {
    const usual = new Map<string, Told>();
    await walks[mode](target, account, async (what, parts) => {
      const response = await target.send(parts);
      usual.set(what, toldBy(response));
      return response;
    });
    for (let from = 0; from < forms.length; from += AT_ONCE) {
      await evidence.backTo(start);
      await Promise.all(
        forms.slice(from, from + AT_ONCE).map(async (form) =>
          walks[mode](target, account, async (what, parts) => {
            const response = await target.send(inForm(form, parts));
            assert(response.succeeded, `${what} in mode ${mode} ${form.name} to succeed`, response.summary);
            const [told, expected] = [toldBy(response), usual.get(what)];
            assert(
              expected === undefined || isAsUsual(told, expected),
              `${what} in mode ${mode} ${form.name} to be answered as one in the usual form (${expected === undefined ? '' : inWords(expected)})`,
              `it is answered ${inWords(told)}`,
            );
            return response;
          }),
        ),
      );
    }
  }
}

chapter('Making Requests', () => {
  check('requests.json-form', 'A JSON body in any order, with white space or with escapes is read', async (context) => {
    await expectEachForm(context, jsonForms, ['json', 'session']);
  });

  check('requests.content-type-form', 'A JSON body is read under each form of application/json', async (context) => {
    await expectEachForm(context, contentTypeForms, ['json', 'session']);
  });

  check(
    'requests.content-type-form',
    'A JSON body is read however the name of the header Content-Type is written',
    async (context) => {
      await expectEachForm(context, contentTypeNames, ['json']);
    },
  );

  check('requests.chunked', 'A chunked JSON body is read', async (context) => {
    await expectEachForm(context, chunkedForms, ['json', 'session']);
  });

  check('requests.unrelated-headers', 'Headers and cookies of browsers change nothing', async (context) => {
    await expectEachForm(context, browserForms(context.target.description.url), ['json', 'session']);
  });

  check('requests.unrelated-headers', 'Headers of clients, proxies and libraries change nothing', async (context) => {
    await expectEachForm(context, headerForms, ['json']);
    await expectEachForm(
      context,
      headerForms.filter(({ name }) => IN_MODE_SESSION.test(name)),
      ['session'],
    );
  });

  check(
    'requests.unrelated-headers',
    'A login with the refresh cookie of a login that has ended is accepted, in each mode',
    async ({ target, ownUser }) => {
      const account = await ownUser();
      const { refreshCookie } = target.description;
      const ended = await target.loggedIn(account);
      const logout = await target.logout(ended.refresh);
      assert(logout.succeeded, 'a logout to succeed', logout.summary);
      for (const mode of target.modes) {
        const { email, password } = account;
        const headers = { Cookie: `${refreshCookie}=${ended.refresh.value}` };
        const body = { email, password, mode };
        const login = await target.send({ path: '/auth/login', headers, body });
        assert(login.succeeded, `a login in mode ${mode} with an ended refresh cookie to succeed`, login.summary);
      }
    },
  );
});
