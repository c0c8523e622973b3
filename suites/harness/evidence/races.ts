import type { RawExchange, SentRequest } from '../target/http/exchange.js';

/** A text longer than this does not go into an argument of a command: Linux allows 128 KiB for one (MAX_ARG_STRLEN). In characters. */
export const ARGUMENT_LIMIT = 30_000;

/** One exchange of a race: of requests that are the same, and were under way at the same time. */
export interface InRace {
  /** How many there are. */
  readonly count: number;
  /** Whether it is the first of them in the order of the exchanges. */
  readonly first: boolean;
  /** Its place, from 1, when those that succeeded go first: which one wins is chance, how many do is not. */
  readonly place: number;
  /** Of requests that differ, their numbers in the order in which they were sent: that of a place, too. */
  readonly members?: readonly number[];
}

/** The exchanges that are part of a race, by their number: it is to be repeated as one, since a row of requests shows another thing. */
export function racesIn(exchanges: readonly RawExchange[]): ReadonlyMap<number, InRace> {
  const races = new Map<number, InRace>();
  for (let from = 0; from < exchanges.length;) {
    const same = endOfRace(exchanges, from);
    const to = same - from > 1 ? same : endOfMeeting(exchanges, from);
    const numbers = Array.from({ length: to - from }, (_one, i) => from + i);
    const succeeded = numbers.filter((number) => isSuccess(exchanges[number]));
    const order = [...succeeded, ...numbers.filter((number) => !succeeded.includes(number))];
    if (same < to) {
      const members = numbers.sort((one, other) => startOf(exchanges[one]) - startOf(exchanges[other]));
      for (const [i, number] of members.entries())
        races.set(number, { count: members.length, first: number === from, place: i + 1, members });
    } else if (numbers.length > 1)
      for (const number of numbers)
        races.set(number, { count: numbers.length, first: number === from, place: order.indexOf(number) + 1 });
    from = to;
  }
  return races;
}

/** The number after the last exchange that is the same request as one, and was sent before the earliest of them had its answer. */
function endOfRace(exchanges: readonly RawExchange[], from: number): number {
  const first = exchanges[from];
  if (first === undefined || !mayRace(first.request)) return from + 1;
  let answered = endOf(first);
  let to = from + 1;
  for (let next = exchanges[to]; next !== undefined; next = exchanges[to]) {
    if (!areSame(first.request, next.request) || next.startedAt >= answered) break;
    answered = Math.min(answered, endOf(next));
    to += 1;
  }
  return to;
}

/**
 * The number after the last exchange that was under way while all from the first one on were, where one of them may end something: in
 * a row they would show another thing.
 */
function endOfMeeting(exchanges: readonly RawExchange[], from: number): number {
  let [sent, answered] = [-Infinity, Infinity];
  let to = from;
  for (let next = exchanges[to]; next !== undefined && mayMeet(next.request); next = exchanges[to]) {
    sent = Math.max(sent, next.startedAt);
    answered = Math.min(answered, endOf(next));
    if (sent >= answered) break;
    to += 1;
  }
  const changes = exchanges.slice(from, to).some(({ request }) => mayEnd(request));
  return changes ? Math.max(to, from + 1) : from + 1;
}

/** Whether a request may end something that others use; that a login or a creation meets another is chance. */
const mayEnd = ({ method, url }: SentRequest): boolean =>
  ['PATCH', 'DELETE'].includes(method) || /\/auth\/logout(?:\?|$)/.test(url);

const startOf = (exchange: RawExchange | undefined): number => exchange?.startedAt ?? 0;

const endOf = ({ startedAt, durationMs }: RawExchange): number => startedAt + durationMs;

const isSuccess = (exchange: RawExchange | undefined): boolean => {
  const status = exchange?.response?.status ?? 0;
  return status >= 200 && status < 300;
};

/** Whether curl can send it several times at once: it reads nothing from another command. Reading shows the same in a row. */
const mayRace = (request: SentRequest): boolean => request.method === 'POST' && mayMeet(request);

const mayMeet = ({ url, headers, body = '' }: SentRequest): boolean =>
  /^http/.test(url) &&
  !body.includes('\0') &&
  headers.every(isSendable) &&
  [url, body, ...headers.map(([, value]) => value)].every((text) => text.length <= ARGUMENT_LIMIT);

/** Whether HTTP can carry a header. */
export const isSendable = ([name, value]: SentRequest['headers'][number]): boolean =>
  /^[\w!#$%&'*+.^`|~-]+$/.test(name) && !/[^\t\x20-\x7E\x80-\xFF]/.test(value);

const areSame = (one: SentRequest, other: SentRequest): boolean => JSON.stringify(one) === JSON.stringify(other);
