import type { Request, Router } from 'express';
import { forbidden } from '../http/errors.js';
import { routes, type PathParameters } from '../http/routes.js';

/**
 * /items, where there is nothing: the collections of the system are not to be had this way, and there are no others. A collection that
 * does not exist reads as one that may not be read. Observed: Directus 12.4.1.
 */
export function itemsRoutes(): Router {
  const refuse = ({ params: { collection } }: Request<PathParameters>): never => {
    throw collection.startsWith('directus_') ? forbidden() : forbidden({ collection });
  };
  return routes({
    '/items/:collection': { post: refuse, search: refuse, get: refuse, patch: refuse, delete: refuse },
    '/items/:collection/:id': { get: refuse, patch: refuse, delete: refuse },
  });
}
