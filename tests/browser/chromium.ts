import { chromium, type Browser } from 'playwright-core';

/** Debian's Chromium, without a window. CHROMIUM says where it is, when not at /usr/bin/chromium. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    // Nothing but the pages under test is to be asked for.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
