import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ReferenceServer } from '../../reference-server/index.js';
import { ADMIN, login, newUser, quickServer, send, sessionLogin } from '../reference-server/client.js';
import { launchChromium } from './chromium.js';
import { violations } from './violations.js';

/* @module-tag needs/chromium */

const USER = { email: 'user@example.com', password: 'secret-of-a-user-x7Kq9', first_name: 'Uma', last_name: 'User' };
const NOTICE =
  'Make sure to backup and copy the token above. For security reasons, you will not be able to view the token again after saving and navigate off this page.';

let browser: Browser;
let server: ReferenceServer;
let context: BrowserContext;
let page: Page;
/** What the page complained about: scripts that failed, what the Content-Security-Policy stopped. */
let complaints: string[];

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

beforeEach(async () => {
  server = await quickServer({ timeTravel: true });
  await open();
});
afterEach(async () => {
  await context.close();
  await server.close();
  expect(complaints).toEqual([]);
});

/** Opens the page in a browser of its own. */
async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'], ...options });
  context.setDefaultTimeout(10_000);
  page = await context.newPage();
  complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // Chromium notes every answer of 4xx, which are what some tests are about.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  await page.goto(`${server.url}/admin`);
}

async function signIn({ email, password }: { email: string; password: string } = ADMIN): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Resolves when something is to be seen; rejects when it is not within the time limit. */
const seen = (text: string | RegExp): Promise<void> => page.getByText(text).first().waitFor();
const section = (name: string): ReturnType<Page['getByRole']> => page.getByRole('region', { name, exact: true });
const statusWith = async (token: string): Promise<number> =>
  (await send(server, 'GET /users/me', { bearer: token })).status;

test('a wrong password is rejected, the right one accepted, and signing out ends the session', async () => {
  await signIn({ ...ADMIN, password: 'wrong' });
  await page.getByRole('alert').getByText('Invalid user credentials.').waitFor();
  await signIn();
  await section('User: you').getByText('Administrator').waitFor();
  expect(await page.getByRole('alert').textContent()).toBe('');
  const [cookie] = await context.cookies();
  expect(cookie).toMatchObject({ name: 'directus_session_token', httpOnly: true, sameSite: 'Lax' });
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  const sent = { cookie: `directus_session_token=${cookie?.value}` };
  expect((await send(server, 'GET /users/me', sent)).status).toBe(401);
});

test('a static token is generated, copied, saved, concealed, and cleared', async () => {
  const id = await newUser(server, USER);
  await signIn();
  await section('Users').getByRole('link', { name: USER.email }).click();
  await section('User').getByText('Uma').waitFor();
  const field = page.getByLabel('Static token');
  expect(await field.getAttribute('placeholder')).toBe('No token');

  await page.getByRole('button', { name: 'Generate token' }).click();
  await section('User').getByRole('status').getByText(NOTICE).waitFor();
  const token = await field.inputValue();
  expect(token).toMatch(/^[\w-]{32}$/);
  expect(await statusWith(token)).toBe(401);
  await page.getByRole('button', { name: 'Copy' }).click();
  await seen('Copied.');
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(token);
  await page.getByRole('button', { name: 'Save' }).click();
  await seen('Saved. The token cannot be viewed again.');
  expect(await statusWith(token)).toBe(200);

  await page.reload();
  await section('User').getByText('A token is saved, and cannot be viewed.').waitFor();
  expect(page.url()).toContain(id);
  expect(await field.inputValue()).toBe('');
  expect(await field.getAttribute('placeholder')).toMatch(/^•+$/);
  expect(await page.content()).not.toContain(token);
  expect(await page.getByText(NOTICE).count()).toBe(0);

  await page.getByRole('button', { name: 'Clear token' }).click();
  await seen('Cleared.');
  expect(await statusWith(token)).toBe(401);
});

test('a static token can be typed in', async () => {
  await signIn();
  const field = page.getByLabel('Static token');
  await field.fill('my-own-static-token');
  await field.press('Enter');
  await seen('Saved.');
  expect(await statusWith('my-own-static-token')).toBe(200);
});

test('users without rights see themselves, and that they may not change their token', async () => {
  await newUser(server, { ...USER, token: 'static-token-of-a-user' });
  await signIn(USER);
  await section('User: you').getByText('Uma').waitFor();
  await seen('Only administrators may change it.');
  expect(await page.getByRole('button', { name: 'Generate token' }).isVisible()).toBe(false);
  expect(await section('Users').isVisible()).toBe(false);
  expect(await section('Time travel').isVisible()).toBe(false);
});

