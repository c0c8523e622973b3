import { createHmac } from 'node:crypto';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

/** Text that would be code in a shell, a jq program or a terminal, if it were not quoted. `$CANARY` is a file that must not come to be. */
export const payloads: readonly string[] = [
  `'; : >"$CANARY"; echo '`,
  `"; : >"$CANARY"; echo "`,
  `$(: >"$CANARY")`,
  '`: >"$CANARY"`',
  `\\'; : >"$CANARY"; #`,
  `"'"'; : >"$CANARY" && '"'"`,
  `x[$(: >"$CANARY")]`,
  `} | : >"$CANARY"; {`,
  `\n: >"$CANARY"\n`,
  `'\n)\n: >"$CANARY"\n(\n'`,
  `EOF\n: >"$CANARY"\nEOF`,
  `<<EOF\n$(: >"$CANARY")\nEOF\n`,
  `\u0000'; : >"$CANARY"; '`,
  `\r: >"$CANARY"\r`,
  `\u001B[201~\n: >"$CANARY"\n\u0003`,
  `\u202E'; : >"$CANARY"; '\u2066`,
  `%0A%27; : >"$CANARY"; %s%n`,
  `-K/etc/passwd`,
  `--output=escaped`,
  `@/etc/passwd`,
  `" | env | tojson | "\\(env)`,
  `\\(env)" + input`,
  `!!:s/a/b/ !$ && : >"$CANARY"`,
  `\u2028: >"$CANARY"\u2029: >"$CANARY"\u0085: >"$CANARY"`,
  `\uD800'; : >"$CANARY"; '\uDFFF`,
  `~/\$\{IFS}\$(: >"$CANARY")\$'\\''`,
  `[1-99]{a,b,c}*?~`,
  `')); : >"$CANARY"; (('`,
  `a.*b\\|^set-cookie$`,
  `${'x'.repeat(16_000)}'; : >"$CANARY"; '`,
];

const JWT = /eyJ[\w-]+\.[\w-]+\.[\w-]*/g;
/** Members that a client goes by: replaced only by a target that is wholly hostile. */
const STEERING = /^(?:code|type|status|expires|exp|secret|otpauth_url|uid|method)$/;

/**
 * A target that stands before another and gives a payload in place of every string and number, header, cookie, claim and error. What it is
 * sent it translates back, so that its tokens and ids work: each payload is told from the others by a number in it.
 */
