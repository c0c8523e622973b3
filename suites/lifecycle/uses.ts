import { isTrueOf } from '../../spec/values/directus-version.js';
import type { Capability } from '../../spec/generated/report.js';
import { graphql, outcome, result, written } from '../harness/target/graphql.js';
import type { BearerMethod } from '../harness/target/tokens/bearer-methods.js';
import type { Response } from '../harness/target/http/response.js';
import type { Mode, RequestParts, Target } from '../harness/target/target.js';
import { converse, type Conversation } from '../harness/target/http/web-socket.js';
import type { Account } from '../harness/users/account.js';
import type { CredentialKind } from './credentials.js';

/** A credential, and whose it is. */
export interface Shown {
  readonly value: string;
  readonly account: Account;
}

/**
 * What came of it. `recognised`: the request was rejected for want of permissions or as malformed, not for its credential; only a
 * target that answers 401 to every unknown credential, or a code that is about credentials, tells that apart from a rejection.
 */
export type Seen = 'accepted' | 'recognised' | 'rejected' | 'broken';

export interface Observation {
  readonly seen: Seen;
  /** The response in words. */
  readonly summary: string;
  /** The status of the response, where it is one. */
  readonly status?: number;
  /** True when a rejection shows nothing: the credential may have expired before the response came. */
  readonly mayHaveExpired: boolean;
  /** Its number in the evidence. */
  readonly exchange: number;
  /** The user whom the response names. */
  readonly user?: string;
  /** A response that issued new tokens. */
  readonly issued?: Response;
}

/** One way to show a credential. */
export interface Use {
  readonly name: string;
  /** To follow the credential, as in "the session token …". */
  readonly words: string;
  readonly kinds: readonly CredentialKind[];
  /** The versions of Directus that know it, as a semver range, where they are fewer than all. */
  readonly directus?: string;
  /** What the target must offer, all of it. */
  readonly needs?: readonly Capability[];
  /** True when the seed speaks of it: profile core may ask for it. */
  readonly inSeed: boolean;
  /** True when it exchanges the credential, which may end it. */
  readonly exchanges: boolean;
  readonly ask: (target: Target, shown: Shown) => Promise<Observation>;
  /** Of a use that is a request with a token: the request without it, and the bearer method. */
  readonly request?: { readonly parts: RequestParts; readonly method: BearerMethod };
}

const bearers: readonly CredentialKind[] = ['access', 'session', 'static'];

const ofResponse = (response: Response): Pick<Observation, 'summary' | 'status' | 'mayHaveExpired' | 'exchange'> => ({
  summary: response.summary,
  status: response.status,
  mayHaveExpired: response.mayHaveExpired,
  exchange: response.exchange,
});

/** Error codes by which a credential is rejected, with any status. Observed: Directus 12.4.1. */
const REJECTING_CREDENTIALS = ['INVALID_CREDENTIALS', 'INVALID_TOKEN', 'TOKEN_EXPIRED'];

/**
 * How a request was judged that carries a token.
 * @param isPermitted whether every user may send it: then each rejection is one of the token
 */
function seenOf({ status, succeeded, errorCode }: Response, isPermitted: boolean): Seen {
  if (succeeded) return 'accepted';
  if (status < 400 || status >= 500) return 'broken';
  const isOfCredential = status === 401 || REJECTING_CREDENTIALS.includes(errorCode ?? '');
  return isPermitted || isOfCredential ? 'rejected' : 'recognised';
}

const methodInWords: Readonly<Record<BearerMethod, string>> = {
  header: 'in the header',
  query: 'in the query',
  cookie: 'as cookie',
};

