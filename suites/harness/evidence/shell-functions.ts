import { Moment, type Claims } from '../target/tokens/jwt.js';
import { Shell, sh } from './shell.js';

/** Members that a program for jq can name without quotes. */
const PLAIN_MEMBER = /^[A-Za-z_]\w*$/;

/** Shell functions that lines may call, each with the functions that it calls itself. */
const definitions: Readonly<Record<string, { readonly line: Shell; readonly calls?: readonly string[] }>> = {
  repeat: { line: sh`repeat() { awk 'BEGIN { for (i = ARGV[2]; i > 0; i--) printf "%s", ARGV[1] }' "$1" "$2"; }` },
  json: { line: sh`json() { printf %s "$1" | jq -Rsr 'tojson | .[1:-1]'; }` },
  uri: { line: sh`uri() { printf %s "$1" | jq -Rsr @uri; }` },
  cookie: {
    line: sh`cookie() { awk 'BEGIN { start = ARGV[1] "="; ARGV[1] = "headers.txt" } tolower(substr($0, 1, 11)) == "set-cookie:" { sub(/^[^:]*:[ \\t]*/, ""); sub(/[;\\r].*/, ""); if (index($0, start) == 1 && $0 != start) value = substr($0, length(start) + 1) } END { printf "%s", value }' "$1"; }`,
  },
  letters: {
    line: sh`letters() { openssl rand -base64 "$(($1 * 2))" | tr -d '+/=\\n' | cut -c "1-$1"; }`,
  },
  b64url: { line: sh`b64url() { openssl base64 -A | tr '+/' '-_' | tr -d =; }` },
  let_pass: {
    line: sh`let_pass() { local seconds=$1 url=\${AUTH_CONFORMANCE_CLOCK_URL:-}; shift; if [ -n "$url" ]; then curl -sS -o /dev/null -w 'clock advanced: %{http_code}\\n' "$url" -H 'Content-Type: application/json' "$@" --data-raw "{\\"advanceMs\\":$((seconds * 1000))}"; else sleep "$seconds"; fi; }`,
  },
  claims: {
    line: sh`claims() { printf %s "$1" | jq -cR 'split(".")[1] | gsub("-";"+") | gsub("_";"/") | @base64d | fromjson'; }`,
  },
  mint: {
    line: sh`mint() { M="$1.$(printf %s "$2" | b64url)"; printf %s "$M.$(printf %s "$M" | openssl dgst -sha256 -hmac "$3" -binary | b64url)"; }`,
    calls: ['b64url'],
  },
  totp: {
    line: sh`totp() { local s=$1 a=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567 i c v=0 b=0 k= m= t h o; for ((i = 0; i < \${#s}; i++)); do c=\${a%%"\${s:i:1}"*}; [ \${#c} -lt 32 ] || continue; v=$((v * 32 + \${#c})) b=$((b + 5)); if [ $b -ge 8 ]; then b=$((b - 8)); k+=$(printf %02x $((v / 2 ** b))); v=$((v % 2 ** b)); fi; done; t=$(printf %016x $((($(date +%s) + \${2:-0}) / 30))); for ((i = 0; i < 16; i += 2)); do m+="\\x\${t:i:2}"; done; h=$(printf "$m" | openssl dgst -sha1 -mac HMAC -macopt "hexkey:$k"); h=\${h##* }; case $h in *[!0-9a-f]* | '') return 1 ;; esac; o=$((16#\${h:39:1} * 2)); printf %06d $(((16#\${h:o:8} & 0x7fffffff) % 1000000)); }`,
  },
  zero_secret: {
    line: sh`zero_secret() { local i s; for ((i = 0; i < 60; i++)); do s=$(openssl rand -base64 99 | tr -dc A-Z2-7 | cut -c 1-32); case $(totp "$s") in 0*) break ;; esac; done; printf %s "$s"; }`,
    calls: ['totp'],
  },
  ws: {
    line: sh`ws() { node -e 'const a = process.argv.slice(1), h = {}, o = { agent: false }, m = []; let url, proxy; for (let i = 0; i < a.length; i++) { if (a[i] === "-H") { const [n, ...v] = a[++i].split(":"); h[n] = v.join(":").trim(); } else if (a[i] === "-x") m.push(a[++i]); else if (a[i] === "-n") o.rejectUnauthorized = false; else if (a[i] === "--proxy") proxy = new URL(a[++i]); else if (a[i].startsWith("--")) o[a[i].slice(2)] = require("fs").readFileSync(a[++i]); else url = new URL(a[i]); } const end = (text) => { console.log(text); process.exit(); }; const fail = (e) => { console.error(e.message); process.exit(1); }; const secure = url.protocol === "https:"; const open = (socket) => { if (socket) o.createConnection = () => secure ? require("tls").connect({ ...o, socket, servername: url.hostname }) : socket; const r = require(secure ? "https" : "http").request(url, { ...o, headers: { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": 13, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", ...h } }); r.on("error", fail); r.on("response", (s) => end("HTTP/1.1 " + s.statusCode + " " + s.statusMessage)); r.on("upgrade", (s, c, b) => { console.log("HTTP/1.1 101 Switching Protocols"); let timer; const send = () => { clearTimeout(timer); timer = setTimeout(() => end("# still open"), 2000); const t = m.shift(); if (t === undefined) return; const d = Buffer.from(t), n = d.length; c.write(Buffer.concat([Buffer.from([129, ...(n < 126 ? [128 + n] : [255, 0, 0, 0, 0, n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255]), 0, 0, 0, 0]), d])); }; const read = () => { while (b.length > 1) { let n = b[1] & 127, p = 2; if (n > 125) { p = n === 126 ? 4 : 10; if (b.length < p) return; n = n === 126 ? b.readUInt16BE(2) : Number(b.readBigUInt64BE(2)); } if (b.length < p + n) return; const kind = b[0] & 15, t = String(b.subarray(p, p + n)); b = b.subarray(p + n); if (kind === 8) end("# closed by the target"); if (kind === 1) { console.log(t); send(); } } }; c.on("error", () => end("# closed by the target")); c.on("close", () => end("# closed by the target")); c.on("data", (d) => { b = Buffer.concat([b, d]); read(); }); send(); read(); }); r.end(); }; if (!proxy) open(); else { const user = decodeURIComponent(proxy.username + ":" + proxy.password); const r = require(proxy.protocol.slice(0, -1)).request({ host: proxy.hostname, port: proxy.port || undefined, method: "CONNECT", path: url.hostname + ":" + (url.port || (secure ? 443 : 80)), headers: user === ":" ? {} : { "Proxy-Authorization": "Basic " + Buffer.from(user).toString("base64") } }); r.on("error", fail); r.on("connect", (s, c) => s.statusCode === 200 ? open(c) : end("HTTP/1.1 " + s.statusCode)); r.end(); }' -- "$@"; }`,
  },
  together: {
    line: sh`together() { local f=1 s one all=(-sS -D together.1.headers -o together.1.json); for one in "$@"; do if [ "$one" = --next ]; then f=$((f + 1)); all+=(--next -sS -D "together.$f.headers" -o "together.$f.json"); else all+=("$one"); fi; done; curl -Z --parallel-immediate --no-progress-meter "\${all[@]}"; for ((s = 1; s <= f; s++)); do [ -f "together.$s.headers" ] || continue; printf '# %s of %s at once\\n' "$s" "$f"; cat "together.$s.headers"; mv -f "together.$s.headers" "headers.$s.txt"; [ ! -f "together.$s.json" ] || { cat "together.$s.json"; echo; mv -f "together.$s.json" "answer.$s.json"; }; done; }`,
  },
  race: {
    line: sh`race() { local n=$1 i=0 s f status all=(); shift; for ((f = 1; f <= n; f++)); do all+=(--next -sS -D "race.$f.headers" -o "race.$f.json" "$@"); done; curl -Z --parallel-immediate --no-progress-meter "\${all[@]:1}"; for s in 2 [^2]; do for ((f = 1; f <= n; f++)); do [ -f "race.$f.headers" ] || continue; read -r status <"race.$f.headers"; [[ $status = HTTP/*\\ $s* ]] || continue; printf '%s\\n' "$status"; i=$((i + 1)); mv -f "race.$f.headers" "headers.$i.txt"; mv -f "race.$f.json" "answer.$i.json"; done; done; }`,
  },
  forge: {
    line: sh`forge() { node -e 'const [alg, jwk, kid, token] = process.argv.slice(1); const c = require("node:crypto"); const b = (x) => Buffer.from(x).toString("base64url"); const k = alg === "RS256" ? c.generateKeyPairSync("rsa", { modulusLength: 2048 }) : alg === "ES256" ? c.generateKeyPairSync("ec", { namedCurve: "P-256" }) : c.generateKeyPairSync("ed25519"); const h = { typ: "JWT", alg, ...(jwk && { jwk: k.publicKey.export({ format: "jwk" }) }), ...(kid && { kid }) }; const m = b(JSON.stringify(h)) + "." + token.split(".")[1]; const key = { key: k.privateKey, dsaEncoding: "ieee-p1363" }; process.stdout.write(m + "." + b(c.sign(alg === "EdDSA" ? null : "sha256", m, key)))' -- "$@"; }`,
  },
};

