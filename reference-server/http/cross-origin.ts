import type { IncomingMessage } from 'node:http';
import cors from 'cors';
import { Router, type RequestHandler } from 'express';
import type { Settings } from '../settings.js';

/**
 * What tells browsers which pages of other origins may read the answers: the headers Access-Control-* (Fetch Standard, section CORS
 * protocol), and the whole answer to a preflight, 204. Nothing at all unless CORS_ENABLED, or when CORS_ORIGIN is false.
 * Observed: Directus 12.4.1, which reads CORS_ORIGIN as the package cors reads its option origin:
 *
 * - one origin is in every response, whatever origin asks
 * - of several, or of a regular expression, the one that asks is in the answer when it is among them
 * - `true` stands for every origin that asks, `*` for itself, which browsers do not accept together with cookies
 *
 * @param onRejection told of an origin whose pages cannot read the answers, once
 */
export function crossOrigin(settings: Settings, onRejection?: (origin: string) => void): RequestHandler {
  const told = new Set<string>();
  const tell: RequestHandler = ({ headers }, _response, next) => {
    const { origin } = headers;
    // Told once for each, and of a few at most: a client can send any origin.
    if (origin && onRejection && told.size < ORIGINS_TOLD && !told.has(origin) && !mayRead(settings, headers)) {
      told.add(origin);
      onRejection(origin);
    }
    next();
  };
  return Router().use(tell, allowing(settings));
}

/** How many origins are told that were rejected. */
const ORIGINS_TOLD = 10;

/** Whether a page may read the answer to a request: one of the server's own origin, or of one that CORS_ORIGIN allows. */
function mayRead({ CORS_ENABLED, CORS_ORIGIN }: Settings, { host, origin }: IncomingMessage['headers']): boolean {
  if (origin === undefined) return true;
  if (URL.canParse(origin) && new URL(origin).host === host) return true;
  if (!CORS_ENABLED) return false;
  if (typeof CORS_ORIGIN === 'boolean') return CORS_ORIGIN;
  const allowed = Array.isArray(CORS_ORIGIN) ? CORS_ORIGIN : [CORS_ORIGIN];
  return allowed.some((one) => (one instanceof RegExp ? one.test(origin) : one === origin || one === '*'));
}

function allowing(settings: Settings): RequestHandler {
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
 * `*` and the origin `null` are rejected. A client that sends no Origin is no browser. Observed: Directus 12.4.1.
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
