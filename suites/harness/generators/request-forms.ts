import type { RequestParts } from '../target/target.js';

/** A way to write a request that says the same. */
export interface RequestForm {
  /** What is particular about it, to follow "a request". */
  readonly name: string;
  /** Headers beside those that the request has; a cookie is added to its own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A query beside its own, without question mark. */
  readonly query?: string;
  /** Writes the body, which is JSON. */
  readonly body?: (json: string) => string;
}

/** A request in another form. A request without a body has none in any form. */
export function inForm(form: RequestForm, parts: RequestParts): RequestParts {
  const { headers = {}, query, body } = form;
  const { Cookie: own, ...others } = { ...parts.headers };
  const { Cookie: more, ...added } = headers;
  const cookies = [more, own].flat().filter((cookie) => cookie !== undefined);
  const json = parts.body === undefined ? undefined : JSON.stringify(parts.body);
  const onlyForBodies = /^(?:content-type|transfer-encoding)$/i;
  return {
    ...parts,
    path: query === undefined ? parts.path : `${parts.path}${parts.path.includes('?') ? '&' : '?'}${query}`,
    headers: {
      ...Object.fromEntries(Object.entries(added).filter(([name]) => json !== undefined || !onlyForBodies.test(name))),
      ...others,
      ...(cookies.length > 0 && { Cookie: cookies.join('; ') }),
    },
    ...(json !== undefined && { body: body === undefined ? json : body(json) }),
  };
}

/** The members of an object of JSON in reverse order. */
const reversed = (json: string): string =>
  JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(json) as object).reverse()));

