import { distance } from 'fastest-levenshtein';
import type { Interceptor } from '../http/interceptor.js';
import type { Defect, Ports } from './defect.js';
import { knowingWhatIsServed } from './helpers/served.js';
import { accessTokensIdentity } from './access-tokens/identity.js';
import { accessTokensPermissions } from './access-tokens/permissions.js';
import { accessTokensFurtherMembers } from './access-tokens/further-members.js';
import { accessTokensUserChanges } from './access-tokens/user-changes.js';
import { accessTokensAdministrators } from './access-tokens/administrators.js';
import { accessTokensOtherDoors } from './access-tokens/other-doors.js';
import { accessTokensSequences } from './access-tokens/sequences.js';
import { accessTokensSecrets } from './access-tokens/secrets.js';
import { accessTokensPolicies } from './access-tokens/policies.js';
import { makingRequestsBearerMethods } from './making-requests/bearer-methods.js';
import { makingRequestsPrecedence } from './making-requests/precedence.js';
import { makingRequestsValidity } from './making-requests/validity.js';
import { makingRequestsFieldNames } from './making-requests/field-names.js';
import { makingRequestsForms } from './making-requests/forms.js';
import { makingRequestsHttp } from './making-requests/http.js';
import { makingRequestsBypass } from './making-requests/bypass.js';
import { makingRequestsDisclosure } from './making-requests/disclosure.js';
import { makingRequestsClients } from './making-requests/clients.js';
import { makingRequestsMalformed } from './making-requests/malformed.js';
import { makingRequestsRejected } from './making-requests/rejected.js';
import { makingRequestsErrors } from './making-requests/errors.js';
import { standardTokensLogin } from './standard-tokens/login.js';
import { standardTokensUse } from './standard-tokens/use.js';
import { standardTokensRefresh } from './standard-tokens/refresh.js';
import { standardTokensLogout } from './standard-tokens/logout.js';
import { standardTokensBesideOthers } from './standard-tokens/beside-others.js';
import { standardTokensWellKnownValues } from './standard-tokens/well-known-values.js';
import { sessionTokensLogin } from './session-tokens/login.js';
import { sessionTokensUse } from './session-tokens/use.js';
import { sessionTokensCookies } from './session-tokens/cookies.js';
import { sessionTokensRefresh } from './session-tokens/refresh.js';
import { sessionTokensLogout } from './session-tokens/logout.js';
import { staticTokensUse } from './static-tokens/use.js';
import { staticTokensSpellings } from './static-tokens/spellings.js';
import { staticTokensSetting } from './static-tokens/setting.js';
import { staticTokensConcealment } from './static-tokens/concealment.js';
import { storingTokensPayload } from './storing-tokens/payload.js';
import { storingTokensSessionCookie } from './storing-tokens/session-cookie.js';
import { storingTokensRefreshCookie } from './storing-tokens/refresh-cookie.js';
import { storingTokensCookieAttributes } from './storing-tokens/cookie-attributes.js';
import { loggingInCredentials } from './logging-in/credentials.js';
import { loggingInSpellings } from './logging-in/spellings.js';
import { loggingInDoors } from './logging-in/doors.js';
import { loggingInSessions } from './logging-in/sessions.js';
import { loggingInGuessing } from './logging-in/guessing.js';
import { loggingInPasswordReset } from './logging-in/password-reset.js';
import { loggingInEmailedTokens } from './logging-in/emailed-tokens.js';
import { twoFactorLogin } from './two-factor-login.js';
import { twoFactorLoginOneTimePasswords } from './two-factor-login/one-time-passwords.js';
import { jsonWebTokens } from './json-web-tokens.js';
import { jsonWebTokensEncoding } from './json-web-tokens/encoding.js';
import { jsonWebTokensHeaders } from './json-web-tokens/headers.js';
import { jsonWebTokensClaims } from './json-web-tokens/claims.js';
import { graphqlCookies } from './graphql/cookies.js';
import { graphqlLogin } from './graphql/login.js';
import { graphqlUse } from './graphql/use.js';
import { graphqlSessions } from './graphql/sessions.js';
import { graphqlPermissions } from './graphql/permissions.js';
import { graphqlResponses } from './graphql/responses.js';
import { graphqlForms } from './graphql/forms.js';
import { realtime } from './realtime.js';
import { realtimeIdentity } from './realtime/identity.js';
import { lifecycle } from './lifecycle/matrix.js';
import { lifecycleMutations } from './lifecycle/mutations.js';
import { lifecycleReturning } from './lifecycle/returning.js';
import { lifecycleLongChains } from './lifecycle/long-chains.js';
import { lifecycleAtOnce } from './lifecycle/at-once.js';
import { lifecycleAftermath } from './lifecycle/aftermath.js';

export type { Defect } from './defect.js';

