import express, { Router, type RequestHandler } from 'express';
import { fileURLToPath } from 'node:url';
import { authenticate, findToken } from '../auth/authenticate.js';
import type { Context } from '../context.js';
import { clearSessionCookie } from '../auth/cookies.js';
import { onlyBelow, routes } from '../http/routes.js';
import { apiRoutes } from './api-routes.js';
import { linkRoutes } from './links/link-routes.js';
import { demandJson } from './demand-json.js';
import { DEFAULT_ADMIN_PASSWORD } from '../settings.js';
import { studioPage, type Credentials } from './studio-page.js';
import { style } from './style.js';

/** Nothing but the page's own script and style, in no frame, and no text that becomes markup (CSP Level 3, Trusted Types). */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** The scripts are not compiled: the package has their folder. */
const scriptFolder = (): string => {
  const path = import.meta.url.endsWith('.ts') ? './scripts' : '../../reference-server/studio/scripts';
  return fileURLToPath(new URL(path, import.meta.url));
};

/**
 * /admin, the studio page: the user page with the static token (seed, section Static Tokens: "This can be generated in the Data Studio
 * within the user page"), the sessions, the event log and the clock. To be used before interceptors, so that it is whole where the API
 * is wrong on purpose.
 */
export function studioRoutes(context: Context): RequestHandler {
  const router = Router();
  router.use('/admin', safeHeaders);
  router.use(
    routes({
      '/admin': {
        get: (request, response) => response.type('html').send(studioPage(request.baseUrl, defaultOnes(context))),
      },
      '/admin/style.css': { get: (_request, response) => response.type('css').send(style) },
    }),
  );
  router.use('/admin', express.static(scriptFolder(), { index: false, redirect: false }));
  router.use(linkRoutes(context));
  router.use('/admin/api', demandJson);
  // An expired session cookie is rejected by every route, /auth/login too, and no script can remove it (httpOnly). A browser drops it by
  // itself in the end; where the clock was advanced, the page asks for it.
  router.use(
    routes({
      '/admin/api/session-cookie': {
        delete: (_request, response) => {
          clearSessionCookie(context, response);
          response.status(204).end();
        },
      },
    }),
  );
  router.use('/admin/api', express.json(), findToken(context), authenticate(context));
  router.use(apiRoutes(context));
  return onlyBelow('/admin', router);
}

/** The administrator's credentials, where they are those that a server has without settings. */
function defaultOnes({ settings: { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } }: Context): Credentials | undefined {
  return password === DEFAULT_ADMIN_PASSWORD ? { email, password } : undefined;
}

const safeHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-cache',
  });
  next();
};
