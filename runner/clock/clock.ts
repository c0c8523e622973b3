import { BroadcastChannel } from 'node:worker_threads';
import type { Configuration } from '../../spec/generated/configuration.js';
import { ConfigurationError, NotJudgeable } from '../../report/errors.js';
import { quoted } from '../../report/foreign-text.js';
import { Evidence } from '../../suites/harness/evidence/evidence.js';
import { Inconclusive } from '../../suites/harness/outcomes.js';
import { clockChannelName, type AdvanceOrder, type AdvanceOutcome } from '../../suites/harness/run/clock-channel.js';
import { SessionLedger } from '../../suites/harness/run/ledger.js';
import type { ClockDescription, TargetDescription } from '../../suites/harness/run/run-plan.js';
import { HttpClient } from '../../suites/harness/target/http/http-client.js';
import { IssuedCredentials } from '../../suites/harness/target/tokens/issued-credentials.js';
import { claimsOf } from '../../suites/harness/target/tokens/jwt.js';
import { Target } from '../../suites/harness/target/target.js';
import type { Credentials } from '../credentials.js';
import type { Janitor } from '../clean-up/janitor.js';
import { ClockProblem } from './clock-problem.js';
import { movementBetween, readClock, type ClockReading } from './clock-reading.js';
import { ClockUrl } from './clock-url.js';

/** By how much the clock is advanced to try it out, in ms: ten times the rounding of a JWT's seconds. */
const TRIAL_MS = 10_000;
/** After an advance of so many ms and more, the clock is read again: what a smaller one does has been tried out. */
const READ_AGAIN_FROM_MS = 60_000;
/** A token of the administrator is used no longer than this before its end, in ms. */
const BEFORE_THE_END_MS = 60_000;

/** What a clock is made ready with. */
export interface ClockInput extends Credentials {
  readonly runId: string;
  readonly target: TargetDescription;
  readonly timeoutMs: number;
  readonly interrupted?: AbortSignal;
}

/** A clock of the target that was tried out, and is advanced when the suites ask for it. To be closed at the end. */
export interface ReadyClock {
  readonly description: ClockDescription;
  readonly notes: readonly string[];
  close(): Promise<void>;
}

/**
 * Tries out the clock of a configuration, and lets the suites advance it.
 * @returns undefined when the configuration names none
 * @throws ConfigurationError when it does not move as it is told; NotJudgeable when the target gives no response
 */
export async function readyClock(
  configuration: Pick<Configuration, 'clock' | 'clockUrl'>,
  input: ClockInput,
  janitor: Janitor,
): Promise<ReadyClock | undefined> {
  const { clock: given, clockUrl } = configuration;
  if (given === undefined && clockUrl === undefined) return undefined;
  if (given !== undefined && clockUrl !== undefined)
    throw new ConfigurationError('--clock-url and "clock" are two ways to say the same: give one of them');
  const { target: description, timeoutMs, interrupted } = input;
  const { connection } = description;
  const client = new HttpClient({
    timeoutMs,
    ...(interrupted && { interrupted }),
    ...(connection && { connection }),
  });
  const target = new Target(description, client, new Evidence(), new SessionLedger(janitor), new IssuedCredentials());
  const byUrl = clockUrl === undefined ? undefined : new ClockUrl({ ...input, url: clockUrl, client, target });
  const clock = new TargetClock(
    async (ms) => (byUrl === undefined ? callAdvance(given, ms, timeoutMs) : byUrl.advance(ms)),
    target,
    input,
  );
  try {
    await clock.tryOut();
  } catch (error) {
    await client.close();
    if (error instanceof ClockProblem) throw new ConfigurationError(error.message);
    if (error instanceof Inconclusive) throw new NotJudgeable(`the target cannot be judged: ${quoted(error.message)}`);
    throw error;
  }
  const stop = clock.serve(input.runId);
  return {
    description: clock.description(),
    notes: clock.notes,
    close: async () => {
      stop();
      await client.close();
    },
  };
}

