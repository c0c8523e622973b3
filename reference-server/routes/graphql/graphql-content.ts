import type { Request, Response } from 'express';
import { contentOf } from '../../content/content-model.js';
import type { Context } from '../../context.js';
import { viewOf } from '../../query/answer-records.js';
import { resolversOf, type Resolvers } from './collection-resolvers.js';
import { contentSchema } from './graphql-content-schema.js';
import { respondWith } from './graphql-request.js';

/**
 * Answers a request to /graphql: the collections of content. Observed: Directus 12.4.1.
 * @throws ApiError when the query cannot be read, or is not valid
 */
export async function respondAboutContent(
  context: Context,
  request: Request,
  response: Response,
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  const content = await contentOf(context.store);
  const { access } = await viewOf(context, response);
  const root: Resolvers = {};
  for (const collection of content.values())
    Object.assign(root, resolversOf(context, response, content, collection, collection.name));
  await respondWith({ schema: contentSchema(content, access), root }, request, response, given);
}
