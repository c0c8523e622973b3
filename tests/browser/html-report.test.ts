import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { renderComparison } from '../../reporters/html/comparison-page.js';
import { renderHtml } from '../../reporters/html/report-page.js';
import type { Report } from '../../spec/generated/report.js';
import { hostile, reportFixture } from '../reporters/report-fixture.js';
import { launchChromium } from './chromium.js';
import { violations } from './violations.js';

/* @module-tag needs/chromium */

/** A report whose texts are long and hostile, as another target would have it. */
function reportOf(url: string): Report {
  const report = reportFixture();
  const check = report.requirements[1]?.checks[0];
  check?.curl.push(`curl ${'x'.repeat(2_000_000)}`, `echo ${'y'.repeat(4_000)}`);
  return { ...report, target: { url } };
}

const directory = mkdtempSync(join(tmpdir(), 'auth-conformance-html-'));
const pages = { report: join(directory, 'report.html'), comparison: join(directory, 'comparison.html') };
const targets = Array.from(
  { length: 20 },
  (_one, i) => `https://target-${i}.example.com/with/a/long/base/path/of/its/api`,
);

let browser: Browser;
let context: BrowserContext;
let page: Page;
/** What the page complained about: scripts that failed, what the Content-Security-Policy stopped. */
let complaints: string[];
/** What the page asked for beside itself. */
let requests: string[];

beforeAll(async () => {
  writeFileSync(pages.report, renderHtml(reportOf(`http://127.0.0.1:8055/${hostile}`)));
  const [first, ...others] = targets.map((url) => reportOf(url));
  if (first === undefined) throw new Error('no target');
  first.requirements = first.requirements.map((one) =>
    one.id === 'standard.one' ? { ...one, verdict: 'skip', reason: 'not given' } : one,
  );
  writeFileSync(pages.comparison, renderComparison([first, ...others]));
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  rmSync(directory, { recursive: true });
});
afterEach(async () => {
  await context.close();
  expect(complaints).toEqual([]);
  expect(requests).toEqual([]);
});

async function open(
  which: keyof typeof pages,
  options: Parameters<Browser['newContext']>[0] = {},
  fragment = '',
): Promise<void> {
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(10_000);
  page = await context.newPage();
  complaints = [];
  requests = [];
  const address = pathToFileURL(pages[which]).href;
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('dialog', (dialog) => complaints.push(dialog.message()));
  page.on('request', (request) => {
    if (!request.url().startsWith(address)) requests.push(request.url());
  });
  await page.goto(address + fragment);
}

const count = (): Promise<string | null> => page.locator('.count').textContent();
const shown = (): Promise<string[]> =>
  page.locator('.requirement:not([hidden])').evaluateAll((all) => all.map((one) => one.dataset['id'] ?? one.id));
