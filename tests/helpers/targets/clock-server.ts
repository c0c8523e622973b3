import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createReferenceServer, type Clock, type ReferenceServer } from '../../../reference-server/index.js';
import { cheapHash } from '../cheap-hash.js';

/** A clock that can be moved either way. */
export class MovableClock implements Clock {
  /** How far it is ahead of the machine's, in ms. */
  aheadMs = 0;

  now(): number {
    return Date.now() + this.aheadMs;
  }

  async sleep(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }
}

/** What comes at a clock URL. */
export type ClockAnswer = (ms: number, clock: MovableClock, response: ServerResponse, request: IncomingMessage) => void;

/** A reference server with default lifetimes, and a clock URL of another origin. */
export interface ClockServer {
  readonly server: ReferenceServer;
  readonly target: string;
  readonly clockUrl: string;
  close(): Promise<void>;
}

/** Starts both on free ports of the loopback interface. */
export async function clockServer(answer: ClockAnswer): Promise<ClockServer> {
  const clock = new MovableClock();
  const server = await createReferenceServer({
    clock,
    argon2Cost: cheapHash,
    settings: { LOGIN_STALL_TIME: '0' },
  });
  const target = await server.listen();
  const clocks = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const { advanceMs } = JSON.parse(body) as { advanceMs: number };
      response.statusCode = 204;
      answer(advanceMs, clock, response, request);
    });
  });
  await new Promise<void>((resolve) => clocks.listen(0, '127.0.0.1', resolve));
  return {
    server,
    target,
    clockUrl: `http://127.0.0.1:${(clocks.address() as AddressInfo).port}/clock`,
    close: async () => {
      clocks.closeAllConnections();
      clocks.close();
      await server.close();
    },
  };
}
