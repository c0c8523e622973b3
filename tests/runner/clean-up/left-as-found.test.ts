import { afterEach, describe, expect, test } from 'vitest';
import { createReferenceServer, type ReferenceServer } from '../../../reference-server/index.js';
import { cheapHash } from '../../helpers/cheap-hash.js';
import { cli, run, runCli } from '../../helpers/run-cli.js';

const admin = { AUTH_CONFORMANCE_ADMIN_EMAIL: 'admin@example.com', AUTH_CONFORMANCE_ADMIN_PASSWORD: 'd1r3ctu5' };
let server: ReferenceServer | undefined;

afterEach(async () => server?.close());

async function start(): Promise<{ target: string; left: () => Promise<unknown> }> {
  server = await createReferenceServer({ argon2Cost: cheapHash, settings: { LOGIN_STALL_TIME: '0' } });
  const target = await server.listen();
  const { store } = server;
  return {
    target,
    left: async () => ({
      users: (await store.users()).map(({ email }) => email),
      roles: (await store.roles()).length,
      policies: (await store.items('directus_policies')).length,
      // One that has expired is not accepted: it is a row that the server has not yet swept away.
      sessions: (await store.sessions()).filter(({ expires }) => expires > Date.now()).length,
    }),
  };
}

const untouched = { users: ['admin@example.com'], roles: 1, policies: 0, sessions: 0 };

describe('a target is left as it was found', () => {
  test('after a run', async () => {
    const { target, left } = await start();
    expect(await left()).toEqual(untouched);
    const { code } = await runCli(['--target', target, '--runs', '5'], { env: admin });
    expect(code).toBe(0);
    expect(await left()).toEqual(untouched);
  });

  test('after a run with nothing but a user', async () => {
    const { target, left } = await start();
    const user = { AUTH_CONFORMANCE_EMAIL: 'admin@example.com', AUTH_CONFORMANCE_PASSWORD: 'd1r3ctu5' };
    const { code, stdout } = await runCli(['--target', target, '--runs', '5'], { env: user });
    expect(code).toBe(0);
    expect(stdout).toMatch(/CONFORMANT as far as tested/);
    expect(await left()).toEqual(untouched);
  });

  test('after SIGINT while a policy of the run is there', async () => {
    const { target, left } = await start();
    const isThere = async (): Promise<boolean> =>
      ((await left()) as { policies: number }).policies > untouched.policies;
    const { code, stderr } = await runCli(['--target', target, '--only', 'access.policy-change'], {
      env: admin,
      during: (child) => {
        const timer = setInterval(() => {
          void isThere().then((is) => {
            if (!is) return;
            clearInterval(timer);
            child.kill('SIGINT');
          });
        }, 5);
      },
    });
    expect(code).toBe(130);
    expect(stderr).toMatch(/interrupted, cleaning up/);
    expect(await left()).toEqual(untouched);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)('after %s half-way', async (signal) => {
    const { target, left } = await start();
    const ended = await runCli(['--target', target, '--runs', '5'], {
      env: admin,
      during: (child, output) => {
        const timer = setInterval(() => {
          if ((output().match(/^\.{8}/m) ?? []).length === 0) return;
          clearInterval(timer);
          child.kill(signal);
        }, 5);
      },
    });
    expect(ended.code).toBe(130);
    expect(ended.stderr).toMatch(/interrupted, cleaning up/);
    expect(ended.stderr).toMatch(/nothing is certified/);
    expect(ended.stdout).not.toMatch(/CONFORMANT/);
    expect(await left()).toEqual(untouched);
  });

  test('after its terminal was closed half-way: nothing can be written any more', async () => {
    const { target, left } = await start();
    const ended = await runCli(['--target', target, '--runs', '5'], {
      env: admin,
      during: (child, output) => {
        const timer = setInterval(() => {
          if ((output().match(/^\.{8}/m) ?? []).length === 0) return;
          clearInterval(timer);
          child.stdout?.destroy();
          child.stderr?.destroy();
          child.kill('SIGHUP');
        }, 5);
      },
    });
    expect(ended.code).toBe(130);
    expect(await left()).toEqual(untouched);
  });

  test('after an error that nothing has caught', async () => {
    const { target, left } = await start();
    const breaks = `import { isMainThread } from 'node:worker_threads';
      if (isMainThread) process.on('SIGUSR2', () => { throw new Error('broken half-way'); });`;
    const ended = await run(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(breaks)}`, cli, '--target', target, '--runs', '5'],
      {
        env: admin,
        during: (child, output) => {
          const timer = setInterval(() => {
            if ((output().match(/^\.{8}/m) ?? []).length === 0) return;
            clearInterval(timer);
            child.kill('SIGUSR2');
          }, 5);
        },
      },
    );
    expect(ended.code).toBe(3);
    expect(ended.stderr).toMatch(/^auth-conformance: broken half-way$/m);
    expect(await left()).toEqual(untouched);
  });
});
