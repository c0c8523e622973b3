import type { Capability } from '../../../spec/generated/report.js';
import { allPairs, coveringPairs, somePairs } from './covering.js';
import { credentialsOf, type Credential } from '../credentials.js';
import type { LifecycleEvent } from '../events.js';
import { answerTo, type Answer } from './model.js';
import { moments, type Moment } from './moments.js';
import { useOfPredecessorInGrace, usesOf, type Use } from '../uses.js';

/** One cell of the matrix: after an event, a credential is shown in some way at some moment, and this is what must come of it. */
export interface Cell extends Answer {
  readonly credential: Credential;
  readonly use: Use;
  readonly moment: Moment;
}

/** What decides how many cells there are. */
export interface Extent {
  /** What the target offers, and the tester gave. */
  readonly offers: readonly Capability[];
  /** The version of Directus that it is judged as. */
  readonly version?: string;
  /** The number of the event: each takes other pairs of use and moment. */
  readonly turn: number;
  /** All cells, instead of those that cover each pair. */
  readonly thorough: boolean;
}

/** How many cells a credential has that the event is not about. */
const FEW = 2;

/** What a user holds beside tokens of logins, where the suite made the user. */
const ofUser: readonly Credential[] = [
  { kind: 'static', generation: 'newest' },
  { kind: 'password', generation: 'newest' },
];

/** The credentials that are looked at after an event. */
export function credentialsAfter(event: LifecycleEvent, offers: readonly Capability[]): readonly Credential[] {
  const ofLogins = credentialsOf(event.logins).flatMap((credential) => {
    const plan = event.logins[credential.login ?? -1];
    // The event refreshes this one ten times.
    if (event.group !== 'refresh' || plan?.isSubject !== true || credential.kind === 'access') return [credential];
    return (['newest', 'predecessor', 'grandparent', 'first'] as const).map((generation) => ({
      ...credential,
      generation,
    }));
  });
  if (!offers.includes('admin')) return ofLogins;
  const former: Credential[] =
    event.group === 'static-replaced' || event.group === 'static-cleared'
      ? [{ kind: 'static', generation: 'newest', former: true }]
      : event.group === 'password'
        ? [{ kind: 'password', generation: 'newest', former: true }]
        : event.group === 'email'
          ? [{ kind: 'password', generation: 'newest', former: true, formerEmail: true }]
          : [];
  const current = ofUser.filter(({ kind }) => kind !== 'static' || event.group !== 'static-cleared');
  return [...ofLogins, ...current, ...former];
}

/**
 * The cells of an event: every credential that it leaves or ends. Of what it ends, the newest is shown in each way, and at each moment;
 * of the rest some pairs, others for each event. The same in every run.
 */
export function cellsOf(event: LifecycleEvent, { turn, ...extent }: Extent): readonly Cell[] {
  return credentialsAfter(event, extent.offers).flatMap((credential, number): Cell[] => {
    const cell = (use: Use, moment: Moment): Cell[] => {
      const ofSubjectLogin = credential.login !== undefined && event.logins[credential.login]?.isSubject === true;
      const answer = answerTo({ event, credential, ofSubjectLogin, use, moment });
      return answer === undefined ? [] : [{ ...answer, credential, use, moment }];
    };
    const pairs = pairsFor(event, credential, { ...extent, turn: turn + number });
    return [...pairs.flatMap(([use, moment]) => cell(use, moment)), ...inGrace(event, credential)];
  });
}