/** The lines that define the functions which these lines call, in an order in which they can be. */
export function functionsFor(lines: readonly Shell[]): Shell[] {
  const called = new Set(
    lines.flatMap(({ functions }) => [...functions]).flatMap((name) => [name, ...(definitions[name]?.calls ?? [])]),
  );
  return Object.entries(definitions).flatMap(([name, { line }]) => (called.has(name) ? [line] : []));
}

/** All lines that define functions: they are the same in every run. */
export const functionLines: readonly string[] = Object.values(definitions).map(({ line }) => String(line));

/** A text within a JSON string, without the quotes round it. RFC 8259 section 7. */
export const inJson = (value: Shell): Shell => sh`"$(${Shell.call('json')} ${value})"`;

/** A text percent-encoded. RFC 3986 section 2.1. */
export const inUri = (value: Shell): Shell => sh`"$(${Shell.call('uri')} ${value})"`;

/** The value of a cookie in the headers of the last answer. RFC 6265 section 5.2. */
export const cookieIn = (name: string): Shell => sh`$(${Shell.call('cookie')} ${name})`;

/** A member of the n-th message of the last WebSocket that has it, from 0. */
export const messageIn = (member: string, nth: number): Shell =>
  sh`$(jq -rR --arg member ${member} ${'fromjson? | .[$member] | strings'} messages.txt | sed -n ${`${nth + 1}p`})`;

