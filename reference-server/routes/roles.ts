import type { Request, Response } from 'express';
import { answer, bodyOf } from '../http/answer.js';
import type { Context } from '../context.js';
import {
  ApiError,
  failedValidation,
  forbidden,
  invalidForeignKey,
  invalidPayload,
  lastAdministrator,
  recordNotUnique,
  together,
} from '../http/errors.js';
import { givePolicies } from '../content/given-policies.js';
import { removeReferredTo } from '../content/remove-items.js';
import type { Author } from '../query/filter/operands.js';
import { isUuid } from '../ids.js';
import { rolesUpFrom } from '../query/policies/policies-of.js';
import { queryOf } from '../query/checked-query.js';
import { identityOf } from '../auth/authenticate.js';
import {
  answerList,
  answerOne,
  answerSearch,
  answerWritten,
  authorOf,
  changeOne,
  changeSeveral,
  keysToRemove,
  requireAdmin,
  viewOf,
} from '../query/answer-records.js';
import type { Change } from '../query/authorized.js';
import { access, roles, type Item, type Key } from '../query/collection.js';
import { storedText, storedValue } from '../query/stored-value.js';
import type { RouteTable } from '../http/routes.js';
import { allOrNone } from '../stores/all-or-none.js';
import type { RoleRecord } from '../stores/store.js';
import { newRole, roleOf } from './nested-role.js';

/** /roles, for administrators. A role that is made here gives no rights. Observed: Directus 12.4.1. */
export function rolesRoutes(context: Context): RouteTable {
  return {
    '/roles': {
      post: (request, response) => create(context, request, response),
      get: (_request, response) => answerList(context, response, roles),
      search: (request, response) => answerSearch(context, request.body, response, roles),
      patch: (request, response) =>
        changeSeveral(context, request.body, response, roles, (changes) => updateRoles(context, response, changes)),
      delete: (request, response) => removeSeveral(context, request, response),
    },
    '/roles/me': { get: (_request, response) => listOwn(context, response) },
    '/roles/:id': {
      get: (request, response) => answerOne(context, request.params.id, response, roles),
      patch: (request, response) =>
        changeOne(context, request.params.id, bodyOf(request), response, roles, (changes) =>
          updateRoles(context, response, changes),
        ),
      delete: (request, response) => remove(context, request.params.id, response),
    },
  };
}

/** Answers with the role of the user and those that it is under: their ids alone, where no more may be read. Observed: Directus 12.4.1. */
async function listOwn(context: Context, response: Response): Promise<void> {
  const { role } = identityOf(response);
  if (role === null) throw forbidden();
  const ids = [...(await rolesUpFrom(context.store, role))];
  const named = { id: { _in: ids } };
  const query = queryOf(response);
  const filter = query.filter === undefined ? named : { _and: [named, query.filter] };
  try {
    await answerList(context, response, roles, { ...query, filter });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'FORBIDDEN') throw error;
    answer(
      response,
      ids.map((id) => ({ id })),
    );
  }
}

/** The role that gives all rights, not stored yet. */
export const administratorRole = (context: Context): RoleRecord =>
  newRole(context, {
    name: 'Administrator',
    icon: 'verified',
    description: '$t:admin_description',
    policies: [context.random.uuid()],
    admin: true,
  });

/** Creates a role, or all those of a list: one that cannot be created takes the others along. Observed: Directus 12.4.1. */
async function create(context: Context, request: Request, response: Response): Promise<void> {
  const body: unknown = request.body;
  const inputs = (Array.isArray(body) ? body : [bodyOf(request)]) as Item[];
  await answerWritten(context, await createRoles(context, inputs, response), response, roles, Array.isArray(body));
}

/**
 * Creates roles, all or none.
 * @returns their ids
 */
export async function createRoles(
  context: Context,
  inputs: readonly Item[],
  response: Response,
): Promise<readonly string[]> {
  if (inputs.length > 0) requireAdmin(response, roles.name);
  const created: RoleRecord[] = [];
  for (const input of inputs) {
    const role = await readNew(context, input);
    if (created.some(({ id }) => id === role.id)) throw recordNotUnique(roles.name, 'id', role.id);
    created.push(role);
  }
  for (const role of created) await context.store.saveRole(role);
  const { who } = await viewOf(context, response);
  for (const [index, { id }] of created.entries())
    await givePolicies(context, 'role', id, inputs[index]?.['policies'], who);
  return created.map(({ id }) => id);
}