test('one-time passwords are asked for where they are needed', async () => {
  const [administrator] = await server.store.users();
  await server.store.updateUser(administrator?.id ?? '', { tfa_secret: 'JBSWY3DPEHPK3PXP' });
  await signIn();
  await page.getByRole('alert').getByText('Invalid user OTP.').waitFor();
  await page.getByLabel('One-time password').waitFor();
});

test('the own session is marked, and another one is ended', async () => {
  await signIn();
  const { refresh } = await login(server);
  const row = section('Sessions')
    .getByRole('listitem')
    .filter({ hasText: refresh.slice(-4) });
  await row.waitFor();
  const own = section('Sessions').getByRole('listitem').filter({ hasText: 'this session' });
  expect(await own.count()).toBe(1);
  expect(await section('Sessions').textContent()).not.toContain(refresh);
  await row.getByRole('button', { name: 'End the session' }).click();
  await row.waitFor({ state: 'detached' });
  expect((await send(server, 'POST /auth/refresh', { body: { refresh_token: refresh } })).status).toBe(401);

  await own.getByRole('button').click();
  await page.getByRole('alert').getByText('Your session has ended.').waitFor();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});

test('the log shows what a client does as it happens', async () => {
  await newUser(server, USER);
  await signIn();
  const rows = page.getByRole('log').getByRole('listitem');
  await rows.first().waitFor();
  await login(server, USER);
  const row = rows.filter({ hasText: USER.email });
  await row.waitFor();
  expect(await row.textContent()).toMatch(/200login POST \/auth\/loginuser@example\.compassword, by body$/);
  await send(server, 'GET /users/me?access_token=no-such-token');
  const newest = rows.first().filter({ hasText: 'INVALID_CREDENTIALS' });
  await newest.waitFor();
  expect(await newest.textContent()).toMatch(/GET \/users\/meunknownstatic token, by query$/);
});

