import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { assert } from '../../../suites/harness/outcomes.js';
import { converse } from '../../../suites/harness/target/http/web-socket.js';
import { lossyProxy, type LossyProxy } from '../../helpers/targets/lossy-proxy.js';
import { runCheck, testTarget } from '../run-check.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A target whose response to a request is lost once, after the request has been processed. */
async function losingOnce(is: (method: string, path: string) => boolean): Promise<LossyProxy> {
  const target = await testTarget();
  let isLost = false;
  const proxy = await lossyProxy(target.url, (_number, { method = '', url = '' }) => {
    if (isLost || !is(method, url)) return false;
    isLost = true;
    return true;
  });
  closing.push(proxy.close, target.close);
  return proxy;
}

describe('a step whose response was lost', () => {
  test('is not judged as if it had not been taken: what it left is removed before the check runs again', async () => {
    const { url, lost } = await losingOnce((method) => method === 'PATCH');
    // As a property does, which repeats its values from the seed.
    const token = randomBytes(16).toString('hex');
    const result = await runCheck(url, async ({ administrator, newUser, evidence }) => {
      const { id = '' } = await newUser();
      const change = await administrator.send({ method: 'PATCH', path: `/users/${id}`, body: { token } }, evidence);
      assert(change.succeeded, 'the static token to be set', change.summary);
    });
    expect(lost()).toBe(1);
    expect(result).toMatchObject({ verdict: 'pass', stalled: expect.any(String) as string });
  });

  test('and whose removal is lost too is run again all the same', async () => {
    const target = await testTarget();
    const losses = new Set<string>();
    const proxy = await lossyProxy(target.url, (_number, { method = '' }) => {
      if (!['PATCH', 'DELETE'].includes(method) || losses.has(method)) return false;
      losses.add(method);
      return true;
    });
    closing.push(proxy.close, target.close);
    const token = randomBytes(16).toString('hex');
    const result = await runCheck(proxy.url, async ({ administrator, newUser, evidence }) => {
      const { id = '' } = await newUser();
      const change = await administrator.send({ method: 'PATCH', path: `/users/${id}`, body: { token } }, evidence);
      assert(change.succeeded, 'the static token to be set', change.summary);
    });
    expect([...losses]).toEqual(['PATCH', 'DELETE']);
    expect(result.verdict).toBe('pass');
  });

  test('is an error when it is lost each time', { timeout: 20_000 }, async () => {
    const target = await testTarget();
    const proxy = await lossyProxy(target.url, (_number, { method }) => method === 'PATCH');
    closing.push(proxy.close, target.close);
    const result = await runCheck(proxy.url, async ({ administrator, newUser, evidence }) => {
      await administrator.change(await newUser(), { status: 'suspended' }, evidence);
    });
    expect(result.verdict).toBe('error');
  });
});

describe('a WebSocket', () => {
  const greet = async (url: string): ReturnType<typeof runCheck> =>
    runCheck(url, async ({ target }) => {
      const { opened, responses } = await converse(target, '/websocket', [{ type: 'ping' }]);
      assert(opened && responses[0] !== undefined, 'a ping before auth to be rejected by a message', 'nothing came');
    });

  test('that is broken off once is opened again', async () => {
    const { url, lost } = await losingOnce((_method, path) => path === '/websocket');
    expect(await greet(url)).toMatchObject({ verdict: 'pass', stalled: expect.any(String) as string });
    expect(lost()).toBe(1);
  });

  test('that does not open because the target is gone is an error', { timeout: 20_000 }, async () => {
    const target = await testTarget();
    closing.push(target.close);
    const result = await runCheck(target.url, async ({ target: api, user }) => {
      await user();
      await target.close();
      const { opened } = await converse(api, '/websocket', []);
      assert(opened, 'a WebSocket to open', 'it does not');
    });
    expect(result.verdict).toBe('error');
  });

  test('that is rejected with a status is judged', async () => {
    const target = await testTarget();
    closing.push(target.close);
    const result = await runCheck(target.url, async ({ target: api }) => {
      const { opened } = await converse(api, '/websocket?access_token=unknown', []);
      assert(opened, 'a WebSocket to open with an unknown token', 'it does not');
    });
    expect(result).toMatchObject({ verdict: 'fail', exchanges: [{ response: { status: 401 } }] });
  });
});
