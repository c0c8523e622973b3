/**
 * `npx tsx tests/soak/killed-while-writing.ts [TIMES]`, after `npm run build`: SIGKILL in the middle of writes with --persist, and a look
 * at what was acknowledged before. Ends with 1 where anything of it is lost.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../helpers/free-port.js';

const times = Number(process.argv[2] ?? 30);
const WRITERS = 8;
const folder = mkdtempSync(join(tmpdir(), 'auth-conformance-killed-'));
const seed = join(folder, 'seed.json');
writeFileSync(
  seed,
  JSON.stringify({
    collections: [{ name: 'notes', fields: [{ name: 'title', type: 'string', unique: true }] }],
    users: [{ email: 'boss@example.com', role: 'Administrator', token: 'boss-token' }],
  }),
);

async function started(): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const port = await freePort();
  const flags = ['serve', '--port', String(port), '--persist', join(folder, 'data.db'), '--seed-file', seed];
  const child = spawn(process.execPath, ['dist/cli/main.js', ...flags], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 600; tries += 1) {
    if (
      await fetch(`${url}/server/ping`).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return { url, child };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the server did not start');
}

async function killed(child: ChildProcess): Promise<void> {
  const end = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await end;
}

const headers = { Authorization: 'Bearer boss-token', 'Content-Type': 'application/json' };
const titles = new Set<string>();
const emails = new Set<string>();

/** Writes until the server is gone, and notes what was acknowledged. */
async function write(url: string, name: string): Promise<void> {
  for (let i = 0; ; i += 1) {
    const item = `${name}-${i}`;
    const email = `u${item}@example.com`;
    try {
      const created = await fetch(`${url}/items/notes`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ title: item }),
      });
      if (created.ok) titles.add(item);
      const user = await fetch(`${url}/users`, { method: 'POST', headers, body: JSON.stringify({ email }) });
      if (user.ok) emails.add(email);
    } catch {
      return;
    }
  }
}

async function listed(url: string, path: string, field: string): Promise<ReadonlySet<unknown>> {
  const answer = await fetch(`${url}${path}?limit=-1&fields=${field}`, { headers });
  const { data } = (await answer.json()) as { data: Record<string, unknown>[] };
  return new Set(data.map((one) => one[field]));
}

let lost = 0;
for (let round = 0; round < times; round += 1) {
  const { url, child } = await started();
  const writers = Array.from({ length: WRITERS }, (_, i) => write(url, `${round}-${i}`));
  await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 250));
  await killed(child);
  await Promise.all(writers);
}
const { url, child } = await started();
const [keptTitles, keptEmails] = [await listed(url, '/items/notes', 'title'), await listed(url, '/users', 'email')];
for (const title of titles) if (!keptTitles.has(title)) lost += 1;
for (const email of emails) if (!keptEmails.has(email)) lost += 1;
await killed(child);
rmSync(folder, { recursive: true, force: true });
console.log(`killed ${times} times: ${titles.size} items and ${emails.size} users acknowledged, ${lost} lost`);
process.exitCode = lost === 0 ? 0 : 1;
