import {
  writableComments,
  writableDashboards,
  writableFlows,
  writableFolders,
  writableNotifications,
  writableOperations,
  writablePanels,
  writablePresets,
  writableTranslations,
} from '../../content/writable-collections.js';
import type { Context } from '../../context.js';
import type { RouteTable } from '../../http/routes.js';
import { answerList, answerOne, answerSearch } from '../../query/answer-records.js';
import type { Collection } from '../../query/collection.js';
import { activity, revisions } from '../../query/collections/activity.js';
import { shares, versions } from '../../query/collections/studio.js';
import { itemRoutes } from '../items.js';
import { byUsers, createComments } from './comments.js';
import { flowTriggers } from './flow-triggers.js';

/** Collections of the system that are written as items are, each at a path of its own. Observed: Directus 12.4.1. */
export function libraryRoutes(context: Context): RouteTable {
  return {
    ...itemRoutes(context, '/folders', () => writableFolders),
    ...itemRoutes(context, '/notifications', () => writableNotifications),
    ...itemRoutes(context, '/presets', () => writablePresets),
    ...commentRoutes(context),
    ...itemRoutes(context, '/translations', () => writableTranslations),
    ...itemRoutes(context, '/dashboards', () => writableDashboards),
    ...itemRoutes(context, '/panels', () => writablePanels),
    ...itemRoutes(context, '/flows', () => writableFlows),
    ...itemRoutes(context, '/operations', () => writableOperations),
    ...flowTriggers(context),
    ...readRoutes(context, '/activity', activity),
    ...readRoutes(context, '/revisions', revisions),
    ...readRoutes(context, '/versions', versions),
    ...readRoutes(context, '/shares', shares),
  };
}

/** Comments are created in a way of their own. */
function commentRoutes(context: Context): RouteTable {
  const own = itemRoutes(context, '/comments', () => writableComments);
  return {
    '/comments': {
      ...byUsers(own['/comments']),
      post: (request, response) => createComments(context, request, response),
    },
    '/comments/:id': byUsers(own['/comments/:id']),
  };
}

/** Routes by which the records of a collection are read, and not written. */
function readRoutes(context: Context, path: string, collection: Collection): RouteTable {
  return {
    [path]: {
      search: ({ body }: { body?: unknown }, response) => answerSearch(context, body, response, collection),
      get: (_request, response) => answerList(context, response, collection),
    },
    [`${path}/:id`]: { get: ({ params }, response) => answerOne(context, params.id, response, collection) },
  };
}
