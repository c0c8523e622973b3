import { issueScopedToken, type Scope } from '../../auth/scoped-token.js';
import type { Context } from '../../context.js';
import { invalidPayload } from '../../http/errors.js';
import { textOf } from '../../http/loose-values.js';
import type { OutboxEmail } from '../../outbox.js';

/*
 * Links that are sent by email. Where they lead, which tokens they carry, and for how long those live: observed, Directus 12.4.1.
 */

interface Link {
  readonly kind: OutboxEmail['kind'];
  readonly scope: Scope;
  /** Where it leads when the request does not say, from the beginning of the API. */
  readonly path: string;
  readonly lifetimeMs: number;
}

const DAY = 24 * 60 * 60 * 1000;
export const links = {
  reset: { kind: 'password-reset', scope: 'password-reset', path: '/admin/reset-password', lifetimeMs: DAY },
  invite: { kind: 'invitation', scope: 'invite', path: '/admin/accept-invite', lifetimeMs: 7 * DAY },
  verify: {
    kind: 'verification',
    scope: 'pending-registration',
    path: '/users/register/verify-email',
    lifetimeMs: 7 * DAY,
  },
} as const satisfies Record<string, Link>;

/**
 * Sends a link to an address.
 * @param url that the link leads to, as mustBeAllowed has let it through; the server's own page when undefined
 * @param claims of the token beside the email
 */
export async function sendLink(
  context: Context,
  { kind, lifetimeMs, path, scope }: Link,
  email: string,
  url: string | undefined,
  claims: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const link = new URL(url ?? context.publicUrl() + path);
  link.searchParams.append('token', await issueScopedToken(context, scope, { email, ...claims }, lifetimeMs));
  context.outbox.add({ kind, to: email, link: link.href, time: context.clock.now() });
}

/**
 * The URL that a link is to lead to, when the operator allows it: origin and path have to be those of an entry of the list, whatever the
 * query. Nothing is allowed unless it is listed, so that a token is never sent elsewhere (CWE-601).
 *
 * @param given undefined, or empty, for the server's own page
 * @param purpose as in "can't be used to …"
 * @throws ApiError 400 INVALID_PAYLOAD
 */
export function mustBeAllowed(given: unknown, allowed: readonly string[], purpose: string): string | undefined {
  if (!given) return undefined;
  const url = typeof given === 'string' ? placeOf(given) : undefined;
  if (url === undefined || !allowed.some((each) => placeOf(each) === url))
    throw invalidPayload(`URL "${textOf(given)}" can't be used to ${purpose}`);
  return given as string;
}

function placeOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
