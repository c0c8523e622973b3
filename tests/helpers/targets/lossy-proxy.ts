import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { passUpgrade } from './pass-upgrade.js';

/** A proxy in front of a server, which loses some of its responses: the request has been processed, and the connection is reset. */
export interface LossyProxy {
  readonly url: string;
  /** How many responses were lost. */
  readonly lost: () => number;
  /** Refuses every connection from now on, as a server that is gone. */
  readonly die: () => void;
  readonly close: () => void;
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
  const upgraded = new Set<Duplex>();
  const proxy = createServer((asked, answer) => {
    requests += 1;
    const loses = isLost(requests, asked);
    const { method, headers, url = '' } = asked;
    const forwarded = request(origin + url, { method, headers }, (response) => {
      if (!loses) {
        answer.writeHead(response.statusCode ?? 500, response.rawHeaders);
        response.pipe(answer);
        return;
      }
      lost += 1;
      response.resume();
      asked.socket.resetAndDestroy();
    });
    forwarded.on('error', () => answer.destroy());
    asked.pipe(forwarded);
  });
  proxy.on('upgrade', (asked: IncomingMessage, socket: Duplex, head: Buffer) => {
    requests += 1;
    upgraded.add(socket);
    if (isLost(requests, asked)) {
      lost += 1;
      socket.destroy();
      return;
    }
    passUpgrade(asked, socket, head, origin);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const die = (): void => {
    proxy.close();
    proxy.closeAllConnections();
    for (const socket of upgraded) socket.destroy();
  };
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, lost: () => lost, die, close: die };
}
