import { afterAll, expect, test } from 'vitest';
import { startServerToCertify } from '../../cli/server-to-certify.js';
import { inProcess } from '../../runner/in-process.js';
import { runConformance } from '../../runner/run-conformance.js';
import { assert } from '../../suites/harness/outcomes.js';
import { oneTimePassword } from '../../suites/harness/users/two-factor.js';
import { proxy } from '../helpers/targets/proxy.js';
import { runCheck, testTarget } from './run-check.js';

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

/** A server in front of another that accepts each one-time password of a user only once. RFC 6238 section 5.2. */
async function acceptingEachOnce(origin: string): Promise<string> {
  const accepted = new Set<string>();
  const { url, close } = await proxy(origin, async ({ path, body }, forward) => {
    const text = body.toString();
    if (path !== '/auth/login' || !text.includes('"otp"')) return forward();
    const { email, otp } = JSON.parse(text) as { email?: string; otp?: unknown };
    const one = `${email} ${String(otp)}`;
    const isSecond = accepted.has(one);
    const reply = await forward(isSecond ? { body: text.replace(/"otp":"\d+"/, '"otp":"xxxxxx"') } : {});
    if (reply.status === 200) accepted.add(one);
    return reply;
  });
  closing.push(close);
  return url;
}

test('a target that accepts each one-time password only once is given another for each login', async () => {
  const { server, given } = await startServerToCertify([]);
  closing.push(async () => server.close());
  const target = await acceptingEachOnce(String(given.target));
  const report = await runConformance({ ...given, target, only: ['tfa.*', 'lifecycle.tfa.*'] }, {}, inProcess);
  const others = report.requirements.filter(({ verdict }) => verdict !== 'pass');
  expect(others.map(({ id, verdict, reason }) => `${id} ${verdict} ${reason}`)).toEqual([]);
  expect(report.requirements.length).toBeGreaterThan(8);
});

test('the rejection of a one-time password is not judged once its half minute is over', async () => {
  const server = await testTarget();
  closing.push(server.close);
  const excused: boolean[] = [];
  const result = await runCheck(server.url, async (context) => {
    const { target } = context;
    const otp = await oneTimePassword(context, { secret: 'JBSWY3DPEHPK3PXP' });
    const { asked } = await target.send({ path: '/auth/login', body: { otp } });
    assert(asked.credentials.length === 1, 'one credential to be known', `${asked.credentials.length} are`);
    for (const lifetime of asked.credentials)
      excused.push(...[0, 31_000].map((laterMs) => lifetime.excusesRejectionAt(target.time.now() + laterMs)));
  });
  expect([result.verdict, excused]).toEqual(['pass', [false, true]]);
});
