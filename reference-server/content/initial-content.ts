import type {
  InitialCollection,
  InitialData,
  InitialField,
  InitialPermission,
} from '../../spec/generated/initial-data.js';
import type { Context } from '../context.js';
import { ApiError } from '../http/errors.js';
import { InitialDataError } from '../initial-data-error.js';
import { checkedQuery } from '../query/checked-query.js';
import {
  access as accessRecords,
  fieldsOf,
  permissions as permissionRecords,
  policies as policyRecords,
  systemCollection,
  type Item,
} from '../query/collection.js';
import { parseFilter } from '../query/filter/filter.js';
import type { Who } from '../query/filter/operands.js';
import { PUBLIC_POLICY } from '../query/policy-ids.js';
import type { ItemChange } from '../stores/store.js';
import { contentAs, contentOf, DEFINITIONS, type Content } from './content-model.js';
import { createItems } from './write-items.js';

/** Collections of the system that items may refer to, and permissions may be about. */
const SYSTEM = ['directus_users', 'directus_roles', 'directus_files', 'directus_folders'];

/**
 * Makes the collections, items and permissions that a server is to have from the start. Collections, and roles with permissions, that are
 * in its store already are left as they are.
 *
 * @param roles the ids of roles by name
 * @throws InitialDataError when a collection, an item or a permission cannot be used
 */
export async function applyInitialContent(
  context: Context,
  data: InitialData,
  roles: ReadonlyMap<string, string>,
): Promise<void> {
  const { store } = context;
  const before = await contentOf(store);
  const fresh = (data.collections ?? []).filter(({ name }) => !before.has(name));
  const definitions = [...(await store.items(DEFINITIONS)).map(({ members }) => members as never), ...fresh];
  const content = contentAs(definitions);
  for (const collection of data.collections ?? []) mustBeSound(collection, data.collections ?? [], content);
  const defined = fresh.map((one): ItemChange => ({
    kind: 'insert',
    collection: DEFINITIONS,
    key: one.name,
    members: { ...one },
  }));
  await store.changeItems(defined);
  await createInitialItems(context, data, content, new Set(fresh.map(({ name }) => name)));
  await allow(context, content, { policy: PUBLIC_POLICY, of: 'public' }, data.public?.permissions ?? []);
  for (const { name, permissions = [] } of data.roles ?? []) {
    const role = roles.get(name);
    const taken = (await store.items(accessRecords.name)).some(({ members }) => members['role'] === role);
    if (permissions.length === 0 || role === undefined || taken) continue;
    await allow(context, content, { policy: context.random.uuid(), of: `the role "${name}"`, role, name }, permissions);
  }
}

function mustBeSound({ name, fields }: InitialCollection, all: readonly InitialCollection[], content: Content): void {
  const wrong = (why: string): InitialDataError => new InitialDataError(`the collection "${name}" ${why}`);
  if (all.filter((other) => other.name === name).length > 1) throw wrong('is there twice');
  if (fields.filter(({ primaryKey }) => primaryKey === true).length > 1) throw wrong('has two primary keys');
  for (const field of fields) {
    if (fields.filter((other) => other.name === field.name).length > 1) throw wrong(`has two fields "${field.name}"`);
    const problem = problemOf(field, name, content);
    if (problem !== undefined) throw wrong(`has a field "${field.name}" ${problem}`);
  }
}

function problemOf({ type, to, by, primaryKey }: InitialField, name: string, content: Content): string | undefined {
  if (primaryKey === true && !['integer', 'bigInteger', 'uuid', 'string'].includes(type))
    return 'that cannot be the primary key: use integer, bigInteger, uuid or string';
  const isRelation = type === 'many-to-one' || type === 'one-to-many';
  if (!isRelation) return to === undefined && by === undefined ? undefined : 'with "to" or "by", but it is no relation';
  if (to === undefined) return 'without "to": name the collection that it leads to';
  if (type === 'many-to-one')
    return content.has(to) || SYSTEM.includes(to) ? undefined : `to "${to}", which is no collection`;
  const back = content.get(to)?.fields.find((field) => field.name === by);
  if (back?.type === 'many-to-one' && back.to === name) return undefined;
  return `that needs "by": the many-to-one field of "${to}" that leads to "${name}"`;
}

