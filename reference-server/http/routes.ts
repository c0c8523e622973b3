import { Router, type RequestHandler } from 'express';

type Method = 'get' | 'post' | 'patch' | 'delete' | 'search';

/** What stands in a path in place of `:id` and `:collection`. */
export type PathParameters = { id: string; collection: string };

/**
 * A router for paths, each with its methods in order, that answers OPTIONS with the list of them, as text/html.
 * Observed: Directus 12.4.1.
 */
export function routes(
  table: Readonly<Record<string, Partial<Record<Method, RequestHandler<PathParameters>>>>>,
): Router {
  const router = Router();
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
