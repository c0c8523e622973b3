import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCli } from '../helpers/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-watch-'));
afterAll(() => rmSync(folder, { recursive: true }));

const waiting = /waiting for a file or the target to change/g;
const verdict = /^Exit code \d/gm;
const times = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** Carries out each step when what it waits for has come; ends the command as Ctrl-C does after so many runs. */
async function watched(
  args: readonly string[],
  steps: readonly { readonly when: (output: string) => boolean; readonly then: () => void }[],
  runs: number,
): ReturnType<typeof runCli> {
  return runCli([...args, '--watch'], {
    cwd: folder,
    during: (child, output) => {
      const left = [...steps];
      const timer = setInterval(() => {
        const [step] = left;
        if (step === undefined || !step.when(output())) return;
        left.shift();
        step.then();
        if (left.length === 0) clearInterval(timer);
      }, 50);
      child.on('exit', () => clearInterval(timer));
      const end = setInterval(() => {
        if (left.length > 0 || times(output(), waiting) < runs) return;
        clearInterval(end);
        child.kill('SIGINT');
      }, 50);
      child.on('exit', () => clearInterval(end));
    },
  });
}

test('--watch runs again when a file changes, and not for the report that it writes itself', async () => {
  const { stdout, stderr, code } = await watched(
    ['self-test', '--only', 'standard.logout.login-again', '--report', 'json=report.json'],
    [
      {
        when: (output) => times(output, waiting) === 1,
        then: () => writeFileSync(join(folder, 'server.ts'), 'changed'),
      },
    ],
    2,
  );
  expect(stderr).toContain('auth-conformance: server.ts changed, running again');
  expect(times(stdout, verdict)).toBe(2);
  expect(code).toBe(0);
});

test('--watch runs again when the target answers again after it was gone', async () => {
  let isGone = false;
  let lookedAtWhileGone = 0;
  const server = createServer((request, response) => {
    if (!isGone) return void response.writeHead(404).end();
    lookedAtWhileGone += 1;
    request.socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const target = `http://127.0.0.1:${port}`;
  const { stderr } = await watched(
    [target, '--email', 'a@example.com', '--password', 'x'],
    [
      { when: (output) => times(output, waiting) === 1, then: () => void (isGone = true) },
      { when: () => lookedAtWhileGone >= 3, then: () => void (isGone = false) },
    ],
    2,
  );
  server.close();
  expect(stderr).toContain(`auth-conformance: ${target} changed, running again`);
  expect(times(stderr, waiting)).toBe(2);
});