function pairsFor(event: LifecycleEvent, credential: Credential, extent: Extent): readonly [Use, Moment][] {
  const { offers, version, turn, thorough } = extent;
  const all = usesOf(credential.kind, offers, version);
  const probe = (use: Use, moment: Moment): Answer | undefined => {
    const ofSubjectLogin = credential.login !== undefined && event.logins[credential.login]?.isSubject === true;
    return answerTo({ event, credential, ofSubjectLogin, use, moment });
  };
  const [anyUse] = all;
  if (anyUse === undefined) return [];
  // A newest token is looked at while the grace lasts: then nothing new comes of it.
  const late = credential.kind === 'session' && credential.generation !== 'newest';
  const open = moments.filter((moment) => (moment.after === 'grace') === late || (late && isEnded()));
  const when = open.filter((moment) => probe(anyUse, moment) !== undefined);
  const expectation = when[0] && probe(anyUse, when[0])?.expectation;
  if (expectation === undefined) return [];
  if (expectation === 'accepted') return whatGoesOn();
  if (thorough) return allPairs(all, when);
  // Each login is an attempt, of which a target may allow few.
  if (credential.kind === 'password') return coveringPairs(all, when.slice(0, all.length), turn).slice(0, all.length);
  if (credential.generation !== 'newest' || event.isBrief === true) return somePairs(all, when, turn, FEW);
  const covering = coveringPairs(all, when, turn);
  // A change of a user comes by four doors, and ends two logins of each kind: each is shown in every other way.
  const isShared = event.needs.includes('admin') && event.group !== 'logout';
  if (isShared && !event.inSeed) return covering.filter((_pair, i) => (i + turn) % 2 === 0);
  // What the seed itself demands is looked at at every moment.
  const bySeed = event.inSeed
    ? allPairs(
        all.filter(({ inSeed }) => inSeed),
        when,
      )
    : [];
  const isNew = ([use, moment]: [Use, Moment]): boolean =>
    !bySeed.some(([itsUse, itsMoment]) => itsUse === use && itsMoment === moment);
  return [...bySeed, ...covering.filter(isNew)];

  function isEnded(): boolean {
    return anyUse !== undefined && probe(anyUse, moments[0] as Moment)?.expectation === 'rejected';
  }

  /** What must be accepted. An exchange comes after all else at its moment: from then on the new token is the newest. */
  function whatGoesOn(): readonly [Use, Moment][] {
    const [atOnce] = when;
    const plan = credential.login === undefined ? undefined : event.logins[credential.login];
    // Late for some, when a server may have forgotten; at once for others, when nothing has expired yet.
    const isEarly = event.group === 'login' || (turn % 2 === 0 && plan?.isSubject !== true);
    const last = isEarly ? atOnce : when.at(-1);
    if (atOnce === undefined || last === undefined) return [];
    const isLogin = credential.kind === 'password';
    const isAboutUser = event.group === 'password' || event.group === 'email' || event.group === 'reactivation';
    const plain = all.filter(({ exchanges }) => isLogin || !exchanges);
    const bySeed = plain.filter(({ inSeed }) => inSeed);
    // One more refresh would begin the grace of a session token anew, whose end is looked at.
    const isGrace = credential.kind === 'session' && (plan?.isSubject === true || (plan?.refreshes ?? 0) > 0);
    const asPlanned = all.filter(
      ({ exchanges, name }) => !isLogin && !isGrace && exchanges && name === `refresh ${plan?.mode ?? ''}`,
    );
    return [
      ...(isLogin || !event.inSeed ? [] : bySeed.map((use): [Use, Moment] => [use, atOnce])),
      ...(thorough ? allPairs(plain, when) : somePairs(plain, when, turn, isLogin && !isAboutUser ? 1 : FEW)),
      ...asPlanned.map((use): [Use, Moment] => [use, last]),
    ];
  }
}

/** Within its grace period, the predecessor of a session token that was logged out is not exchanged for a valid token. */
function inGrace(event: LifecycleEvent, credential: Credential): Cell[] {
  const { kind, generation, login } = credential;
  const ofSubject = login !== undefined && event.logins[login]?.isSubject === true;
  if (event.group !== 'logout' || kind !== 'session' || generation !== 'predecessor' || !ofSubject) return [];
  const requirement = 'lifecycle.logout.every-door';
  return moments
    .filter(({ name }) => name === 'at-once' || name === 'after-3s')
    .map((moment) => ({
      expectation: 'rejected',
      requirement,
      inSeed: false,
      credential,
      use: useOfPredecessorInGrace,
      moment,
    }));
}
