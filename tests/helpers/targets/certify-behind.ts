import { startServerToCertify } from '../../../cli/server-to-certify.js';
import { inProcess } from '../../../runner/in-process.js';
import { runConformance, type Configuration, type Report } from '../../../runner/run-conformance.js';
import type { Proxy } from './proxy.js';

/**
 * Certifies the reference server behind something, five runs of each property unless told otherwise.
 * @param front starts what is in front of the server at that URL
 * @param defects of the server
 */
export async function certifyBehind(
  front: (origin: string) => Promise<Proxy>,
  configuration: Configuration,
  defects: readonly string[] = [],
): Promise<Report> {
  const { server, given } = await startServerToCertify(defects);
  try {
    const { url, close } = await front(given.target ?? '');
    try {
      return await runConformance({ ...given, target: url, runs: 5, ...configuration }, {}, inProcess);
    } finally {
      await close();
    }
  } finally {
    await server.close();
  }
}
