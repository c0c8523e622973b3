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

/** Paths, each with its methods in order, and what answers them. */
export type RouteTable = Readonly<
  Record<string, Partial<Record<Method, RequestHandler<PathParameters> | readonly RequestHandler<PathParameters>[]>>>
>;

/**
 * Routes a request by a table. OPTIONS of a path is answered with the list of its methods, as text/html. Observed: Directus 12.4.1.
 *
 * The routes of each first part of a path are a router of their own: a request is compared with those that it may be for alone.
 */
export function routes(table: RouteTable): RequestHandler {
  const sections = new Map<string, Router>();
  for (const [path, methods] of Object.entries(table)) {
    const section = firstPartOf(path);
    const router = sections.get(section) ?? Router();
    sections.set(section, router);
    const allowed: string[] = [];
    for (const [method, handlers] of Object.entries(methods) as [
      Method,
      RequestHandler | readonly RequestHandler[],
    ][]) {
      router[method](path, ...[handlers].flat());
      allowed.push(...(method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
    }
    router.options(path, (_request, response) => {
      response.set('Allow', allowed.join(',')).send(allowed.join(','));
    });
  }
  return (request, response, next) => {
    const router = sections.get(firstPartOf(request.path));
    if (router === undefined) next();
    else router(request, response, next);
  };
}
