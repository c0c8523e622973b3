/** What the suites ask of the process that started them: to advance the target's clock. */
export interface AdvanceOrder {
  readonly type: 'advance';
  /** By how much, in ms. */
  readonly ms: number;
}

/** What the process answers when it is done, or cannot do it. */
export interface AdvanceOutcome {
  readonly type: 'advanced';
  /** Why the clock is not where it was to be, a sentence; undefined when it is. */
  readonly problem?: string;
}

/** The name of the channel between the suites and the process that can advance the target's clock. */
export const clockChannelName = (runId: string): string => `auth-conformance:${runId}:clock`;