/** Calls the tester's function, which may be anything in a file of JavaScript. */
async function callAdvance(given: Configuration['clock'], ms: number, timeoutMs: number): Promise<void> {
  if (typeof (given?.advance as unknown) !== 'function')
    throw new ClockProblem(
      '"clock" must hold a function "advance", which a configuration file in JSON cannot: give --clock-url, or write the file as a module',
    );
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    const why = `clock.advance(${ms}) has not ended within ${timeoutMs / 1000} s: it must end when the target's clock has been advanced (--timeout gives it longer)`;
    timer = setTimeout(() => reject(new ClockProblem(why)), timeoutMs);
  });
  const called = Promise.resolve(ms)
    .then((told) => given?.advance(told))
    .catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      throw new ClockProblem(`clock.advance(${ms}) failed: ${quoted(message)}`);
    });
  try {
    await Promise.race([called, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** The target's clock, as it is advanced and read. */
class TargetClock {
  readonly notes: string[] = [];
  #latest: ClockReading | undefined;
  /** By how much it has been advanced since it was read, in ms. */
  #sinceMs = 0;

  constructor(
    private readonly advance: (ms: number) => Promise<void>,
    private readonly target: Target,
    private readonly input: ClockInput,
  ) {}

  /** @throws ClockProblem when it does not move as it is told */
  async tryOut(): Promise<void> {
    this.#latest = await this.#read();
    await this.advance(TRIAL_MS);
    this.#sinceMs = TRIAL_MS;
    if (!(await this.#hasMoved()))
      this.notes.push(
        'Nothing that the target says tells its time (the iat of a token, or the header Date): that its clock can be advanced was taken as given.',
      );
  }

  /** Advances the clock whenever the suites ask for it. @returns what ends that */
  serve(runId: string): () => void {
    const channel = new BroadcastChannel(clockChannelName(runId));
    channel.onmessage = (event): void => {
      const { data } = event as { data: AdvanceOrder | AdvanceOutcome };
      if (data.type === 'advance')
        void this.#advanced(data.ms).then((outcome) => (isOpen ? channel.postMessage(outcome) : undefined));
    };
    channel.unref();
    let isOpen = true;
    return () => {
      isOpen = false;
      channel.close();
    };
  }

  description(): ClockDescription {
    const { iat, date, askedAt = performance.now() } = this.#latest ?? {};
    // The Date of a response may be of another clock: it is believed where it has moved, which is where it is further than this one.
    const time = iat ?? Math.max(date ?? 0, Date.now() + TRIAL_MS);
    const { exp } = claimsOf(this.input.adminToken ?? '') ?? {};
    return {
      time,
      readAt: Date.now() - (performance.now() - askedAt),
      ...(exp !== undefined && { limitMs: Math.max(0, exp * 1000 - time - BEFORE_THE_END_MS) }),
    };
  }

  async #advanced(ms: number): Promise<AdvanceOutcome> {
    try {
      await this.advance(ms);
      this.#sinceMs += ms;
      if (ms >= READ_AGAIN_FROM_MS) await this.#hasMoved();
      return { type: 'advanced' };
    } catch (error) {
      return { type: 'advanced', problem: (error as Error).message };
    }
  }

  async #read(): Promise<ClockReading> {
    return readClock(this.target, this.input.user ?? this.input.admin);
  }

  /**
   * Reads the clock, and holds it against the reading before.
   * @returns false when nothing tells the time
   * @throws ClockProblem when it has not moved as it was told
   */
  async #hasMoved(): Promise<boolean> {
    const before = this.#latest ?? (await this.#read());
    const after = await this.#read();
    const movement = movementBetween(before, after, this.#sinceMs);
    if (movement.kind === 'other')
      throw new ClockProblem(inWords(movement.byMs, this.#sinceMs, after.at - before.askedAt));
    this.#latest = after;
    this.#sinceMs = 0;
    return movement.kind === 'as-told';
  }
}

/** What is wrong with a clock that has moved by something else, in ms. `passedMs`: what has passed anyway. */
function inWords(byMs: number, toldMs: number, passedMs: number): string {
  const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
  const seen = 'by the tokens that the target issues';
  const moved =
    byMs < 0
      ? `it moved backwards by ${seconds(-byMs)}`
      : byMs <= passedMs + 1000
        ? 'it did not move'
        : byMs < toldMs
          ? `it moved by ${seconds(byMs)} only`
          : `it moved by ${seconds(byMs)} (the number is one of milliseconds)`;
  return `the target's clock was told to advance by ${seconds(toldMs)}, but ${seen} ${moved}: check --clock-url, or the function clock.advance of the configuration`;
}
