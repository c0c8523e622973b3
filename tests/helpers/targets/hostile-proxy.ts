import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createReferenceServer, type ReferenceServer } from '../../../reference-server/index.js';
import { cheapHash } from '../cheap-hash.js';
import { proxy } from './proxy.js';

/** What the reference server would have answered. */
export interface RightAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

/** How a target means harm. */
export interface Hostility {
  /** Answers in place of the reference server; true when it has, or never will. */
  readonly answers?: (asked: IncomingMessage, answer: ServerResponse, right: RightAnswer) => boolean;
  /** Answers instead of asking the reference server; true when it has, or never will. */
  readonly asks?: (asked: IncomingMessage, answer: ServerResponse) => boolean;
  /** How long a request is kept before the reference server is asked, in ms. */
  readonly delays?: (asked: IncomingMessage) => number;
  /** Takes over a request for a WebSocket. */
  readonly upgrades?: (asked: IncomingMessage, socket: Duplex) => void;
}

/** A target that means harm: the reference server behind something that spoils its answers. */
export interface HostileTarget {
  readonly url: string;
  readonly server: ReferenceServer;
  close(): Promise<void>;
}

/** The account that the suite may use there. */
export const adminOfTarget = {
  AUTH_CONFORMANCE_ADMIN_EMAIL: 'admin@example.com',
  AUTH_CONFORMANCE_ADMIN_PASSWORD: 'd1r3ctu5',
};

/** Starts one on a free port of the loopback interface. */
export async function hostileTarget({
  answers = () => false,
  asks,
  delays,
  upgrades,
}: Hostility): Promise<HostileTarget> {
  const server = await createReferenceServer({ argon2Cost: cheapHash, settings: { LOGIN_STALL_TIME: '0' } });
  const { url, close } = await proxy(
    await server.listen(),
    async (_asked, forward, { incoming, outgoing }) => {
      if (asks?.(incoming, outgoing) === true) return undefined;
      await sleep(delays?.(incoming) ?? 0);
      const reply = await forward();
      const { status, headers } = reply;
      const right = { status, headers: headers as RightAnswer['headers'], body: reply.body.toString() };
      return answers(incoming, outgoing, right) ? undefined : reply;
    },
    { ...(upgrades !== undefined && { upgrade: upgrades }) },
  );
  return {
    url,
    server,
    close: async () => {
      await close();
      await server.close();
    },
  };
}
