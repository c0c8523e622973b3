import type { SessionRecord, Store } from '../../../stores/store.js';
import { replacing, type Ports, type Wrappers } from '../../defect.js';
import { servedOperation, servedRequest, type ServedOperation } from '../served.js';

/** A session that has ended, and why. */
export interface EndedSession {
  readonly session: SessionRecord;
  /** When, in ms since 1970. */
  readonly at: number;
  readonly because: 'logout' | 'refresh' | 'change' | 'removal';
  /** The login, refresh or logout that ended it. */
  readonly operation: ServedOperation | undefined;
  /** The mode of the login or refresh that issued its token. */
  readonly issuedIn: unknown;
  /** The request that ended it. */
  readonly request: { readonly method: string; readonly path: string; readonly body: unknown } | undefined;
  /** How many logins there were before. */
  readonly logins: number;
}

/** What there is to decide by, when an ended session is asked for. */
export interface Now {
  /** ms since 1970. */
  readonly at: number;
  readonly logins: number;
  readonly store: Store;
}

/**
 * Sessions that end, and are there again all the same.
 * @param isBack whether one is there again, each time that it is asked for
 */
export const endedSessionsThatReturn =
  (isBack: (ended: EndedSession, now: Now) => Promise<boolean> | boolean) => (): Wrappers => ({
    store: (store, { clock }: Ports) => {
      const ended = new Map<string, EndedSession>();
      const issuedIn = new Map<string, unknown>();
      let logins = 0;
      const note = (session: SessionRecord | undefined, because: EndedSession['because']): void => {
        const operation = servedOperation();
        const request = servedRequest()?.request;
        const body: unknown = request?.body;
        const copy = request && { method: request.method, path: request.path, body };
        if (session !== undefined)
          ended.set(session.token, {
            session,
            at: clock.now(),
            because,
            operation,
            issuedIn: issuedIn.get(session.token),
            request: copy,
            logins,
          });
      };
      const noteIssued = (token: string): void => {
        const operation = servedOperation();
        if (operation?.operation === 'login') logins += 1;
        issuedIn.set(token, operation?.mode);
      };
      /** Puts one that is back into the store, so that it can be refreshed too. */
      const broughtBack = async (token: string): Promise<SessionRecord | undefined> => {
        const one = ended.get(token);
        if (one === undefined || !(await isBack(one, { at: clock.now(), logins, store }))) return undefined;
        return one.session;
      };
      const session = async (token: string): Promise<SessionRecord | undefined> =>
        (await store.session(token)) ?? broughtBack(token);
      const restored = async (token: string): Promise<void> => {
        const back = (await store.session(token)) === undefined ? await broughtBack(token) : undefined;
        if (back !== undefined) await store.insertSession(back);
      };
      const ofUser = async (user: string): Promise<readonly SessionRecord[]> =>
        (await store.sessions()).filter((one) => one.user === user);
      return replacing(store, {
        session,
        insertSession: async (one) => {
          noteIssued(one.token);
          await store.insertSession(one);
        },
        replaceSession: async (token, by) => {
          await restored(token);
          note(await store.session(token), 'refresh');
          noteIssued(by.token);
          return store.replaceSession(token, by);
        },
        succeedSession: async (token, by, graceEnds) => {
          await restored(token);
          noteIssued(by.token);
          return store.succeedSession(token, by, graceEnds);
        },
        deleteSession: async (token) => {
          note(await store.session(token), 'logout');
          await store.deleteSession(token);
        },
        deleteSessionsOf: async (user, except) => {
          for (const one of await ofUser(user)) if (one.token !== except) note(one, 'change');
          await store.deleteSessionsOf(user, except);
        },
        deleteUser: async (user) => {
          for (const one of await ofUser(user)) note(one, 'removal');
          await store.deleteUser(user);
        },
      });
    },
  });