/** The one-time password of the half minute when the line is run, or so many seconds later, by a secret in base32. RFC 6238; RFC 4226 section 5.3. */
export const oneTimePasswordBy = (secret: Shell, seconds = 0): Shell =>
  seconds === 0 ? sh`$(${Shell.call('totp')} ${secret})` : sh`$(${Shell.call('totp')} ${secret} ${String(seconds)})`;

/** A secret in base32, made up when the line is run, whose one-time password of that half minute begins with zero. */
export const secretOfLeadingZeroNow: Shell = sh`$(${Shell.call('zero_secret')})`;

/** A member in the JSON body of the last answer. */
export function memberIn(path: readonly string[]): Shell {
  if (path.every((member) => PLAIN_MEMBER.test(member))) return sh`$(jq -r ${`.${path.join('.')}`} answer.json)`;
  const args = path.map((member, i) => sh`--arg ${`member${i}`} ${member}`);
  const program = `.${path.map((_member, i) => `[$member${i}]`).join('')}`;
  return sh`$(jq -r ${Shell.words([...args, Shell.literal(program)])} answer.json)`;
}

/** A line that shows the claims of a JWT. */
export const claimsShown = (token: Shell): Shell => sh`${Shell.call('claims')} ${token}`;

/** A JWT of a head, in base64url, and claims, in JSON, signed by HS256. RFC 7515 section 3.1. */
export const minted = (head: string, claims: Shell, key: Shell): Shell =>
  sh`$(${Shell.call('mint')} ${head} ${claims} ${key})`;

