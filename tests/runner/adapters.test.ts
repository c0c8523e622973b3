import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { startServerToCertify, type ServerToCertify } from '../../cli/server-to-certify.js';
import { inProcess } from '../../runner/in-process.js';
import { defineConfig, runConformance, type Configuration, type Report } from '../../runner/run-conformance.js';
import { expressServer, type AppUser, type ExpressServer } from '../helpers/targets/express-server.js';
import { ownReply, proxy } from '../helpers/targets/proxy.js';
import { runCli } from '../helpers/run-cli.js';

let app: ExpressServer | undefined;
let behind: ServerToCertify | undefined;
let closeGateway: (() => Promise<void>) | undefined;

afterEach(async () => {
  await closeGateway?.();
  await app?.close();
  await behind?.server.close();
  app = behind = closeGateway = undefined;
});

const paths = { login: '/session/open', refresh: '/session/renew', logout: '/session/close', me: '/whoami' };
const verdicts = ({ requirements }: Report): Record<string, string> =>
  Object.fromEntries(requirements.map(({ id, verdict }) => [id, verdict]));

/** A configuration for the application, whose functions keep its array. */
function forApp({ url, users }: ExpressServer): Configuration {
  return defineConfig({
    target: url,
    paths,
    users: {
      create: ({ email, password, status = 'active', token }) => {
        const user: AppUser = { id: randomUUID(), email, password, status, ...(token !== undefined && { token }) };
        users.push(user);
        return { id: user.id };
      },
      update: (id, changes) => {
        const user = users.find((one) => one.id === id);
        if (user === undefined) throw new Error('there is no such user');
        Object.assign(user, changes);
      },
      remove: (id) => {
        users.splice(0, users.length, ...users.filter((one) => one.id !== id));
      },
    },
  });
}

describe('users by functions of a configuration', () => {
  test(
    'an application with its users in an array is judged, and none is left in it',
    { timeout: 200_000 },
    async () => {
      app = await expressServer();
      const only = ['standard.authenticates', 'standard.refresh.chain', 'static.one-per-user', 'access.scoped-to-user'];
      const more = [
        'static.set-by-users-api',
        'session.login.returns-session-token',
        'session.authenticates',
        'static.generated',
      ];
      const report = await runConformance({ ...forApp(app), only: [...only, ...more], name: 'an app' }, {}, inProcess);
      expect(verdicts(report)).toEqual({
        'access.scoped-to-user': 'pass',
        'session.authenticates': 'skip',
        'session.login.returns-session-token': 'fail',
        'standard.authenticates': 'pass',
        'standard.refresh.chain': 'pass',
        'static.generated': 'skip',
        'static.one-per-user': 'pass',
        'static.set-by-users-api': 'pass',
      });
      expect(report.target).toMatchObject({ name: 'an app', judgedAs: { from: 'newest' } });
      expect(report.leftovers).toEqual([]);
      expect(app.users).toEqual([]);
    },
  );

  test.each([
    ['throws', () => Promise.reject(new Error('the database is away')), /^users\.create failed: the database is away$/],
    ['returns nothing', () => Promise.resolve(undefined), /^users\.create returned no id: it must return \{ id \}/],
    [
      'makes a user who cannot log in',
      () => Promise.resolve({ id: '7' }),
      /^a user that users\.create has made cannot log in/,
    ],
  ])('a function that %s ends the run before it begins', { timeout: 60_000 }, async (_what, create, sentence) => {
    app = await expressServer();
    const { users } = forApp(app);
    const given = { ...forApp(app), users: { ...users, create } } as unknown as Configuration;
    await expect(runConformance({ ...given, only: ['standard.authenticates'] }, {}, inProcess)).rejects.toMatchObject({
      message: expect.stringMatching(sentence) as string,
      exitCode: 2,
    });
    expect(app.users).toEqual([]);
  });

  test(
    'the command says in one sentence what is wrong with the file, and ends with 2',
    { timeout: 60_000 },
    async () => {
      app = await expressServer();
      const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-adapters-'));
      const file = join(folder, 'auth-conformance.config.mjs');
      try {
        for (const [content, sentence] of [
          [`users: { create: () => { throw new Error('away') }, remove: () => {} }`, 'users.create failed: away'],
          [`users: { create: () => {}, remove: () => {} }`, 'users.create returned no id'],
          [`users: { create: 1, remove: () => {} }`, 'must be a function'],
          [`users: { create: () => {} }`, 'remove'],
          [`email: 'a@example.com', password: 'x', directusVersion: 'newest'`, 'must be a version such as 10.13.4'],
          [`paths: { login: 'login' }`, 'paths'],
        ] as const) {
          writeFileSync(file, `export default { target: '${app.url}', paths: ${JSON.stringify(paths)}, ${content} };`);
          const { code, stderr, stdout } = await runCli(['--config', file, '--only', 'standard.authenticates']);
          expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({ code: 2, stdout: '', lines: 1 });
          expect(stderr).toContain(sentence);
        }
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
      expect(app.users).toEqual([]);
    },
  );
});

describe('a gateway that mounts the API elsewhere', () => {
  test('is judged by the paths that it has, REST, GraphQL and WebSocket', { timeout: 200_000 }, async () => {
    behind = await startServerToCertify([]);
    const { target = '', ...given } = behind.given;
    const places: Record<string, string> = {
      '/identity/sign-in': '/auth/login',
      '/identity/renew': '/auth/refresh',
      '/identity/sign-out': '/auth/logout',
      '/me': '/users/me',
      '/people': '/users',
      '/query': '/graphql/system',
    };
    const gateway = await proxy(target, ({ path: url, headers }, forward) => {
      const [place, inside] =
        Object.entries(places).find(
          ([one]) => url === one || (/^[/?]/.test(url.slice(one.length)) && url.startsWith(one)),
        ) ?? [];
      const isOfBackend = Object.values(places).some((path) => url.startsWith(path));
      if (isOfBackend || headers['x-api-key'] !== 'k') return ownReply(404);
      return forward({ path: place === undefined ? url : (inside ?? '') + url.slice(place.length) });
    });
    closeGateway = gateway.close;
    const configuration = defineConfig({
      ...given,
      target: gateway.url,
      headers: { 'X-Api-Key': 'k' },
      paths: {
        login: '/identity/sign-in',
        refresh: '/identity/renew',
        logout: '/identity/sign-out',
        me: '/me',
        users: '/people',
        graphql: '/query',
      },
      capabilities: { realtime: false },
      only: [
        'standard.refresh.chain',
        'session.authenticates',
        'static.one-per-user',
        'graphql.refresh',
        'realtime.handshake',
      ],
    });
    const report = await runConformance(configuration, {}, inProcess);
    expect(verdicts(report)).toEqual({
      'graphql.refresh': 'pass',
      'realtime.handshake': 'skip',
      'session.authenticates': 'pass',
      'standard.refresh.chain': 'pass',
      'static.one-per-user': 'pass',
    });
    expect(report.leftovers).toEqual([]);
    expect((await behind.server.store.users()).length).toBe(1);
  });
});
