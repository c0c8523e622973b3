import type { Configuration } from '../../spec/generated/configuration.js';
import type { TargetDescription } from '../../suites/harness/run/run-plan.js';
import type { Connection } from '../../suites/harness/target/http/connection.js';

/** Time limit of a request, in ms, unless another is given. */
export const TIMEOUT_MS = 10_000;

/**
 * The target that a configuration describes.
 * @param url base URL, without user and password
 */
export const describedTarget = (
  url: string,
  { sessionCookie, refreshCookie, cookieSecure, paths, protectedPath, userFields }: Configuration,
  connection: Connection,
): TargetDescription => ({
  url,
  sessionCookie: sessionCookie ?? 'directus_session_token',
  refreshCookie: refreshCookie ?? 'directus_refresh_token',
  cookieSecure: cookieSecure ?? url.startsWith('https:'),
  ...(paths && { paths }),
  ...(protectedPath && { protectedPaths: protectedPath }),
  ...(userFields && { userFields }),
  ...(Object.keys(connection).length > 0 && { connection }),
});
