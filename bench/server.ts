/**
 * The reference server beside a real Directus, two mocks, a bare Express route and bare Node: from the start to the first answer, and
 * under load.
 * `npm run bench -- server [--starts N] [--rounds N] [--seconds N] [--connections N]`; DIRECTUS_FOLDER says where a Directus is installed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { bareExpress, bareNode } from './contestants/bare.js';
import type { Contestant } from './contestants/contestant.js';
import { oauth2MockServer } from './contestants/oauth2-mock-server.js';
import { prism } from './contestants/prism.js';
import { realDirectus } from './contestants/real-directus.js';
import { persistentReferenceServer, referenceServer } from './contestants/reference-server.js';
import { leniency } from './leniency.js';
import { measure, operations, type Operation, type Throughput } from './load.js';
import { machine } from './measuring/machine.js';
import { duration, median, short, times } from './measuring/numbers.js';
import { passwordsPerSecond } from './password-bound.js';
import { startProcess } from './measuring/running-process.js';
import { table } from './measuring/table.js';

const { values } = parseArgs({
  options: {
    starts: { type: 'string', default: '7' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '10' },
    connections: { type: 'string', default: '10' },
  },
});
const [starts, rounds, seconds, connections] = [
  Number(values.starts),
  Number(values.rounds),
  Number(values.seconds),
  Number(values.connections),
];

/** What is to be shown: how often the reference server does what a real Directus does once. */
const goals = { start: 20, refreshes: 20, 'authenticated reads': 20 } as const;

/** How much of what a bare Express route does, of those in memory with --persist, in percent. */
const shares = { refreshes: 50, 'authenticated reads': 70, persist: 60 } as const;

/** What was measured of a contestant. */
interface Measured {
  readonly contestant: Contestant;
  /** From nothing to the first answer, what is to be done once included, in ms. */
  readonly fromNothing: number[];
  /** The start alone, where there is something to be done once before it, in ms. */
  readonly later: number[];
  readonly throughput: Record<Operation, Throughput[]>;
  lenient: ReadonlySet<Operation>;
}

/** How long is waited before a start, in ms: the end of the server before it takes its time, too. */
const CALM_MS = 1000;

/** Starts it, from nothing and, where that differs, once more. */
async function measureStart({ contestant, fromNothing, later }: Measured): Promise<void> {
  await contestant.forget?.();
  await sleep(CALM_MS);
  const begun = performance.now();
  await contestant.setUp?.();
  const setUpMs = performance.now() - begun;
  const first = await startProcess(contestant.launch);
  fromNothing.push((contestant.setUp === undefined ? 0 : setUpMs) + first.startMs);
  await first.stop();
  if (contestant.forget === undefined) return;
  await sleep(CALM_MS);
  const second = await startProcess(contestant.launch);
  later.push(second.startMs);
  await second.stop();
}

async function measureLoad(measured: Measured): Promise<void> {
  const { contestant, throughput } = measured;
  const server = await startProcess(contestant.launch);
  try {
    measured.lenient = await leniency(contestant, server.url);
    for (const operation of operations) {
      const result = await measure(contestant, server.url, operation, { connections, seconds });
      if (result !== undefined) throughput[operation].push(result);
    }
  } finally {
    await server.stop();
  }
}

const perSecond = ({ throughput }: Measured, operation: Operation): number =>
  median(throughput[operation].map((result) => result.perSecond));

function startTable(all: readonly Measured[], real: Measured): string {
  return table([
    ['start to first answer', 'from nothing', 'faster than Directus', 'data there before', 'faster than Directus'],
    ...all.map(({ contestant, fromNothing, later }) => [
      contestant.name,
      duration(median(fromNothing)),
      times(median(real.fromNothing) / median(fromNothing)),
      later.length === 0 ? '–' : duration(median(later)),
      times(median(real.later) / median(later)),
    ]),
  ]);
}