describe('time travel', () => {
  test('advances by the minute, and comes back', async () => {
    await signIn();
    const { access } = await login(server);
    await page.getByRole('button', { name: 'Advance 1 minute' }).click();
    await seen(', 1 min ahead.');
    await page.getByRole('button', { name: 'Advance 15 minutes' }).click();
    await seen(', 16 min ahead.');
    expect(await statusWith(access)).toBe(401);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await seen('as the machine’s does.');
    expect(await statusWith(access)).toBe(200);
  });

  test('expires everything, and the page asks to sign in again', async () => {
    await signIn();
    const other = await sessionLogin(server);
    await page.getByRole('button', { name: 'Expire everything' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await seen('Your session has ended. Sign in again.');
    expect((await send(server, 'GET /users/me', { cookie: other })).code).toBe('TOKEN_EXPIRED');
    await signIn();
    await seen(', 7 d ahead.');
    await page.reload();
    await seen(', 7 d ahead.');
  });

  test('is not offered unless it is asked for', async () => {
    await context.close();
    await server.close();
    server = await quickServer();
    await open();
    await signIn();
    await section('User: you').waitFor();
    expect(await section('Time travel').isVisible()).toBe(false);
  });
});

test('everything can be reached by keyboard, and the focus is seen', async () => {
  await page.getByLabel('Email').fill(ADMIN.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(ADMIN.password);
  await page.keyboard.press('Enter');
  await section('User: you').waitFor();
  await page.getByLabel('Static token').focus();
  await page.keyboard.press('Tab');
  const focused = page.locator(':focus-visible');
  expect(await focused.textContent()).toContain('Generate token');
  expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
  await page.keyboard.press('Enter');
  await seen(NOTICE);
});

test('all this is there below a base path', async () => {
  await context.close();
  await server.close();
  server = await quickServer({ basePath: '/v1/api' });
  await open();
  await signIn();
  await section('User: you').waitFor();
  await page.getByRole('button', { name: 'Generate token' }).click();
  await seen(NOTICE);
  await send(server, 'GET /users/me', { bearer: 'no-such-token' });
  await page.getByRole('log').getByText('INVALID_CREDENTIALS').first().waitFor();
});

test('a user is created, changed, suspended and removed', async () => {
  await send(server, 'POST /roles', { bearer: (await login(server)).access, body: { name: 'Editor' } });
  await signIn();
  await section('New user').getByLabel('Address').fill(USER.email);
  await section('New user').getByLabel('First password').fill(USER.password);
  await section('New user').getByLabel('Role of the new user').selectOption('Editor');
  await section('New user').getByRole('button').click();
  await seen('The user is created.');
  expect((await send(server, 'POST /auth/login', { body: USER })).status).toBe(200);

  await section('Users').getByRole('link', { name: USER.email }).click();
  await section('Edit').getByLabel('Given name').fill('Una');
  await section('Edit').getByLabel('State').selectOption('suspended');
  await section('Edit').getByRole('button', { name: 'Apply changes' }).click();
  await section('User').getByText('Una').waitFor();
  expect(await section('Edit').getByLabel('Role of the user').locator('option:checked').textContent()).toBe('Editor');
  const { email, password } = USER;
  expect((await send(server, 'POST /auth/login', { body: { email, password } })).status).toBe(401);

  await section('Edit').getByRole('button', { name: 'Remove the user' }).click();
  expect(await server.store.userByEmail(email)).toBeDefined();
  await section('Edit').getByRole('button', { name: 'Remove for good' }).click();
  await section('User: you').waitFor();
  expect(await server.store.userByEmail(email)).toBeUndefined();
});

test('a role is created, renamed, and removed with its users suspended', async () => {
  await signIn();
  const roles = section('Roles');
  await roles.getByLabel('Name of the new role').fill('Editor');
  await roles.getByRole('button', { name: 'Create the role' }).click();
  await roles.getByText('The role Editor is created.').waitFor();
  await section('New user').getByLabel('Address').fill(USER.email);
  await section('New user').getByLabel('First password').fill(USER.password);
  await section('New user').getByLabel('Role of the new user').selectOption('Editor');
  await section('New user').getByRole('button').click();
  await seen('The user is created.');

  await roles.getByLabel('Role to change').selectOption('Editor');
  await roles.getByLabel('Its name').fill('Author');
  await roles.getByRole('button', { name: 'Rename' }).click();
  await roles.getByText('The role is named Author.').waitFor();
  expect((await server.store.roles()).map(({ name }) => name)).toContain('Author');
  await section('New user').getByLabel('Role of the new user').selectOption('Author');

  await roles.getByLabel('Role to change').selectOption('Author');
  await roles.getByRole('button', { name: 'Remove the role' }).click();
  expect((await server.store.roles()).map(({ name }) => name)).toContain('Author');
  await roles.getByRole('button', { name: 'Remove for good' }).click();
  await roles.getByText('The role Author is removed.').waitFor();
  expect((await server.store.roles()).map(({ name }) => name)).toEqual(['Administrator']);
  expect((await server.store.userByEmail(USER.email))?.status).toBe('suspended');

  await roles.getByRole('button', { name: 'Remove the role' }).click();
  await roles.getByRole('button', { name: 'Remove for good' }).click();
  await page.getByRole('alert').getByText('Cannot remove the last admin user').waitFor();
});

test('a link of the outbox leads to a page that sets a password', async () => {
  await newUser(server, USER);
  await signIn();
  await section('Outbox').getByText('There are none yet.').waitFor();
  await send(server, 'POST /auth/password/request', { body: { email: USER.email } });
  await section('Outbox').getByRole('link', { name: 'Password Reset Request' }).click();
  await page.getByRole('heading', { name: 'Set a new password' }).waitFor();
  await page.getByRole('textbox', { name: 'New password' }).fill('another-password');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await seen('The new password is set.');
  const body = { email: USER.email, password: 'another-password' };
  expect((await send(server, 'POST /auth/login', { body })).status).toBe(200);
});

test('the log is narrowed by user, credential and outcome', async () => {
  await signIn();
  await send(server, 'GET /users/me', { bearer: 'no-such-token' });
  const rejected = page.getByRole('log').getByText('INVALID_CREDENTIALS').first();
  await rejected.waitFor();
  const filter = section('Authentication events');
  await filter.getByLabel('Outcome').selectOption('accepted');
  await rejected.waitFor({ state: 'hidden' });
  await filter.getByLabel('Outcome').selectOption('any');
  await filter.getByLabel('Credential').selectOption('static');
  await rejected.waitFor();
  await filter.getByLabel('Only of the user').fill(ADMIN.email);
  await rejected.waitFor({ state: 'hidden' });
});

test('the default credentials are told where they are the default', async () => {
  await seen('Unless it was changed');
  await context.close();
  await server.close();
  server = await quickServer({ settings: { ADMIN_PASSWORD: 'another-password' } });
  await open();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await page.getByText('Unless it was changed').count()).toBe(0);
});

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  test.each([360, 1280])('at a width of %i nothing is hard to read, and nothing sticks out', async (width) => {
    await context.close();
    await open({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await newUser(server, USER);
    await send(server, 'GET /users/me', { bearer: 'no-such-token' });
    await signIn();
    await section('Users').getByRole('link', { name: USER.email }).waitFor();
    await page.getByRole('button', { name: 'Generate token' }).click();
    await seen(NOTICE);
    await page.getByRole('button', { name: 'Advance 1 day' }).waitFor();
    await page.getByRole('log').getByText('INVALID_CREDENTIALS').first().waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });
});