describe.each(['report', 'comparison'] as const)('the page of the %s', (which) => {
  describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
    test.each([375, 1280])('at a width of %i has nothing that is hard to read or sticks out', async (width) => {
      await open(which, { colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
      await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      expect(ground === 'rgb(255, 255, 255)').toBe(colorScheme === 'light');
    });
  });

  test('can be read without a script, and has no controls then that do nothing', async () => {
    await open(which, { javaScriptEnabled: false });
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await page.getByRole('searchbox').count()).toBe(0);
    await page.getByText('A sentence with a | in it that ends in fail.').first().waitFor();
    await page.locator('.requirement').first().waitFor();
  });

  test.each([true, false])('has everything to be judged on paper (with scripts: %s)', async (javaScriptEnabled) => {
    await open(which, { javaScriptEnabled, colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    const quotes = page.locator(which === 'report' ? '.attention blockquote' : 'blockquote');
    for (const quote of await quotes.all()) expect(await quote.isVisible()).toBe(true);
    expect(await quotes.count()).toBeGreaterThan(2);
    const shell = page.locator(which === 'report' ? '.exemplary .reproduce pre' : '.finding .reproduce pre');
    expect(await shell.count()).toBeGreaterThan(2);
    for (const lines of (await shell.all()).slice(0, 9)) expect(await lines.isVisible()).toBe(true);
    for (const control of await page.locator('button, input, select').all())
      expect(await control.isVisible()).toBe(false);
    const colours = 'getComputedStyle(document.body).backgroundColor + getComputedStyle(document.body).color';
    expect(await page.evaluate(colours)).toBe('rgb(255, 255, 255)rgb(0, 0, 0)');
  });
});

describe('the report', () => {
  beforeEach(() => open('report', { permissions: ['clipboard-read', 'clipboard-write'] }));

  test('is searched for words, and filtered by level and verdict; the address holds it', async () => {
    expect(await count()).toBe('5 of 5 requirements');
    await page.getByLabel('Level').selectOption('MUST');
    expect(await shown()).not.toContain('session.four');
    expect(await count()).toBe('4 of 5 requirements');
    await page.getByRole('combobox', { name: 'Verdict' }).selectOption('fail, error, warn');
    expect(await shown()).toEqual(['standard.two', 'requests.head']);
    await page.getByLabel('Search').fill('ENDS fail');
    expect(await shown()).toEqual(['standard.two']);
    expect(await page.locator('.chapter:not([hidden])').count()).toBe(1);
    await page.reload();
    expect(await shown()).toEqual(['standard.two']);
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByText('5 of 5 requirements').waitFor();
    expect(page.url()).not.toContain('#');
  });

  test('is used by the keyboard alone', async () => {
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to the requirements');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').getAttribute('name')).toBe('text');
    await page.keyboard.type('ends in pass');
    expect(await shown()).toEqual(['standard.one']);
    const summary = page.locator('#standard\\.one > summary');
    for (let i = 0; i < 20 && !(await summary.evaluate((one) => one === document.activeElement)); i++)
      await page.keyboard.press('Tab');
    expect(await summary.evaluate((one) => getComputedStyle(one).outlineStyle)).toBe('solid');
    await page.keyboard.press('Enter');
    expect(await page.locator('#standard\\.one blockquote').isVisible()).toBe(true);
  });

  test('a cell of the matrix leads to its requirements, and back', async () => {
    await page
      .getByRole('row', { name: /^Sending/ })
      .getByRole('link')
      .first()
      .click();
    const some = await shown();
    expect(some.length).toBeGreaterThan(0);
    expect(some.length).toBeLessThan(5);
    expect(page.url()).toContain('#type=');
    await page.goBack();
    expect(await count()).toBe('5 of 5 requirements');
  });

  test('what did not pass leads to its evidence, also when a filter hides it or it is closed', async () => {
    await page.getByRole('button', { name: 'Close all' }).click();
    await page.getByRole('combobox', { name: 'Verdict' }).selectOption('pass');
    await page.locator('.index a').first().click();
    await page.locator('#standard\\.two blockquote').waitFor();
    expect(await count()).toBe('5 of 5 requirements');
  });

  test('opens all, with evidence, on request', async () => {
    await page.getByRole('button', { name: 'Open those shown' }).click();
    expect(await page.locator('.requirement:not([open])').count()).toBe(0);
    await page.getByRole('button', { name: 'Open with all evidence' }).click();
    expect(await page.locator('details:not([open])').count()).toBe(0);
  });

  test('shell lines are copied as they stand', async () => {
    const part = page.locator('#session\\.four .reproduce').first();
    await part.getByRole('button').click();
    await part.getByText('Copied').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(await part.locator('pre').textContent());
  });

  test('says that a shell line of megabytes is left out, and what a target answers stays text', async () => {
    expect(await page.locator('#standard\\.two pre').first().textContent()).toMatch(/# Left out here, 2,000,005 /);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('#standard\\.two dd').last().textContent()).toContain('</script><img src=x');
    expect((await page.content()).length).toBeLessThan(200_000);
  });
});

describe('the comparison', () => {
  beforeEach(() => open('comparison'));

  test('has a column for each target, and only rows that differ on request', async () => {
    expect(await page.locator('.comparison thead th').count()).toBe(21);
    expect(await page.locator('.targets > li').count()).toBe(20);
    await page.getByLabel('only where they differ').check();
    expect(await shown()).toEqual(['standard.one']);
    expect(await page.locator('.details:not([hidden])').count()).toBe(1);
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByText('5 of 5 requirements').waitFor();
    await page.getByLabel('Verdict of any').selectOption('skip');
    expect(await shown()).toEqual(['standard.one', 'session.three']);
  });

  test('a failed cell leads to what was expected and what came', async () => {
    await page.locator('tr[data-id="standard.two"] td').nth(2).getByRole('link').press('Enter');
    await page.locator('[id="3:standard.two"]').getByText('Expected').first().waitFor();
    expect(await page.locator('[id="2:standard.two"]').isVisible()).toBe(false);
  });
});
