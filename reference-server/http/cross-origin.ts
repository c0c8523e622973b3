import type { IncomingMessage } from 'node:http';
import cors from 'cors';
import type { RequestHandler } from 'express';
import type { Settings } from '../settings.js';

/**
 * What tells browsers which pages of other origins may read the answers: the headers Access-Control-* (Fetch Standard, section CORS
 * protocol), and the whole answer to a preflight, 204. Nothing at all unless CORS_ENABLED, or when CORS_ORIGIN is false.
 * Observed: Directus 12.4.1, which reads CORS_ORIGIN as the package cors reads its option origin:
 *
 * - one origin stands in every answer, whoever asks
 * - of several, or of a regular expression, the one that asks stands in the answer when it is among them
 * - `true` stands for every origin that asks, `*` for itself, which browsers do not accept together with cookies
 */
export function crossOrigin(settings: Settings): RequestHandler {
  if (!settings.CORS_ENABLED) return (_request, _response, next) => next();
  return cors({
    origin: settings.CORS_ORIGIN,
    methods: settings.CORS_METHODS,
    allowedHeaders: settings.CORS_ALLOWED_HEADERS,
    exposedHeaders: settings.CORS_EXPOSED_HEADERS,
    credentials: settings.CORS_CREDENTIALS,
    maxAge: settings.CORS_MAX_AGE,
  });
}

/**
 * True when a WebSocket may be opened from where the request comes from. Browsers name the origin of the page, and send cookies along
 * whatever it is (RFC 6455 section 10.2): it has to be the server's own host, or one that CORS_ORIGIN names or, being `true`, takes in.
 * `*` and the origin `null` open nothing. Who sends no Origin is no browser. Observed: Directus 12.4.1.
 */
export function mayOpenWebSocket({ CORS_ENABLED, CORS_ORIGIN }: Settings, { headers }: IncomingMessage): boolean {
  const { origin } = headers;
  if (!origin) return true;
  if (!URL.canParse(origin)) return false;
  if (new URL(origin).host === headers.host) return true;
  if (!CORS_ENABLED) return false;
  if (typeof CORS_ORIGIN === 'boolean') return CORS_ORIGIN;
  const allowed = Array.isArray(CORS_ORIGIN) ? CORS_ORIGIN : [CORS_ORIGIN];
  return allowed.some((one) => (one instanceof RegExp ? one.test(origin) : one === origin));
}