/** Every defect, by the chapter whose requirements notice it. */
export const defects = [
  ...accessTokensIdentity,
  ...accessTokensPermissions,
  ...accessTokensFurtherMembers,
  ...accessTokensUserChanges,
  ...accessTokensAdministrators,
  ...accessTokensOtherDoors,
  ...accessTokensSequences,
  ...accessTokensPolicies,
  ...accessTokensSecrets,
  ...makingRequestsBearerMethods,
  ...makingRequestsPrecedence,
  ...makingRequestsValidity,
  ...makingRequestsHttp,
  ...makingRequestsFieldNames,
  ...makingRequestsForms,
  ...makingRequestsBypass,
  ...makingRequestsErrors,
  ...makingRequestsDisclosure,
  ...makingRequestsClients,
  ...makingRequestsMalformed,
  ...makingRequestsRejected,
  ...standardTokensLogin,
  ...standardTokensUse,
  ...standardTokensRefresh,
  ...standardTokensLogout,
  ...standardTokensBesideOthers,
  ...standardTokensWellKnownValues,
  ...sessionTokensLogin,
  ...sessionTokensUse,
  ...sessionTokensCookies,
  ...sessionTokensRefresh,
  ...sessionTokensLogout,
  ...staticTokensUse,
  ...staticTokensSpellings,
  ...staticTokensSetting,
  ...staticTokensConcealment,
  ...storingTokensPayload,
  ...storingTokensSessionCookie,
  ...storingTokensRefreshCookie,
  ...storingTokensCookieAttributes,
  ...loggingInCredentials,
  ...loggingInSpellings,
  ...loggingInDoors,
  ...loggingInSessions,
  ...loggingInGuessing,
  ...loggingInPasswordReset,
  ...loggingInEmailedTokens,
  ...twoFactorLogin,
  ...twoFactorLoginOneTimePasswords,
  ...jsonWebTokens,
  ...jsonWebTokensEncoding,
  ...jsonWebTokensHeaders,
  ...jsonWebTokensClaims,
  ...graphqlLogin,
  ...graphqlUse,
  ...graphqlSessions,
  ...graphqlPermissions,
  ...graphqlCookies,
  ...graphqlResponses,
  ...graphqlForms,
  ...realtime,
  ...realtimeIdentity,
  ...lifecycle,
  ...lifecycleMutations,
  ...lifecycleReturning,
  ...lifecycleAtOnce,
  ...lifecycleAftermath,
  ...lifecycleLongChains,
] as const satisfies readonly Defect[];

export type DefectName = (typeof defects)[number]['name'];

/** A defect that does not exist was asked for. Lists what is near it, or all when nothing is. */
export class UnknownDefectError extends Error {
  override readonly name = 'UnknownDefectError';
  /** What a command that meets it exits with. */
  readonly exitCode = 2;
  /** Names of defects that resemble the one asked for, the nearest first; empty when none does. */
  readonly suggestions: readonly DefectName[];

  constructor(readonly defect: string) {
    const suggestions = nearest(defect);
    const hint =
      suggestions.length > 0
        ? `Did you mean ${suggestions.join(', ')}?`
        : `There are: ${defects.map(({ name }) => name).join(', ')}.`;
    super(`There is no defect ${JSON.stringify(defect)}. ${hint}`);
    this.suggestions = suggestions;
  }
}

/**
 * The defects of these names, in this order.
 * @throws UnknownDefectError
 */
export function defectsNamed(names: readonly string[]): readonly Defect[] {
  return names.map((name) => {
    const defect = defects.find((candidate) => candidate.name === name);
    if (defect === undefined) throw new UnknownDefectError(name);
    return defect;
  });
}

/**
 * The ports of a server, with the wrappers of defects round them. The first defect is the innermost wrapper of a port, and the first
 * that sees a request or response.
 */
export function withDefects(
  ports: Ports,
  chosen: readonly Defect[],
): Ports & { readonly interceptors: readonly Interceptor[] } {
  const wrapped = { ...ports };
  const interceptors: Interceptor[] = [];
  for (const { wrap } of chosen) {
    const { store, clock, random, passwords, jwts, ...interceptor } = wrap();
    const before = { ...wrapped };
    if (store !== undefined) wrapped.store = store(before.store, before);
    if (clock !== undefined) wrapped.clock = clock(before.clock, before);
    if (random !== undefined) wrapped.random = random(before.random, before);
    if (passwords !== undefined) wrapped.passwords = passwords(before.passwords, before);
    if (jwts !== undefined) wrapped.jwts = jwts(before.jwts, before);
    interceptors.push(interceptor);
  }
  return {
    ...wrapped,
    interceptors: chosen.length === 0 ? [] : [knowingWhatIsServed, ...interceptors],
  };
}

/** Up to five names that differ by a few letters, or else share most of the words. */
function nearest(name: string): DefectName[] {
  const words = new Set(name.toLowerCase().split(/[^a-z]+/));
  return defects
    .map((defect) => {
      const itsWords = defect.name.split('-');
      const shared = itsWords.filter((word) => words.has(word)).length / Math.max(itsWords.length, words.size);
      const letters = 1 - distance(name.toLowerCase(), defect.name) / Math.max(name.length, defect.name.length);
      return { name: defect.name, likeness: Math.max(shared, letters) };
    })
    .filter(({ likeness }) => likeness >= 0.6)
    .sort((one, other) => other.likeness - one.likeness)
    .slice(0, 5)
    .map((defect) => defect.name);
}
