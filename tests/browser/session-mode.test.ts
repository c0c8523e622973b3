import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ReferenceServer, ReferenceServerOptions } from '../../reference-server/index.js';
import { ADMIN, quickServer } from '../reference-server/client.js';
import { launchChromiumWithThirdPartyCookies, ORDINARY_HOST, type ChromiumWithProfile } from './chromium.js';
import { servePages, type PageServer } from './page-server.js';

/*
 * Seed, section Storing Tokens, Cookies: what the browser does "on your behalf", shown with a browser. Origins differ by port, sites do
 * not: localhost:1 and localhost:2 are of the same site, localhost and 127.0.0.1 are two sites (HTML Standard, section Sites).
 *
 * @module-tag needs/chromium
 */

let browser: ChromiumWithProfile;
let context: BrowserContext;
let pages: PageServer;
let otherPages: PageServer;
beforeAll(async () => {
  [browser, pages, otherPages] = await Promise.all([launchChromiumWithThirdPartyCookies(), servePages(), servePages()]);
  ({ context } = browser);
});
afterAll(async () => {
  await Promise.all([browser.close(), pages.close(), otherPages.close()]);
});

let server: ReferenceServer;
let opened: Page[] = [];
afterEach(async () => {
  for (const page of opened) await page.close();
  opened = [];
  await context.clearCookies();
  await server.close();
});

const pageOn = (host: string): string => `http://${host}:${pages.port}`;

/** Starts a server whose CORS_ORIGIN are the pages on a host, and tells where it is on another. */
async function serve(
  { pagesOn = 'localhost', on = 'localhost' }: { readonly pagesOn?: string; readonly on?: string },
  settings: Readonly<Record<string, string>> = {},
  options: ReferenceServerOptions = {},
): Promise<string> {
  const cors = { CORS_ENABLED: 'true', CORS_ORIGIN: pageOn(pagesOn) };
  server = await quickServer({ ...options, settings: { ...cors, ...settings } });
  return server.url.replace('127.0.0.1', on);
}

async function open(url: string): Promise<Page> {
  const page = await context.newPage();
  opened.push(page);
  await page.goto(url);
  return page;
}

interface Fetched {
  /** Undefined when the browser keeps the answer from the page. */
  readonly status?: number;
  readonly text?: string;
}

/** A fetch by a page, with cookies. */
const fetchFrom = async (page: Page, url: string, body?: object): Promise<Fetched> =>
  page.evaluate(
    async ({ url, body }) => {
      const post = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
      try {
        const response = await fetch(url, { credentials: 'include', ...(body && post) });
        return { status: response.status, text: await response.text() };
      } catch {
        return {};
      }
    },
    { url, body },
  );

const BLOCKED = {};
const logIn = async (page: Page, api: string, mode = 'session'): Promise<Fetched> =>
  fetchFrom(page, `${api}/auth/login`, { ...ADMIN, mode });
const askWhoIAm = async (page: Page, api: string): Promise<Fetched> => fetchFrom(page, `${api}/users/me?fields=email`);
const I_AM_ADMIN = { status: 200, text: JSON.stringify({ data: { email: ADMIN.email } }) };

async function storedCookie(name = 'directus_session_token'): Promise<string | undefined> {
  return (await context.cookies()).find((cookie) => cookie.name === name)?.value;
}
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