function request(method: BearerMethod, verb: string, path: string, body?: unknown, needs?: Capability): Use {
  const isOwn = path === '/users/me' && verb !== 'PATCH';
  const bare: RequestParts = { method: verb, path, ...(body !== undefined && { body }) };
  return {
    name: `${verb.toLowerCase()} ${path.split('?')[0] ?? ''} ${method}`,
    words: `sent ${methodInWords[method]} to ${verb} ${path.split('?')[0] ?? ''}`,
    // The session cookie carries session and static tokens; a standard token in it is another matter.
    kinds: method === 'cookie' ? ['session', 'static'] : bearers,
    // The session cookie is read where there are session tokens.
    needs: [...(needs === undefined ? [] : [needs]), ...(method === 'cookie' ? (['session'] as const) : [])],
    inSeed: isOwn,
    exchanges: false,
    request: { parts: bare, method },
    ask: async (target, { value }) => {
      // As a page of the target's own would send it.
      const headers = verb === 'GET' || verb === 'HEAD' ? {} : { Origin: new URL(target.description.url).origin };
      const response = await target.send(target.withTokens({ ...bare, headers }, { [method]: value }));
      const user = isOwn && verb === 'GET' ? response.id() : undefined;
      return { ...ofResponse(response), seen: seenOf(response, isOwn), ...(user !== undefined && { user }) };
    },
  };
}

/** @param open what opens it and the message that is sent, of the token */
function webSocket(
  name: string,
  words: string,
  kinds: readonly CredentialKind[],
  exchanges: boolean,
  open: (shown: Shown, target: Target) => { path?: string; headers?: Record<string, string>; message?: object },
): Use {
  return {
    name,
    words,
    kinds,
    needs: ['realtime'],
    // In handshake mode a message alone authenticates before. Read in the packages: absent in 10.10.4, present in 10.11.1.
    ...(name !== 'websocket query' && name !== 'websocket cookie' ? {} : { directus: '>=10.11.1' }),
    inSeed: false,
    exchanges,
    ask: async (target, shown) => {
      const { path = '/websocket', headers = {}, message } = open(shown, target);
      // One that is opened is not yet one that is let do anything: a Directus before 10.11 opens it, and then asks for authentication.
      const conversation = await converse(target, path, [message ?? { type: 'ping' }], headers);
      const accepted =
        conversation.opened &&
        (message === undefined ? conversation.responses[0]?.['type'] !== 'auth' : isAuthenticated(conversation));
      return {
        seen: accepted ? 'accepted' : 'rejected',
        summary: `the WebSocket ${message === undefined ? (accepted ? 'was opened' : 'was not opened, or asked for authentication') : accepted ? 'answered ok' : 'did not answer ok'}`,
        // Silence is a rejection, if it is one, that shows nothing.
        mayHaveExpired: conversation.mayHaveExpired || conversation.silent,
        exchange: conversation.exchange,
      };
    },
  };
}

const isAuthenticated = ({ responses: [first] }: Conversation): boolean =>
  first?.['type'] === 'auth' && first['status'] === 'ok';

/** True when a response issues a token, in its body or as cookie. */
function issues(response: Response): boolean {
  const { sessionCookie, refreshCookie } = response.asked.description;
  return (
    ['access_token', 'refresh_token'].some((member) => response.text(member) !== undefined) ||
    [sessionCookie, refreshCookie].some((name) => response.cookie(name) !== undefined)
  );
}

const mutationIssues = (response: Response, field: string): boolean =>
  issues(response) || typeof result(response, field)['access_token'] === 'string';

function exchange(
  name: string,
  words: string,
  kinds: readonly CredentialKind[],
  ask: (target: Target, shown: Shown) => Promise<Response>,
  inSeed = false,
  needs: readonly Capability[] = [],
): Use {
  return {
    name,
    words,
    kinds,
    needs,
    inSeed,
    exchanges: true,
    ask: async (target, shown) => {
      const response = await ask(target, shown);
      const accepted = issues(response);
      const seen = accepted ? 'accepted' : response.status >= 500 ? 'broken' : 'rejected';
      return { ...ofResponse(response), seen, ...(accepted && { issued: response }) };
    },
  };
}

