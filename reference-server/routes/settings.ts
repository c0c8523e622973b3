import type { Request, Response, Router } from 'express';
import { answer, bodyOf } from '../http/answer.js';
import { projectSettings, type Context } from '../context.js';
import { failedValidation, invalidForeignKey } from '../http/errors.js';
import type { ProjectSettings } from '../stores/project-settings.js';
import { requireAdmin } from '../query/answer-records.js';
import { queryOf } from '../query/checked-query.js';
import type { Collection } from '../query/collection.js';
import { askedFields, pick } from '../query/fields.js';
import { routes } from '../http/routes.js';

const settings: Collection = {
  name: 'directus_settings',
  types: {
    auth_login_attempts: 'string',
    public_registration: 'boolean',
    public_registration_role: 'string',
    public_registration_verify_email: 'boolean',
  },
};

/** /settings, for administrators, with the members of ProjectSettings. Observed: Directus 12.4.1. */
export function settingsRoutes(context: Context): Router {
  return routes({
    '/settings': {
      get: (_request, response) => read(context, response),
      patch: (request, response) => change(context, request, response),
    },
  });
}

async function read(context: Context, response: Response): Promise<void> {
  requireAdmin(response, settings.name);
  const fields = [...askedFields(settings, queryOf(response).fields).keys()];
  answer(response, pick({ ...(await projectSettings(context)) }, fields));
}

async function change(context: Context, request: Request, response: Response): Promise<void> {
  requireAdmin(response, settings.name);
  await context.store.changeProjectSettings(await readChanges(context, bodyOf(request)));
  await read(context, response);
}

/** @throws ApiError 400 FAILED_VALIDATION, INVALID_FOREIGN_KEY; values of another type are ignored */
async function readChanges(
  { store }: Context,
  input: Readonly<Record<string, unknown>>,
): Promise<Partial<ProjectSettings>> {
  const { auth_login_attempts: attempts, public_registration_role: role } = input;
  const changes: Partial<ProjectSettings> = {};
  if (attempts === null || typeof attempts === 'number') changes.auth_login_attempts = attempts;
  for (const name of ['public_registration', 'public_registration_verify_email'] as const) {
    const value = input[name];
    if (value === null) throw failedValidation(name, 'nnull');
    if (typeof value === 'boolean') changes[name] = value;
  }
  if (role === null) changes.public_registration_role = null;
  else if (role !== undefined) {
    const known = typeof role === 'string' ? await store.role(role) : undefined;
    if (known === undefined) throw invalidForeignKey();
    changes.public_registration_role = known.id;
  }
  return changes;
}
