/**
 * `npx tsx tests/soak/logins.ts [LOGINS] [keep]`: the memory of a reference server over many logins, each followed by a logout unless they
 * are kept. The server is a process of its own, its password hash a cheap one: what is looked at is what a login leaves.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createReferenceServer } from '../../reference-server/index.js';
import { cheapHash } from '../helpers/cheap-hash.js';

const CLIENTS = 16;
const STEPS = 10;
const json = { 'Content-Type': 'application/json' };
const body = JSON.stringify({ email: 'admin@example.com', password: 'd1r3ctu5' });

if (process.send !== undefined) {
  const server = await createReferenceServer({ argon2Cost: cheapHash });
  process.send(await server.listen());
} else {
  const [logins = 100_000] = process.argv.slice(2, 3).map(Number);
  const keeps = process.argv[3] === 'keep';
  const child = fork(fileURLToPath(import.meta.url));
  const [url] = (await once(child, 'message')) as [string];
  const memory = (): number =>
    Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  const post = async (path: string, text: string): Promise<Response> =>
    fetch(`${url}${path}`, { method: 'POST', headers: json, body: text });
  let [begun, failed] = [0, 0];
  const until = async (count: number): Promise<void> => {
    while (begun < count) {
      begun += 1;
      const answer = await post('/auth/login', body);
      const { data } = (await answer.json()) as { data?: { refresh_token: string } };
      if (data === undefined) failed += 1;
      else if (!keeps) await post('/auth/logout', JSON.stringify({ refresh_token: data.refresh_token }));
    }
  };
  for (let step = 1; step <= STEPS; step += 1) {
    const count = Math.round((logins * step) / STEPS);
    await Promise.all(Array.from({ length: CLIENTS }, async () => until(count)));
    console.log(`${count} logins, ${failed} failed: ${memory().toFixed(0)} MB`);
  }
  child.kill();
}
