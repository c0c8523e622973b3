import type { Response } from './http/response.js';
import type { SentTokens } from './tokens/bearer-methods.js';
import type { Target } from './target.js';
import { recordId } from './record-id.js';

/** A value as it is written in a query: GraphQL strings are written as JSON strings are. */
export const written = (value: string): string => JSON.stringify(value);

/** Sends a query or mutation to the system API, and names the tokens that come. Observed: Directus 12.4.1. */
export async function graphql(
  target: Target,
  query: string,
  sent: SentTokens = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const response = await target.send(target.withTokens({ path: '/graphql/system', body: { query }, headers }, sent));
  const { names } = target.evidence;
  if (response.cookie(target.description.sessionCookie) !== undefined) target.sessionToken(response);
  for (const field of ['auth_login', 'auth_refresh']) {
    const { access_token: access, refresh_token: refresh, expires } = result(response, field);
    if (typeof access === 'string') target.accessLifetime(response, access, expires);
    if (typeof refresh === 'string') target.refreshToken(response, refresh);
    for (const [member, stem] of [
      ['access_token', 'ACCESS_TOKEN'],
      ['refresh_token', 'REFRESH_TOKEN'],
    ] as const) {
      const value = member in result(response, field) ? result(response, field)[member] : undefined;
      if (typeof value === 'string')
        names.add(value, stem, { kind: 'json', exchange: response.exchange, path: ['data', field, member] });
    }
  }
  for (const cookie of [target.description.sessionCookie, target.description.refreshCookie]) {
    const value = response.cookie(cookie)?.value;
    if (value !== undefined) names.add(value, 'COOKIE_TOKEN', { kind: 'cookie', exchange: response.exchange, cookie });
  }
  return response;
}

/** What a field of the response is; an empty object where it is null or not there. */
export function result(response: Response, field: string): Readonly<Record<string, unknown>> {
  const { data } = (response.json ?? {}) as { data?: Record<string, unknown> | null };
  const value = data?.[field];
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** The id of the record that a field of the response is, as text. */
export const idIn = (response: Response, field: string): string | undefined => recordId(result(response, field)['id']);

/** The errors of a response, in words; observed: Directus 12.4.1 answers some of them with 200. */
export function outcome(response: Response): string {
  const { errors } = (response.json ?? {}) as { errors?: { message?: unknown }[] };
  const message = Array.isArray(errors) ? ` "${String(errors[0]?.message)}"` : '';
  return `POST /graphql/system returned ${response.status}${message}`;
}