async function createInitialItems(
  context: Context,
  { collections = [], items = {} }: InitialData,
  content: Content,
  fresh: ReadonlySet<string>,
): Promise<void> {
  const unknown = Object.keys(items).find((name) => !collections.some((one) => one.name === name));
  if (unknown !== undefined)
    throw new InitialDataError(`there are items of "${unknown}", which is none of "collections"`);
  const emails = new Map((await context.store.users()).map(({ id, email }) => [email?.toLowerCase(), id]));
  const created = [...content.values()].flatMap((collection) => {
    const inputs = fresh.has(collection.name) ? (items[collection.name] ?? []) : [];
    return [{ collection, inputs: inputs.map((input) => named(input, collection.fields, emails)) }];
  });
  for (const { collection, inputs } of created)
    for (const input of inputs) {
      const other = Object.keys(input).find((field) => !fieldsOf(collection).includes(field));
      if (other !== undefined)
        throw new InitialDataError(`an item of "${collection.name}" has a member "${other}", which is no field of it`);
    }
  try {
    await createItems(context, created, { user: null, role: null, now: context.clock.now() });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const why =
      error.code === 'INVALID_FOREIGN_KEY' ? 'one refers to an item or user that there is not' : error.message;
    throw new InitialDataError(`the items cannot be created: ${why}`);
  }
}

/** An item in which users are named by their ids. */
function named(item: Item, fields: readonly InitialField[], emails: ReadonlyMap<string | undefined, string>): Item {
  const ids = fields.flatMap(({ name, to }): [string, string][] => {
    const given = item[name];
    const id = to === 'directus_users' && typeof given === 'string' ? emails.get(given.toLowerCase()) : undefined;
    return id === undefined ? [] : [[name, id]];
  });
  return { ...item, ...Object.fromEntries(ids) };
}

interface Policy {
  readonly policy: string;
  /** As an error names it. */
  readonly of: string;
  /** Of a new policy: the id of the role that it is for, and its name. */
  readonly role?: string;
  readonly name?: string;
}

/** Stores permissions, with their policy where it is a new one, unless it has some already. */
async function allow(
  { clock, random, store }: Context,
  content: Content,
  { policy, of, role, name }: Policy,
  permissions: readonly InitialPermission[],
): Promise<void> {
  const taken = (await store.items(permissionRecords.name)).some(({ members }) => members['policy'] === policy);
  if (taken || permissions.length === 0) return;
  const changes: ItemChange[] = [];
  const insert = (collection: string, key: string, members: Item): void =>
    void changes.push({ kind: 'insert', collection, key, members });
  if (role !== undefined) {
    const blank = { description: null, ip_access: null, enforce_tfa: false, admin_access: false, app_access: false };
    insert(policyRecords.name, policy, { id: policy, name, icon: 'badge', ...blank });
    const id = random.uuid();
    insert(accessRecords.name, id, { id, role, user: null, policy, sort: null });
  }
  for (const permission of permissions) {
    await mustBeUsable(permission, of, content, { user: null, role: null, now: clock.now() });
    const { collection, action, fields, filter, presets, validation } = permission;
    const id = await store.nextNumber(permissionRecords.name, 0);
    insert(permissionRecords.name, String(id), {
      id,
      collection,
      action,
      permissions: filter ?? null,
      validation: validation ?? null,
      presets: presets ?? null,
      fields: action === 'delete' ? null : (fields ?? ['*']),
      policy,
    });
  }
  await store.changeItems(changes);
}

/** @throws InitialDataError for a permission that names what there is not */
async function mustBeUsable(
  { collection: name, action, fields = [], filter, presets = {} }: InitialPermission,
  of: string,
  content: Content,
  who: Who,
): Promise<void> {
  const wrong = (why: string): InitialDataError =>
    new InitialDataError(`a permission of ${of} to ${action} "${name}" ${why}`);
  const collection = content.get(name) ?? (SYSTEM.includes(name) ? systemCollection(name) : undefined);
  if (collection === undefined) throw wrong('is about no collection of this server');
  const unknown = [...fields, ...Object.keys(presets)].find(
    (field) => field !== '*' && !fieldsOf(collection).includes(field),
  );
  if (unknown !== undefined) throw wrong(`names the field "${unknown}", which it has not`);
  if (filter === undefined) return;
  if (action === 'create') throw wrong('has a filter: what is new meets none yet; use "fields" and "presets"');
  try {
    const { filter: checked } = await checkedQuery({ filter });
    parseFilter(collection, checked, who);
  } catch (error) {
    if (error instanceof ApiError) throw wrong(`has a filter that cannot be used: ${error.message}`);
    throw error;
  }
}
