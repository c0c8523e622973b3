import type { RawExchange } from './evidence.js';
import type { NamedValue, SecretNames } from './secret-names.js';

/** Quotes a text for a POSIX shell, each named value as its variable. */
export function quoted(text: string, named: readonly NamedValue[]): string {
  let pieces: (string | NamedValue)[] = [text];
  for (const value of named) {
    if (value.value.length < 6) continue;
    pieces = pieces.flatMap((piece) =>
      typeof piece === 'string'
        ? piece.split(value.value).flatMap((part, i) => (i === 0 ? [part] : [value, part]))
        : [piece],
    );
  }
  const shell = pieces
    .filter((piece) => piece !== '')
    .map((piece) => {
      if (typeof piece !== 'string') return `"$${piece.variable}"`;
      return withoutRepetition(piece)
        .map((part) => (typeof part === 'string' ? literal(part) : `"$(repeat ${literal(part.unit)} ${part.times})"`))
        .join('');
    })
    .join('');
  return shell === '' ? "''" : shell;
}

const literal = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** A text with what is repeated in it a hundred times and more written as such: a reader pastes no two million letters. */
function withoutRepetition(text: string): (string | { readonly unit: string; readonly times: number })[] {
  if (text.length < REPEATED_FROM) return [text];
  const parts: ReturnType<typeof withoutRepetition> = [];
  let end = 0;
  // At most 12 × 99 steps a character: that is linear, which the rule cannot know.
  // eslint-disable-next-line redos/no-vulnerable
  for (const { 0: all, 1: unit = '', index } of text.matchAll(/([^\n]{1,12}?)\1{99,}/g)) {
    if (index > end) parts.push(text.slice(end, index));
    parts.push({ unit, times: all.length / unit.length });
    end = index + all.length;
  }
  return end === text.length ? parts : [...parts, text.slice(end)];
}

/** Texts shorter than this are shown as they are, in characters. */
const REPEATED_FROM = 1000;
/** A body longer than this does not go into an argument of a command: Linux allows 128 KiB for one (MAX_ARG_STRLEN). In characters. */
const ARGUMENT_LIMIT = 30_000;

/** The variables that a request, or a value derived from others, makes use of. */
function variablesUsed(exchanges: readonly RawExchange[], all: readonly NamedValue[]): Set<string> {
  const used = new Set<string>();
  const use = (name: NamedValue): void => {
    if (used.has(name.variable)) return;
    used.add(name.variable);
    if (name.origin.kind !== 'derived') return;
    for (const variable of name.origin.from) {
      const source = all.find((other) => other.variable === variable);
      if (source !== undefined) use(source);
    }
  };
  for (const { request } of exchanges) {
    let sent = [request.url, ...request.headers.map(([, value]) => value), request.body ?? ''].join('\n');
    for (const name of all) {
      if (name.value.length < 6 || !sent.includes(name.value)) continue;
      use(name);
      sent = sent.replaceAll(name.value, '');
    }
  }
  return used;
}

/** One exchange as a curl command. `keep`: the answer goes into files, because values are taken out of it. */
function curl(exchange: RawExchange, target: string, all: readonly NamedValue[], keep: boolean): string {
  const { method, url, headers, body } = exchange.request;
  const webSocket = target.replace(/^http/, 'ws');
  if (url.startsWith(webSocket)) {
    // curl has no messages; wscat sends them, and prints what comes until its input ends.
    const messages = (body ?? '').split('\n').filter((message) => message !== '');
    const parts = [
      ...headers
        .filter(([name]) => name !== 'Upgrade')
        .map(([name, value]) => `-H ${quoted(`${name}: ${value}`, all)}`),
      ...messages.map((message) => `-x ${quoted(message, all)}`),
    ];
    return [
      `sleep 3 | npx -y wscat -c "\${TARGET/#http/ws}"${quoted(url.slice(webSocket.length), all)}`,
      ...parts,
    ].join(' ');
  }
  const parts = ['curl -sS', keep ? '-D headers.txt -o answer.json' : "-i -w '\\n'"];
  if (/[[\]{}]/.test(url)) parts.push('-g');
  if (method === 'HEAD') parts.push('--head');
  else if (method !== (body === undefined ? 'GET' : 'POST')) parts.push(`-X ${method}`);
  parts.push(url.startsWith(target) ? `"$TARGET"${quoted(url.slice(target.length), all)}` : quoted(url, all));
  for (const [name, value] of headers) {
    // curl leaves a header without a value out, unless it ends in a semicolon.
    parts.push(`-H ${quoted(value === '' ? `${name};` : `${name}: ${value}`, all)}`);
  }
  if (body === undefined) return parts.join(' ');
  if (body.length <= ARGUMENT_LIMIT) return [...parts, `--data-raw ${quoted(body, all)}`].join(' ');
  return [`printf %s ${quoted(body, all)} |`, ...parts, '--data-binary @-'].join(' ');
}

