import { isResolved } from '../target/path-as-written.js';
import { percentEncoded } from '../target/percent-encoding.js';
import { connectionInShell, type ConnectionInShell } from './curl-connection.js';
import { isAboutClaims, lengthToFailure, type Failure } from './failing-exchange.js';
import { NamedText } from './named-text.js';
import type { NamedValue, SecretNames } from './secret-names.js';
import { Shell, sh } from './shell.js';
import { ARGUMENT_LIMIT, isSendable, racesIn, type InRace } from './races.js';
import { createdIds, type CreatedId } from './from-responses/created-ids.js';
import { returnedCookies } from './from-responses/returned-cookies.js';
import { claimsShown, cookieIn, functionLines, functionsFor, inUri, memberIn, messageIn } from './shell-functions.js';
import { isJwt } from './issued-secrets.js';
import type { Connection } from '../target/http/connection.js';
import type { RawExchange, SentRequest } from '../target/http/exchange.js';

/** A pause that is longer than this, in s, is one to be avoided. */
const LONG_PAUSE_S = 60;

/** The target, and what reaching it takes. */
interface Way extends ConnectionInShell {
  readonly target: string;
  readonly connection: Connection;
}

/** The lines that begin a block: whatever it keeps is kept in a folder of its own, which no other user can read and which ends with it. */
const beginning: readonly Shell[] = [
  sh`dir=$(mktemp -d) && cd "$dir" && dir=$PWD || exit`,
  sh`trap 'rm -rf "$dir"' EXIT`,
];

/** The lines of a block that are the same in every run and for every target. */
export const constantLines: readonly string[] = [...Shell.subshell(beginning).map(String), ...functionLines];

/**
 * Shell lines (bash, curl, jq, openssl) that repeat a sequence of exchanges from nothing: a subshell, to be pasted as a whole. Tokens and
 * passwords are in variables: what the tester gave is read from the environment variables that this tool reads too, the rest comes
 * out of the answers. The answer of the last request is shown.
 * @param target base URL of the target
 * @param connection how it is reached
 * @param failure what they are to show: the lines end with it
 */
export function curlLines(
  target: string,
  recorded: readonly RawExchange[],
  names: SecretNames,
  connection: Connection = {},
  failure?: Failure,
): string[] {
  const exchanges = recorded.slice(0, lengthToFailure(recorded, failure, racesIn(recorded)));
  const isThere = ({ origin }: NamedValue): boolean => !('exchange' in origin) || origin.exchange < exchanges.length;
  const named = names.all().filter(isThere);
  const cookies = returnedCookies(exchanges, named);
  const ids = createdIds(exchanges, named);
  const all = [...named, ...cookies, ...ids];
  const text = new NamedText(named, cookies, ids);
  const way: Way = { target, connection, ...connectionInShell(connection) };
  const races = racesIn(exchanges);
  const requests = exchanges.map((exchange, number): RequestInShell => {
    const race = races.get(number);
    const members = race?.members?.flatMap((one) => exchanges[one] ?? []);
    return {
      pauseMs: pauseBefore(members ?? [exchange], race),
      race,
      isLast: number === exchanges.length - 1,
      line: (keep) =>
        members === undefined ? command(exchange, way, text, keep, race?.count) : together(members, way, text),
    };
  });
  const created = named.filter(({ secret, origin }) => !secret && origin.kind === 'json');
  const authorization = authorizationOf(created[0], exchanges, text);
  const notes = notesOn(requests);
  const ending = [
    ...(failure !== undefined && isAboutClaims(failure) ? claimsOfLast(all) : []),
    // The token of who removes may be one that has expired meanwhile.
    ...(notes.length > 0 ? loginAgain(authorization, all, requests) : []),
    ...ids.toReversed().flatMap((record) => removalOfRecord(record, exchanges, way, text)),
    ...created.flatMap((user) => removal(user, exchanges, way, text)),
  ];
  const used = withSources([...requests.map(({ line }) => line(false)), ...ending], all);
  for (const { variable } of created) used.add(variable);
  const unset = all.filter(({ variable }) => used.has(variable)).reverse();
  const lines = [
    ...notes,
    sh`TARGET=${target}`,
    ...way.lines,
    ...requestLines(requests, unset, authorization),
    ...ending,
  ];
  return Shell.subshell([...beginning, ...functionsFor(lines), ...lines]).map(String);
}

