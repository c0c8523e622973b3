/*
 * What is sent in the place of a token, or round the place where one is looked for: header fields that gateways set for what is behind
 * them, other places that carry tokens elsewhere, and spellings of a path that one program takes for another path and the next one for the
 * same. As reported of gateways, of web frameworks and of programs behind them.
 */

/** Header fields by which gateways name a user. */
export const userHeaders: readonly string[] = [
  'X-Forwarded-User',
  'X-Forwarded-Email',
  'X-Forwarded-Preferred-Username',
  'X-Remote-User',
  'Remote-User',
  'Remote-Email',
  'X-User',
  'X-User-Id',
  'X-User-Email',
  'X-Auth-User',
  'X-Auth-Request-User',
  'X-Auth-Request-Email',
  'X-Authenticated-User',
  'X-Authenticated-Userid',
  'X-Consumer-Username',
  'X-Directus-User',
  'X-WEBAUTH-USER',
  'X-Hasura-User-Id',
  'X-Goog-Authenticated-User-Email',
  'Cf-Access-Authenticated-User-Email',
  'Tailscale-User-Login',
  'From',
];

/** Header fields, other than Authorization, that carry tokens elsewhere. */
export const tokenHeaders: readonly string[] = [
  'X-Access-Token',
  'X-Auth-Token',
  'X-Authorization',
  'X-Original-Authorization',
  'X-Forwarded-Authorization',
  'X-Api-Key',
  'Api-Key',
  'Apikey',
  'X-Token',
  'X-User-Token',
  'X-Session-Token',
  'X-Session-Id',
  'X-Directus-Token',
  'X-Forwarded-Access-Token',
  'X-Auth-Request-Access-Token',
  'X-Id-Token',
  'X-Jwt-Assertion',
  'Cf-Access-Jwt-Assertion',
  'X-Amzn-Oidc-Accesstoken',
  'X-Amzn-Oidc-Data',
  'X-Goog-Iap-Jwt-Assertion',
  'X-Parse-Session-Token',
  'X-Csrf-Token',
  'Token',
  'Access-Token',
  'Authentication',
  'Proxy-Authorization',
  'Sec-WebSocket-Protocol',
];

const ownMachine = ['127.0.0.1', '::1', 'localhost', '10.0.0.1', '192.168.0.1', '172.16.0.1'];

/** Header fields by which a request says that it comes from within, or has been checked before. */
export const insideHeaders: readonly (readonly [name: string, value: string])[] = [
  ...ownMachine.map((address) => ['X-Forwarded-For', address] as const),
  ['X-Forwarded-For', '203.0.113.9, 127.0.0.1'],
  ['Forwarded', 'for=127.0.0.1'],
  ['Forwarded', 'for="[::1]";host=localhost;proto=https'],
  ...[
    'X-Real-IP',
    'X-Client-IP',
    'True-Client-IP',
    'CF-Connecting-IP',
    'X-Cluster-Client-IP',
    'X-Originating-IP',
    'X-Remote-IP',
    'X-Remote-Addr',
    'X-Forwarded',
    'X-Custom-IP-Authorization',
  ].map((name) => [name, '127.0.0.1'] as const),
  ['X-Forwarded-Host', 'localhost'],
  ['X-Host', 'localhost'],
  ['X-Forwarded-Server', 'localhost'],
  ['X-Forwarded-Proto', 'https'],
  ['X-Forwarded-Port', '443'],
  ['X-Forwarded-Scheme', 'internal'],
  ['Origin', 'http://localhost'],
  ['Referer', 'http://localhost/admin/'],
  ['User-Agent', 'kube-probe/1.30'],
  ['User-Agent', 'ELB-HealthChecker/2.0'],
  ['User-Agent', 'directus'],
  ['X-Internal', 'true'],
  ['X-Internal-Request', '1'],
  ['X-Admin', 'true'],
  ['X-Is-Admin', '1'],
  ['X-Role', 'admin'],
  ['X-Hasura-Role', 'admin'],
  ['X-Debug', '1'],
  ['X-Test', '1'],
  ['X-Middleware-Subrequest', 'middleware:middleware:middleware:middleware:middleware'],
  ['X-Authenticated', 'true'],
  ['X-Auth-Status', '200'],
  ['X-Ssl-Client-Verify', 'SUCCESS'],
  ['X-Client-Verify', 'SUCCESS'],
  ['X-Client-Cert', 'CN=admin'],
  ['X-Forwarded-Client-Cert', 'Subject="CN=admin"'],
  ['Ssl-Client-Verify', 'SUCCESS'],
];

