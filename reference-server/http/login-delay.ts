import type { Context } from '../context.js';

/**
 * Takes at least LOGIN_STALL_TIME, whether an attempt to log in succeeds or not, so that the time tells nothing.
 * Observed: Directus 12.4.1.
 *
 * @param attempt what is tried
 * @returns what it gives
 * @throws what it throws
 */
export async function takingAsLong<Result>(
  { clock, settings }: Pick<Context, 'clock' | 'settings'>,
  attempt: () => Promise<Result>,
): Promise<Result> {
  const end = clock.now() + settings.LOGIN_STALL_TIME;
  try {
    return await attempt();
  } finally {
    await clock.sleep(Math.max(0, end - clock.now()));
  }
}

/**
 * The same where an answer is sent: nothing is, before the time is over.
 *
 * @param attempt what is tried; gives what sends the answer
 * @throws what the attempt throws
 */
export async function stalled(context: Context, attempt: () => Promise<() => void>): Promise<void> {
  const send = await takingAsLong(context, attempt);
  send();
}
