import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, test } from 'vitest';
import { Evidence } from '../../../suites/harness/evidence/evidence.js';
import { HttpClient } from '../../../suites/harness/target/http/http-client.js';

/** Collects what nothing holds any more, as happens by itself in a run of some seconds. */
const collectGarbage = (): void => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
};

const target = createServer((request, response) => {
  if (request.url === '/answered') response.end();
});
/** So many requests, and the code is compiled to that which keeps nothing that it does not need any more. */
const WARM = 4000;
afterEach(() => {
  target.closeAllConnections();
  target.close();
});

test.each(['GET', 'DELETE'])(
  'a request that is never answered ends by its time limit, also when memory is collected meanwhile (%s)',
  async (method) => {
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    const { port } = target.address() as AddressInfo;
    const interruption = new AbortController();
    const patient = new HttpClient({ timeoutMs: 60_000, interrupted: interruption.signal });
    const client = new HttpClient({ timeoutMs: 1000, interrupted: interruption.signal });
    const answered = { method, url: `http://127.0.0.1:${port}/answered`, headers: [] };
    for (let sent = 0; sent < WARM; sent += 20)
      await Promise.all(Array.from({ length: 20 }, async () => patient.send(answered, new Evidence())));
    const request = { method, url: `http://127.0.0.1:${port}/users/1`, headers: [] };
    const ended = client.send(request, new Evidence()).then(
      () => 'answered',
      (error: unknown) => (error as { kind?: string }).kind,
    );
    for (let times = 0; times < 5; times += 1) {
      await sleep(100);
      collectGarbage();
    }
    expect(await Promise.race([ended, sleep(10_000, 'still waiting')])).toBe('timeout');
    interruption.abort();
    await Promise.all([client.close(), patient.close()]);
  },
);