/** A JWT with the claims of another, signed by a key pair made for it. */
export const forged = (alg: string, jwk: boolean, kid: string, token: Shell): Shell =>
  sh`$(${Shell.call('forge')} ${alg} ${jwk ? 'jwk' : ''} ${kid} ${token})`;

/** A text of the same form at random: letters and digits for letters and digits, other characters as they are. */
export const randomAlike = (text: string): Shell =>
  Shell.word(
    (text.match(/[A-Za-z\d]+|[^A-Za-z\d]+/g) ?? []).map((piece) =>
      /^[A-Za-z\d]/.test(piece) ? sh`"$(${Shell.call('letters')} ${piece.length})"` : Shell.literal(piece),
    ),
  );

/** A text in base64url. RFC 4648 section 5. */
export const inBase64url = (text: Shell): Shell => sh`"$(printf %s ${text} | ${Shell.call('b64url')})"`;

/** A text in base64, with its padding. RFC 4648 section 4. */
export const inBase64 = (text: Shell): Shell => sh`"$(printf %s ${text} | openssl base64 -A)"`;

/**
 * The claims of a token as JSON, some of them changed: undefined leaves one out, shell stands for a string, a moment is one of the time
 * when the line is run.
 * @param only the claims to keep, where not all of them are
 */
export function claimsOfToken(token: Shell, changes: Claims = {}, only?: readonly string[]): Shell {
  const { program, args } = changing(changes, only);
  return sh`"$(${Shell.call('claims')} ${token} | jq -c ${Shell.words([...args, Shell.literal(program)])})"`;
}

/** The same with a claim that stands twice, first of all with another value. RFC 7519 section 4. */
export function claimsOfTokenWithTwo(token: Shell, changes: Claims, claim: string, first: Shell): Shell {
  const { program, args } = changing(changes);
  const twice = `${program} | "{" + ($claim | tojson) + ":" + ($first | tojson) + "," + (tojson | .[1:])`;
  const all = Shell.words([...args, sh`--arg claim ${claim} --arg first ${first}`, Shell.literal(twice)]);
  return sh`"$(${Shell.call('claims')} ${token} | jq -r ${all})"`;
}

/** A program for jq that changes claims, and its arguments: names and values are given to it, and not written into it. */
function changing(changes: Claims, only?: readonly string[]): { program: string; args: Shell[] } {
  const entries = Object.entries(changes);
  const hasMoment = entries.some(([, value]) => value instanceof Moment);
  const args: Shell[] = [];
  const steps = entries.map(([claim, value], i) => {
    const plain = PLAIN_MEMBER.test(claim);
    if (!plain) args.push(sh`--arg ${`claim${i}`} ${claim}`);
    const place = plain ? `.${claim}` : `.[$claim${i}]`;
    if (value === undefined) return `del(${place})`;
    if (value instanceof Moment) return `${place} = ${written(value)}`;
    const name = plain ? claim : `value${i}`;
    if (typeof value === 'string' || value instanceof Shell) args.push(sh`--arg ${name} ${value}`);
    else args.push(sh`--argjson ${name} ${JSON.stringify(value)}`);
    return `${place} = $${name}`;
  });
  const program = [
    ...(hasMoment ? ['((.iat | numbers) // now | floor) as $issued'] : []),
    ...(only === undefined ? [] : [`{${only.filter((claim) => PLAIN_MEMBER.test(claim)).join(', ')}}`]),
    ...steps,
  ];
  return { program: program.length === 0 ? '.' : program.join(' | '), args };
}

function written({ seconds, asText }: Moment): string {
  const sum = seconds === 0 ? '$issued' : `$issued ${seconds < 0 ? '-' : '+'} ${Math.abs(seconds)}`;
  return asText ? `(${sum} | tostring)` : sum;
}
