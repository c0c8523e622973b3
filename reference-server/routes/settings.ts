import type { Request, Response } from 'express';
import { answer, bodyOf } from '../http/answer.js';
import { projectSettings, type Context } from '../context.js';
import { failedValidation, forbidden, invalidForeignKey, invalidPayload, together } from '../http/errors.js';
import type { ProjectSettings } from '../stores/project-settings.js';
import { requireAdmin, viewOf } from '../query/answer-records.js';
import { queryOf } from '../query/checked-query.js';
import { fieldsOf, type Item } from '../query/collection.js';
import { settings } from '../query/collections/settings.js';
import { askedFields, present } from '../query/fields.js';
import { narrowed } from '../query/narrowed.js';
import { expressionOf } from '../query/filter/expression.js';
import { storedValue } from '../query/stored-value.js';
import type { RouteTable } from '../http/routes.js';

/** /settings: written by administrators, and read in part by those with access to the app. Observed: Directus 12.4.1. */
export function settingsRoutes(context: Context): RouteTable {
  return {
    '/settings': {
      get: (_request, response) => read(context, response),
      patch: (request, response) => change(context, request, response),
    },
  };
}

async function read(context: Context, response: Response): Promise<void> {
  const { access } = await viewOf(context, response);
  if (!access.may('read', settings.name)) throw forbidden({ collection: settings.name });
  answer(response, await readSettings(context, response, queryOf(response).fields));
}

/** The settings, with the fields that are asked for. */
export async function readSettings(
  context: Context,
  response: Response,
  fields: readonly string[] | undefined,
): Promise<unknown> {
  const { access, records } = await viewOf(context, response);
  const told = { id: 1, ...(await projectSettings(context)) } as Item;
  const complete = Object.fromEntries(fieldsOf(settings).map((field) => [field, told[field] ?? null]));
  return present(records, settings, complete, askedFields(narrowed(settings, access), fields));
}

async function change(context: Context, request: Request, response: Response): Promise<void> {
  requireAdmin(response, settings.name);
  await changeSettings(context, bodyOf(request));
  await read(context, response);
}

/** @throws ApiError 400 FAILED_VALIDATION, INVALID_FOREIGN_KEY */
export async function changeSettings(context: Context, input: Item): Promise<void> {
  await context.store.changeProjectSettings(await readChanges(context, input));
}

/** Settings that always have a value, beside the two that are booleans. */
const NEVER_NULL = ['project_name', 'project_color', 'default_language', 'default_appearance', 'default_save_action'];

/** @throws ApiError 400 FAILED_VALIDATION, INVALID_FOREIGN_KEY; values of another type are ignored */
async function readChanges({ store }: Context, input: Item): Promise<Partial<ProjectSettings>> {
  const { auth_login_attempts: attempts, public_registration_role: role } = input;
  const changes: Partial<ProjectSettings> = {};
  for (const name of ['license_key', 'license_token'])
    if (input[name] !== undefined) throw invalidPayload(`You can't change the "${name}" value manually`);
  const policy = input['auth_password_policy'];
  if (typeof policy === 'string' && expressionOf(policy) === undefined)
    throw invalidPayload('"auth_password_policy" is no regular expression, as /^.{8,}$/');
  const missing = NEVER_NULL.filter((name) => input[name] === null);
  if (missing.length > 0) throw together(missing.map((name) => failedValidation(name, 'nnull')));
  for (const [name, type] of Object.entries(settings.types))
    if (input[name] !== undefined && !OWN.includes(name)) changes[name] = storedValue(type, input[name]);
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

/** Settings that are read one by one, and those that never change. */
const OWN = [
  ...['auth_login_attempts', 'public_registration', 'public_registration_verify_email', 'public_registration_role'],
  ...['id', 'project_id', 'license_key', 'license_token'],
];
