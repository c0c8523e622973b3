import {
  contentOf,
  DEFINITIONS,
  definitionsOf,
  ON_DELETE,
  withKey,
  type DefinedField,
  type Definition,
  type OnDelete,
} from '../content/content-model.js';
import { uniqueNames } from '../content/unique-values.js';
import { oneByOne } from '../content/one-by-one.js';
import { removeItems } from '../content/remove-items.js';
import type { Author } from '../query/filter/operands.js';
import type { Context } from '../context.js';
import { forbidden, invalidPayload } from '../http/errors.js';
import { keyFieldOf, permissions, systemCollection, type Item } from '../query/collection.js';
import type { ItemChange } from '../stores/store.js';
import { aliasFrom, changedField, fieldFrom, isAlias, membersOf } from './defined-field.js';

/*
 * Collections, fields and relations that administrators create, change and remove while the server runs. Errors observed: Directus 12.4.1.
 */

type Ports = Pick<Context, 'store' | 'random' | 'itemEvents'>;

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Changes the definition of a collection of content. */
async function redefine(
  { store }: Ports,
  name: string,
  change: (before: Definition, all: readonly Definition[]) => Definition | Promise<Definition>,
): Promise<void> {
  if (name.startsWith('directus_')) throw invalidPayload('Fields of the system cannot be added or changed here');
  await oneByOne(store, async () => {
    const all = await definitionsOf(store);
    const before = all.find((one) => one.name === name);
    if (before === undefined) throw forbidden({ collection: name });
    const members = { ...(await change(before, all)) } as unknown as Item;
    await store.changeItems([{ kind: 'merge', collection: DEFINITIONS, key: name, members }]);
  });
}

/** The key of a collection that is created without one. Observed: Directus 12.4.1. */
const GIVEN_KEY: DefinedField = {
  name: 'id',
  type: 'integer',
  primaryKey: true,
  meta: { interface: 'numeric', readonly: true, hidden: true },
};

const isKeyField = ({ schema }: Item): boolean => membersOf(schema)['is_primary_key'] === true;

/** @throws ApiError 400 INVALID_PAYLOAD */
export async function createCollection({ store }: Ports, input: Item): Promise<string> {
  const { collection: name, fields, meta, schema } = input;
  if (name === undefined || name === null || name === '') throw invalidPayload('"collection" is required');
  if (typeof name !== 'string' || !NAME.test(name))
    throw invalidPayload('"collection" has to be letters, digits and _');
  if (name.startsWith('directus_')) throw invalidPayload('"collection" can\'t start with "directus_"');
  if (schema === undefined && meta === undefined) throw forbidden();
  const given = Array.isArray(fields) ? (fields as unknown[]).map(membersOf) : [];
  const isGroup = schema === null || schema === undefined;
  const keyed = given.length === 0 || !given.some(isKeyField) ? [GIVEN_KEY] : [];
  const members: Definition = {
    name,
    fields: isGroup ? [] : [...keyed, ...given.filter((one) => !isAlias(one)).map(fieldFrom)],
    ...(isGroup && { isGroup }),
    ...(membersOf(meta)['singleton'] === true && { singleton: true }),
    meta: meta === undefined ? null : membersOf(meta),
    aliases: given.flatMap((one, place) => aliasFrom(one, place) ?? []),
  };
  await oneByOne(store, async () => {
    const insert: ItemChange = {
      kind: 'insert',
      collection: DEFINITIONS,
      key: name,
      members: members as unknown as Item,
    };
    if (systemCollection(name) !== undefined || !(await store.changeItems([insert])))
      throw invalidPayload(`Collection "${name}" already exists`);
  });
  return name;
}

/** @throws ApiError 403 FORBIDDEN for one that there is not */
export async function changeCollection(ports: Ports, name: string, { meta }: Item): Promise<void> {
  const changes = membersOf(meta);
  await redefine(ports, name, (before) => ({
    ...before,
    ...(changes['singleton'] !== undefined && { singleton: changes['singleton'] === true }),
    ...(meta !== undefined && { meta: { ...before.meta, ...changes } }),
  }));
}

