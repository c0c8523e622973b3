import autocannon from 'autocannon';
import type { Contestant, Exchange, Tokens } from './contestants/contestant.js';

/** How hard a server is pressed. */
export interface Pressure {
  readonly connections: number;
  readonly seconds: number;
}

/** What a server did under load. */
export interface Throughput {
  readonly perSecond: number;
  /** In ms. */
  readonly p50: number;
  readonly p99: number;
}

/** The operations that are measured. */
export const operations = ['logins', 'refreshes', 'authenticated reads'] as const;
export type Operation = (typeof operations)[number];

/** Sends one request, outside of what is measured. */
export async function send(
  url: string,
  { method, path, headers, body }: Exchange,
): Promise<{ ok: boolean; body: string }> {
  const answer = await fetch(url + path, { method, ...(headers && { headers }), ...(body !== undefined && { body }) });
  return { ok: answer.ok, body: await answer.text() };
}

/** @throws Error when the login is rejected */
export async function loggedIn(contestant: Contestant, url: string): Promise<Tokens | undefined> {
  if (contestant.login === undefined) return undefined;
  const answer = await send(url, contestant.login());
  const tokens = contestant.tokensIn(answer.body);
  if (!answer.ok || tokens === undefined) throw new Error(`${contestant.name} rejected the login: ${answer.body}`);
  return tokens;
}

/**
 * Has a server do one thing over and over, on several connections at once, after a warm-up of a quarter of the time.
 * @returns undefined when it cannot do that
 * @throws Error when a single answer was not a success: a rejection is quick, and no measure of anything
 */
export async function measure(
  contestant: Contestant,
  url: string,
  operation: Operation,
  pressure: Pressure,
): Promise<Throughput | undefined> {
  const { login, refresh, read } = contestant;
  switch (operation) {
    case 'logins':
      return login && (await twice(contestant, url, pressure, () => repeating(login())));
    case 'refreshes':
      return refresh && (await twice(contestant, url, pressure, () => rotating(contestant, url, pressure.connections)));
    case 'authenticated reads': {
      if (read === undefined) return undefined;
      const tokens = await loggedIn(contestant, url);
      return twice(contestant, url, pressure, () => repeating(read(tokens?.access ?? 'unknown')));
    }
  }
}

type Requests = Pick<autocannon.Options, 'requests' | 'setupClient'>;

/** The same request each time. */
const repeating = (exchange: Exchange): Promise<Requests> => Promise.resolve({ requests: [asRequest(exchange)] });

/** With headers of its own: autocannon adds to them. */
const asRequest = ({ headers, ...exchange }: Exchange): autocannon.Request => ({
  ...exchange,
  headers: { ...headers },
});

/** Each connection logs in once, beforehand, and from then on refreshes with the refresh token of its last answer. */
async function rotating(contestant: Contestant, url: string, connections: number): Promise<Requests> {
  const { refresh } = contestant;
  const waiting: string[] = [];
  for (let connection = 0; connection < connections; connection += 1)
    waiting.push((await loggedIn(contestant, url))?.refresh ?? '');
  return {
    setupClient: (client) => {
      let token = waiting.pop() ?? '';
      client.setRequests([
        {
          setupRequest: (request) => ({ ...request, ...(refresh && asRequest(refresh(token))) }),
          onResponse: (_status, body) => {
            token = contestant.tokensIn(body)?.refresh ?? '';
          },
        },
      ]);
    },
  };
}

/** Warms up, then measures. */
async function twice(
  { name }: Contestant,
  url: string,
  { connections, seconds }: Pressure,
  requests: () => Promise<Requests>,
): Promise<Throughput> {
  await autocannon({ url, connections, duration: Math.max(1, seconds / 4), ...(await requests()) });
  const result = await autocannon({ url, connections, duration: seconds, ...(await requests()) });
  if (result.non2xx > 0 || result.errors > 0 || result['2xx'] === 0)
    throw new Error(
      `${name}: ${result['2xx']} successes, ${result.non2xx} rejections, ${result.errors} errors in ${seconds} s; when there is nothing at all, give it more --seconds`,
    );
  return { perSecond: result['2xx'] / result.duration, p50: result.latency.p50, p99: result.latency.p99 };
}
