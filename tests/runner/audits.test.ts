import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditFailed, audits } from '../../runner/run-conformance.js';
import { createReferenceServer, type ReferenceServer } from '../../reference-server/index.js';
import { requirements as catalogue } from '../../spec/catalogue.js';
import { cheapHash } from '../helpers/cheap-hash.js';

const given = { adminEmail: 'admin@example.com', adminPassword: 'd1r3ctu5' };
const settings = { LOGIN_STALL_TIME: '0' };
let servers: ReferenceServer[] = [];
let [good, bad] = ['', ''];

beforeAll(async () => {
  servers = await Promise.all([
    createReferenceServer({ argon2Cost: cheapHash, settings }),
    createReferenceServer({ argon2Cost: cheapHash, settings, defects: ['logout-does-nothing'] }),
  ]);
  [good = '', bad = ''] = await Promise.all(servers.map(async (server) => server.listen()));
});
afterAll(async () => Promise.all(servers.map(async (server) => server.close())));

const logout = (target: string) => audits({ ...given, target, only: ['standard.logout.invalidates-refresh-token'] })[0];

test('are the requirements that the configuration selects', () => {
  const all = audits({ ...given, target: good });
  expect(all.map(({ id, statement, level }) => ({ id, statement, level }))).toEqual(
    catalogue.map(({ id, statement, level }) => ({ id, statement, level })),
  );
});

test('pass where the requirement holds', async () => {
  expect(await logout(good)?.run()).toEqual({ verdict: 'pass' });
});

test('throw where it does not, with what came and the lines that show it', async () => {
  const error = await logout(bad)
    ?.run()
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AuditFailed);
  expect((error as Error).message).toMatch(/^standard\.logout\.invalidates-refresh-token: .*\nexpected .*, but /);
  expect((error as Error).message).toContain('\ncurl ');
});

test('say why they were skipped', async () => {
  const [skipped] = audits({ ...given, target: good, only: ['standard.expires'] });
  expect(await skipped?.run()).toEqual({ verdict: 'skip', reason: expect.stringContaining('--patience') as string });
});
