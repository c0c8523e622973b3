import { startServerToCertify } from '../../cli/server-to-certify.js';
import { inProcess } from '../../runner/in-process.js';
import { runConformance, type Configuration, type Report } from '../../runner/run-conformance.js';

/** Examples of each property: what a defect does beside what it is named for needs few, and most of a run's requests are theirs. */
const RUNS = 20;

/**
 * Certifies the reference server with these defects, in this process.
 * @param more what differs from a run of everything
 */
export async function certifyDefects(defects: readonly string[], more: Configuration = {}): Promise<Report> {
  const { server, given } = await startServerToCertify(defects);
  try {
    return await runConformance({ ...given, runs: RUNS, seed: 3, ...more }, {}, inProcess);
  } finally {
    await server.close();
  }
}
