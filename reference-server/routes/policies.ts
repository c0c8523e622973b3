import type { Request, Response, Router } from 'express';
import { answer } from '../http/answer.js';
import type { Context } from '../context.js';
import { forbidden } from '../http/errors.js';
import { isUuid } from '../ids.js';
import { askedFields, pick, select, type Collection } from '../http/query.js';
import { routes } from '../http/routes.js';
import { requireAdmin } from './users.js';

const policies: Collection = {
  name: 'directus_policies',
  fields: [
    'id',
    'name',
    'icon',
    'description',
    'ip_access',
    'enforce_tfa',
    'admin_access',
    'app_access',
    'permissions',
    'users',
    'roles',
  ],
  concealed: [],
};

/** What gives the public policy to everybody: the record of directus_access. */
const PUBLIC_ACCESS = 'c152970d-1df4-4ea3-a886-c7909db5a8b8';

/**
 * /policies, to be read by administrators: that of the administrators' role, which gives every right, and the public one, which gives
 * none. Observed: Directus 12.4.1.
 */
export function policiesRoutes(context: Context): Router {
  return routes({
    '/policies': { get: (request, response) => list(context, request, response) },
    '/policies/:id': { get: (request, response) => read(context, request.params.id, request, response) },
  });
}

async function list(context: Context, request: Request, response: Response): Promise<void> {
  requireAdmin(response, policies.name);
  const fields = askedFields(policies, request.query['fields']);
  const selected = select(policies, await allPolicies(context), request.query);
  answer(
    response,
    selected.map((policy) => pick(policy, fields)),
  );
}

async function read(context: Context, id: string, request: Request, response: Response): Promise<void> {
  if (!isUuid(id)) throw forbidden();
  requireAdmin(response, policies.name);
  const policy = (await allPolicies(context)).find((each) => each['id'] === id);
  if (policy === undefined) throw forbidden();
  answer(response, pick(policy, askedFields(policies, request.query['fields'])));
}

/** The two policies. `users` and `roles` are the records of directus_access that give them. Observed: Directus 12.4.1. */
async function allPolicies({ store }: Context): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const administrators = (await store.roles()).filter(({ admin }) => admin).flatMap((role) => role.policies);
  return [
    policy('5482ef22-8b27-41e5-a492-c7948bab8345', 'Administrator', 'verified', '$t:admin_description', administrators),
    policy('abf8a154-5b1c-4a46-ac9c-7300570f4f17', '$t:public_label', 'public', '$t:public_description', [
      PUBLIC_ACCESS,
    ]),
  ];
}

const policy = (
  id: string,
  name: string,
  icon: string,
  description: string,
  access: readonly string[],
): Readonly<Record<string, unknown>> => ({
  id,
  name,
  icon,
  description,
  ip_access: null,
  enforce_tfa: false,
  admin_access: name === 'Administrator',
  app_access: name === 'Administrator',
  permissions: [],
  users: access,
  roles: access,
});
