import type { RequirementId } from '../../../spec/generated/requirement-id.js';
import { generationsBack, type Credential } from '../credentials.js';
import type { EventGroup } from '../events.js';

/*
 * What must hold after an event, as a function of what the event is, what the credential is and how it is shown: no state, no requests.
 * What neither the seed nor an observation says is left open, and not looked at.
 */

export type Expectation = 'accepted' | 'rejected' | 'open';

/** One cell of the matrix, as far as it matters. */
export interface Question {
  readonly event: { readonly group: EventGroup; readonly inSeed: boolean };
  readonly credential: Credential;
  /** True when the credential came from the login that the event is about. */
  readonly ofSubjectLogin: boolean;
  readonly use: { readonly inSeed: boolean; readonly name: string };
  readonly moment: { readonly after: number | 'grace' };
}

/** Events that end every login of their user. Observed: Directus 12.4.1. */
const endingAll: readonly EventGroup[] = ['password', 'email', 'suspension', 'reactivation', 'deletion'];
/** Events after which the user may not do anything any more. */
const endingUser: readonly EventGroup[] = ['suspension', 'deletion'];

/** What a Directus of version 12.4.1 does, where that is observed. */
export function expectationOfDirectus({ event, credential, ofSubjectLogin, moment }: Question): Expectation {
  const { kind, generation, former } = credential;
  const { group } = event;
  if (former === true) return 'rejected';
  const ended = endingAll.includes(group) || (group === 'logout' && ofSubjectLogin);
  const isNewest = generation === 'newest';
  switch (kind) {
    case 'static':
    case 'password':
      return endingUser.includes(group) ? 'rejected' : 'accepted';
    case 'access':
      // The server keeps no record of it: it goes on until it expires. After changes of the user nothing is demanded of it.
      return endingAll.includes(group) ? 'open' : 'accepted';
    case 'refresh':
    case 'refresh-cookie':
      return ended || !isNewest ? 'rejected' : 'accepted';
    case 'session':
      if (isNewest) return ended ? 'rejected' : 'accepted';
      // In its grace it goes on also when its successor is logged out.
      return endingAll.includes(group) || moment.after === 'grace' ? 'rejected' : 'open';
  }
}

/** What the seed says, of any server. */
export function expectationOfSeed(question: Question): Expectation {
  const { event, credential, ofSubjectLogin, use, moment } = question;
  const { kind, generation, former } = credential;
  if (!event.inSeed || !use.inSeed || generation !== 'newest') return 'open';
  // A session token is a cookie; a static token is sent in the header or the query (seed, Making Requests).
  const isSeedsWay = kind === 'session' ? !/ (header|query)$/.test(use.name) : !use.name.endsWith(' cookie');
  if (event.group === 'logout') return ofSubjectLogin && kind !== 'access' ? 'rejected' : 'open';
  if (event.group === 'static-replaced' && kind === 'static')
    return former === true ? 'rejected' : isSeedsWay ? 'accepted' : 'open';
  if (event.group === 'refresh' && ofSubjectLogin) return isSeedsWay && moment.after === 0 ? 'accepted' : 'open';
  return 'open';
}

const requirementOfUserEvents: Partial<Record<EventGroup, RequirementId>> = {
  password: 'lifecycle.password.every-door',
  email: 'lifecycle.email.every-door',
  suspension: 'lifecycle.suspension.every-door',
  reactivation: 'lifecycle.reactivation.every-door',
  deletion: 'lifecycle.deletion.every-door',
  login: 'lifecycle.login.many',
  profile: 'lifecycle.update.spares-logins',
  'failed-login': 'lifecycle.login.failed-spares-others',
};

/** The answer to a question: what must hold, and the requirement that demands it; undefined where it is left open. */
export interface Answer {
  readonly expectation: 'accepted' | 'rejected';
  readonly requirement: RequirementId;
  /** Whether the seed demands it: then any rejection will do. */
  readonly inSeed: boolean;
}

/** What must hold in a cell; undefined where it is left open. What the seed demands belongs to a requirement of profile core. */
export function answerTo(question: Question): Answer | undefined {
  const bySeed = expectationOfSeed(question);
  const expectation = bySeed === 'open' ? expectationOfDirectus(question) : bySeed;
  if (expectation === 'open') return undefined;
  const inSeed = bySeed !== 'open';
  return { expectation, inSeed, requirement: requirementOf(question, expectation, inSeed) };
}

function requirementOf(
  { event: { group }, credential: { kind } }: Question,
  expectation: 'accepted' | 'rejected',
  inSeed: boolean,
): RequirementId {
  const ofUser = requirementOfUserEvents[group];
  if (ofUser !== undefined) return ofUser;
  if (group === 'logout') {
    if (inSeed) return kind === 'session' ? 'lifecycle.logout.session-token' : 'lifecycle.logout.refresh-token';
    return expectation === 'rejected' ? 'lifecycle.logout.every-door' : 'lifecycle.logout.spares-others';
  }
  if (group === 'refresh') {
    if (inSeed) return 'lifecycle.refresh.repeated';
    return expectation === 'rejected' ? 'lifecycle.refresh.former-tokens' : 'lifecycle.refresh.every-door';
  }
  return inSeed ? 'lifecycle.static.replaced' : 'lifecycle.static.every-door';
}

/** How many generations before the newest a credential is; for the sake of an order. */
export const ageOf = ({ generation }: Credential): number => generationsBack[generation];
