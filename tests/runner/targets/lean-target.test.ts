import { expect, test } from 'vitest';
import type { Report } from '../../../spec/generated/report.js';
import { certifyBehind } from '../../helpers/targets/certify-behind.js';
import { idsOf } from './ids-of.js';
import { proxy, type Asked, type Between, type Proxy, type Reply } from '../../helpers/targets/proxy.js';

const json = (status: number, code: string): Reply => ({
  status,
  rawHeaders: ['content-type', 'application/json'],
  headers: {},
  body: Buffer.from(JSON.stringify({ errors: [{ message: code, extensions: { code } }] })),
});
const html = (status: number): Reply => ({
  status,
  rawHeaders: ['content-type', 'text/html'],
  headers: {},
  body: Buffer.from(`<h1>${status}</h1>`),
});

/** What a gateway answers by itself; undefined for what it passes on. */
type Gateway = (asked: Asked) => Reply | undefined;

/** Paths of which nothing is passed on. */
const keepsFromEverybody: Gateway = ({ path }) =>
  /^\/(?:policies|permissions|access|roles|settings|files|assets|items)\b/.test(path)
    ? json(403, 'FORBIDDEN')
    : undefined;

/** Neither GraphQL nor WebSockets, nor several users at once. */
const hasLittle: Gateway = ({ method, path }) => {
  if (/^\/(?:graphql|activity|revisions|utils)\b|^\/users\/(?:invite|register)/.test(path)) return html(404);
  return /^\/users(?:\?|$)/.test(path) && ['PATCH', 'DELETE', 'SEARCH'].includes(method) ? html(405) : undefined;
};

/** Neither HEAD nor SEARCH, and no password reset. */
const lacksMethods: Gateway = ({ method, path }) => {
  if (method === 'HEAD') return { ...html(405), body: Buffer.alloc(0) };
  if (method === 'SEARCH') return html(501);
  return path.startsWith('/auth/password/') ? json(404, 'ROUTE_NOT_FOUND') : undefined;
};

/** Certifies the reference server behind a gateway. */
async function certify(
  gateways: readonly Gateway[],
  only: readonly string[],
  defects: readonly string[] = [],
): Promise<Report> {
  const between: Between = async (asked, forward) =>
    gateways.flatMap((gateway) => gateway(asked) ?? [])[0] ?? (await forward());
  const lean = async (origin: string): Promise<Proxy> =>
    proxy(origin, between, {
      upgrade: (_asked, socket) => void socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'),
    });
  return certifyBehind(lean, { only: [...only] }, defects);
}

test('what a target need not have, or keeps from everybody, is no failure and no error', async () => {
  const report = await certify([keepsFromEverybody, hasLittle], ['lifecycle', 'access', 'requests.uncached']);
  expect(idsOf(report, 'fail')).toEqual([]);
  expect(idsOf(report, 'error')).toEqual([]);
  expect(idsOf(report, 'pass')).toEqual(
    expect.arrayContaining(['lifecycle.password.every-door', 'lifecycle.suspension.every-door', 'access.any-history']),
  );
});

test('a method that a target lacks is one failure, of the requirement about it', async () => {
  const report = await certify(
    [lacksMethods],
    [
      'lifecycle',
      'access',
      'static',
      'requests.head',
      'requests.uncached',
      'requests.unrelated-headers',
      'login.reset-request',
    ],
  );
  expect(idsOf(report, 'fail')).toEqual(['requests.head']);
  expect(idsOf(report, 'error')).toEqual([]);
});

test.each([
  ['keeps paths from everybody', keepsFromEverybody],
  ['lacks methods', lacksMethods],
])('faults of a target that %s are noticed all the same', async (_what, gateway) => {
  const report = await certify(
    [gateway],
    ['lifecycle.suspension', 'lifecycle.logout'],
    ['suspension-by-keys-spares-sessions'],
  );
  expect(idsOf(report, 'fail')).toContain('lifecycle.suspension.every-door');
});
