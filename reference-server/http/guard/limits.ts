/*
 * What one client may use up of the server, so that no client takes it from the others. Each limit is far above what browsers, SDKs and
 * proxies use, and can be set otherwise (ListenOptions.limits).
 */

export interface Limits {
  /** How many connections are open at once. */
  readonly connections: number;
  /** How many of them are from one address. */
  readonly connectionsPerAddress: number;
  /** How long the TLS handshake may take, in ms. */
  readonly tlsHandshakeMs: number;
  /** How long the head of a request may take to arrive, in ms. */
  readonly headMs: number;
  /** How long a whole request, with its body, may take to arrive, in ms. */
  readonly requestMs: number;
  /** How long a connection stays open between two requests, in ms. */
  readonly keepAliveMs: number;
  /** How long a connection may stand still while a request is answered, in ms: a client that does not read. */
  readonly idleMs: number;
  /** How often the times are looked at, in ms: what is too slow is noticed so much later at most. */
  readonly checkMs: number;
  /** How long the head of a request may be, in bytes. */
  readonly headBytes: number;
  /** How many header fields a request may have. */
  readonly headers: number;
  /** How much memory large bodies may hold together, in bytes (large-bodies.ts). */
  readonly largeBodiesBytes: number;
}

export const defaultLimits: Limits = {
  // Some 10 kB each: 100 MB at most. The system's limit of open files is the lower one on many machines.
  connections: 10_000,
  // Half of them, so that others still reach the server; a reverse proxy, from whose address all come, needs far fewer.
  connectionsPerAddress: 5_000,
  tlsHandshakeMs: 10_000,
  // A head is a packet or two: who takes longer than this holds a connection and sends nothing (CWE-400, "slowloris").
  headMs: 10_000,
  // 1 MB, the largest body, at 17 kB/s.
  requestMs: 60_000,
  // The default of Node.js.
  keepAliveMs: 5_000,
  // Longer than any answer takes, LOGIN_STALL_TIME included.
  idleMs: 120_000,
  checkMs: 1_000,
  // The default of Node.js. Observed: Directus 12.4.1 reads a token of 12,000 characters.
  headBytes: 16_384,
  // Browsers send some 20, proxies add some 10.
  headers: 200,
  largeBodiesBytes: 64_000_000,
};

/** How large the body of a request may be, in bytes. */
export const BODY_BYTES = 1_048_576;