function mutation(
  name: string,
  words: string,
  kinds: readonly CredentialKind[],
  field: 'auth_login' | 'auth_refresh',
  ask: (shown: Shown, target: Target) => { query: string; cookie?: string },
  needs: readonly Capability[] = [],
): Use {
  return {
    name,
    words,
    kinds,
    needs: ['graphql', ...needs],
    inSeed: false,
    exchanges: true,
    ask: async (target, shown) => {
      const { query, cookie } = ask(shown, target);
      const response = await graphql(target, query, {}, cookie === undefined ? {} : { Cookie: cookie });
      const accepted = mutationIssues(response, field);
      const seen = accepted ? 'accepted' : response.status >= 500 ? 'broken' : 'rejected';
      return { ...ofResponse(response), seen, summary: outcome(response), ...(accepted && { issued: response }) };
    },
  };
}

const requests: readonly Use[] = [
  request('header', 'GET', '/users/me'),
  request('cookie', 'GET', '/roles'),
  request('query', 'GET', '/users/me'),
  request('header', 'HEAD', '/users/me'),
  request('cookie', 'GET', '/users/me'),
  request('header', 'GET', '/items/lifecycle'),
  request('query', 'GET', '/roles'),
  request('cookie', 'HEAD', '/users/me'),
  request('header', 'SEARCH', '/users', { query: { limit: 1 } }),
  request('cookie', 'PATCH', '/users/me', {}),
  request('query', 'GET', '/users'),
  request('header', 'GET', '/roles'),
  request('cookie', 'GET', '/settings'),
  request('query', 'HEAD', '/roles'),
  request('header', 'GET', '/server/info'),
  request('cookie', 'SEARCH', '/users', { query: { limit: 1 } }),
  request('query', 'PATCH', '/users/me', {}),
  request('header', 'POST', '/items/lifecycle', {}),
  request('cookie', 'GET', '/policies'),
  request('cookie', 'GET', '/assets/7c9e6679-7425-40de-944b-e07fc1f90ae7'),
  request('query', 'GET', '/items/lifecycle'),
  request('header', 'DELETE', '/items/lifecycle/1'),
  request('cookie', 'GET', '/there-is-no-such-route'),
  request('header', 'GET', '/auth'),
  request('header', 'GET', '/assets/7c9e6679-7425-40de-944b-e07fc1f90ae7'),
  request('header', 'POST', '/graphql/system', { query: '{server_ping}' }, 'graphql'),
  request('cookie', 'POST', '/graphql/system', { query: '{server_ping}' }, 'graphql'),
  request('header', 'POST', '/graphql', { query: '{__typename}' }, 'graphql'),
  request('cookie', 'GET', '/files'),
  request('query', 'GET', `/graphql/system?query=${encodeURIComponent('{server_ping}')}`, undefined, 'graphql'),
  webSocket('websocket query', 'sent in the query of a WebSocket', bearers, false, ({ value }) => ({
    path: `/websocket?access_token=${encodeURIComponent(value)}`,
  })),
  webSocket('websocket message', 'sent in the message auth', bearers, false, ({ value }) => ({
    message: { type: 'auth', access_token: value },
  })),
  webSocket('websocket cookie', 'sent as cookie of a WebSocket', ['session'], false, ({ value }, target) => ({
    headers: { Cookie: `${target.description.sessionCookie}=${value}` },
  })),
];

const refreshTokens: readonly CredentialKind[] = ['refresh', 'refresh-cookie'];

