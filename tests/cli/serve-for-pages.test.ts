import { expect, test } from 'vitest';
import { misspeltSettings } from '../../cli/misspelt-settings.js';
import { settingNames } from '../../reference-server/index.js';
import { runCli } from '../helpers/run-cli.js';

/** Runs `serve` until something has been asked of it. */
function served(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  ask: (url: string) => Promise<void>,
): ReturnType<typeof runCli> {
  let asked = false;
  return runCli(['serve', '--port', '0', ...args], {
    env: { LOGIN_STALL_TIME: '0', ...env },
    during: (child, output) => {
      child.stdout?.on('data', () => {
        const url = /reference server: (\S+)/.exec(output())?.[1];
        if (asked || url === undefined || !output().includes('Ctrl-C')) return;
        asked = true;
        // What is told on the error stream may arrive later than the answer.
        void ask(url)
          .then(() => new Promise((resolve) => setTimeout(resolve, 200)))
          .finally(() => child.kill('SIGTERM'));
      });
    },
  });
}

const origin = 'http://localhost:5173';
const pingFrom = (url: string, from: string): Promise<Response> =>
  fetch(`${url}/server/ping`, { headers: { origin: from } });

test('an origin that CORS rejects is told once, with the flag that allows it', async () => {
  const { stderr, stdout } = await served([], {}, async (url) => {
    for (const from of [origin, origin, url]) await pingFrom(url, from);
  });
  expect(stderr).toBe(
    `auth-conformance: a page at ${origin} cannot read the answers (CORS): start with --cors ${origin}, or --cors for pages of every origin\n`,
  );
  expect(stdout).not.toContain('from pages');
});

test.each([
  [['--cors', origin], origin],
  [['--cors'], origin],
])('%j allows pages, with cookies, and shows the URL by which they are sent', async (args, allowed) => {
  let headers = new Headers();
  const { stderr, stdout } = await served(args, {}, async (url) => {
    ({ headers } = await pingFrom(url, origin));
  });
  expect(headers.get('access-control-allow-origin')).toBe(allowed);
  expect(headers.get('access-control-allow-credentials')).toBe('true');
  expect([stderr, /from pages +(http:\/\/localhost:\d+) /.exec(stdout)?.[1]]).toEqual(['', expect.any(String)]);
});

test('an origin that is none is rejected', async () => {
  const { code, stderr } = await runCli(['serve', '--port', '0', '--cors', 'localhost:5173/path']);
  expect(code).toBe(2);
  expect(stderr).toContain('CORS_ORIGIN');
});

test('a link by email is shown', async () => {
  const { stdout } = await served([], {}, async (url) => {
    await fetch(`${url}/auth/password/request`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'admin@example.com' }),
    });
  });
  expect(stdout).toMatch(
    /^email to admin@example\.com \(password-reset, not sent\): http:\/\/127\.0\.0\.1:\d+\/admin\/reset-password\?token=\S+$/m,
  );
});

test('a setting that is misspelt is told', async () => {
  expect(
    misspeltSettings({ ACESS_TOKEN_TTL: '1s', CORS_ORIGINS: 'x', ACCESS_TOKEN_TTL: '1s', PATH: 'x', HOME: 'x' }),
  ).toEqual([
    'ACESS_TOKEN_TTL is no setting of the server: did you mean ACCESS_TOKEN_TTL?',
    'CORS_ORIGINS is no setting of the server: did you mean CORS_ORIGIN?',
  ]);
  const { stderr } = await served([], { ACESS_TOKEN_TTL: '1s' }, () => Promise.resolve());
  expect(stderr).toContain('did you mean ACCESS_TOKEN_TTL?');
});

test('--help lists every setting', async () => {
  const { stdout } = await runCli(['serve', '--help']);
  const cookies = /^(?:SESSION_COOKIE|REFRESH_TOKEN_COOKIE)_(?:NAME|SECURE|SAME_SITE|DOMAIN)$/;
  for (const name of settingNames().filter((one) => !cookies.test(one))) expect(stdout).toContain(name);
});
