import { cpus, loadavg, totalmem } from 'node:os';

/** What was measured on, and how busy it was when the measurement began. */
export function machine(): string {
  const [cpu] = cpus();
  const busy = loadavg()[0] ?? 0;
  return `Node ${process.version}, ${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB; load before the start: ${busy.toFixed(1)}`;
}
