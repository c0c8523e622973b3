import type { Request, Response, Router } from 'express';
import { answer, bodyOf } from '../http/answer.js';
import type { Context } from '../context.js';
import { failedValidation, forbidden, invalidForeignKey } from '../http/errors.js';
import { isUuid } from '../ids.js';
import { askedFields, pick, select, type Collection } from '../http/query.js';
import { routes } from '../http/routes.js';
import type { RoleRecord } from '../stores/store.js';
import { requireAdmin } from './users.js';

const roles: Collection = {
  name: 'directus_roles',
  fields: ['id', 'name', 'icon', 'description', 'parent', 'children', 'policies', 'users'],
  concealed: [],
};

/** /roles, for administrators. A role that is made here gives no rights. Observed: Directus 12.4.1. */
export function rolesRoutes(context: Context): Router {
  return routes({
    '/roles': {
      post: (request, response) => create(context, request, response),
      get: (request, response) => list(context, request, response),
    },
    '/roles/:id': {
      get: (request, response) => read(context, request.params.id, request, response),
      patch: (request, response) => change(context, request.params.id, request, response),
      delete: (request, response) => remove(context, request.params.id, response),
    },
  });
}

/**
 * A role that is not stored yet. It gives no rights unless it is told to.
 * @param members in which it differs from a blank one
 */
export const newRole = ({ random }: Context, members: Partial<RoleRecord>): RoleRecord => ({
  id: random.uuid(),
  name: '',
  icon: 'supervised_user_circle',
  description: null,
  parent: null,
  policies: [],
  admin: false,
  ...members,
});

/** The role that gives all rights, not stored yet. */
export const administratorRole = (context: Context): RoleRecord =>
  newRole(context, {
    name: 'Administrator',
    icon: 'verified',
    description: '$t:admin_description',
    policies: [context.random.uuid()],
    admin: true,
  });

/** A role as the API tells it. */
type ToldRole = Readonly<Record<string, unknown>>;

/** Roles as the API tells them: with those under each and its users, by id. All of it is read once, however many they are. */
async function allTold({ store }: Context, told: readonly RoleRecord[]): Promise<readonly ToldRole[]> {
  const children = idsBy(await store.roles(), ({ parent }) => parent);
  const members = idsBy(await store.users(), ({ role }) => role);
  return told.map(({ admin: _, ...role }) => ({
    ...role,
    children: children.get(role.id) ?? [],
    users: members.get(role.id) ?? [],
  }));
}

async function told(context: Context, role: RoleRecord): Promise<ToldRole> {
  const [one = {}] = await allTold(context, [role]);
  return one;
}

/** The ids of records, in order, by what each belongs to. */
function idsBy<Record extends { readonly id: string }>(
  records: readonly Record[],
  ownerOf: (record: Record) => string | null,
): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>();
  for (const record of records) {
    const owner = ownerOf(record);
    if (owner === null) continue;
    const others = ids.get(owner);
    if (others === undefined) ids.set(owner, [record.id]);
    else others.push(record.id);
  }
  for (const list of ids.values()) list.sort();
  return ids;
}

async function list(context: Context, request: Request, response: Response): Promise<void> {
  requireAdmin(response, roles.name);
  const fields = askedFields(roles, request.query['fields']);
  const selected = select(roles, await allTold(context, await context.store.roles()), request.query);
  answer(
    response,
    selected.map((role) => pick(role, fields)),
  );
}

async function read(context: Context, id: string, request: Request, response: Response): Promise<void> {
  if (!isUuid(id)) throw forbidden();
  requireAdmin(response, roles.name);
  const role = await context.store.role(id);
  if (role === undefined) throw forbidden();
  answer(response, pick(await told(context, role), askedFields(roles, request.query['fields'])));
}

async function create(context: Context, request: Request, response: Response): Promise<void> {
  requireAdmin(response, roles.name);
  const fields = askedFields(roles, request.query['fields']);
  const input = bodyOf(request);
  if (input['name'] === undefined) throw failedValidation('name', 'required');
  const { id = context.random.uuid() } = input;
  if (!isUuid(id)) throw forbidden();
  const role = newRole(context, { ...(await readChanges(context, input)), id });
  await context.store.saveRole(role);
  answer(response, pick(await told(context, role), fields));
}

async function change(context: Context, id: string, request: Request, response: Response): Promise<void> {
  if (!isUuid(id)) throw forbidden();
  requireAdmin(response, roles.name);
  const fields = askedFields(roles, request.query['fields']);
  const changes = await readChanges(context, bodyOf(request));
  const before = await context.store.role(id);
  if (before === undefined) {
    answer(response);
    return;
  }
  const role = { ...before, ...changes };
  await context.store.saveRole(role);
  answer(response, pick(await told(context, role), fields));
}

async function remove({ store }: Context, id: string, response: Response): Promise<void> {
  // It is the access that the role gives which may not be removed. Observed: Directus 12.4.1.
  if (!isUuid(id)) throw forbidden();
  requireAdmin(response, 'directus_access');
  await store.deleteRole(id);
  answer(response);
}

async function readChanges({ store }: Context, input: Readonly<Record<string, unknown>>): Promise<Partial<RoleRecord>> {
  const { name, icon, description, parent } = input;
  if (name === null) throw failedValidation('name', 'nnull');
  const unknownParent = typeof parent === 'string' ? (await store.role(parent)) === undefined : Boolean(parent);
  if (unknownParent) throw invalidForeignKey();
  return {
    ...(name !== undefined && { name: typeof name === 'string' ? name : JSON.stringify(name) }),
    ...(icon !== undefined && { icon }),
    ...(description !== undefined && { description }),
    ...(parent !== undefined && { parent: parent as string | null }),
  };
}
