import type { Store } from '../../stores/store.js';
import type { Wrappers } from '../defect.js';
import { forgiving } from './resigning.js';
import type { Claims } from './tokens.js';

/** A user, or the claims of a token, with the role of the administrators. */
export async function withAllRights<Holder extends object>(
  store: Store,
  holder: Holder,
): Promise<Holder & { role: string | null }> {
  const administrators = (await store.roles()).find(({ admin }) => admin);
  return { ...holder, role: administrators?.id ?? null };
}

/** Gives all rights to JWTs of this server; those that say no role are invalid as ever. */
export const givingAllRights = (to: (claims: Claims) => boolean): (() => Wrappers) =>
  forgiving(async (claims, { context }) =>
    'role' in claims && to(claims) ? withAllRights(context.store, claims) : undefined,
  );
