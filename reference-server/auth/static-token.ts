import type { Context } from '../context.js';
import { invalidCredentials } from '../http/errors.js';
import { identityOfUser, nobody, type Identity } from './identity.js';
import type { BearerMethod } from './bearer-token.js';

/*
 * Static tokens. Seed, section Static Tokens: "Each user can have one static token that does not expire. … It is stored in plain
 * text". Any string, and whoever sends it is the user who has it.
 */

/**
 * Whom a static token identifies: the active user who has exactly this one.
 * @throws ApiError 401 INVALID_CREDENTIALS
 */
export async function identifyByStaticToken(context: Context, token: string, way: BearerMethod): Promise<Identity> {
  const { memory, rules, store } = context;
  const user = token === '' ? undefined : await store.userByStaticToken(token);
  if (user === undefined) return identityOfUnknown(context, token, way);
  if (!rules.staticTokenAccepted || user.status !== 'active') throw invalidCredentials();
  if (!rules.staticTokenReusable) {
    if (memory.usedTokens.has(token)) throw invalidCredentials();
    memory.usedTokens.add(token);
  }
  return identityOfUser(context, user);
}

/** The first user of all, whom the server is set up with; for rules that are broken. */
export async function firstUser(context: Context): Promise<Identity> {
  const [user] = await context.store.users();
  return user === undefined ? nobody : identityOfUser(context, user);
}

/** A string that is nobody's static token: refused, but for rules that are broken. */
async function identityOfUnknown(context: Context, token: string, way: BearerMethod): Promise<Identity> {
  const { rules, store } = context;
  const session = await store.session(token);
  if (session !== undefined) {
    const user = rules.refreshTokenAuthenticates ? await store.user(session.user) : undefined;
    if (user === undefined) throw invalidCredentials();
    return identityOfUser(context, user);
  }
  const refused = {
    header: rules.unknownHeaderTokenRefused,
    query: rules.unknownQueryTokenRefused,
    cookie: rules.unknownCookieTokenRefused,
  }[way];
  if (refused) throw invalidCredentials();
  return firstUser(context);
}