/** Header fields that name another path than that of the request. */
export const pathHeaders: readonly string[] = [
  'X-Original-URL',
  'X-Original-URI',
  'X-Rewrite-URL',
  'X-Forwarded-URI',
  'X-Forwarded-Path',
  'X-Forwarded-Prefix',
  'X-Accel-Redirect',
  'X-Envoy-Original-Path',
  'Request-URI',
  'Base-URL',
];

/** Methods beside those that the API has. */
export const otherMethods: readonly string[] = ['OPTIONS', 'PROPFIND', 'REPORT', 'TRACE', 'COPY', 'LOCK'];

const percentCode = (character: string): string => `%${character.charCodeAt(0).toString(16)}`;

/**
 * Spellings of a path, for programs that decode, fold, cut or resolve it, once more or once less than the next one does.
 * @param path an absolute path, without a query
 */
export function pathSpellings(path: string): string[] {
  const [, first = '', ...rest] = path.split('/');
  const below = ['', ...rest].join('/');
  const last = path.slice(path.lastIndexOf('/') + 1);
  const upTo = path.slice(0, path.lastIndexOf('/') + 1);
  return [
    // Slashes.
    `${path}/`,
    `${path}//`,
    `/${path}`,
    `///${path.slice(1)}`,
    `${upTo}/${last}`,
    path.replaceAll('/', '%2f').replace('%2f', '/'),
    path.replaceAll('/', '\\').replace('\\', '/'),
    `/%2f${path.slice(1)}`,
    `/%5c${path.slice(1)}`,
    // Letters.
    path.toUpperCase(),
    `/${first.charAt(0).toUpperCase()}${first.slice(1)}${below}`,
    `/${percentCode(first.charAt(0))}${first.slice(1)}${below}`,
    `${upTo}${percentCode(last.charAt(0))}${last.slice(1)}`,
    `/${percentCode(first.charAt(0)).replace('%', '%25')}${first.slice(1)}${below}`,
    // Segments to be resolved.
    `${path}/.`,
    `${path}/..${path}`,
    `/.${path}`,
    `/x/..${path}`,
    `/server/..${path}`,
    `/server/ping/../..${path}`,
    `/auth/login/../..${path}`,
    `/admin/..${path}`,
    `/assets/..${path}`,
    `/server/%2e%2e${path}`,
    `/server/..%2f${path.slice(1)}`,
    `/server/%2e%2e%2f${path.slice(1)}`,
    `/server/%252e%252e${path}`,
    `/server/..%252f${path.slice(1)}`,
    `/server/..;${path}`,
    `/server/..%5c${path.slice(1)}`,
    `/..;${path}`,
    `/;${path}`,
    `/%2e${path}`,
    // Parameters of a segment, and what stands at its end.
    `${path};a=b`,
    `${path};jsessionid=1`,
    `/${first};a=b${below}`,
    `/${first};jsessionid=1${below}`,
    `${path}.`,
    `${path}..`,
    `${path}.json`,
    `${path}.css`,
    `${path}.html`,
    `${path}/x.css`,
    `${path}/index.html`,
    `${path};x.js`,
    `${path}%3fx.css`,
    `${path}%23`,
    `${path}%00`,
    `${path}%00.css`,
    `${path}%20`,
    `${path}%09`,
    `${path}%0a`,
    `${path}%0d%0a`,
    `${path}~`,
    `${path}*`,
    // Queries.
    `${path}?`,
    `${path}?fields=*`,
    `${path}/?fields=*`,
    `${path}?x.css`,
    `${path}?/server/ping`,
    `${path}?access_token`,
    `${path}?_method=GET`,
    `${path}?debug=true&admin=true`,
    // Prefixes.
    `/api${path}`,
    `/v1${path}`,
    `/api/v1${path}`,
    `/admin${path}`,
    `/public${path}`,
    `/internal${path}`,
    `/_${path}`,
    `/proxy${path}`,
  ];
}
