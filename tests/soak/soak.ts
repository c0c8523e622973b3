import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { serve } from '../helpers/serve.js';
import { login, send } from '../reference-server/client.js';
import { abuses, type Stage } from './abuses.js';

/** How often the server is asked whether it still answers, in ms. */
const PROBE_MS = 200;
/** How long a round may go on after its time, and the server has to give back what it took, as a share of that time. */
const CALM = 0.1;

/** What was seen of one abuse. */
export interface Figures {
  readonly abuse: string;
  /** How often it was done. */
  readonly rounds: number;
  /** How many requests of other clients were answered meanwhile, and how many were not. */
  readonly answered: number;
  readonly unanswered: number;
  /** How long these answers took, in ms. */
  readonly medianMs: number;
  readonly slowestMs: number;
  /** The memory of the server's process before, at most, and a while after, in MB. */
  readonly rssBefore: number;
  readonly rssPeak: number;
  readonly rssAfter: number;
  /** The delay of the event loop of the client, in ms: what of the times above is its own. */
  readonly ownDelayMs: number;
}

/** How the server was at the end. */
export interface Outcome {
  readonly figures: readonly Figures[];
  readonly running: boolean;
  /** What it printed after its greeting. */
  readonly complaints: string;
  /** The status of a login. */
  readonly login: number;
}

/**
 * Abuses a reference server, a process of its own, in one way after another.
 *
 * @param connections how many do so at once
 * @param seconds how long each way is tried
 * @param tell is told of each as it ends
 * @param only those ways whose name holds this text
 */
export async function soak(
  connections: number,
  seconds: number,
  tell: (figures: Figures) => void = () => undefined,
  only = '',
): Promise<Outcome> {
  const server = await serve([], { LOGIN_STALL_TIME: '100' });
  const greeting = server.output().length;
  const figures: Figures[] = [];
  try {
    // Hundreds of logins of one user at once are more attempts than are allowed, and would suspend the administrator.
    const { access: bearer } = await login(server);
    await send(server, 'PATCH /settings', { bearer, body: { auth_login_attempts: null } });
    for (const [abuse, round] of Object.entries(abuses)) {
      if (!abuse.includes(only)) continue;
      if (!server.isRunning()) break;
      const { access } = await login(server);
      const one = await during(server, abuse, connections, seconds, (over) => round({ url: server.url, access, over }));
      figures.push(one);
      tell(one);
    }
    const { status } = await send(server, 'POST /auth/login', {
      body: { email: 'admin@example.com', password: 'd1r3ctu5' },
    }).catch(() => ({ status: 0 }));
    return { figures, running: server.isRunning(), complaints: server.output().slice(greeting), login: status };
  } finally {
    await server.end();
  }
}

async function during(
  server: { readonly url: string; readonly pid: number },
  abuse: string,
  connections: number,
  seconds: number,
  round: (over: Stage['over']) => Promise<void>,
): Promise<Figures> {
  const end = performance.now() + seconds * 1000;
  const over = (): boolean => performance.now() >= end;
  const rssBefore = rssOf(server.pid);
  let [rounds, unanswered, rssPeak] = [0, 0, rssBefore];
  const times: number[] = [];
  const own = monitorEventLoopDelay();
  own.enable();
  const probes = (async (): Promise<void> => {
    while (!over()) {
      const begun = performance.now();
      const answered = await fetch(`${server.url}/server/info`, { headers: { connection: 'close' } }).then(
        async (response) => (await response.text()) !== '',
        () => false,
      );
      if (answered) times.push(performance.now() - begun);
      else unanswered += 1;
      rssPeak = Math.max(rssPeak, rssOf(server.pid));
      await pause(PROBE_MS);
    }
  })();
  const work = Array.from({ length: connections }, async () => {
    while (!over()) {
      // That a connection is refused or cut is what is wanted.
      await round(over).catch(() => pause(50));
      rounds += 1;
    }
  });
  // A round may go on for a little longer than its time.
  await Promise.all([probes, Promise.race([Promise.all(work), pause(seconds * 1000 * (1 + CALM))])]);
  own.disable();
  await pause(seconds * 1000 * CALM);
  times.sort((one, other) => one - other);
  return {
    ...{ abuse, rounds, answered: times.length, unanswered },
    ...{ medianMs: times[Math.floor(times.length / 2)] ?? NaN, slowestMs: times.at(-1) ?? NaN },
    ...{ rssBefore, rssPeak, rssAfter: rssOf(server.pid), ownDelayMs: own.max / 1e6 },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The memory of a process that is in use, in MB; 0 where the system does not tell, or it has ended. */
function rssOf(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
