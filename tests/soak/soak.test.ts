import { expect, test } from 'vitest';
import { abuses } from './abuses.js';
import { soak } from './soak.js';

/** As many connections and seconds as a test may take; `npx tsx tests/soak/main.ts` takes a thousand and a minute. */
const [CONNECTIONS, SECONDS] = [60, 0.6];
/** What the server's memory may grow to, in MB. */
const MEMORY = 500;

test(
  'a server that is abused goes on answering, complains about nothing and keeps its memory',
  { timeout: 120_000 },
  async () => {
    const { figures, ...outcome } = await soak(CONNECTIONS, SECONDS, () => undefined);
    expect(outcome).toEqual({ running: true, complaints: '', login: 200 });
    expect(figures.map(({ abuse }) => abuse)).toEqual(Object.keys(abuses));
    for (const { abuse, answered, rssPeak } of figures) {
      expect(answered, abuse).toBeGreaterThan(0);
      expect(rssPeak, abuse).toBeLessThan(MEMORY);
    }
  },
);
