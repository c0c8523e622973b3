import type { Launch } from '../measuring/running-process.js';

/** A request, as autocannon takes it. */
export interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The tokens in an answer to a login or a refresh. */
export interface Tokens {
  readonly access: string;
  readonly refresh: string;
}

/** A server that is measured. */
export interface Contestant {
  readonly name: string;
  /** True for the one that the others are compared with. */
  readonly isReal?: boolean;
  /** Does what has to be done once before the server can be started for the first time, when there is something to do. */
  readonly setUp?: () => Promise<void>;
  /** Takes back to before `setUp`, or before the first start of a server that keeps its data. */
  readonly forget?: () => Promise<void>;
  readonly launch: (port: number) => Launch;
  /** A login with a password; the right one when none is given. Undefined where there is no login. */
  readonly login?: (password?: string) => Exchange;
  readonly refresh?: (refreshToken: string) => Exchange;
  /** Whose token it is, asked by an access token. */
  readonly read?: (accessToken: string) => Exchange;
  /** The tokens in the body of an answer; undefined when there are none. */
  readonly tokensIn: (body: string) => Tokens | undefined;
  /** Why what is undefined here is undefined, as sentences. */
  readonly cannot: readonly string[];
}
