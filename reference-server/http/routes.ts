import { Router, type RequestHandler } from 'express';

type Method = 'get' | 'post' | 'patch' | 'delete' | 'search';

/** What is in a path in place of `:id`, `:collection`, `:field` and `:filename`. */
export type PathParameters = { id: string; collection: string; field: string; filename?: string };

/**
 * Lets a router see the requests below a path alone: compared with each of its routes, others would be in vain.
 * @param path of one part, no parameter
 */
export function onlyBelow(path: string, router: RequestHandler): RequestHandler {
  const section = firstPartOf(path);
  return (request, response, next) => {
    if (firstPartOf(request.path) === section) router(request, response, next);
    else next();
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
