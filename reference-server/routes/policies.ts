import type { Response } from 'express';
import { identityOf } from '../auth/authenticate.js';
import type { ContentCollection } from '../content/content-model.js';
import { writableAccess, writablePermissions, writablePolicies } from '../content/policy-collections.js';
import { removeItems } from '../content/remove-items.js';
import { changeItems, createItems } from '../content/write-items.js';
import type { Context } from '../context.js';
import { answer, bodyOf } from '../http/answer.js';
import { ApiError, forbidden, invalidPayload } from '../http/errors.js';
import type { RouteTable } from '../http/routes.js';
import {
  answerList,
  answerOne,
  answerWritten,
  authorOf,
  changeOne,
  changeSeveral,
  keysToRemove,
  requireAdmin,
  viewOf,
  type Update,
} from '../query/answer-records.js';
import type { Change } from '../query/authorized.js';
import { checkedQuery } from '../query/checked-query.js';
import type { Item, Key } from '../query/collection.js';
import type { Author } from '../query/filter/operands.js';
import { mustBeKey } from '../query/keys.js';
import { permissionsOf, rightsTo } from './permissions-of-own.js';

/**
 * /policies, /access and /permissions, for administrators: what a policy allows, and who has it. The policy of the administrators' role
 * gives every right. Observed: Directus 12.4.1, and 11.17.4 for permissions with a filter.
 */
export function policiesRoutes(context: Context): RouteTable {
  return {
    '/permissions/me': {
      // Of a user alone: what the public may do is not told. Observed: Directus 12.4.1.
      get: async (_request, response) => {
        if (identityOf(response).user === null) throw forbidden();
        const { access, who } = await viewOf(context, response);
        answer(response, await permissionsOf(context, access, who));
      },
    },
    '/permissions/me/:collection': {
      get: async ({ params }, response) =>
        answer(response, await rightsTo(context, response, params.collection, undefined)),
    },
    '/permissions/me/:collection/:id': {
      get: async ({ params }, response) =>
        answer(response, await rightsTo(context, response, params.collection, params.id)),
    },
    // What the policies of the user give beside permissions. Observed: Directus 12.4.1.
    '/policies/me/globals': {
      get: async (_request, response) => {
        const { admin, user } = identityOf(response);
        const { access } = await viewOf(context, response);
        const ofUser = { app_access: access.isOfApp, admin_access: admin, enforce_tfa: false };
        answer(response, user === null ? { app_access: false } : ofUser);
      },
    },
    ...below(context, '/policies', writablePolicies),
    ...below(context, '/access', writableAccess),
    ...below(context, '/permissions', writablePermissions),
  };
}

function below(context: Context, path: string, collection: ContentCollection): RouteTable {
  const update =
    (response: Response): Update =>
    (changes) =>
      changePolicies(context, collection, changes, response);
  return {
    [path]: {
      post: async ({ body }: { body?: unknown }, response) => {
        const inputs = (Array.isArray(body) ? body : [bodyOf({ body })]) as readonly Item[];
        const keys = await createPolicies(context, collection, inputs, response);
        await answerWritten(context, keys, response, collection, Array.isArray(body));
      },
      get: (_request, response) => answerList(context, response, collection),
      patch: ({ body }: { body?: unknown }, response) =>
        changeSeveral(context, body, response, collection, update(response)),
      delete: async ({ body }: { body?: unknown }, response) => {
        await removePolicies(
          context,
          collection,
          await keysToRemove(context, body, response, collection),
          authorOf(response),
        );
        answer(response);
      },
    },
    [`${path}/:id`]: {
      get: ({ params }, response) => answerOne(context, params.id, response, collection),
      patch: (request, response) =>
        changeOne(context, request.params.id, bodyOf(request), response, collection, update(response)),
      delete: async ({ params }, response) => {
        const key = mustBeKey(collection, params.id);
        requireAdmin(response, collection.name);
        await removePolicies(context, collection, [key], authorOf(response));
        answer(response);
      },
    },
  };
}

/** Creates policies, or what belongs to them. */
export async function createPolicies(
  context: Context,
  collection: ContentCollection,
  inputs: readonly Item[],
  response: Response,
): Promise<readonly Key[]> {
  if (inputs.length > 0) requireAdmin(response, collection.name);
  for (const input of inputs) await mustBeSupported(input);
  return createItems(context, [{ collection, inputs }], (await viewOf(context, response)).who);
}

/** Changes policies, or what belongs to them. */
export async function changePolicies(
  context: Context,
  collection: ContentCollection,
  changes: readonly Change[],
  response: Response,
): Promise<void> {
  requireAdmin(response, collection.name);
  for (const { input } of changes) await mustBeSupported(input);
  await changeItems(context, collection, changes, (await viewOf(context, response)).who);
}

/** Removes records; with a policy what it allows, and who has it. */
export async function removePolicies(
  context: Context,
  collection: ContentCollection,
  keys: readonly Key[],
  by: Author,
): Promise<void> {
  const { store } = context;
  const gone = new Set<unknown>(collection === writablePolicies ? keys : []);
  for (const other of gone.size === 0 ? [] : [writablePermissions, writableAccess]) {
    const dependent = (await store.items(other.name)).filter(({ members }) => gone.has(members['policy']));
    await removeItems(
      context,
      other,
      dependent.map(({ key }) => key),
      by,
    );
  }
  await removeItems(context, collection, keys, by);
}

/** @throws ApiError 400 INVALID_PAYLOAD for what this server does not do, and for a filter that cannot be read */
async function mustBeSupported({ admin_access, permissions }: Item): Promise<void> {
  if (admin_access === true)
    throw invalidPayload('"admin_access" is the role Administrator\'s here, and no other policy\'s');
  if (typeof permissions !== 'object' || permissions === null) return;
  try {
    await checkedQuery({ filter: permissions });
  } catch (error) {
    throw error instanceof ApiError ? invalidPayload('"permissions" is no filter') : error;
  }
}