export class HostileTarget {
  readonly #server = createServer(
    (request, response) => void this.#answer(request, response).catch(() => response.destroy()),
  );
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #originals: { readonly hostile: string; readonly original: unknown }[] = [];
  readonly #tokens = new Map<string, string>();

  private constructor(
    private readonly behind: string,
    private readonly secret: string,
    private readonly seed: number,
    /** True: also what a client goes by is replaced, so that hardly a check gets far. */
    private readonly wholly: boolean,
  ) {
    this.#server.on('upgrade', (request, socket, head: Buffer) => {
      socket.on('error', () => undefined);
      this.#sockets.handleUpgrade(request, socket, head, (client) => this.#converse(client, request));
    });
  }

  /** Begins to listen on the loopback interface. */
  static async before(behind: string, secret: string, seed: number, wholly = false): Promise<HostileTarget> {
    const target = new HostileTarget(behind, secret, seed, wholly);
    await new Promise<void>((resolve) => target.#server.listen(0, '127.0.0.1', resolve));
    return target;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#sockets.clients.forEach((client) => client.terminate());
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const answer = await this.#forwarded(request, this.#translatedBody(body));
    const text = await textOf(answer);
    const hostile = this.#hostileBody(text);
    response.statusCode = answer.statusCode ?? 500;
    for (const [name, values = []] of Object.entries(answer.headers)) {
      if (/^(?:content-length|transfer-encoding|connection|keep-alive|date)$/.test(name)) continue;
      response.setHeader(
        name,
        [values].flat().map((value) => (name === 'set-cookie' ? this.#cookie(value) : this.#inHeader(value))),
      );
    }
    response.setHeader('X-Hostile', this.#inHeader('x'));
    // A name may hold each of these (RFC 9110 section 5.6.2), and so may the fields that limiters and redirects send.
    response.setHeader(`X-'\`!$&|#%*^~`, this.#inHeader('x'));
    for (const name of ['Location', 'RateLimit', 'RateLimit-Policy', 'X-RateLimit-Limit'])
      response.setHeader(name, this.#inHeader('x'));
    response.appendHeader('Set-Cookie', `${this.#inHeader('x')}=x`);
    response.end(hostile);
  }

  async #forwarded(request: IncomingMessage, body: string): Promise<IncomingMessage> {
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        typeof value === 'string' ? this.#translated(value) : value,
      ]),
    );
    delete headers['content-length'];
    const path = this.#translatedPath(request.url ?? '/');
    return new Promise((resolve, reject) => {
      const sent = forward(this.behind + path, { method: request.method, headers }, resolve);
      sent.on('error', reject);
      if (body !== '') sent.setHeader('Content-Length', Buffer.byteLength(body));
      sent.end(body);
    });
  }

  #converse(client: WebSocket, request: IncomingMessage): void {
    const cookie = request.headers.cookie;
    const behind = new WebSocket(this.behind.replace('http', 'ws') + this.#translatedPath(request.url ?? '/'), {
      headers: cookie === undefined ? {} : { cookie: this.#translated(cookie) },
    });
    const waiting: string[] = [];
    client.on('message', (data: Buffer) => {
      const message = this.#translatedBody(data.toString());
      if (behind.readyState === WebSocket.OPEN) behind.send(message);
      else waiting.push(message);
    });
    behind.on('open', () => waiting.splice(0).forEach((message) => behind.send(message)));
    behind.on('message', (data: Buffer) => client.send(this.#hostileBody(data.toString())));
    for (const [one, other] of [
      [client, behind],
      [behind, client],
    ] as const)
      one.on('close', () => closeWhenOpen(other)).on('error', () => other.terminate());
  }

  #payload(original: unknown, fits: (payload: string) => boolean = () => true): string {
    const number = this.#originals.length;
    const kinds = payloads.filter(fits);
    const kind = kinds[(number * 7 + this.seed) % kinds.length] ?? '';
    const hostile = `${kind}Q${number}Q`;
    this.#originals.push({ hostile, original });
    return hostile;
  }

  /** Printable, so that HTTP carries it, and short. */
  #inHeader(original: string, fits = /^[\x20-\x7E]{1,1000}$/): string {
    return this.#payload(original, (payload) => fits.test(payload));
  }

  #cookie(header: string): string {
    return header.replace(/=([^;]+)/, (_all, value: string) => {
      // A raw payload now and then, in place of a token with payloads in its claims.
      if (value.startsWith('eyJ') && this.#originals.length % 3 > 0) return `=${this.#token(value)}`;
      return `=${this.#inHeader(value, /^[^;\x00-\x20\x7F-\uFFFF]{1,1000}$/)}`;
    });
  }

  #hostileBody(text: string): string {
    if (text === '') return '';
    try {
      return JSON.stringify(JSON.parse(text, (key, value: unknown) => this.#hostile(key, value)));
    } catch {
      return this.#payload(text);
    }
  }

  #hostile(key: string, value: unknown): unknown {
    if (typeof value === 'string' && /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(value)) return this.#token(value);
    if (!['string', 'number'].includes(typeof value) || (!this.wholly && STEERING.test(key))) return value;
    // What a client sends in a URL must not hold line ends or a fragment, which its URLs cannot.
    if (key === 'id' || key === 'role')
      return this.#payload(value, (payload) => /^[^\p{C}#?/\\]{1,1000}$/u.test(payload));
    return this.#payload(value);
  }

  /** The token with payloads for claims, signed again. */
  #token(token: string): string {
    const [head = '', claims = ''] = token.split('.');
    const hostile = JSON.stringify(JSON.parse(decoded(claims), (key, value: unknown) => this.#hostile(key, value)));
    const header = { ...(JSON.parse(decoded(head)) as object), kid: this.#payload('x') };
    const made = this.#signed(
      `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${Buffer.from(hostile).toString('base64url')}`,
    );
    // Too long for a header.
    if (made.length > 8000) return this.#token(token);
    this.#tokens.set(made, token);
    return made;
  }

  #signed(content: string): string {
    return `${content}.${createHmac('sha256', this.secret).update(content).digest('base64url')}`;
  }

  #translatedPath(path: string): string {
    let decodedPath: string;
    try {
      decodedPath = decodeURIComponent(path);
    } catch {
      return path;
    }
    const translated = this.#translated(decodedPath);
    return translated === decodedPath ? path : encodeURI(translated);
  }

  #translatedBody(text: string): string {
    try {
      return JSON.stringify(
        JSON.parse(text, (_key, value: unknown) => (typeof value === 'string' ? this.#original(value) : value)),
      );
    } catch {
      return text;
    }
  }

  #original(text: string): unknown {
    const number = /Q(\d+)Q$/.exec(text)?.[1];
    const known = number === undefined ? undefined : this.#originals[Number(number)];
    return known?.hostile === text ? known.original : this.#translated(text);
  }

  /** A text with originals in place of payloads and tokens. */
  #translated(text: string): string {
    let result = text.replace(JWT, (token) => this.#tokens.get(token) ?? this.#reminted(token));
    for (const [, number] of text.matchAll(/Q(\d+)Q/g)) {
      const known = this.#originals[Number(number)];
      if (known === undefined) continue;
      const { hostile, original } = known;
      for (const spelled of [hostile, JSON.stringify(hostile).slice(1, -1)])
        result = result.replaceAll(spelled, () => String(original));
    }
    return result;
  }

  /** A token that the client has made with the secret, with the original claims. */
  #reminted(token: string): string {
    const [head = '', claims = ''] = token.split('.');
    if (this.#signed(`${head}.${claims}`) !== token) return token;
    try {
      const own = JSON.parse(decoded(claims), (_key, value: unknown) =>
        typeof value === 'string' ? this.#original(value) : value,
      ) as unknown;
      return this.#signed(`${head}.${Buffer.from(JSON.stringify(own)).toString('base64url')}`);
    } catch {
      return token;
    }
  }
}

/** Closes a WebSocket, not before it is open: a handshake that is broken off is a matter of other tests. */
function closeWhenOpen(socket: WebSocket): void {
  if (socket.readyState === WebSocket.CONNECTING) socket.once('open', () => socket.close());
  else socket.close();
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const decoded = (part: string): string => Buffer.from(part, 'base64url').toString();
