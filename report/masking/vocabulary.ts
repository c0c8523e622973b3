import { howToGive } from '../../spec/capabilities.js';
import { requirements } from '../../spec/catalogue.js';
import { schemas } from '../../spec/schemas.js';
import { keysOfOurOwn, wellKnownKeys } from '../../spec/values/well-known-keys.js';

/** Words of HTTP, of the API and of the shell lines that the catalogue need not use. */
const WORDS = `
  GET POST PATCH DELETE OPTIONS HEAD PUT http https ws wss localhost 127.0.0.1 example.com null undefined true false data errors message extensions
  code reason mode json cookie session graphql system websocket users roles policies me id email password role admin user administrator token
  access_token refresh_token expires otp tfa_secret status active suspended first_name last_name mutation query auth_login auth_refresh
  Authorization Bearer Basic Content-Type application/json application/graphql-response+json application/x-www-form-urlencoded text/plain
  text/html multipart/form-data charset=utf-8 Content-Length Cache-Control no-store no-cache must-revalidate max-age Set-Cookie HttpOnly
  Secure SameSite=Strict SameSite=Lax SameSite=None Path=/ Expires= GMT Connection keep-alive timeout=5 Upgrade Origin Vary ETag Location
  Access-Control-Allow-Origin Access-Control-Allow-Credentials Content-Security-Policy X-Powered-By X-Forwarded-For Transfer-Encoding chunked Retry-After
  curl -sS -D headers.txt -o answer.json --data-raw --data-binary printf openssl base64 rand -hex dgst -sha256 -hmac -binary jq -r -c
  fromjson grep -i sed echo auth-conformance sleep npx wscat oathtool --totp awk BEGIN node -e mktemp removes the user again repeat
  INVALID_CREDENTIALS INVALID_PAYLOAD INVALID_TOKEN TOKEN_EXPIRED FORBIDDEN INVALID_OTP LIMIT_EXCEEDED UNDER_PRESSURE SERVICE_UNAVAILABLE
  Invalid user credentials. Token expired. You don't have permission to access this. answered returned expected without instead rejected accepted issued exchanged
  directus_session_token directus_refresh_token eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9 argon2id`;

/** JSON that is in the claims of JWTs that the suites make, and in headers of others, which a block has to show. */
const JSON_OF_JWTS = [
  ...['"b64":', '":true,"', '":false,"', '":true}', '":false}', '":null,"', '":null}', '":"x"}'],
  ...[
    ',"x-unknown":true}',
    ',"https://example.com/unknown":{"a":[1]}}',
    ',"unknown":null}',
    '"x-unknown"',
    '"unknown"',
  ],
  ...[
    ',"x-unknown":true,"',
    ',"https://example.com/unknown":{"a":[1]},"',
    ',"unknown":null,"',
    '"b64":true',
    '"b64":false',
  ],
];

/** A text in base64url, at each of its three offsets. */
const inBase64 = (text: string): string[] =>
  ['', ' ', '  '].map((before) => Buffer.from(before + text).toString('base64url'));

/**
 * What the tool itself says, in lower case: catalogue, ways to give a capability, keys of configuration and report, words of HTTP and
 * of the shell, the keys that it tries to sign with. A part of a secret that is a part of this, too, tells nothing: the password `administrator` is no reason to mask the word.
 */
export const vocabulary = [
  JSON.stringify(requirements),
  JSON.stringify(howToGive),
  JSON.stringify(schemas),
  ...[...wellKnownKeys, ...keysOfOurOwn].flatMap((key) => [key, Buffer.from(key).toString('base64url')]),
  ...JSON_OF_JWTS.flatMap(inBase64),
  WORDS.replaceAll(/\s+/g, ' '),
]
  .join('\n')
  .toLowerCase();