function loadTable(operation: Operation, all: readonly Measured[], real: Measured, limit: Measured): string {
  return table([
    [operation, 'a second', 'p50', 'p99', 'times Directus', 'of bare Express'],
    ...all.map((measured) => {
      const { contestant, throughput, lenient } = measured;
      const results = throughput[operation];
      if (results.length === 0) return [contestant.name, '–', '–', '–', '–', '–'];
      return [
        contestant.name,
        short(perSecond(measured, operation)) + (lenient.has(operation) ? ' °' : ''),
        `${short(median(results.map(({ p50 }) => p50)))} ms`,
        `${short(median(results.map(({ p99 }) => p99)))} ms`,
        times(perSecond(measured, operation) / perSecond(real, operation)),
        percent(perSecond(measured, operation) / perSecond(limit, operation)),
      ];
    }),
  ]);
}

const percent = (ratio: number): string => (Number.isFinite(ratio) ? `${short(100 * ratio)} %` : '–');

const shareVerdict = (what: string, ratio: number, goal: number): string =>
  `- ${what}: ${percent(ratio)}, wanted ${goal} %: ${100 * ratio >= goal ? 'met' : 'NOT met'}`;

const verdict = (what: string, ratio: number, goal: number): string =>
  `- ${what}: ${times(ratio)}, wanted ${goal} ×: ${ratio >= goal ? 'met' : 'NOT met'}`;

console.log(`# The reference server beside others\n\n${machine()}\n`);
console.log(
  `Medians of ${starts} starts, and of ${rounds} rounds in which each server in turn is pressed for ${seconds} s by ${connections} connections (autocannon), after a warm-up.\n`,
);
const contestants = [
  referenceServer,
  persistentReferenceServer(),
  await realDirectus(),
  oauth2MockServer,
  prism,
  bareExpress,
  bareNode,
];
const all = contestants.map((contestant): Measured => ({
  contestant,
  fromNothing: [],
  later: [],
  throughput: { logins: [], refreshes: [], 'authenticated reads': [] },
  lenient: new Set(),
}));
for (let start = 0; start < starts; start += 1) for (const measured of all) await measureStart(measured);
const bounds: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  for (const measured of all) await measureLoad(measured);
  bounds.push(await passwordsPerSecond(connections, seconds));
}

const [ours, persistent] = all as [Measured, Measured];
const real = all.find(({ contestant }) => contestant.isReal) ?? ours;
const limit = all.find(({ contestant }) => contestant === bareExpress) ?? ours;
const bound = median(bounds);
console.log(`${startTable(all, real)}\n`);
console.log(
  'From nothing: a Directus creates its database first (`directus bootstrap`), and so does --persist. Others keep nothing.\n',
);
for (const operation of operations) console.log(`${loadTable(operation, all, real, limit)}\n`);
console.log(
  '° answered without a check: a wrong password, a used refresh token or an unknown access token is accepted too.',
);
for (const { name, cannot } of contestants) for (const what of cannot) console.log(`– ${name}, ${what}.`);
console.log(
  `\nLogins are bound by password hashing: verifying passwords and nothing else, this machine does ${short(bound)} a second at the same cost ` +
    `(argon2id, 19 MiB, 2 passes). Of that, logins reach ${short((100 * perSecond(ours, 'logins')) / bound)} % here and ` +
    `${short((100 * perSecond(real, 'logins')) / bound)} % on the Directus, on a machine that they share with autocannon.\n`,
);
console.log('Goals, the reference server beside Directus:\n');
console.log(verdict('start from nothing', median(real.fromNothing) / median(ours.fromNothing), goals.start));
console.log(
  verdict(
    'start, the database of the Directus being there',
    median(real.later) / median(ours.fromNothing),
    goals.start,
  ),
);
for (const operation of ['refreshes', 'authenticated reads'] as const) {
  const ratio = ({ throughput }: Measured): number =>
    median(throughput[operation].map((result) => result.perSecond)) / perSecond(real, operation);
  console.log(verdict(operation, ratio(ours), goals[operation]));
  console.log(verdict(`${operation}, with --persist`, ratio(persistent), goals[operation]));
}
console.log('\nGoals, the reference server near its limit:\n');
for (const operation of ['refreshes', 'authenticated reads'] as const)
  console.log(
    shareVerdict(
      `${operation}, of a bare Express route`,
      perSecond(ours, operation) / perSecond(limit, operation),
      shares[operation],
    ),
  );
console.log(
  shareVerdict(
    'refreshes with --persist, of those in memory',
    perSecond(persistent, 'refreshes') / perSecond(ours, 'refreshes'),
    shares.persist,
  ),
);
