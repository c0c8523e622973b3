import { BroadcastChannel } from 'node:worker_threads';
import type { Account } from '../users/account.js';
import type { Response } from '../target/http/response.js';
import type { TargetDescription } from './run-plan.js';
import type { LearnedPace } from '../target/pace/pace.js';
import type { SentRequest } from '../target/http/exchange.js';

/** What the suites tell the process that started them: what they leave on the target, so that it can be taken away. */
export type LedgerEntry =
  | { readonly type: 'user-requested'; readonly email: string }
  | { readonly type: 'user-created'; readonly email: string; readonly id: string; readonly isPrivileged: boolean }
  | { readonly type: 'user-refused'; readonly email: string }
  | { readonly type: 'user-removed'; readonly email: string }
  | { readonly type: 'policy-requested'; readonly name: string }
  | { readonly type: 'policy-removed'; readonly name: string }
  | {
      readonly type: 'session-opened';
      readonly mode: 'json' | 'cookie' | 'session';
      readonly token: string;
      readonly email: string;
    }
  /** A request that may leave something on the target was given up. */
  | { readonly type: 'unanswered' }
  /** What the reader of the report should know, a sentence. */
  | { readonly type: 'note'; readonly note: string }
  /** What was learned of the rate at which the target wants to be asked. */
  | { readonly type: 'pace'; readonly pace: LearnedPace }
  /** The suites hear what they are told from now on. */
  | { readonly type: 'begun' }
  | { readonly type: 'flush' };

/** What the process tells the suites. */
export type LedgerOrder = { readonly type: 'flushed' } | { readonly type: 'stop'; readonly why: string };

/** The name of the channel between the suites and the process that started them. */
export const channelName = (runId: string): string => `auth-conformance:${runId}`;

/** The suites' end of the ledger. */
export class Ledger {
  readonly #channel: BroadcastChannel;

  /** @param onStop called with the reason when the process wants the run to end early */
  constructor(runId: string, onStop: (why: string) => void) {
    this.#channel = new BroadcastChannel(channelName(runId));
    this.#channel.onmessage = (event): void => {
      const { data } = event as { data: LedgerOrder };
      if (data.type === 'stop') onStop(data.why);
      if (data.type === 'flushed') this.#flushed?.();
    };
    this.#channel.unref();
    this.write({ type: 'begun' });
  }

  #flushed: (() => void) | undefined;

  write(entry: LedgerEntry): void {
    this.#channel.postMessage(entry);
  }

  /** Waits until all that was written has arrived, at most five seconds: a busy machine may take one or two. */
  async flush(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#flushed = resolve;
      setTimeout(resolve, 5000).unref();
      this.write({ type: 'flush' });
    });
  }

  /** Writes and hears nothing any more. */
  close(): void {
    this.#channel.close();
  }
}

/** Keeps account of the sessions opened for users that were there before the run; those of the suite's own users go with them. */
export class SessionLedger {
  /** Refresh and session tokens of the suite's own users. */
  readonly #own = new Set<string>();

  constructor(private readonly ledger: Pick<Ledger, 'write'>) {}

  opened(account: Account, response: Response, description: TargetDescription): void {
    this.#note(account.provisioned, account.email, response, description);
  }

  /** The same for a login or refresh of whom its request names, by email or by a token. */
  openedBy({ body, headers }: SentRequest, response: Response, description: TargetDescription): void {
    const [, email] = /"email":"([^"]*)"/.exec(body ?? '') ?? [];
    const [, inBody] = /"refresh_token":"([^"]*)"/.exec(body ?? '') ?? [];
    const cookies = headers.filter(([name]) => name === 'Cookie').flatMap(([, value]) => value.split('; '));
    const sent = [inBody, ...cookies.map((cookie) => cookie.replace(/^[^=]*=/, ''))];
    const own =
      email?.toLowerCase().includes('auth-conformance-') === true ||
      sent.some((token) => token !== undefined && this.#own.has(token));
    this.#note(own, email ?? 'unknown', response, description);
  }

  #note(own: boolean, email: string, response: Response, description: TargetDescription): void {
    for (const [mode, token] of tokensIn(response, description)) {
      if (own) this.#own.add(token);
      else this.ledger.write({ type: 'session-opened', mode, token, email });
    }
  }
}

/** The tokens in an answer that end a session, by the mode they are of. */
function tokensIn(
  response: Response,
  { sessionCookie, refreshCookie }: TargetDescription,
): ['json' | 'cookie' | 'session', string][] {
  const tokens = [
    ['json', response.text('refresh_token')],
    ['cookie', response.cookie(refreshCookie)?.value],
    ['session', response.cookie(sessionCookie)?.value],
  ] as const;
  return tokens.flatMap(([mode, token]): ['json' | 'cookie' | 'session', string][] =>
    token === undefined || token === '' ? [] : [[mode, token]],
  );
}
