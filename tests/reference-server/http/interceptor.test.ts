import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, expect, test } from 'vitest';
import type { Context } from '../../../reference-server/context.js';
import { defaultLimits, type ReferenceServer } from '../../../reference-server/index.js';
import { invalidPayload } from '../../../reference-server/http/errors.js';
import { createGuardedServer } from '../../../reference-server/http/guard/guarded-server.js';
import { interceptResponses, type Interceptor } from '../../../reference-server/http/interceptor.js';
import { send } from '../client.js';

/* What goes wrong where nothing waits for it is answered, and ends neither the server nor the process. vitest fails at an unhandled rejection. */

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** A server whose responses an interceptor changes. */
async function serverWith(response: NonNullable<Interceptor['response']>): Promise<Pick<ReferenceServer, 'url'>> {
  const app = express();
  app.use(interceptResponses({} as Context, [{ response }]));
  app.get('/json', (_request, answer) => void answer.json({ data: 1 }));
  app.get('/empty', (_request, answer) => void answer.status(204).end());
  const server = createServer(app as RequestListener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const circular: Record<string, unknown> = {};
circular['self'] = circular;

test.each<[string, NonNullable<Interceptor['response']>, number, string]>([
  [
    'throws',
    () => {
      throw new Error('secret');
    },
    500,
    'INTERNAL_SERVER_ERROR',
  ],
  ['rejects', async () => Promise.reject(new Error('secret')), 500, 'INTERNAL_SERVER_ERROR'],
  [
    'throws an error of the API',
    () => {
      throw invalidPayload('no');
    },
    400,
    'INVALID_PAYLOAD',
  ],
  ['sets a status that is none', (_exchange, outgoing) => void (outgoing.status = 99), 500, 'INTERNAL_SERVER_ERROR'],
  [
    'sets a body that cannot be written',
    (_exchange, outgoing) => void (outgoing.body = circular),
    500,
    'INTERNAL_SERVER_ERROR',
  ],
])('an interceptor of responses that %s', async (_what, response, status, code) => {
  const server = await serverWith(response);
  for (const path of ['/json', '/empty']) {
    const answer = await send(server, `GET ${path}`);
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(answer.text).not.toContain('secret');
  }
});

test('a connection that cannot be accepted ends nothing', () => {
  const server = createGuardedServer(() => undefined, undefined, defaultLimits);
  expect(() => server.emit('error', new Error('accept EMFILE'))).not.toThrow();
});
