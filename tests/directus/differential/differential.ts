import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { createReferenceServer, MemoryStore } from '../../../reference-server/index.js';
import { installDirectus, known as settings, OBSERVED_VERSION, startDirectus } from '../directus.js';
import { listedDifferences } from './listed-differences.js';
import { given, policy } from './content.js';
import { differences } from './normal-form.js';
import { freshIds, manager, reader, role, suspended, UNKNOWN_ID } from './people.js';
import { Player } from './player.js';
import { sequences } from './requests/sequences.js';
import { inOneLine, type Step } from './step.js';

/** A difference that is not listed. */
interface Found {
  /** Kind of request, and what of the answers differs: one of each is shrunk and told. */
  readonly kind: string;
  readonly step: Step;
  readonly lines: readonly string[];
}

const { values: options } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--differential'),
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    /** A Directus 12.4.1 that runs already, with the settings of directus.ts and those beneath. */
    url: { type: 'string' },
    /** Each difference is told as it comes, not shrunk. */
    raw: { type: 'boolean', default: false },
  },
});
const runs = Number(options.runs);
const firstSeed = Number(options.seed);

/** Settings of both servers. A page at another origin may send its cookies. */
const env = {
  ACCESS_TOKEN_TTL: '1d',
  LOGIN_STALL_TIME: '0',
  RATE_LIMITER_REGISTRATION_ENABLED: 'false',
  CORS_ENABLED: 'true',
  CORS_ORIGIN: 'http://app.example',
};
/** Cheap hashes, and no 503 on a busy machine. */
const quick = {
  HASH_MEMORY_COST: '1024',
  HASH_TIME_COST: '2',
  HASH_PARALLELISM: '1',
  PRESSURE_LIMITER_ENABLED: 'false',
};
const started =
  options.url === undefined
    ? await startDirectus(await installDirectus(OBSERVED_VERSION), { ...env, ...quick })
    : undefined;
// Also where this ends with an error.
process.once('exit', () => {
  if (started !== undefined && !isStopped) process.kill(started.pid);
});
let isStopped = false;
const known = new Set([
  ...[role.id, manager.id, reader.id, suspended.id, policy.id, given.id],
  ...[UNKNOWN_ID, ...freshIds],
]);
const real = new Player(options.url ?? started?.url ?? '', known);
const administrator = await real.start();

const server = await createReferenceServer({
  store: new MemoryStore(),
  settings: { ...env, SECRET: settings.secret },
  argon2Cost: { memoryCost: 8, timeCost: 1, parallelism: 1 },
});
const ours = new Player(await server.listen(), known);
// Lists come in the order of ids: the administrator is the same one on both sides.
await sameAdministrator();
await ours.start();
await Promise.all([real.define(), ours.define()]);

/** Gives the administrator of the reference server, and the role, the ids that the other has. */
async function sameAdministrator(): Promise<void> {
  const { store } = server;
  const [user] = await store.users();
  const [adminRole] = await store.roles();
  if (user === undefined || adminRole === undefined) throw new Error('the reference server has no administrator');
  await store.deleteUser(user.id);
  await store.deleteRole(adminRole.id);
  await store.insertFirstUser(
    { ...user, id: administrator.id, role: administrator.role },
    { ...adminRole, id: administrator.role },
  );
}

/** Plays a sequence on both up to the first difference that is not listed. */
async function play(steps: readonly Step[]): Promise<{ readonly compared: number; readonly found?: Found }> {
  await Promise.all([real.reset(), ours.reset()]);
  let compared = 0;
  for (const step of steps) {
    const [theirs, own] = await Promise.all([real.play(step), ours.play(step)]);
    compared += 1;
    const lines = differences(theirs, own);
    if (lines.length === 0) continue;
    const listed = listedDifferences.findIndex(({ covers }) => covers(step, theirs, own));
    if (listed >= 0) {
      listedSeen.set(listed, (listedSeen.get(listed) ?? 0) + 1);
      // What follows may differ for that reason.
      if (theirs.status !== own.status) return { compared };
      continue;
    }
    const what = lines.map((line) => line.split(':')[0]).join('+');
    return { compared, found: { kind: `${step.kind}: ${what} ${theirs.status}/${own.status}`, step, lines } };
  }
  return { compared };
}

const listedSeen = new Map<number, number>();
const kinds = new Map<string, { count: number; told: string }>();
let requests = 0;
/** How many requests had been played at each difference that is not listed. */
const differing: number[] = [];

const told = (steps: readonly Step[], lines: readonly string[]): string =>
  [...steps.map((one) => `  ${inOneLine(one)}`), ...lines.map((line) => `    ${line}`)].join('\n');

for (let seed = firstSeed; requests < runs; seed += 1) {
  const [steps = []] = fc.sample(sequences, { numRuns: 1, seed });
  const { compared, found } = await play(steps);
  requests += compared;
  if (found === undefined) continue;
  differing.push(requests);
  const seen = kinds.get(found.kind);
  if (seen !== undefined) seen.count += 1;
  if (seen !== undefined && !options.raw) continue;
  let example = told(options.raw ? [found.step] : steps, found.lines);
  if (!options.raw) {
    // The same sequence again, shrunk as long as a difference of the kind is left.
    const { counterexample } = await fc.check(
      fc.asyncProperty(sequences, async (fewer) => {
        const again = await play(fewer);
        if (again.found?.kind !== found.kind) return;
        example = told(fewer.slice(0, again.compared), again.found.lines);
        throw new Error(found.kind);
      }),
      { seed, numRuns: 1, interruptAfterTimeLimit: 60_000 },
    );
    if (counterexample === null) example += '\n    (seen once, not again)';
  }
  if (seen === undefined) kinds.set(found.kind, { count: 1, told: `seed ${seed}\n${example}` });
  if (options.raw) console.log(`\n${found.kind}\nseed ${seed}\n${example}`);
}

for (const [kind, { count, told: example }] of [...kinds].sort(([, one], [, other]) => other.count - one.count))
  console.log(`\n${kind} (${count})${options.raw ? '' : `\n${example}`}`);
for (const [index, count] of listedSeen)
  console.log(`\nlisted, seen ${count} times: ${listedDifferences[index]?.reason}`);
const inFirst = differing.filter((at) => at <= 1000).length;
const inLast = differing.filter((at) => at > requests - 1000).length;
console.log(
  `\n${requests} requests from seed ${firstSeed} on: ${differing.length} answered differently and not listed, of ${kinds.size} kinds; ` +
    `${inFirst} in the first thousand, ${inLast} in the last`,
);
process.exitCode = differing.length === 0 ? 0 : 1;
await server.close();
await started?.stop();
isStopped = true;
