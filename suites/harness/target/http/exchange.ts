/** A request as it was sent. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string;
}

/** A response as it came, headers in the target's order. */
export interface ReceivedResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** One request and what became of it, with its secrets in clear: never leaves the suites unmasked. */
export interface RawExchange {
  readonly request: SentRequest;
  readonly response?: ReceivedResponse;
  readonly error?: string;
  /** ms since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** How long was waited on purpose before it, in ms, where that is a part of what it shows. */
  readonly pauseMs?: number;
}
