import type { Router } from 'express';
import {
  writableComments,
  writableFolders,
  writableNotifications,
  writablePresets,
  writableTranslations,
} from '../../content/writable-collections.js';
import type { Context } from '../../context.js';
import { routes } from '../../http/routes.js';
import { itemRoutes } from '../items.js';

/** Collections of the system that are written as items are, each at a path of its own. Observed: Directus 12.4.1. */
export function libraryRoutes(context: Context): Router {
  return routes({
    ...itemRoutes(context, '/folders', () => writableFolders),
    ...itemRoutes(context, '/notifications', () => writableNotifications),
    ...itemRoutes(context, '/presets', () => writablePresets),
    ...itemRoutes(context, '/comments', () => writableComments),
    ...itemRoutes(context, '/translations', () => writableTranslations),
  });
}
