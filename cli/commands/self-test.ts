import { startServerToCertify } from '../server-to-certify.js';
import { certify, type CertifyFlags } from './certify.js';

/** Checks that may be under way at once: enough that logins, each of which takes LOGIN_STALL_TIME, hold nothing up. */
const CONCURRENCY = 16;

/**
 * Starts the reference server on a free port and certifies it, with everything a tester can give: nothing is skipped for want of it.
 * @returns the exit code
 * @throws as certify does; UnknownDefectError when there is no such defect
 */
export async function selfTest({
  defect = [],
  ...flags
}: Readonly<Record<string, unknown>> & CertifyFlags & { readonly defect?: readonly string[] }): Promise<number> {
  // The server is of this process: no proxy leads to it.
  process.env['no_proxy'] = '*';
  const { server, given } = await startServerToCertify(defect);
  try {
    return await certify(flags, given, { concurrency: CONCURRENCY });
  } finally {
    await server.close();
  }
}