/** Lines that remove the users which the lines before have created, by the token that created them. */
function removals(target: string, exchanges: readonly RawExchange[], all: readonly NamedValue[]): string[] {
  return all.flatMap(({ value, secret, origin }) => {
    const creation = !secret && origin.kind === 'json' ? exchanges[origin.exchange]?.request : undefined;
    if (creation === undefined) return [];
    const url = new URL(creation.url);
    const headers = creation.headers.filter(([name]) => name !== 'Content-Type');
    const removal = { method: 'DELETE', url: `${target}/users/${value}${url.search}`, headers };
    return [`${curl({ request: removal, startedAt: 0, durationMs: 0 }, target, all, false)} # removes the user again`];
  });
}

/** The shell function that repetitions in requests are written by. */
const repeat = `repeat() { awk 'BEGIN { for (i = ARGV[2]; i > 0; i--) printf "%s", ARGV[1] }' "$1" "$2"; }`;

/** Shell functions that the expressions of derived values may call. */
const helpers: Record<string, string> = {
  b64url: `b64url() { openssl base64 -A | tr '+/' '-_' | tr -d =; }`,
  claims: `claims() { printf %s "$1" | jq -cR 'split(".")[1] | gsub("-";"+") | gsub("_";"/") | @base64d | fromjson'; }`,
  mint: `mint() { M="$1.$(printf %s "$2" | b64url)"; printf %s "$M.$(printf %s "$M" | openssl dgst -sha256 -hmac "$3" -binary | b64url)"; }`,
  forge: `forge() { node -e 'const [alg, jwk, kid, token] = process.argv.slice(1); const c = require("node:crypto"); const b = (x) => Buffer.from(x).toString("base64url"); const k = alg === "RS256" ? c.generateKeyPairSync("rsa", { modulusLength: 2048 }) : alg === "ES256" ? c.generateKeyPairSync("ec", { namedCurve: "P-256" }) : c.generateKeyPairSync("ed25519"); const h = { typ: "JWT", alg, ...(jwk && { jwk: k.publicKey.export({ format: "jwk" }) }), ...(kid && { kid }) }; const m = b(JSON.stringify(h)) + "." + token.split(".")[1]; const key = { key: k.privateKey, dsaEncoding: "ieee-p1363" }; process.stdout.write(m + "." + b(c.sign(alg === "EdDSA" ? null : "sha256", m, key)))' "$@"; }`,
};

/**
 * Shell lines (curl, jq, openssl) that repeat a row of exchanges from nothing. Tokens and passwords stand in variables:
 * what the tester gave is read from the environment variables that this tool reads too, the rest comes out of the answers.
 * @param target base URL of the target
 */
export function curlLines(target: string, exchanges: readonly RawExchange[], names: SecretNames): string[] {
  const all = names.all();
  const used = variablesUsed(exchanges, all);
  // The ids of users that were created: to remove them again.
  for (const { variable, secret, origin } of all) if (!secret && origin.kind === 'json') used.add(variable);
  const lines = [`TARGET=${quoted(target, [])}`];
  const waiting = all.filter(({ variable }) => used.has(variable)).reverse();
  for (const { variable, origin } of waiting) {
    if (origin.kind === 'environment') lines.push(`: "\${${variable}:?set it to ${origin.what}}"`);
    if (origin.kind === 'random') lines.push(`${variable}=$(${origin.shell})`);
  }
  const derived = waiting.map(({ origin }) => (origin.kind === 'derived' ? origin.shell : '')).join(' ');
  const called = Object.keys(helpers).filter(
    (name) => derived.includes(`${name} `) || (name === 'b64url' && derived.includes('mint ')),
  );
  lines.push(...called.map((name) => helpers[name] ?? ''));
  const known = new Set(
    waiting
      .filter(({ origin }) => origin.kind === 'environment' || origin.kind === 'random')
      .map(({ variable }) => variable),
  );
  const deriveWhatCanBe = (): void => {
    for (const { variable, origin } of waiting) {
      if (origin.kind !== 'derived' || known.has(variable) || !origin.from.every((source) => known.has(source)))
        continue;
      lines.push(`${variable}=${origin.shell}`);
      known.add(variable);
    }
  };
  deriveWhatCanBe();
  exchanges.forEach((exchange, number) => {
    const captured = waiting.filter(({ origin }) => 'exchange' in origin && origin.exchange === number);
    lines.push(curl(exchange, target, all, captured.length > 0));
    for (const { variable, origin } of captured) {
      if (origin.kind === 'json') lines.push(`${variable}=$(jq -r '${origin.path}' answer.json)`);
      if (origin.kind === 'cookie') {
        lines.push(
          `${variable}=$(grep -i '^set-cookie: ${origin.cookie}=' headers.txt | sed 's/[^=]*=\\([^;]*\\).*/\\1/')`,
        );
      }
      known.add(variable);
    }
    deriveWhatCanBe();
  });
  if (lines.some((line) => line.includes('"$(repeat '))) lines.splice(1, 0, repeat);
  return [...lines, ...removals(target, exchanges, all)];
}