const exchanges: readonly Use[] = [
  exchange(
    'refresh json',
    'exchanged at POST /auth/refresh',
    refreshTokens,
    async (target, { value, account }) => target.refresh(value, account),
    true,
  ),
  exchange(
    'refresh cookie',
    'exchanged at POST /auth/refresh in mode cookie',
    refreshTokens,
    async (target, { value, account }) => target.refreshByCookie('cookie', value, account),
  ),
  exchange(
    'refresh session',
    'exchanged at POST /auth/refresh in mode session',
    ['session'],
    async (target, { value, account }) => target.refreshByCookie('session', value, account),
    true,
  ),
  mutation('auth_refresh json', 'exchanged by auth_refresh', refreshTokens, 'auth_refresh', ({ value }) => ({
    query: `mutation{auth_refresh(refresh_token:${written(value)}){access_token refresh_token expires}}`,
  })),
  mutation(
    'auth_refresh cookie',
    'exchanged by auth_refresh in mode cookie',
    refreshTokens,
    'auth_refresh',
    (shown, target) => ({
      query: 'mutation{auth_refresh(mode:cookie){access_token expires}}',
      cookie: `${target.description.refreshCookie}=${shown.value}`,
    }),
  ),
  mutation(
    'auth_refresh session',
    'exchanged by auth_refresh in mode session',
    ['session'],
    'auth_refresh',
    (shown, target) => ({
      query: 'mutation{auth_refresh(mode:session){expires}}',
      cookie: `${target.description.sessionCookie}=${shown.value}`,
    }),
  ),
  webSocket('message refresh', 'exchanged by the message auth', refreshTokens, true, ({ value }) => ({
    message: { type: 'auth', refresh_token: value },
  })),
];

const needsOf = (mode: Mode | undefined): readonly Capability[] => (mode === 'session' ? ['session'] : []);

const logins: readonly Use[] = [
  ...([undefined, 'cookie', 'session'] as const).map((mode) =>
    exchange(
      `login ${mode ?? 'json'}`,
      `given to POST /auth/login${mode === undefined ? '' : ` in mode ${mode}`}`,
      ['password'],
      async (target, { value, account }) => target.login(account, mode, { password: value }),
      false,
      needsOf(mode),
    ),
  ),
  ...(['json', 'session'] as const).map((mode) =>
    mutation(
      `auth_login ${mode}`,
      `given to auth_login in mode ${mode}`,
      ['password'],
      'auth_login',
      ({ value, account }) => ({
        query: `mutation{auth_login(email:${written(account.email)},password:${written(value)},mode:${mode}){access_token refresh_token expires}}`,
      }),
      needsOf(mode),
    ),
  ),
  webSocket('message login', 'given to the message auth', ['password'], true, ({ value, account }) => ({
    message: { type: 'auth', email: account.email, password: value },
  })),
];

/** What is exchanged for a session token, and whether that one lives. */
const exchangeForLiving: Use = {
  name: 'refresh session, and use',
  words: 'exchanged at POST /auth/refresh in mode session for a token',
  kinds: [],
  inSeed: false,
  exchanges: true,
  ask: async (target, { value, account }) => {
    const response = await target.refreshByCookie('session', value, account);
    const token = response.cookie(target.description.sessionCookie)?.value;
    if (token === undefined) return { ...ofResponse(response), seen: response.status >= 500 ? 'broken' : 'rejected' };
    const use = await target.whoAmI({ cookie: token });
    return {
      ...ofResponse(use),
      seen: use.succeeded ? 'accepted' : 'rejected',
      summary: `${response.summary}, and the token that came was answered: ${use.summary}`,
    };
  },
};

/** All uses, of which each fits some kinds of credentials. */
export const uses: readonly Use[] = [...requests, ...exchanges, ...logins];

/**
 * The exchange of a session token in its grace after the logout of its successor: it may be answered with a token that names the session
 * that has ended. Observed: Directus 12.4.1.
 */
export const useOfPredecessorInGrace = exchangeForLiving;

/** GET /users/me, by the same bearer method as a use. */
export const readOfOwnRecord = ({ request }: Use): Use | undefined =>
  requests.find(({ name }) => request !== undefined && name === `get /users/me ${request.method}`);

/** The uses that fit a kind of credential, at a target that offers so much, and is judged as that version of Directus. */
export const usesOf = (kind: CredentialKind, offers: readonly Capability[], version?: string): readonly Use[] =>
  uses.filter(
    ({ kinds, needs = [], directus }) =>
      kinds.includes(kind) && needs.every((needed) => offers.includes(needed)) && isTrueOf(version, directus),
  );
