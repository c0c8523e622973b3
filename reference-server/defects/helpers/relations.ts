import type { Wrappers } from '../defect.js';

/** Shows a member of users where they are read by way of roles. */
export const showingByRelation = (member: 'token' | 'password' | 'tfa_secret') => (): Wrappers => ({
  response: async ({ context, request }, answer) => {
    const { data } = (answer.body ?? {}) as { data?: { users?: unknown[] }[] };
    if (request.method !== 'GET' || request.path !== '/roles' || !Array.isArray(data)) return;
    for (const user of data.flatMap(({ users }) => (users ?? []) as Record<string, unknown>[]))
      if (typeof user['id'] === 'string' && member in user)
        user[member] = (await context.store.user(user['id']))?.[member];
  },
});
