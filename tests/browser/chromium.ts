import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { executable } from '../programs/programs.js';

/** A name that leads to loopback, and is to Chromium a host as any other: it trusts http there no more than elsewhere. */
export const ORDINARY_HOST = 'app.test';

const options = {
  executablePath: executable('chromium') ?? 'chromium',
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

/** Chromium without a window: the one that CHROMIUM names, or the one on the PATH. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch(options);
}

/** Chromium with a profile of its own. */
export interface ChromiumWithProfile {
  readonly context: BrowserContext;
  /** Ends it, and removes the profile. */
  close(): Promise<void>;
}

/**
 * The same with a profile that leaves cookies of other sites to their SameSite. Chromium keeps all of them away in private windows,
 * Debian's in every window.
 */
export async function launchChromiumWithThirdPartyCookies(): Promise<ChromiumWithProfile> {
  const profile = mkdtempSync(join(tmpdir(), 'auth-conformance-chromium-'));
  mkdirSync(join(profile, 'Default'));
  // 0: block none (Chromium's preference profile.cookie_controls_mode).
  writeFileSync(join(profile, 'Default/Preferences'), JSON.stringify({ profile: { cookie_controls_mode: 0 } }));
  const context = await chromium.launchPersistentContext(profile, options);
  return {
    context,
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