describe('mode session', () => {
  test('the browser stores the token, shows it to no script, and sends it along', async () => {
    const api = await serve({});
    const page = await open(pageOn('localhost'));
    expect(await askWhoIAm(page, api)).toMatchObject({ status: 401 });
    expect(await logIn(page, api)).toEqual({ status: 200, text: '{"data":{"expires":86400000}}' });
    const [cookie, ...others] = await context.cookies();
    expect(others).toEqual([]);
    expect(cookie).toMatchObject({
      name: 'directus_session_token',
      value: expect.stringMatching(JWT) as unknown,
      domain: 'localhost',
      path: '/',
      httpOnly: true,
      secure: false,
      sameSite: 'Lax',
    });
    const inADay = Date.now() / 1000 + 86_400;
    expect(Math.abs((cookie?.expires ?? 0) - inADay)).toBeLessThan(60);
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(await askWhoIAm(page, api)).toEqual(I_AM_ADMIN);
  });

  test('of a server that forgets HttpOnly, a script reads the token', async () => {
    const api = await serve({}, {}, { defects: ['session-cookie-not-http-only'] });
    const page = await open(pageOn('localhost'));
    await logIn(page, api);
    expect(await page.evaluate('document.cookie')).toBe(`directus_session_token=${await storedCookie()}`);
  });

  test('a refresh replaces the cookie', async () => {
    const api = await serve({});
    const page = await open(pageOn('localhost'));
    await logIn(page, api);
    const before = await storedCookie();
    expect(await fetchFrom(page, `${api}/auth/refresh`, { mode: 'session' })).toEqual({
      status: 200,
      text: '{"data":{"expires":86400000}}',
    });
    expect(await storedCookie()).toMatch(JWT);
    expect(await storedCookie()).not.toBe(before);
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(await askWhoIAm(page, api)).toEqual(I_AM_ADMIN);
  });

  test('a logout leaves an empty cookie, which is not accepted', async () => {
    const api = await serve({});
    const page = await open(pageOn('localhost'));
    await logIn(page, api);
    expect(await fetchFrom(page, `${api}/auth/logout`, { mode: 'session' })).toMatchObject({ status: 204 });
    expect(await storedCookie()).toBe('');
    expect(await askWhoIAm(page, api)).toMatchObject({ status: 401 });
    await logIn(page, api);
    expect(await askWhoIAm(page, api)).toEqual(I_AM_ADMIN);
  });

  test('the cookie is gone when it has expired', async () => {
    const api = await serve({}, { SESSION_COOKIE_TTL: '1s' });
    const page = await open(pageOn('localhost'));
    await logIn(page, api);
    expect(await storedCookie()).toMatch(JWT);
    await expect.poll(() => storedCookie(), { timeout: 10_000 }).toBeUndefined();
    expect(await askWhoIAm(page, api)).toMatchObject({ status: 401 });
  });
});

test('mode cookie: the browser stores the refresh token, shows it to no script, and sends it along', async () => {
  const api = await serve({});
  const page = await open(pageOn('localhost'));
  const { text } = await logIn(page, api, 'cookie');
  expect(Object.keys((JSON.parse(text ?? '') as { data: object }).data)).toEqual(['expires', 'access_token']);
  expect(await context.cookies()).toMatchObject([{ name: 'directus_refresh_token', httpOnly: true, sameSite: 'Lax' }]);
  const before = await storedCookie('directus_refresh_token');
  expect(await page.evaluate('document.cookie')).toBe('');
  expect(await askWhoIAm(page, api)).toMatchObject({ status: 401 });
  expect(await fetchFrom(page, `${api}/auth/refresh`, { mode: 'cookie' })).toMatchObject({ status: 200 });
  expect(await storedCookie('directus_refresh_token')).toMatch(/^[\w-]{64}$/);
  expect(await storedCookie('directus_refresh_token')).not.toBe(before);
  expect(await fetchFrom(page, `${api}/auth/logout`, { mode: 'cookie' })).toMatchObject({ status: 204 });
  expect(await storedCookie('directus_refresh_token')).toBe('');
});

describe('the browser keeps answers from pages of other origins', () => {
  test('but for the one that is configured', async () => {
    const api = await serve({});
    const page = await open(pageOn('localhost'));
    const other = await open(`http://localhost:${otherPages.port}`);
    expect(await logIn(other, api)).toEqual(BLOCKED);
    expect(await storedCookie()).toBeUndefined();
    expect(await logIn(page, api)).toMatchObject({ status: 200 });
    expect(await askWhoIAm(page, api)).toEqual(I_AM_ADMIN);
    expect(await askWhoIAm(other, api)).toEqual(BLOCKED);
  });

  test.each([
    ['nothing is configured', { CORS_ENABLED: 'false' }],
    ['CORS_ORIGIN is *, which does not go with cookies', { CORS_ORIGIN: '*' }],
    ['CORS_CREDENTIALS is false', { CORS_CREDENTIALS: 'false' }],
    ['CORS_ALLOWED_HEADERS lacks Content-Type', { CORS_ALLOWED_HEADERS: 'Authorization' }],
  ])('when %s', async (_when, settings) => {
    const api = await serve({}, settings);
    const page = await open(pageOn('localhost'));
    expect(await logIn(page, api)).toEqual(BLOCKED);
    expect(await storedCookie()).toBeUndefined();
  });

  test('and opens no WebSocket for them', async () => {
    const api = await serve({});
    /** The answer to a ping, by a WebSocket that the session cookie opens; or that it was closed. */
    const ping = async (page: Page): Promise<string> =>
      page.evaluate<string>(`new Promise((resolve) => {
        const socket = new WebSocket('${api.replace('http', 'ws')}/websocket');
        socket.onopen = () => socket.send('{"type":"ping"}');
        socket.onmessage = ({ data }) => resolve(data);
        socket.onclose = () => resolve('closed');
      })`);
    const page = await open(pageOn('localhost'));
    await logIn(page, api);
    expect(await ping(page)).toBe('{"type":"pong"}');
    expect(await ping(await open(`http://localhost:${otherPages.port}`))).toBe('closed');
  });
});

