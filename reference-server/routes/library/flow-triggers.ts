import { writableFlows } from '../../content/writable-collections.js';
import type { Context } from '../../context.js';
import { ApiError, forbidden, routeNotFound } from '../../http/errors.js';
import type { RouteTable } from '../../http/routes.js';
import { isUuid } from '../../ids.js';

/**
 * /flows/trigger/:id, where a Directus runs a flow: one that there is not is rejected as by Directus 12.4.1 (observed), one that is kept
 * here is told not to be run.
 */
export function flowTriggers({ store }: Context): RouteTable {
  const trigger = async ({ params, path }: { params: { id: string }; path: string }): Promise<never> => {
    if (!isUuid(params.id)) throw routeNotFound(path);
    if (!(await store.items(writableFlows.name)).some(({ key }) => key === params.id)) throw forbidden();
    throw new ApiError(503, 'SERVICE_UNAVAILABLE', 'Service "flows" is unavailable. Flows are kept here, and not run.');
  };
  return { '/flows/trigger/:id': { get: trigger, post: trigger } };
}
