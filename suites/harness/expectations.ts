import type { Cookie } from 'tough-cookie';
import { assert, assume, NotApplicable, TokenExpired } from './outcomes.js';
import { leakedData } from './target/leaked-data.js';
import type { Response } from './target/http/response.js';
import type { Account } from './users/account.js';

/*
 * What checks expect of responses. A response knows which credentials it was asked with, and until when they can be relied on: the
 * rejection of one that may have expired shows nothing, neither that it is wrong to reject it nor that it is right.
 */

/**
 * Assumes that a request went through: a precondition of the check.
 * @throws Inconclusive when it did not; TokenExpired when a credential may have expired
 */
export function assumeSuccess(response: Response): void {
  throwIfExpired(response);
  assume(response.succeeded, response.summary);
}

/**
 * Assumes that the target offers what a check needs: it need not have each endpoint, and its users and administrators may lack the
 * permission. What it rejects for that cannot be judged.
 * @param otherwise what the target does not do, as in "does not let users change their password"
 * @throws NotApplicable when the request was rejected, but for its credential; Inconclusive when it failed in another way
 */
export function assumeOffered(response: Response, otherwise: string): void {
  if (response.rejected && response.status !== 401 && !response.mayHaveExpired)
    throw new NotApplicable(`the target ${otherwise}: ${response.summary}`);
  assumeSuccess(response);
}

/**
 * Expects the target to accept the credential of a request, as its user's.
 * @param account the user; without, any user will do
 * @param what the credential, in words
 * @throws Violation, TokenExpired
 */
export function expectAccepted(response: Response, account: Account | undefined, what: string): void {
  throwIfExpired(response);
  const id = response.id();
  const user = account?.id === undefined ? 'its user' : 'the user it belongs to';
  assert(response.succeeded, `${what} to be accepted (200, with the record of ${user})`, response.summary);
  assert(
    id !== undefined,
    `${what} to be answered with the record of ${user}`,
    () => `${response.summary} without the id of a user`,
  );
  assert(
    account?.id === undefined || id === account.id,
    `${what} to identify ${user}`,
    `${response.summary} with the record of another user`,
  );
}

/**
 * Expects the target to reject a request, which is to say: to return 4xx and nothing of any user's record.
 * The specification names no status; the profile directus does.
 * @param account a user of whom the response must hold nothing
 * @throws Violation, TokenExpired
 */
export function expectRejected(response: Response, what: string, account?: Account): void {
  assert(response.rejected, `${what} to be rejected (4xx)`, response.summary);
  throwIfExpired(response);
  const leaked = leakedData(response, account?.id);
  assert(leaked === undefined, `${what} to be rejected without data`, () => `${response.summary} with ${leaked ?? ''}`);
}

/**
 * Expects a response to issue no token, in its body or as cookie.
 * @throws Violation, TokenExpired
 */
export function expectNoToken(response: Response, what: string): void {
  const inBody = ['access_token', 'refresh_token'].find((member) => response.text(member) !== undefined);
  assert(inBody === undefined, `${what} to be exchanged for no token`, `${response.summary} with ${inBody ?? ''}`);
  const { sessionCookie, refreshCookie } = response.asked.description;
  const asCookie = [sessionCookie, refreshCookie].find((name) => response.cookie(name) !== undefined);
  assert(
    asCookie === undefined,
    `${what} to be exchanged for no token`,
    `${response.summary} with a cookie ${asCookie ?? ''}`,
  );
  throwIfExpired(response);
  const leaked = response.succeeded ? undefined : leakedData(response);
  assert(leaked === undefined, `${what} to be rejected without data`, () => `${response.summary} with ${leaked ?? ''}`);
}

/**
 * Expects a response to be an error with a status and a code, as the profile directus names them.
 * @param expected the expectation, as the verdict states it
 * @throws Violation
 */
export function expectError(response: Response, status: number, code: string, expected: string): void {
  const isWithoutCode = !response.succeeded && response.errorCode === undefined;
  assert(
    response.status === status && response.errorCode === code,
    expected,
    `${response.summary}${isWithoutCode ? ' without an error code' : ''}`,
  );
}

/**
 * Expects a response to set a cookie, to something.
 * @param what the request, as the verdict names it
 * @returns the cookie
 * @throws Violation
 */
export function expectCookie(response: Response, name: string, what: string): Cookie {
  const cookie = response.cookie(name);
  assert(
    cookie !== undefined,
    `${what} to set a cookie ${name}`,
    `${response.summary} without one: it sets ${response.cookieNames}`,
  );
  return cookie;
}

/** @throws TokenExpired when the response rejects a credential that may have expired by then */
function throwIfExpired(response: Response): void {
  if (!response.succeeded && response.mayHaveExpired) throw new TokenExpired();
}

/**
 * Expects a target not to find a user by a secret, or by a part of it. One that ignores what it does not know finds the user by every
 * value: that tells nothing.
 * @param bySecret whether it finds the user by that
 * @param byAnother whether it finds the user by a value that is not the user's
 * @param expected the expectation, as the verdict states it
 * @throws Violation
 */
export async function expectNotFound(
  bySecret: () => Promise<boolean>,
  byAnother: () => Promise<boolean>,
  expected: string,
): Promise<void> {
  const tells = (await bySecret()) && !(await byAnother());
  assert(!tells, expected, 'it finds the user by that, and not by another');
}
