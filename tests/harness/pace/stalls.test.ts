import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { createReferenceServer } from '../../../reference-server/index.js';
import { cheapHash } from '../../helpers/cheap-hash.js';
import type { Report } from '../../../spec/generated/report.js';
import { runCli } from '../../helpers/run-cli.js';
import { adminOfTarget, hostileTarget } from '../../helpers/targets/hostile-proxy.js';
import { ownReply, proxy } from '../../helpers/targets/proxy.js';

const env = { AUTH_CONFORMANCE_ADMIN_EMAIL: 'admin@example.com', AUTH_CONFORMANCE_ADMIN_PASSWORD: 'd1r3ctu5' };
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

type Fate = 'answered' | 'left alone' | 'turned away';

/** What an overloaded Directus answers. Observed: Directus 12.4.1. */
const overloaded = {
  errors: [
    {
      message: 'Service "api" is unavailable. Under pressure.',
      extensions: { service: 'api', reason: 'Under pressure', code: 'SERVICE_UNAVAILABLE' },
    },
  ],
};

/** The reference server behind a proxy that decides what becomes of a request; one that is left alone reaches it all the same. */
async function behindProxy(fateOf: (asked: IncomingMessage) => Fate): Promise<string> {
  const server = await createReferenceServer({ argon2Cost: cheapHash, settings: { LOGIN_STALL_TIME: '0' } });
  const { url, close } = await proxy(await server.listen(), async (_asked, forward, { incoming }) => {
    const fate = fateOf(incoming);
    if (fate === 'turned away') return ownReply(503, JSON.stringify(overloaded));
    const reply = await forward();
    return fate === 'left alone' ? undefined : reply;
  });
  closing.push(close, () => server.close());
  return url;
}

async function certify(target: string, only: readonly string[]): Promise<{ report: Report; code: number | null }> {
  const ids = only.flatMap((id) => ['--only', id]);
  const { stdout, code } = await runCli(['--target', target, '--timeout', '3s', '--json', ...ids], { env });
  return { report: JSON.parse(stdout) as Report, code };
}

describe('a target that does not answer', () => {
  test.each([
    ['left alone', /run a second time.*gave no answer within 3 s/],
    ['turned away', /run a second time.*returned 503: the target is overloaded/],
  ] as const)('while requests are %s is judged by what it does afterwards', async (fate, note) => {
    let count = 0;
    let begin = Infinity;
    const target = await behindProxy(() => {
      count += 1;
      if (count === 60) begin = Date.now();
      return Date.now() >= begin && Date.now() < begin + 2500 ? fate : 'answered';
    });
    const { report, code } = await certify(target, ['standard.*', 'static.*', 'tfa.*']);
    expect(report.requirements.filter(({ verdict }) => verdict === 'fail' || verdict === 'error')).toEqual([]);
    expect(code).toBe(0);
    expect(report.leftovers).toEqual([]);
    expect(report.notes.join('\n')).toMatch(note);
    const again = report.requirements.flatMap(({ checks }) => checks).filter(({ stalled }) => stalled !== undefined);
    expect(again.length).toBeGreaterThan(0);
  });

  test.each([
    ['left alone', /gave no answer within 3 s/],
    ['turned away', /returned 503: the target is overloaded/],
  ] as const)('when it is to log out, so that it is always %s, is not judged in that', async (fate, why) => {
    const target = await behindProxy(({ url }) => (url === '/auth/logout' ? fate : 'answered'));
    const { report, code } = await certify(target, ['standard.logout.*', 'static.authenticates']);
    expect(code).toBe(3);
    expect(report.requirements.map(({ id, verdict }) => `${id} ${verdict}`)).toContain('static.authenticates pass');
    const logout = report.requirements.filter(({ id }) => id.startsWith('standard.logout.'));
    expect(logout.length).toBeGreaterThan(0);
    for (const { verdict, reason } of logout) {
      expect(verdict).toBe('error');
      expect(reason).toMatch(why);
    }
  });
});

test('a cookie that says when it expires, set by a slow target, lasts as long as its token', async () => {
  const target = await hostileTarget({
    answers: (asked, answer, { status, headers, body }) => {
      if (asked.method !== 'POST') return false;
      const cookies = [headers['set-cookie'] ?? []].flat().map((one) => one.replace(/; Max-Age=\d+/, ''));
      setTimeout(() => answer.writeHead(status, { ...headers, 'set-cookie': cookies }).end(body), 3500);
      return true;
    },
  });
  closing.push(async () => target.close());
  const { stdout } = await runCli(['--target', target.url, '--json', '--only', 'storing.cookie.lasts'], {
    env: adminOfTarget,
  });
  const [lasts] = (JSON.parse(stdout) as Report).requirements;
  expect(lasts).toMatchObject({ id: 'storing.cookie.lasts', verdict: 'pass' });
});
