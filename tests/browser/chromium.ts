import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';

/** A name that leads to loopback, and is to Chromium a host as any other: it trusts http there no more than elsewhere. */
export const ORDINARY_HOST = 'app.test';

const options = {
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  // Nothing but the pages under test is to be asked for.
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--host-resolver-rules=MAP ${ORDINARY_HOST} 127.0.0.1`,
  ],
};

/** Debian's Chromium, without a window. CHROMIUM says where it is, when not at /usr/bin/chromium. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch(options);
}

/**
 * The same with a profile of its own, gone when it is closed, that leaves cookies of other sites to their SameSite. Chromium keeps
 * all of them away in private windows, Debian's in every window.
 */
export async function launchChromiumWithThirdPartyCookies(): Promise<BrowserContext> {
  const profile = mkdtempSync(join(tmpdir(), 'auth-conformance-chromium-'));
  mkdirSync(join(profile, 'Default'));
  // 0: block none (chrome/browser preferences, profile.cookie_controls_mode).
  writeFileSync(join(profile, 'Default/Preferences'), JSON.stringify({ profile: { cookie_controls_mode: 0 } }));
  const context = await chromium.launchPersistentContext(profile, options);
  // Chromium may be writing still: what cannot be removed is left in the folder for temporary files.
  const remove = async (): Promise<void> => rm(profile, { recursive: true, force: true, maxRetries: 10 });
  context.on('close', () => void remove().catch(() => undefined));
  return context;
}
