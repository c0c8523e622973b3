import type { IncomingMessage } from 'node:http';
import { passUpgrade } from './pass-upgrade.js';
import { proxy, type Proxy } from './proxy.js';

/** A proxy in front of a server, which loses some of its responses: the request has been processed, and the connection is reset. */
export interface LossyProxy extends Proxy {
  /** How many responses were lost. */
  readonly lost: () => number;
}

/**
 * Starts one on a free port of the loopback interface.
 * @param origin of the server behind it
 * @param isLost whether the response to the nth request, counted from 1, is lost
 */
export async function lossyProxy(
  origin: string,
  isLost: (number: number, asked: IncomingMessage) => boolean,
): Promise<LossyProxy> {
  let [requests, lost] = [0, 0];
  const loses = (asked: IncomingMessage): boolean => {
    requests += 1;
    const loses = isLost(requests, asked);
    lost += loses ? 1 : 0;
    return loses;
  };
  const started = await proxy(
    origin,
    async (_asked, forward, { incoming }) => {
      const isThisLost = loses(incoming);
      const reply = await forward();
      if (!isThisLost) return reply;
      incoming.socket.resetAndDestroy();
      return undefined;
    },
    {
      upgrade: (asked, socket, head) => {
        if (loses(asked)) socket.destroy();
        else passUpgrade(asked, socket, head, origin);
      },
    },
  );
  return { ...started, lost: () => lost };
}
