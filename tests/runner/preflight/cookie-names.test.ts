import { afterEach, expect, test } from 'vitest';
import { createReferenceServer, type ReferenceServer } from '../../../reference-server/index.js';
import { inProcess } from '../../../runner/in-process.js';
import { runConformance, type Configuration } from '../../../runner/run-conformance.js';
import { cheapHash } from '../../helpers/cheap-hash.js';
import { proxy, type Proxy } from '../../helpers/targets/proxy.js';

let server: ReferenceServer | undefined;
let front: Proxy | undefined;

afterEach(async () => {
  await front?.close();
  await server?.close();
  front = server = undefined;
});

const renamed = { SESSION_COOKIE_NAME: 'sid', REFRESH_TOKEN_COOKIE_NAME: 'rid' };

/** Verdict of the login in mode session, and notes on cookies, of a server behind a gateway that sets a cookie of its own with each response. */
async function certified(
  settings: Readonly<Record<string, string>>,
  told: Configuration = {},
): Promise<{ readonly verdict: string | undefined; readonly notes: readonly string[] }> {
  server = await createReferenceServer({ settings: { ...settings, LOGIN_STALL_TIME: '0' }, argon2Cost: cheapHash });
  front = await proxy(await server.listen(), async (_asked, forward) => {
    const reply = await forward();
    return { ...reply, rawHeaders: [...reply.rawHeaders, 'Set-Cookie', '__lb=7; Path=/'] };
  });
  const { requirements, notes } = await runConformance(
    {
      target: front.url,
      adminEmail: 'admin@example.com',
      adminPassword: 'd1r3ctu5',
      only: ['session.login.returns-session-token'],
      ...told,
    },
    {},
    inProcess,
  );
  return { verdict: requirements[0]?.verdict, notes: notes.filter((note) => note.includes('cookie')) };
}

test('cookies of other names are told, with the options that name them', async () => {
  expect(await certified(renamed)).toEqual({
    verdict: 'fail',
    notes: [
      expect.stringMatching(
        /^A login in mode session sets no cookie directus_session_token, but sid: .*--session-cookie NAME$/,
      ),
      expect.stringMatching(
        /^A login in mode cookie sets no cookie directus_refresh_token, but rid: .*--refresh-cookie NAME$/,
      ),
    ],
  });
});

test('neither the names that are expected nor those that are given are told', async () => {
  expect(await certified({})).toEqual({ verdict: 'pass', notes: [] });
  await front?.close();
  await server?.close();
  expect(await certified(renamed, { sessionCookie: 'sid', refreshCookie: 'rid' })).toEqual({
    verdict: 'pass',
    notes: [],
  });
});
