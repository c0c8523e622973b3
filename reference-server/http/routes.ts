import { Router, type RequestHandler } from 'express';

type Method = 'get' | 'post' | 'patch' | 'delete' | 'search';

/** What is in a path in place of `:id`, `:collection`, `:field` and `:filename`. */
export type PathParameters = { id: string; collection: string; field: string; filename?: string };

/**
 * Leaves a router at once for a path whose first part is that of none of these: it would be compared with each of its routes in vain.
 * @param paths whose first part is no parameter
 */
export function onlyBelow(paths: readonly string[]): RequestHandler {
  const known = new Set(paths.map(firstPartOf));
  return (request, _response, next) => {
    if (known.has(firstPartOf(request.path))) next();
    else next('router');
  };
}

/** `users` of `/Users/me`: Express does not tell upper from lower case in paths. */
const firstPartOf = (path: string): string => (path.split('/', 2)[1] ?? '').toLowerCase();

/**
 * A router for paths, each with its methods in order, that answers OPTIONS with the list of them, as text/html.
 * Observed: Directus 12.4.1.
 */
export function routes(
  table: Readonly<Record<string, Partial<Record<Method, RequestHandler<PathParameters>>>>>,
): Router {
  const router = Router();
  router.use(onlyBelow(Object.keys(table)));
  for (const [path, methods] of Object.entries(table)) {
    const allowed: string[] = [];
    for (const [method, handler] of Object.entries(methods) as [Method, RequestHandler][]) {
      router[method](path, handler);
      allowed.push(...(method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
    }
    router.options(path, (_request, response) => {
      response.set('Allow', allowed.join(',')).send(allowed.join(','));
    });
  }
  return router;
}