/** The first letter of each member's name as an escape. RFC 8259 section 7. */
const withEscapes = (json: string): string =>
  json.replace(
    /(?<=[{,])"([a-z])(?=\w*":)/g,
    (_all, letter: string) => `"\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Forms of one and the same JSON text. RFC 8259 sections 2, 4 and 7. */
export const jsonForms: readonly RequestForm[] = [
  { name: 'whose JSON has its members in another order', body: reversed },
  {
    name: 'whose JSON has white space within and around it',
    body: (json) => ` \r\n\t${JSON.stringify(JSON.parse(json), null, '\t').replaceAll('":', '" :')} \n`,
  },
  { name: 'whose JSON has escapes in the names of its members', body: withEscapes },
  {
    name: 'whose JSON has a further member before the others',
    body: (json) => `{"x":{"y":[1,null,"z"]},${json.slice(1)}`,
  },
];

/** Ways to say that a body is JSON. RFC 9110 section 8.3.1, RFC 8259 section 11. */
export const contentTypeForms: readonly RequestForm[] = [
  'application/json; charset=UTF-8',
  'application/json; charset=utf-8',
  'application/json;charset=utf-8',
  'application/json; charset="utf-8"',
  'APPLICATION/JSON',
  'Application/Json; Charset=Utf-8',
].map((type) => ({ name: `with Content-Type ${type}`, headers: { 'Content-Type': type } }));

/** Ways to write the name of the header that says so. RFC 9110 section 5.1. */
export const contentTypeNames: readonly RequestForm[] = ['content-type', 'CONTENT-TYPE'].map((name) => ({
  name: `with the header ${name}`,
  headers: { [name]: 'application/json' },
}));

/** A body in pieces, whose length is not told before. RFC 9112 section 7.1. */
export const chunkedForms: readonly RequestForm[] = [
  { name: 'with a chunked body', headers: { 'Transfer-Encoding': 'chunked' } },
];

const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';

/**
 * What browsers send with the requests of a page of the target's own. Fetch Metadata, RFC 6454.
 * @param url of the target
 */
export function browserForms(url: string): RequestForm[] {
  const { origin } = new URL(url);
  const sameOrigin = { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Dest': 'empty' };
  return [
    { name: "from the server's own origin", headers: { Origin: origin } },
    {
      name: "from a page of the server's own, as a browser sends it",
      headers: {
        Origin: origin,
        Referer: `${origin}/admin/login`,
        ...sameOrigin,
        'User-Agent': BROWSER,
        Accept: 'application/json, text/plain, */*',
        'Accept-Language': 'de-CH,de;q=0.9,en;q=0.8',
        DNT: '1',
      },
    },
    { name: 'with Sec-Fetch-Site none', headers: { 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Mode': 'navigate' } },
    {
      name: 'with cookies of other programs',
      headers: { Cookie: 'theme=dark; _ga=GA1.1.123456789.1700000000; lang="de"; empty=; _x-y.z=%7B%22a%22%3A1%7D' },
    },
    {
      name: 'with cookies of other programs that are malformed',
      headers: { Cookie: 'bad=%E0%A4%A; noequals; json={"a":[1,2]}; __proto__=x' },
    },
    {
      name: 'with forty cookies of other programs',
      headers: { Cookie: Array.from({ length: 40 }, (_item, i) => `other_${i}=${'x'.repeat(40)}`).join('; ') },
    },
  ];
}

/** What clients, proxies and libraries add to requests. */
export const headerForms: readonly RequestForm[] = [
  { name: "with a browser's User-Agent", headers: { 'User-Agent': BROWSER } },
  { name: 'with a User-Agent of 300 characters', headers: { 'User-Agent': `Client/1.0 (${'x'.repeat(287)})` } },
  { name: 'with a User-Agent of 2,000 characters', headers: { 'User-Agent': `Client/1.0 (${'x'.repeat(1987)})` } },
  { name: 'with the User-Agent curl/8.5.0', headers: { 'User-Agent': 'curl/8.5.0' } },
  {
    name: 'with the User-Agent of an older Safari',
    headers: {
      'User-Agent':
        'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1.2 Safari/605.1.15',
    },
  },
  { name: 'with X-Requested-With', headers: { 'X-Requested-With': 'XMLHttpRequest' } },
  { name: 'with Accept */*', headers: { Accept: '*/*' } },
  { name: 'with Accept application/json', headers: { Accept: 'application/json' } },
  { name: 'with Accept text/html', headers: { Accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' } },
  { name: 'with Accept text/plain before all others', headers: { Accept: 'text/plain, */*;q=0.8' } },
  {
    name: 'with Accept application/vnd.api+json before application/json',
    headers: { Accept: 'application/vnd.api+json, application/json;q=0.9' },
  },
  { name: 'with Accept-Language', headers: { 'Accept-Language': 'de-CH,de;q=0.9' } },
  { name: 'with Accept-Encoding gzip', headers: { 'Accept-Encoding': 'gzip, deflate, br' } },
  { name: 'with Accept-Encoding', headers: { 'Accept-Encoding': 'identity;q=1, *;q=0' } },
  { name: 'with Connection: close', headers: { Connection: 'close' } },
  { name: 'with Cache-Control and Pragma', headers: { 'Cache-Control': 'no-cache', Pragma: 'no-cache' } },
  {
    name: 'through a proxy',
    headers: {
      'X-Forwarded-For': '203.0.113.9, 198.51.100.7',
      'X-Real-IP': '203.0.113.9',
      Via: '1.1 proxy.example',
      'X-Request-Id': '5a9f1c0e-7d7d-4a59-9f0c-2f6f7c0f6d0a',
    },
  },
  {
    name: 'through a proxy of another name',
    headers: {
      'X-Forwarded-Host': 'proxy.example',
      'X-Forwarded-Port': '8443',
      Forwarded: 'for=203.0.113.9;host=proxy.example',
    },
  },
  {
    name: 'with a trace context',
    headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'a=b' },
  },
  { name: 'with an unknown header', headers: { 'X-Unknown': 'x' } },
  { name: 'with a parameter against caches', query: '_=1700000000000' },
  { name: 'with a parameter of the page', query: 'redirect=%2Fadmin%2Fcontent&utm_source=x' },
];