/** Removes a collection with its items, the relations that lead there, and the permissions about it. */
export async function removeCollection(ports: Ports, name: string, by: Author): Promise<void> {
  const { store } = ports;
  if (name.startsWith('directus_')) throw invalidPayload('Collections of the system cannot be removed');
  const collection = (await contentOf(store)).get(name);
  if (collection === undefined) {
    if (!(await definitionsOf(store)).some((one) => one.name === name)) throw forbidden();
    await store.changeItems([{ kind: 'remove', collection: DEFINITIONS, key: name }]);
    return;
  }
  const keyField = keyFieldOf(collection);
  const keys = (await store.items(name)).map(({ members }) => members[keyField] as string | number);
  await removeItems(ports, collection, keys, by, keys, `drop table \`${name}\``);
  await oneByOne(store, async () => {
    const changes: ItemChange[] = [{ kind: 'remove', collection: DEFINITIONS, key: name }];
    for (const other of await definitionsOf(store)) {
      const fields = other.fields
        .filter(({ type, to }) => type !== 'one-to-many' || to !== name)
        .map((field) => (field.to === name ? unrelated(field, collection.types[keyField]) : field));
      if (other.name !== name)
        changes.push({ kind: 'merge', collection: DEFINITIONS, key: other.name, members: { fields } });
    }
    for (const { key, members } of await store.items(permissions.name))
      if (members['collection'] === name) changes.push({ kind: 'remove', collection: permissions.name, key });
    await store.changeItems(changes);
  });
}

/** A field that refers to nothing any more: it keeps what it holds. */
function unrelated(field: DefinedField, keyType = 'integer'): DefinedField {
  const ofRelation = ['to', 'relation', 'onDelete'];
  const kept = Object.fromEntries(Object.entries(field).filter(([name]) => !ofRelation.includes(name)));
  const type = keyType === 'string' ? 'uuid' : (keyType as DefinedField['type']);
  return { ...(kept as unknown as DefinedField), type };
}

/** @throws ApiError 400 INVALID_PAYLOAD, 403 FORBIDDEN */
export async function createField(ports: Ports, collection: string, input: Item): Promise<void> {
  const { field: name } = input;
  await redefine(ports, collection, async (before) => {
    const { fields, aliases = [] } = withKey(before);
    if ([...fields, ...aliases].some((one) => one.name === name))
      throw invalidPayload(`Field "${String(name)}" already exists in collection "${collection}"`);
    if (!NAME.test(String(name))) throw invalidPayload('"field" has to be letters, digits and _');
    const alias = aliasFrom(input, fields.length + aliases.length);
    if (alias !== undefined) return { ...before, aliases: [...aliases, alias] };
    const field = fieldFrom(input);
    if (field.default !== undefined && field.default !== null)
      await ports.store.changeItems(
        (await ports.store.items(collection)).map(({ key }) => ({
          kind: 'merge',
          collection,
          key,
          members: { [field.name]: field.default },
        })),
      );
    return { ...before, fields: [...fields, field] };
  });
}

/** @throws ApiError 403 FORBIDDEN for one that there is not */
export async function changeField(ports: Ports, collection: string, name: string, input: Item): Promise<void> {
  const told = (await contentOf(ports.store)).get(collection)?.types[name];
  if (input['type'] !== undefined && told !== undefined && input['type'] !== told)
    throw invalidPayload(`The type of "${name}" cannot be changed: remove the field, and create it anew`);
  await redefine(ports, collection, (before) => {
    const { fields, aliases = [] } = withKey(before);
    if (![...fields, ...aliases].some((one) => one.name === name)) throw forbidden();
    return {
      ...before,
      fields: fields.map((field) => (field.name === name ? changedField(field, input) : field)),
      aliases: aliases.map((one) =>
        one.name === name ? { ...one, meta: { ...one.meta, ...membersOf(input['meta']) } } : one,
      ),
    };
  });
}

/** Removes a field with what items hold of it; with one that refers to records, what leads back from there. */
export async function removeField(ports: Ports, collection: string, name: string): Promise<void> {
  const { store } = ports;
  const content = (await contentOf(store)).get(collection);
  if (content !== undefined && keyFieldOf(content) === name)
    throw invalidPayload('The primary key of a collection cannot be removed');
  await redefine(ports, collection, async (before) => {
    const { fields, aliases = [] } = withKey(before);
    const field = fields.find((one) => one.name === name);
    if (field !== undefined) await forget(ports, collection, field);
    return {
      ...before,
      fields: fields.filter((one) => one.name !== name),
      aliases: aliases.filter((one) => one.name !== name),
    };
  });
  await removeBack(ports, collection, name);
}

/** Empties a field of all items. */
async function forget({ store }: Ports, collection: string, field: DefinedField): Promise<void> {
  const changes: ItemChange[] = [];
  for (const { key } of await store.items(collection))
    changes.push({ kind: 'merge', collection, key, members: { [field.name]: null } });
  for (const name of uniqueNames({ name: collection, types: {}, fields: [field] }))
    for (const { key } of await store.items(name)) changes.push({ kind: 'remove', collection: name, key });
  await store.changeItems(changes);
}