/** A role that is not stored yet, as a body says. */
async function readNew(context: Context, input: Item): Promise<RoleRecord> {
  const { random, store } = context;
  mustNotBeNull(input, ['name']);
  const id = input['id'] ?? random.uuid();
  if (!isUuid(id)) throw forbidden();
  const changes = await readChanges(context, id, input);
  if ((await store.role(id)) !== undefined) throw recordNotUnique(roles.name, 'id', id);
  return newRole(context, { ...changes, id });
}

/** Changes roles, each if there is one of the id, all or none. Observed: Directus 12.4.1. */
export async function updateRoles(context: Context, response: Response, changes: readonly Change[]): Promise<void> {
  const { store } = context;
  const { who } = await viewOf(context, response);
  const changed = await allOrNone(
    changes,
    async ({ key, input }) => {
      const before = await store.role(String(key));
      if (before !== undefined && input['policies'] !== undefined) requireAdmin(response, access.name);
      await updateOne(context, String(key), input);
      return before && { before, input };
    },
    ({ before }) => store.saveRole(before),
  );
  for (const { before, input } of changed)
    if (input['policies'] !== undefined) await givePolicies(context, 'role', before.id, input['policies'], who);
}

/** Changes a role, if there is one of the id. */
async function updateOne(context: Context, id: string, input: Item): Promise<void> {
  const before = await context.store.role(id);
  mustNotBeNull(input);
  if (before === undefined) {
    const { parent } = input;
    if (parent === id) throw parentOfItself();
    if (typeof parent === 'object') await roleOf(context, parent, 'parent', invalidForeignKey);
    return;
  }
  await context.store.saveRole({ ...before, ...(await readChanges(context, id, input)) });
}

async function remove(context: Context, id: string, response: Response): Promise<void> {
  // It is the access that the role gives which may not be removed. Observed: Directus 12.4.1.
  if (!isUuid(id)) throw forbidden();
  requireAdmin(response, access.name);
  await removeRoles(context, [id], authorOf(response));
  answer(response);
}

async function removeSeveral(context: Context, request: Request, response: Response): Promise<void> {
  const keys = await keysToRemove(context, request.body, response, roles, access);
  await removeRoles(context, keys, authorOf(response));
  answer(response);
}

/** @throws ApiError 422 UNPROCESSABLE_CONTENT for the role that gives every right: no administrator would be left */
export async function removeRoles({ store }: Context, keys: readonly Key[], by: Author): Promise<void> {
  const ids = keys.map(String);
  for (const id of ids) if ((await store.role(id))?.admin === true) throw lastAdministrator();
  const doomed = new Set(ids);
  await removeReferredTo({ store }, roles.name, ids, by, async () => {
    // The users of the role are suspended. Observed: Directus 12.4.1.
    for (const { id, role } of await store.users()) {
      if (role === null || !doomed.has(role)) continue;
      await store.updateUser(id, { status: 'suspended' });
      await store.deleteSessionsOf(id);
    }
    for (const id of doomed) await store.deleteRole(id);
  });
}

/** @param required fields that have to be there, too */
function mustNotBeNull(input: Item, required: readonly string[] = []): void {
  const problems = ['name', 'icon'].flatMap((field) => {
    if (input[field] === null) return [failedValidation(field, 'nnull')];
    return input[field] === undefined && required.includes(field) ? [failedValidation(field, 'required')] : [];
  });
  if (problems.length > 0) throw together(problems);
}

const parentOfItself = (): Error => invalidPayload('A role cannot be a parent of itself');

async function readChanges(context: Context, id: string, input: Item): Promise<Partial<RoleRecord>> {
  const { name, icon, description, parent } = input;
  mustNotBeNull(input);
  if (parent === id) throw parentOfItself();
  return {
    ...(name !== undefined && { name: storedText(name) }),
    ...(icon !== undefined && { icon: storedValue('string', icon) }),
    ...(description !== undefined && { description: storedValue('text', description) }),
    ...(parent !== undefined && { parent: await roleOf(context, parent, 'parent', invalidForeignKey) }),
  };
}

export { newRole } from './nested-role.js';
