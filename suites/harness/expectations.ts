import type { Account } from './users/accounts.js';
import type { Answer } from './target/response.js';
import { demand } from './outcomes.js';
import { shorten } from './evidence/shorten.js';
import type { Target } from './target/target.js';
import type { AnyAccessToken } from './target/tokens.js';

/** What an answer was, in words, for the member `actual` of a verdict. */
export function inWords(answer: Answer): string {
  const code = errorCode(answer);
  return `${answer.what} answered ${answer.status}${code === undefined ? '' : ` ${code}`}`;
}

/** The error code in an answer, the beginning of one that is longer than any code. Observed: Directus 12.4.1. */
export function errorCode(answer: Answer): string | undefined {
  const { errors } = (answer.json ?? {}) as { errors?: { extensions?: { code?: unknown } }[] };
  const code = Array.isArray(errors) ? errors[0]?.extensions?.code : undefined;
  return typeof code === 'string' ? shorten(code) : undefined;
}

/**
 * Demands that the target let the sender of a token in, as its user.
 * @param account the user; without, any user will do
 * @param token the token that was sent: when it may have run out meanwhile, nothing is demanded
 * @throws Violation, Overtaken
 */
export function mustAccept(
  target: Target,
  answer: Answer,
  account: Account | undefined,
  token: AnyAccessToken,
  what: string,
): void {
  if (!answer.succeeded) target.excuseIfOvertaken(token);
  const id = answer.text('id');
  const user = account?.id === undefined ? 'its user' : 'the user it belongs to';
  demand(answer.succeeded, `${what} to be accepted (200, with the record of ${user})`, inWords(answer));
  demand(
    id !== undefined,
    `${what} to be answered with the record of ${user}`,
    () => `${inWords(answer)} without the id of a user`,
  );
  demand(
    account?.id === undefined || id === account.id,
    `${what} to identify ${user}`,
    `${inWords(answer)} with the record of somebody else`,
  );
}

/**
 * Demands that the target refuse a request, which is to say: answer with 4xx and nothing of a user's record.
 * The specification names no status; the profile directus does.
 * @throws Violation
 */
export function mustRefuse(answer: Answer, what: string, account?: Account): void {
  const { status } = answer;
  demand(status >= 400 && status < 500, `${what} to be refused (4xx)`, inWords(answer));
  const leaks = account?.id !== undefined && answer.response.body.includes(account.id);
  demand(!leaks, `${what} to be refused without data`, `${inWords(answer)} with the user's id in the body`);
}

/**
 * Demands that an answer refuse and hand out no token, in its body or as cookie.
 * @throws Violation
 */
export function mustHandOutNoToken(target: Target, answer: Answer, what: string): void {
  const inBody = ['access_token', 'refresh_token'].find((member) => answer.text(member) !== undefined);
  demand(inBody === undefined, `${what} to buy no token`, `${inWords(answer)} with ${inBody ?? ''}`);
  const { sessionCookie, refreshCookie } = target.description;
  const asCookie = [sessionCookie, refreshCookie].find((name) => answer.cookie(name) !== undefined);
  demand(asCookie === undefined, `${what} to buy no token`, `${inWords(answer)} with a cookie ${asCookie ?? ''}`);
  mustRefuse(answer, what);
}
