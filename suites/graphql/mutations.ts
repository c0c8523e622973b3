import type { Response } from '../harness/target/http/response.js';
import { graphql, outcome, result, written } from '../harness/target/graphql.js';
import { assert, assume } from '../harness/outcomes.js';
import type { Mode, Target } from '../harness/target/target.js';

export const TOKENS = '{access_token refresh_token expires}';

export const login = async (
  target: Target,
  email: string,
  password: string,
  mode?: Mode,
  otp?: string,
): Promise<Response> => {
  const more = `${mode === undefined ? '' : `,mode:${mode}`}${otp === undefined ? '' : `,otp:${written(otp)}`}`;
  return graphql(target, `mutation{auth_login(email:${written(email)},password:${written(password)}${more})${TOKENS}}`);
};

export const refresh = async (target: Target, token: string): Promise<Response> =>
  graphql(target, `mutation{auth_refresh(refresh_token:${written(token)})${TOKENS}}`);

/** Expects that a response issue no token. */
export function expectNoTokens(target: Target, response: Response, what: string): void {
  const { sessionCookie, refreshCookie } = target.description;
  const handed = ['auth_login', 'auth_refresh', 'a', 'b'].some((field) =>
    Object.values(result(response, field)).some((value) => typeof value === 'string' && value.length > 20),
  );
  const byRest = ['access_token', 'refresh_token'].some((member) => response.text(member) !== undefined);
  assert(!handed && !byRest, `${what} to be exchanged for no token`, `${outcome(response)} with a token`);
  assert(
    response.cookie(sessionCookie) === undefined && response.cookie(refreshCookie) === undefined,
    `${what} to be exchanged for no token`,
    `${outcome(response)} with a cookie`,
  );
  assert(response.status < 500, `${what} to be rejected`, outcome(response));
}

/**
 * Expects that a mutation say how long its token lives, in ms, as text. Observed: Directus 12.4.1.
 * @param lifeMs how long it lives by its own claims, in ms, where it says so
 */
export function mustSayExpiry(
  response: Response,
  mutation: 'auth_login' | 'auth_refresh',
  lifeMs: number | undefined,
): void {
  const { expires } = result(response, mutation);
  assert(
    typeof expires === 'string' && (lifeMs === undefined || Number(expires) === lifeMs),
    `${mutation} to say in \`expires\` how long the token lives${lifeMs === undefined ? '' : ` ("${lifeMs}")`}`,
    `it says ${JSON.stringify(expires) ?? 'nothing'}`,
  );
}

/** The refresh token of a login: a precondition. */
export async function refreshTokenOf(target: Target, email: string, password: string): Promise<string> {
  const response = await login(target, email, password);
  const { refresh_token } = result(response, 'auth_login');
  assume(typeof refresh_token === 'string', `auth_login gives no refresh token: ${outcome(response)}`);
  return refresh_token;
}
