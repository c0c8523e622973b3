import type { Argon2Cost } from '../../reference-server/index.js';

/** What a hash of a throw-away password costs: two hundred logins take as long as one at the default cost. */
export const cheapHash: Argon2Cost = { memoryCost: 64, timeCost: 1, parallelism: 1 };
