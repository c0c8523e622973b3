import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { assert } from '../../suites/harness/outcomes.js';
import { lossyProxy, type LossyProxy } from '../helpers/lossy-proxy.js';
import { runCheck, testTarget } from './run-check.js';

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