/** A request as the block sends it. */
interface RequestInShell {
  /** How long to wait before it, in ms. */
  readonly pauseMs: number;
  readonly race: InRace | undefined;
  readonly isLast: boolean;
  /** The command. `keep`: the response goes into files, because values are taken out of it. */
  readonly line: (keep: boolean) => Shell;
}

/**
 * The requests, each with what must be known before it and what is taken out of its response.
 * @param unset the values that they need
 * @param authorization of who may advance the clock
 */
function requestLines(
  requests: readonly RequestInShell[],
  unset: readonly NamedValue[],
  authorization: Shell | undefined,
): Shell[] {
  const known = new Set<string>();
  const lines: Shell[] = [];
  const set = ({ variable }: NamedValue, line: Shell): void => {
    lines.push(line);
    known.add(variable);
  };
  for (const name of unset) {
    const { variable, origin } = name;
    if (origin.kind === 'environment') set(name, Shell.required(variable, origin.what));
    if (origin.kind === 'random') set(name, sh`${variable}=${origin.shell}`);
  }
  const deriveWhatCanBe = (): void => {
    for (const name of unset) {
      const { variable, origin } = name;
      if (origin.kind !== 'derived' || known.has(variable)) continue;
      if ([...origin.shell.variables].every((source) => known.has(source))) set(name, sh`${variable}=${origin.shell}`);
    }
  };
  deriveWhatCanBe();
  for (const [number, { line, pauseMs, race, isLast }] of requests.entries()) {
    if (pauseMs > 0) lines.push(pause(Math.ceil(pauseMs / 1000), authorization));
    const captured = unset.filter(({ origin }) => 'exchange' in origin && origin.exchange === number);
    const isKept = captured.length > 0;
    if (race?.first !== false) lines.push(line(isKept));
    if (race !== undefined && isKept)
      lines.push(
        sh`mv -f ${`headers.${race.place}.txt`} headers.txt && mv -f ${`answer.${race.place}.json`} answer.json`,
      );
    const isOfHttp = captured.some(({ origin }) => origin.kind !== 'message');
    if (isLast && race === undefined && isOfHttp) lines.push(sh`cat headers.txt answer.json && echo`);
    for (const name of captured) {
      const { variable, origin } = name;
      if (origin.kind === 'json') set(name, sh`${variable}=${memberIn(origin.path)}`);
      if (origin.kind === 'cookie') set(name, sh`${variable}=${cookieIn(origin.cookie)}`);
      if (origin.kind === 'message') set(name, sh`${variable}=${messageIn(origin.member, origin.nth)}`);
    }
    deriveWhatCanBe();
  }
  return lines;
}

/** What a reader is to know before the block is pasted. */
function notesOn(requests: readonly RequestInShell[]): Shell[] {
  const pauses = requests.map(({ pauseMs }) => Math.ceil(pauseMs / 1000));
  if (pauses.every((seconds) => seconds <= LONG_PAUSE_S)) return [];
  const all = pauses.reduce((sum, seconds) => sum + seconds, 0);
  return [
    sh`# This takes ${String(all)} s: it waits for tokens to expire. With AUTH_CONFORMANCE_CLOCK_URL set, it advances the clock of the target instead.`,
  ];
}

/** Lines that show what is in the tokens that came last. */
function claimsOfLast(all: readonly NamedValue[]): Shell[] {
  const tokens = all.flatMap(({ value, variable, origin }) =>
    (origin.kind === 'json' || origin.kind === 'cookie') && isJwt(value) ? [{ variable, at: origin.exchange }] : [],
  );
  const last = Math.max(...tokens.map(({ at }) => at));
  return tokens.filter(({ at }) => at === last).map(({ variable }) => claimsShown(Shell.variable(variable)));
}

/** Lines that issue the token of an authorization anew. */
function loginAgain(
  authorization: Shell | undefined,
  all: readonly NamedValue[],
  requests: readonly RequestInShell[],
): Shell[] {
  return all.flatMap(({ variable, origin }) => {
    const login = origin.kind === 'json' ? requests[origin.exchange] : undefined;
    if (login === undefined || origin.kind !== 'json' || authorization?.variables.has(variable) !== true) return [];
    return [login.line(true), sh`${variable}=${memberIn(origin.path)}`];
  });
}

