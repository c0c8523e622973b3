import type { Context } from '../context.js';

/**
 * Takes at least LOGIN_STALL_TIME before anything is sent, whether the attempt succeeds or not, so that the time tells nothing.
 * Observed: Directus 12.4.1.
 *
 * @param attempt what is tried; gives what sends the answer
 * @throws what the attempt throws
 */
export async function stalled({ clock, settings }: Context, attempt: () => Promise<() => void>): Promise<void> {
  const end = clock.now() + settings.LOGIN_STALL_TIME;
  try {
    const send = await attempt();
    await clock.sleep(Math.max(0, end - clock.now()));
    send();
  } catch (error) {
    await clock.sleep(Math.max(0, end - clock.now()));
    throw error;
  }
}
