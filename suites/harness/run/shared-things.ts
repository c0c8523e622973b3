import type { Evidence } from '../evidence/evidence.js';

/** What checks share, by name. */
export type SharedThings = Map<string, Promise<{ readonly value: unknown; readonly evidence: Evidence }>>;