/** How the administrator is authorized who has created a user; undefined where no line creates one. */
function authorizationOf(
  created: NamedValue | undefined,
  exchanges: readonly RawExchange[],
  text: NamedText,
): Shell | undefined {
  const creation = created?.origin.kind === 'json' ? exchanges[created.origin.exchange] : undefined;
  const [, value] = creation?.request.headers.find(([name]) => name === 'Authorization') ?? [];
  return value === undefined ? undefined : text.header('Authorization', value);
}

/** The variables that lines read, and those that these are made of. */
function withSources(lines: readonly Shell[], all: readonly NamedValue[]): Set<string> {
  const used = new Set<string>();
  const use = (variable: string): void => {
    if (used.has(variable)) return;
    used.add(variable);
    const origin = all.find((name) => name.variable === variable)?.origin;
    if (origin?.kind === 'derived') origin.shell.variables.forEach(use);
  };
  for (const { variables } of lines) variables.forEach(use);
  return used;
}

/** How long to wait before an exchange, in ms; before several at once, as long as before any of them. */
const pauseBefore = (exchanges: readonly RawExchange[], race: InRace | undefined): number =>
  race?.first === false ? 0 : Math.max(...exchanges.map(({ pauseMs = 0 }) => pauseMs));

/**
 * Waits. A target whose clock can be advanced need not be waited for.
 * @param seconds how long
 * @param authorization of who may advance the clock
 */
const pause = (seconds: number, authorization: Shell | undefined): Shell =>
  seconds <= LONG_PAUSE_S
    ? sh`sleep ${String(seconds)}`
    : Shell.words([
        sh`${Shell.call('let_pass')} ${String(seconds)}`,
        ...(authorization === undefined ? [] : [sh`-H ${authorization}`]),
      ]);

/** Requests that were under way at the same time, as one command. */
const together = (exchanges: readonly RawExchange[], way: Way, text: NamedText): Shell =>
  Shell.words([
    sh`${Shell.call('together')}`,
    ...exchanges.flatMap(({ request }, i) => [
      ...(i === 0 ? [] : [sh`--next`]),
      curl(request, request.url.slice(way.target.length), way, text, 'together'),
    ]),
  ]);

/** One request as a command. `keep`: the response goes into files, because values are taken out of it. */
function command({ request }: RawExchange, way: Way, text: NamedText, keep: boolean, race?: number): Shell {
  if (!request.headers.every(isSendable))
    return sh`# not repeated: ${`${request.method} ${new URL(request.url).pathname}`} with a header that HTTP cannot carry`;
  const webSocket = way.target.replace(/^http/, 'ws');
  return request.url.startsWith(webSocket)
    ? conversation(request, request.url.slice(webSocket.length), way, text, keep)
    : curl(request, request.url.slice(way.target.length), way, text, race === undefined ? keep : { race });
}

/** curl has no messages: a function of the shell sends them, and shows the answer to the handshake and the messages that come. */
function conversation(
  { headers, body = '' }: SentRequest,
  path: string,
  way: Way,
  text: NamedText,
  keep: boolean,
): Shell {
  const { connectTo } = way.connection;
  const { protocol, host } = new URL(way.target);
  // It has no option for another address: the name goes into the header.
  const base =
    connectTo === undefined
      ? Shell.variable('TARGET')
      : Shell.literal(
          `${protocol}//${connectTo.host.includes(':') ? `[${connectTo.host}]` : connectTo.host}:${connectTo.port}`,
        );
  const messages = body.split('\n').filter((message) => message !== '');
  return Shell.words([
    sh`${Shell.call('ws')} ${base}${text.url(path)}`,
    ...way.ws,
    ...(connectTo === undefined ? [] : [sh`-H ${`Host: ${host}`}`]),
    ...headers.filter(([name]) => name !== 'Upgrade').map(([name, value]) => sh`-H ${text.header(name, value)}`),
    ...messages.map((message) => sh`-x ${text.body(message)}`),
    ...(keep ? [sh`| tee messages.txt`] : []),
  ]);
}

/** What becomes of an answer: it is shown, or kept in files. */
type Keep = boolean | 'together' | { readonly race: number };

