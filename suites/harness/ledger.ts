import { BroadcastChannel } from 'node:worker_threads';
import type { Account } from './accounts.js';
import type { Answer } from './answer.js';
import type { TargetDescription } from './run-plan.js';

/** What the suites tell the process that started them: what they leave on the target, so that it can be taken away. */
export type LedgerEntry =
  | { readonly type: 'user-requested'; readonly email: string }
  | { readonly type: 'user-created'; readonly email: string; readonly id: string }
  | { readonly type: 'user-refused'; readonly email: string }
  | { readonly type: 'user-removed'; readonly email: string }
  | {
      readonly type: 'session-opened';
      readonly mode: 'json' | 'cookie' | 'session';
      readonly token: string;
      readonly email: string;
    }
  | { readonly type: 'flush' };

/** What the process tells the suites. */
export type LedgerOrder = { readonly type: 'flushed' } | { readonly type: 'stop' };

/** The name of the channel between the suites and the process that started them. */
export const channelName = (runId: string): string => `auth-conformance:${runId}`;

/** The suites' end of the ledger. */
export class Ledger {
  readonly #channel: BroadcastChannel;

  /** @param onStop called when the process wants the run to end early */
  constructor(runId: string, onStop: () => void) {
    this.#channel = new BroadcastChannel(channelName(runId));
    this.#channel.onmessage = (event): void => {
      const { data } = event as { data: LedgerOrder };
      if (data.type === 'stop') onStop();
      if (data.type === 'flushed') this.#flushed?.();
    };
    this.#channel.unref();
  }

  #flushed: (() => void) | undefined;

  write(entry: LedgerEntry): void {
    this.#channel.postMessage(entry);
  }

  /** Waits until all that was written has arrived, at most a second. */
  async flush(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#flushed = resolve;
      setTimeout(resolve, 1000).unref();
      this.write({ type: 'flush' });
    });
  }
}

/** Keeps account of the sessions opened for users that were there before the run; those of the suite's own users go with them. */
export class SessionLedger {
  constructor(private readonly ledger: Pick<Ledger, 'write'>) {}

  opened(account: Account, answer: Answer, { sessionCookie, refreshCookie }: TargetDescription): void {
    if (!account.provisioned) this.#note(account.email, answer, { sessionCookie, refreshCookie });
  }

  /** The same for a login or refresh of whom its body names, if anybody. */
  openedBy(body: string | undefined, answer: Answer, description: TargetDescription): void {
    const email = /"email":"([^"]*)"/.exec(body ?? '')?.[1] ?? 'unknown';
    if (!email.toLowerCase().includes('auth-conformance-')) this.#note(email, answer, description);
  }

  #note(
    email: string,
    answer: Answer,
    { sessionCookie, refreshCookie }: Pick<TargetDescription, 'sessionCookie' | 'refreshCookie'>,
  ): void {
    const tokens = [
      ['json', answer.text('refresh_token')],
      ['cookie', answer.cookie(refreshCookie)?.value],
      ['session', answer.cookie(sessionCookie)?.value],
    ] as const;
    for (const [mode, token] of tokens) {
      if (token !== undefined) this.ledger.write({ type: 'session-opened', mode, token, email });
    }
  }
}
