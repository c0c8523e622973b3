import { withoutTrailingSlashes } from '../spec/values/base-url.js';

/** How often a target is looked at, in ms, and how long it may take to answer. */
const EVERY_MS = 500;
const PATIENCE_MS = 5000;

/** What looks at targets from time to time. */
export interface TargetStates {
  /** Takes down how the targets are now, and looks at them from then on. */
  look(): Promise<void>;
  /** Stops looking. */
  pause(): void;
}

/**
 * Looks at targets between runs: one has changed when it answers GET /server/info otherwise than before, or answers again after it
 * did not.
 * @param urls base URLs
 * @param changed told which target has changed
 */
export function targetStates(urls: readonly string[], changed: (url: string) => void): TargetStates {
  let timer: NodeJS.Timeout | undefined;
  let before = new Map<string, string | undefined>();
  /** Targets whose answers differ from each other without a change: their status alone counts. */
  const unsteady = new Set<string>();
  let isLooking = false;
  const round = async (): Promise<void> => {
    for (const url of urls) {
      const now = await stateOf(url, unsteady);
      if (!isLooking) return;
      const was = before.get(url);
      before.set(url, now);
      // One that has gone is waited for.
      if (now !== undefined && now !== was) changed(url);
    }
    next();
  };
  const next = (): void => {
    timer = setTimeout(() => void round(), EVERY_MS);
  };
  return {
    look: async () => {
      isLooking = true;
      const all = async (): Promise<Map<string, string | undefined>> =>
        new Map(await Promise.all(urls.map(async (url) => [url, await stateOf(url, unsteady)] as const)));
      unsteady.clear();
      const first = await all();
      before = await all();
      for (const [url, state] of before) {
        if (state === first.get(url)) continue;
        unsteady.add(url);
        before.set(url, await stateOf(url, unsteady));
      }
      if (isLooking && urls.length > 0) next();
    },
    pause: () => {
      isLooking = false;
      clearTimeout(timer);
    },
  };
}

/** What a target says of itself; undefined where it does not answer. */
async function stateOf(base: string, unsteady: ReadonlySet<string>): Promise<string | undefined> {
  try {
    const url = new URL(`${withoutTrailingSlashes(base)}/server/info`);
    // fetch takes no URL with a password in it.
    url.username = url.password = '';
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await response.text();
    return unsteady.has(base) ? String(response.status) : `${response.status} ${text}`;
  } catch {
    return undefined;
  }
}
