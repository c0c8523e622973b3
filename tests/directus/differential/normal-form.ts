/** An answer of a server, with what differs each time replaced by a sign. */
export interface NormalAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | null>>;
  readonly cookies: readonly string[];
  readonly body: unknown;
}

/** The headers that are compared. The others are of the connection, or protective ones that differ on purpose. */
const COMPARED = [
  ...['content-type', 'cache-control', 'vary', 'allow', 'location', 'retry-after', 'content-disposition'],
  ...['access-control-allow-origin', 'access-control-allow-methods', 'access-control-allow-headers'],
  ...['access-control-allow-credentials', 'access-control-expose-headers', 'access-control-max-age'],
];

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const JWT = /[\w-]+\.[\w-]+\.[\w-]+/g;

/**
 * The normal form of an answer.
 * @param known ids that are the same on both servers, and are left as they are
 * @param ordered true when the order of a list says something
 */
export async function normalAnswer(
  response: Response,
  known: ReadonlySet<string>,
  ordered: boolean,
): Promise<NormalAnswer> {
  const text = await response.text();
  const body = normalText(text, known);
  return {
    status: response.status,
    headers: Object.fromEntries(COMPARED.map((name) => [name, response.headers.get(name)])),
    cookies: response.headers.getSetCookie().map((cookie) => normalText(cookie, known)),
    body: ordered ? body : withSortedData(body),
  };
}

/** A text with JWTs as their claims, and tokens, ids and times as signs. */
export function normalText(text: string, known: ReadonlySet<string>): string {
  return (
    text
      .replace(JWT, (token) => claimsIn(token) ?? token)
      .replace(/(?<![\w-])[\w-]{64}(?![\w-])/g, '<64>')
      .replace(UUID, (id) => (known.has(id) ? id : '<uuid>'))
      // Lists of ids come in the order of the ids, which are the servers' own.
      .replace(/\["[^"\s]*<uuid>"(?:,"[^"\s]*")*\]|\["[^"\s]*"(?:,"[^"\s]*")*,"<uuid>"(?:,"[^"\s]*")*\]/g, sortedList)
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+Z)?/g, '<time>')
      .replace(/Expires=[^;]+/g, 'Expires=<date>')
      .replace(/"(secret)":"[A-Z2-7]{16,}"/g, '"$1":"<totp>"')
      .replace(/secret=[A-Z2-7]{16,}/g, 'secret=<totp>')
  );
}

/** A message by WebSocket alike; records with ids of the server's own are in the order of these, and so in none. */
export function normalMessage(text: string, known: ReadonlySet<string>): string {
  const normal = normalText(text, known);
  return normal.includes('"<uuid>"') ? withSortedData(normal) : normal;
}

const sortedList = (list: string): string => `[${list.slice(1, -1).split(',').sort().join(',')}]`;

function claimsIn(token: string): string | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
      string,
      unknown
    >;
    if (typeof claims !== 'object' || typeof claims['iat'] !== 'number') return undefined;
    const lifetime = Number(claims['exp']) - claims['iat'];
    return `JWT(${JSON.stringify({ ...claims, iat: 0, exp: lifetime }).replaceAll('"', "'")})`;
  } catch {
    return undefined;
  }
}

/** Where no order was asked for it is that of ids, which are the servers' own; also of the lists of GraphQL. */
function withSortedData(body: string): string {
  const sorted = (list: unknown): unknown =>
    Array.isArray(list) ? list.map((each) => JSON.stringify(each)).sort() : list;
  try {
    const { data, ...others } = JSON.parse(body) as { data?: unknown };
    if (Array.isArray(data)) return JSON.stringify({ data: sorted(data), ...others });
    if (typeof data !== 'object' || data === null || !Object.values(data).some(Array.isArray)) return body;
    const members = Object.entries(data).map(([name, value]) => [name, sorted(value)] as const);
    return JSON.stringify({ data: Object.fromEntries(members), ...others });
  } catch {
    return body;
  }
}

/** What differs between two answers, as lines; none when they are alike. */
export function differences(real: NormalAnswer, ours: NormalAnswer): readonly string[] {
  const found: string[] = [];
  const compare = (what: string, one: unknown, other: unknown): void => {
    if (JSON.stringify(one) !== JSON.stringify(other))
      found.push(
        `${what}: Directus ${JSON.stringify(one)}\n${' '.repeat(what.length)}    ours ${JSON.stringify(other)}`,
      );
  };
  compare('status', real.status, ours.status);
  for (const name of COMPARED) compare(name, real.headers[name], ours.headers[name]);
  compare('cookies', real.cookies, ours.cookies);
  compare('body', real.body, ours.body);
  return found;
}
