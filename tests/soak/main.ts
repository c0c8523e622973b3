/** Abuses a reference server for a minute in each way, with a thousand connections: `npx tsx tests/soak/main.ts [connections] [seconds] [part of a name]`. */
import { soak } from './soak.js';

const [connections = 1000, seconds = 60] = process.argv.slice(2, 4).map(Number);
const only = process.argv[4];
const whole = (value: number): string => value.toFixed(0);

console.log(`${connections} connections, ${seconds} s each\n`);
console.log(
  '| abuse | rounds | answers to others | none | median, slowest (ms) | memory before, most, after (MB) | own delay (ms) |',
);
console.log('|---|---|---|---|---|---|---|');
const { figures, ...outcome } = await soak(
  connections,
  seconds,
  (one) => {
    const times = `${whole(one.medianMs)}, ${whole(one.slowestMs)}`;
    const memory = `${whole(one.rssBefore)}, ${whole(one.rssPeak)}, ${whole(one.rssAfter)}`;
    const { abuse, rounds, answered, unanswered, ownDelayMs } = one;
    console.log(`| ${abuse} | ${rounds} | ${answered} | ${unanswered} | ${times} | ${memory} | ${whole(ownDelayMs)} |`);
  },
  only,
);
console.log(`\n${JSON.stringify(outcome)}`);
const good = outcome.running && outcome.complaints === '' && outcome.login === 200 && figures.length > 0;
process.exit(good ? 0 : 1);
