import { ApiError, forbidden, forbiddenFields, together } from '../http/errors.js';
import { covers, type Access, type Permission } from './access.js';
import { fieldsOf, type Collection, type Item, type Key } from './collection.js';
import { dynamicValue, type Who } from './filter/operands.js';
import { problemsIn, problemsOfFields } from './filter/validation.js';
import type { Records } from './records.js';

/*
 * Who may write what. Observed: Directus 11.17.4 and, where no permission has a filter, 12.4.1.
 */

/** A change of a record. */
export interface Change {
  readonly key: Key;
  readonly input: Item;
}

interface View {
  readonly access: Access;
  readonly records: Records;
  readonly who: Who;
}

/**
 * The members of a new record, with those that a permission presets.
 * @param path the fields that lead to the record
 * @throws ApiError 400 FAILED_VALIDATION, 403 FORBIDDEN
 */
export function creatable(
  { access, who }: View,
  collection: Collection,
  input: Item,
  path: readonly string[] = [],
): Item {
  if (access.isFull) return input;
  const permissions = access.to('create', collection.name);
  if (permissions.length === 0) throw forbidden({ collection: collection.name });
  mustCover(permissions, collection, input);
  const presets = Object.assign({}, ...permissions.map((each) => each.presets ?? {})) as Item;
  const preset = Object.entries(presets).map(([field, value]) => [field, dynamicValue(value, who)]);
  const complete = { ...(Object.fromEntries(preset) as Item), ...input };
  mustBeValid(permissions, problemsOfFields(collection.fields ?? [], complete, true, who, path), complete, who, path);
  return complete;
}

/**
 * Checks that records may be changed.
 * @param data the members that all of them get, also where there are none
 * @param path the fields that lead to them
 * @throws ApiError 400 FAILED_VALIDATION, 403 FORBIDDEN
 */
export async function mustBeChangeable(
  { access, records, who }: View,
  collection: Collection,
  changes: readonly Change[],
  data?: Item,
  path: readonly string[] = [],
): Promise<void> {
  if (access.isFull) return;
  const permissions = access.to('update', collection.name);
  if (changes.length === 0) throw mayNot('update', collection, Object.keys(data ?? {}));
  // Fields that do not exist are named first. Observed: Directus 12.4.1.
  for (const { input } of changes) {
    const unknown = Object.keys(input).filter((field) => !fieldsOf(collection.whole ?? collection).includes(field));
    if (unknown.length > 0) throw forbiddenFields(collection.name, unknown);
  }
  if (permissions.length === 0) throw forbidden({ collection: collection.name });
  for (const { key, input } of changes) {
    mustCover(permissions, collection, input);
    const ofFields = problemsOfFields(collection.fields ?? [], input, false, who, path);
    mustBeValid(permissions, ofFields, input, who, path);
    const fields = Object.keys(input);
    const item = await records.raw(collection, key);
    const met = item === undefined ? [] : await records.permitting(permissions, collection, item);
    const isAllowed = met.length > 0 && fields.every((field) => met.some((each) => covers(each, field)));
    if (!isAllowed) throw mayNot('update', collection, fields);
  }
}

/**
 * Checks that records may be removed.
 * @throws ApiError 403 FORBIDDEN
 */
export async function mustBeRemovable(
  { access, records }: View,
  collection: Collection,
  keys: readonly Key[],
): Promise<void> {
  if (access.isFull) return;
  const permissions = access.to('delete', collection.name);
  if (keys.length === 0) throw mayNot('delete', collection);
  if (permissions.length === 0) throw forbidden({ collection: collection.name });
  for (const key of keys) {
    const item = await records.raw(collection, key);
    if (item === undefined || (await records.permitting(permissions, collection, item)).length === 0)
      throw mayNot('delete', collection);
  }
}

function mustCover(permissions: readonly Permission[], collection: Collection, input: Item): void {
  const rejected = Object.keys(input).filter((field) => !permissions.some((each) => covers(each, field)));
  if (rejected.length > 0) throw forbiddenFields(collection.name, rejected);
}

/** 403: the access does not allow this of the collection. */
export function mayNot(
  action: 'create' | 'read' | 'update' | 'delete',
  { name }: Pick<Collection, 'name'>,
  fields: readonly string[] = [],
): ApiError {
  const named = fields.map((field) => `"${field}"`).join(', ');
  const reason =
    fields.length === 0
      ? `You don't have permission to perform "${action}" for collection "${name}" or it does not exist.`
      : `You don't have permissions to perform "${action}" for the field(s) ${named} in collection "${name}" or it does not exist.`;
  return new ApiError(403, 'FORBIDDEN', reason, { reason });
}

/**
 * Checks the members that are given against what one of the permissions asks of them, and says what is wrong with the fields too.
 * @param ofFields problems with the fields
 * @throws ApiError 400 FAILED_VALIDATION
 */
function mustBeValid(
  permissions: readonly Permission[],
  ofFields: readonly ApiError[],
  input: Item,
  who: Who,
  path: readonly string[],
): void {
  const ofPermissions = problemsIn({ _or: permissions.map(({ validation }) => validation) }, input, who, path);
  const problems = [...ofFields, ...ofPermissions];
  if (problems.length > 0) throw together(problems);
}
