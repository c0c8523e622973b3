import { replacing, type Wrappers } from '../defect.js';

/** Takes session tokens that have expired, and their sessions, for ones that have not. */
export const forgivingSessionExpiry = (forgives: () => boolean) => (): Wrappers => {
  const expired = new Set<unknown>();
  return {
    jwts: (jwts) =>
      replacing(jwts, {
        checkTimes: (claims, now) => {
          const { exp, session } = claims;
          if (session === undefined || exp === undefined || exp * 1000 > now || !forgives()) {
            jwts.checkTimes(claims, now);
            return;
          }
          expired.add(session);
          jwts.checkTimes(claims, exp * 1000 - 1000);
        },
      }),
    store: (store) =>
      replacing(store, {
        session: async (token) => {
          const session = await store.session(token);
          return session !== undefined && expired.has(token) && forgives()
            ? { ...session, expires: Infinity }
            : session;
        },
      }),
  };
};
