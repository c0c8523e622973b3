import type { IncomingMessage } from 'node:http';
import { passUpgrade } from './pass-upgrade.js';
import { ownReply, proxy, type Proxy } from './proxy.js';

/** A proxy that limits the rate of requests, WebSocket handshakes among them. */
export interface Limiter extends Proxy {
  /** How many requests were passed on, and how many were rejected. */
  readonly counts: () => { readonly passed: number; readonly rejected: number };
  /** Rejects every request from now on, for so long in ms, or always. */
  readonly rejectAll: (forMs?: number) => void;
}

/** How it limits. */
export interface Limits {
  /** So many requests in each window. */
  readonly points: number;
  /** Length of a window, in ms; it begins with the first request. */
  readonly windowMs: number;
  /** So many under way at once: no limit unless told. */
  readonly atOnce?: number;
  /** The status of a rejection: 429 unless told. */
  readonly status?: number;
  /** The header fields of a rejection, or of any response. */
  readonly headers?: (left: {
    readonly resetMs: number;
    readonly remaining: number;
  }) => Readonly<Record<string, string>>;
  /** Whether responses that are no rejections have these fields, too. */
  readonly always?: boolean;
  /** Which requests count; all unless told. */
  readonly counts?: (asked: IncomingMessage) => boolean;
  /** Where it listens: a free port unless told. */
  readonly port?: number;
}

/**
 * Starts one on a free port of the loopback interface.
 * @param origin of the server behind it
 */
export async function limiter(
  origin: string,
  {
    points,
    windowMs,
    atOnce = Infinity,
    status = 429,
    headers = () => ({}),
    always = false,
    counts = () => true,
    port = 0,
  }: Limits,
): Promise<Limiter> {
  let [passed, rejected, used, underWay, begun, closedUntil] = [0, 0, 0, 0, -Infinity, -Infinity];
  const take = (
    asked: IncomingMessage,
  ): { readonly ok: boolean; readonly fields: Readonly<Record<string, string>> } => {
    const now = performance.now();
    if (now - begun >= windowMs) [used, begun] = [0, now];
    used += counts(asked) ? 1 : 0;
    const ok = now >= closedUntil && underWay < atOnce && (used <= points || !counts(asked));
    if (ok) passed += 1;
    else rejected += 1;
    const resetMs = Math.max(begun + windowMs, Math.min(closedUntil, now + windowMs)) - now;
    return { ok, fields: headers({ resetMs, remaining: Math.max(0, points - used) }) };
  };
  const started = await proxy(
    origin,
    async (_asked, forward, { incoming }) => {
      const { ok, fields } = take(incoming);
      if (!ok) return ownReply(status, 'Slow down', { 'content-type': 'text/plain', ...fields });
      underWay += 1;
      const reply = await forward().finally(() => (underWay -= 1));
      return always ? { ...reply, rawHeaders: [...reply.rawHeaders, ...Object.entries(fields).flat()] } : reply;
    },
    {
      port,
      upgrade: (asked, socket, head) => {
        const { ok, fields } = take(asked);
        if (ok) return passUpgrade(asked, socket, head, origin);
        const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.end(`HTTP/1.1 ${status} Slow Down\r\n${lines.join('')}Content-Length: 0\r\n\r\n`);
      },
    },
  );
  return {
    ...started,
    counts: () => ({ passed, rejected }),
    rejectAll: (forMs = Infinity) => (closedUntil = performance.now() + forMs),
  };
}