/** Removes the one-to-many field that a relation led back by. */
async function removeBack(ports: Ports, collection: string, name: string): Promise<void> {
  for (const { name: other, fields } of await definitionsOf(ports.store))
    if (fields.some(({ to, by }) => to === collection && by === name))
      await redefine(ports, other, (before) => ({
        ...before,
        fields: before.fields.filter(({ to, by }) => to !== collection || by !== name),
      }));
}

/**
 * The field that a relation is to begin at, as a request names it.
 * @throws ApiError 400 INVALID_PAYLOAD
 */
export function endOf({ collection, field }: Item): { readonly collection: string; readonly field: string } {
  if (typeof collection !== 'string') throw invalidPayload('"collection" is required');
  if (typeof field !== 'string') throw invalidPayload('"field" is required');
  return { collection, field };
}

/**
 * Lets a field refer to records of another collection; `meta.one_field` names the field there that leads back.
 * @throws ApiError 400 INVALID_PAYLOAD
 */
export async function createRelation(ports: Ports, input: Item): Promise<void> {
  const { related_collection: to, meta, schema } = input;
  const { collection, field: name } = endOf(input);
  if (typeof to !== 'string') throw invalidPayload('"related_collection" has to be a collection: a field leads to one');
  const onDelete = onDeleteIn(schema) ?? 'NO ACTION';
  await redefine(ports, collection, (before, all) => {
    const { fields } = withKey(before);
    const field = fields.find((one) => one.name === name);
    if (field === undefined) throw invalidPayload(`Field "${name}" doesn't exist in collection "${collection}"`);
    if (!all.some((one) => one.name === to) && systemCollection(to) === undefined)
      throw invalidPayload(`Collection "${to}" doesn't exist`);
    if (field.type === 'many-to-one')
      throw invalidPayload(`Field "${name}" in collection "${collection}" already has an associated relationship`);
    const related: DefinedField = { ...field, type: 'many-to-one', to, relation: membersOf(meta), onDelete };
    return { ...before, fields: fields.map((one) => (one.name === name ? related : one)) };
  });
  const back = membersOf(meta)['one_field'];
  if (typeof back === 'string' && systemCollection(to) === undefined)
    await redefine(ports, to, (before) => {
      const { fields, aliases = [] } = withKey(before);
      const { meta: told = { special: ['o2m'] }, place = Number.MAX_SAFE_INTEGER } =
        aliases.find((one) => one.name === back) ?? {};
      const leading: DefinedField = { name: back, type: 'one-to-many', to: collection, by: name, meta: told, place };
      const isBefore = (one: DefinedField): boolean => one.place === undefined || one.place <= place;
      return {
        ...before,
        fields: [...fields.filter(isBefore), leading, ...fields.filter((one) => !isBefore(one))],
        aliases: aliases.filter((one) => one.name !== back),
      };
    });
}

/**
 * What a request says is to become of what refers to a record that is removed.
 * @throws ApiError 400 INVALID_PAYLOAD
 */
function onDeleteIn(schema: unknown): OnDelete | undefined {
  const { on_delete: given } = membersOf(schema);
  const isKnown = given === undefined || ON_DELETE.some((one) => one === given);
  if (!isKnown) throw invalidPayload(`"schema.on_delete" must be one of [${ON_DELETE.join(', ')}]`);
  return given as OnDelete | undefined;
}

/** @throws ApiError 400 INVALID_PAYLOAD, 403 FORBIDDEN for one that there is not */
export async function changeRelation(
  ports: Ports,
  collection: string,
  name: string,
  { meta, schema }: Item,
): Promise<void> {
  const onDelete = onDeleteIn(schema);
  const changed = onDelete !== undefined && { onDelete };
  await redefine(ports, collection, (before) => {
    const { fields } = withKey(before);
    if (!fields.some((one) => one.name === name && one.type === 'many-to-one')) throw forbidden();
    return {
      ...before,
      fields: fields.map((one) =>
        one.name === name ? { ...one, relation: { ...one.relation, ...membersOf(meta) }, ...changed } : one,
      ),
    };
  });
}

/** Lets a field refer to nothing; it keeps what it holds. */
export async function removeRelation(ports: Ports, collection: string, name: string): Promise<void> {
  const types = (await contentOf(ports.store)).get(collection)?.types ?? {};
  await redefine(ports, collection, (before) => {
    const { fields } = withKey(before);
    if (!fields.some((one) => one.name === name && one.type === 'many-to-one'))
      throw invalidPayload(`Field "${name}" doesn't exist in collection "${collection}"`);
    return { ...before, fields: fields.map((one) => (one.name === name ? unrelated(one, types[name]) : one)) };
  });
  await removeBack(ports, collection, name);
}