describe('pages of another site', () => {
  /** A page of another site, in whose browser a user has logged in from a page of the server's own site. */
  async function visit(settings: Readonly<Record<string, string>>): Promise<{ api: string; elsewhere: Page }> {
    const CORS_ORIGIN = `${pageOn('localhost')},${pageOn('127.0.0.1')}`;
    const api = await serve({}, { ...settings, CORS_ORIGIN });
    const page = await open(pageOn('localhost'));
    await logIn(page, api);
    expect(await askWhoIAm(page, api)).toEqual(I_AM_ADMIN);
    return { api, elsewhere: await open(pageOn('127.0.0.1')) };
  }

  /** What a link to an address shows. */
  async function follow(page: Page, url: string): Promise<string> {
    await page.evaluate(`document.body.innerHTML = '<a href="${url}">link</a>'`);
    await Promise.all([page.waitForURL(url), page.click('a')]);
    return page.innerText('body');
  }

  test.each([
    ['Lax', 'brings it', I_AM_ADMIN.text],
    ['Strict', 'brings none', 'INVALID_CREDENTIALS'],
  ])('SameSite=%s: a fetch brings no cookie and stores none, a link %s', async (attribute, _brings, shown) => {
    const { api, elsewhere } = await visit({ SESSION_COOKIE_SAME_SITE: attribute });
    expect(await context.cookies()).toMatchObject([{ sameSite: attribute }]);
    expect(await askWhoIAm(elsewhere, api)).toMatchObject({ status: 401 });
    const before = await storedCookie();
    expect(await logIn(elsewhere, api)).toMatchObject({ status: 200 });
    expect(await storedCookie()).toBe(before);
    expect(await follow(elsewhere, `${api}/users/me?fields=email`)).toContain(shown);
  });

  test('SameSite=None; Secure: a fetch brings the cookie', async () => {
    const { api, elsewhere } = await visit({ SESSION_COOKIE_SAME_SITE: 'none', SESSION_COOKIE_SECURE: 'true' });
    expect(await context.cookies()).toMatchObject([{ sameSite: 'None', secure: true }]);
    expect(await askWhoIAm(elsewhere, api)).toEqual(I_AM_ADMIN);
  });

  test('SameSite=None without Secure is not stored', async () => {
    const api = await serve({}, { SESSION_COOKIE_SAME_SITE: 'none' });
    const page = await open(pageOn('localhost'));
    expect(await logIn(page, api)).toMatchObject({ status: 200 });
    expect(await storedCookie()).toBeUndefined();
  });
});

describe('plain http on an ordinary host', () => {
  test('a Secure cookie is not stored', async () => {
    const api = await serve({ pagesOn: ORDINARY_HOST, on: ORDINARY_HOST }, { SESSION_COOKIE_SECURE: 'true' });
    const page = await open(pageOn(ORDINARY_HOST));
    expect(await logIn(page, api)).toMatchObject({ status: 200 });
    expect(await context.cookies()).toEqual([]);
    expect(await askWhoIAm(page, api)).toMatchObject({ status: 401 });
  });

  test('a Secure cookie that is stored from before is not sent', async () => {
    const api = await serve({ pagesOn: ORDINARY_HOST, on: ORDINARY_HOST });
    const page = await open(pageOn(ORDINARY_HOST));
    await logIn(page, api);
    expect(await askWhoIAm(page, api)).toEqual(I_AM_ADMIN);
    const [cookie] = await context.cookies();
    if (cookie === undefined) throw new Error('the cookie was not stored');
    await context.clearCookies();
    await context.addCookies([{ ...cookie, secure: true }]);
    expect(await context.cookies()).toMatchObject([{ value: cookie.value, secure: true }]);
    expect(await askWhoIAm(page, api)).toMatchObject({ status: 401 });
  });
});