/** The command that the options of a request follow; none where the request is one of several. */
function programFor(keep: Keep): Shell[] {
  if (keep === 'together') return [];
  if (typeof keep === 'object') return [sh`${Shell.call('race')} ${String(keep.race)}`];
  return [keep ? sh`curl -sS -D headers.txt -o answer.json` : sh`curl -sS -i -w '\\n'`];
}

/** @param path below the target's base URL, or the variable part of one that is written already */
function curl(
  { method, headers, body }: SentRequest,
  path: string | Shell,
  way: Way,
  text: NamedText,
  keep: Keep,
): Shell {
  const below = typeof path === 'string' ? text.url(path) : path;
  const url = sh`${Shell.variable('TARGET')}${below}`;
  const parts = [...programFor(keep), ...way.curl];
  // Brackets and braces in a URL are patterns otherwise, which a value that the target gives may hold too.
  if (below.variables.size > 0 || /[[\]{}]/.test(String(path))) parts.push(sh`-g`);
  if (headers.some(([name, value]) => /^accept-encoding$/i.test(name) && /gzip|deflate|br/.test(value)))
    parts.push(sh`--compressed`);
  // curl resolves the segments of a path otherwise.
  if (isResolved(String(path).split('?')[0] ?? '')) parts.push(sh`--path-as-is`);
  // The client of a run asks for the connection to be closed after it.
  if (method === 'HEAD') parts.push(sh`--head -H ${'Connection: close'}`);
  else if (method !== (body === undefined ? 'GET' : 'POST')) parts.push(sh`-X ${method}`);
  const tooLong = typeof path === 'string' && path.length > ARGUMENT_LIMIT;
  parts.push(tooLong ? sh`-K <(printf 'url = "%s"\\n' ${url})` : url);
  parts.push(...headers.map(([name, value]) => header(name, value, text)));
  if (body === undefined) return Shell.words(parts);
  if (body.length <= ARGUMENT_LIMIT && !body.includes('\0'))
    return Shell.words([...parts, sh`--data-raw ${text.body(body)}`]);
  const pieces = body.split('\0').map((piece) => text.body(piece));
  const format = pieces.map(() => '%s').join('\\0');
  return Shell.words([sh`printf ${format} ${Shell.words(pieces)} |`, ...parts, sh`--data-binary @-`]);
}

/** A header; curl leaves one without a value out, unless it ends in a semicolon, and takes one that begins with @ for a file. */
function header(name: string, value: string, text: NamedText): Shell {
  if (value.trim() === '') return sh`-H ${`${name};`}`;
  const whole = text.header(name, value);
  return value.length > ARGUMENT_LIMIT ? sh`-H @<(printf '%s\\n' ${whole})` : sh`-H ${whole}`;
}

/** A line that removes a user whom the lines before have created, by the token that created them. */
function removal(name: NamedValue, exchanges: readonly RawExchange[], way: Way, text: NamedText): Shell[] {
  const creation = name.origin.kind === 'json' ? exchanges[name.origin.exchange]?.request : undefined;
  if (creation === undefined) return [];
  return [sh`${deletion(name, '/users', creation, way, text)} # removes the user again`];
}

/** The same of another record, where no line before removes it. */
function removalOfRecord(id: CreatedId, exchanges: readonly RawExchange[], way: Way, text: NamedText): Shell[] {
  const creation = exchanges[id.origin.exchange]?.request;
  if (creation === undefined) return [];
  const path = creation.url.slice(way.target.length).replace(/[?#].*/s, '');
  const own = `${way.target}${path}/${id.value}`;
  if (exchanges.some(({ request: { method, url } }) => method === 'DELETE' && url.startsWith(own))) return [];
  return [sh`${deletion(id, path, creation, way, text)} # removes it again`];
}

/** The request that removes what another one has created. */
function deletion(
  { variable, value }: NamedValue,
  collection: string,
  creation: SentRequest,
  way: Way,
  text: NamedText,
): Shell {
  const { search } = new URL(creation.url);
  const headers = creation.headers.filter(([name]) => name !== 'Content-Type');
  const id = Shell.variable(variable);
  const below = percentEncoded(value) === value ? id : inUri(id);
  const path = Shell.word([text.url(`${collection}/`), below, text.url(search)]);
  return curl({ method: 'DELETE', url: way.target, headers }, path, way, text, false);
}
