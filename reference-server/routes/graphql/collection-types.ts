import { covers, type Access } from '../../query/access.js';
import { fieldsOf, keyFieldOf, relationOf, type Collection, type FieldType } from '../../query/collection.js';
import type { FieldRule } from '../../query/collections/types.js';
import { DATE_PARTS, isCallable } from '../../query/filter/functions.js';
import { isNumeric } from '../../query/filter/operands.js';
import { FILTER_TYPES, OPERATORS_OF } from './filter-types.js';
import { narrowed } from '../../query/narrowed.js';

/*
 * The types, queries and mutations that GraphQL has for collections, as far as an access goes. Names observed: Directus 12.4.1.
 */

const SCALARS: Readonly<Record<FieldType, string>> = {
  string: 'String',
  text: 'String',
  uuid: 'ID',
  hash: 'String',
  alias: 'String',
  boolean: 'Boolean',
  integer: 'Int',
  bigInteger: 'GraphQLBigInt',
  float: 'Float',
  json: 'JSON',
  jsonText: 'JSON',
  csv: '[String]',
  date: 'Date',
  time: 'String',
  dateTime: 'Date',
  timestamp: 'Date',
};

/** A collection, and the name by which queries ask for it: `users` of directus_users. */
export interface Asked {
  readonly collection: Collection;
  readonly name: string;
  readonly isSingleton?: boolean;
  /** True where its records are read here, and not written. */
  readonly isReadOnly?: boolean;
}

/** What a schema is put together of. */
export interface Parts {
  readonly types: readonly string[];
  readonly queries: readonly string[];
  readonly mutations: readonly string[];
  readonly subscriptions: readonly string[];
}

/** What all collections share. */
export const SHARED_TYPES = `
  scalar JSON scalar Date scalar GraphQLBigInt scalar GraphQLStringOrFloat scalar Hash scalar Void
  enum EventEnum { create update delete }
  type delete_one { id: ID! }
  type delete_many { ids: [ID]! }
  type datetime_functions { ${DATE_PARTS.map((name) => `${name}: Int`).join(' ')} }
  type count_functions { count: Int }
  ${FILTER_TYPES}`;

/**
 * The types, queries and mutations of collections.
 * @param asked the collections that can be asked for by name
 * @param others those that relations of these lead to
 */
export function partsOf(asked: readonly Asked[], others: readonly Collection[], access: Access): Parts {
  const seen = new Map(
    [...asked.map(({ collection }) => collection), ...others]
      .filter(({ name }) => access.may('read', name))
      .map((collection) => [collection.name, narrowed(collection, access)]),
  );
  const isType = (name: string): boolean => seen.has(name);
  const types = [...seen.values()].map((collection) => typesOf(collection, isType));
  for (const action of ['create', 'update'] as const) {
    const written = [
      ...asked.filter(({ isReadOnly }) => isReadOnly !== true).map(({ collection }) => collection),
      ...others,
    ].filter(({ name }) => access.may(action, name));
    const isInput = (name: string): boolean => written.some((one) => one.name === name);
    types.push(...written.map((collection) => inputOf(collection, action, access, isInput)));
  }
  const told = [...seen.keys()];
  types.push(...told.map((name) => `type ${name}_mutated { key: ID! event: EventEnum data: ${name} }`));
  return {
    types,
    subscriptions: told.map((name) => `${name}_mutated(event: EventEnum): ${name}_mutated`),
    queries: asked.flatMap((one) => (isType(one.collection.name) ? queriesOf(one) : [])),
    mutations: asked.flatMap((one) =>
      one.isReadOnly === true ? [] : mutationsOf(one, access, isType(one.collection.name)),
    ),
  };
}

const LIST = 'sort: [String], limit: Int, offset: Int, page: Int, search: String';

function queriesOf({ collection: { name: type }, name, isSingleton }: Asked): string[] {
  if (isSingleton === true) return [`${name}: ${type}`];
  return [
    `${name}(filter: ${type}_filter, ${LIST}): [${type}!]!`,
    `${name}_by_id(id: ID!): ${type}`,
    `${name}_aggregated(groupBy: [String], filter: ${type}_filter, ${LIST}): [${type}_aggregated!]!`,
  ];
}

function mutationsOf(
  { collection: { name: type }, name, isSingleton }: Asked,
  access: Access,
  isType: boolean,
): string[] {
  const one = isType ? type : 'Boolean';
  const many = isType ? `[${type}!]!` : 'Boolean';
  // Of what several records have become, those that a query selects are told.
  const query = isType ? `filter: ${type}_filter, ${LIST}, ` : '';
  const [create, update] = [`create_${type}_input`, `update_${type}_input`];
  const may = (action: 'create' | 'update' | 'delete', of: readonly string[]): readonly string[] =>
    access.may(action, type) ? of : [];
  if (isSingleton === true) return [...may('update', [`update_${name}(data: ${update}!): ${one}`])];
  return [
    ...may('create', [
      `create_${name}_item(data: ${create}!): ${one}`,
      `create_${name}_items(${query}data: [${create}!]): ${many}`,
    ]),
    ...may('update', [
      `update_${name}_item(id: ID!, data: ${update}!): ${one}`,
      `update_${name}_items(${query}ids: [ID]!, data: ${update}!): ${many}`,
      `update_${name}_batch(${query}data: [${update}!]): ${many}`,
    ]),
    ...may('delete', [`delete_${name}_item(id: ID!): delete_one`, `delete_${name}_items(ids: [ID]!): delete_many`]),
  ];
}

/** What functions of a field there are. */
function functionsOf(collection: Collection, field: string): 'count' | 'datetime' | undefined {
  if (isCallable(collection, { name: 'count', field })) return 'count';
  return DATE_PARTS.some((name) => isCallable(collection, { name, field })) ? 'datetime' : undefined;
}

/** The name of the operators that a field is filtered by. */
function operatorsOf(collection: Collection, field: string): string {
  if (collection.concealed?.includes(field) === true) return 'hash';
  return OPERATORS_OF[scalarOf(collection, field)] ?? 'string';
}

/** The type of a collection, what its filter may hold, and what is counted and added up of it. */
function typesOf(collection: Collection, isType: (name: string) => boolean): string {
  const { name } = collection;
  const required = new Set(collection.fields?.filter(isNeverNull).map((field) => field.name));
  const fields: string[] = [];
  const filters: string[] = [];
  for (const field of fieldsOf(collection)) {
    const relation = relationOf(collection, field);
    // Of a record that may not be read there is the key.
    if (relation === undefined || (!relation.many && !isType(relation.to.name))) {
      const isKey = field === keyFieldOf(collection);
      fields.push(`${field}: ${isKey ? 'ID' : scalarOf(collection, field)}${isKey || required.has(field) ? '!' : ''}`);
      filters.push(`${field}: ${operatorsOf(collection, field)}_filter_operators`);
    } else if (isType(relation.to.name)) {
      const to = relation.to.name;
      fields.push(`${field}(filter: ${to}_filter, ${LIST}): ${relation.many ? `[${to}]` : to}`);
      filters.push(`${field}: ${to}_${relation.many ? 'quantifier_filter' : 'filter'}`);
    }
    const functions = functionsOf(collection, field);
    if (functions !== undefined) {
      fields.push(`${field}_func: ${functions}_functions`);
      filters.push(`${field}_func: ${functions}_function_filter_operators`);
    }
  }
  return `
    type ${name} { ${orNothing(fields)} }
    input ${name}_filter { ${filters.join(' ')} _and: [${name}_filter] _or: [${name}_filter] }
    input ${name}_quantifier_filter {
      ${filters.join(' ')} _and: [${name}_filter] _or: [${name}_filter] _some: ${name}_filter _none: ${name}_filter
    }
    ${aggregatesOf(collection)}`;
}

function aggregatesOf(collection: Collection): string {
  const { name, types } = collection;
  const fields = fieldsOf(collection);
  const numbers = fields.filter((field) => isNumeric(types[field]));
  const sums = ['avg', 'sum', 'avgDistinct', 'sumDistinct', 'min', 'max'].map(
    (one) => `${one}: ${name}_aggregated_fields`,
  );
  return `
    type ${name}_aggregated {
      group: JSON countAll: Int count: ${name}_aggregated_count countDistinct: ${name}_aggregated_count
      ${numbers.length === 0 ? '' : sums.join(' ')}
    }
    type ${name}_aggregated_count { ${orNothing(fields.map((field) => `${field}: Int`))} }
    ${numbers.length === 0 ? '' : `type ${name}_aggregated_fields { ${numbers.map((field) => `${field}: Float`).join(' ')} }`}`;
}

/**
 * What may be written of a record.
 * @param isInput true for a collection whose records may be written within others
 */
function inputOf(
  collection: Collection,
  action: 'create' | 'update',
  access: Access,
  isInput: (name: string) => boolean,
): string {
  const allowed = access.to(action, collection.name);
  const defined = new Map(collection.fields?.map((field) => [field.name, field]));
  const members = fieldsOf(collection)
    .filter((field) => access.isFull || allowed.some((each) => covers(each, field)))
    .map((field) => {
      const own = defined.get(field);
      const isGiven = own === undefined || own.default !== undefined || field === keyFieldOf(collection);
      const isRequired = action === 'create' && (isNamed(collection, field) || (!isGiven && isNeverNull(own)));
      return `${field}: ${inputTypeOf(collection, field, action, isInput)}${isRequired ? '!' : ''}`;
    });
  return `input ${action}_${collection.name}_input { ${orNothing(members)} }`;
}

function inputTypeOf(
  collection: Collection,
  field: string,
  action: 'create' | 'update',
  isInput: (name: string) => boolean,
): string {
  if (field === keyFieldOf(collection)) return 'ID';
  const relation = relationOf(collection, field);
  // Of records that may not be written there is the key, and of several nothing but text. Observed: Directus 12.4.1.
  if (relation === undefined || !isInput(relation.to.name)) return scalarOf(collection, field);
  const { name } = relation.to;
  return relation.many ? `[${action}_${name}_input]` : `${action}_${name}_input`;
}

/** The scalar of a field: of one that refers to a record that of its key. */
function scalarOf(collection: Collection, field: string): string {
  const relation = relationOf(collection, field);
  const isKey = relation?.many === false && relation.to.types[keyFieldOf(relation.to)] === 'uuid';
  return SCALARS[isKey ? 'uuid' : (collection.types[field] ?? 'string')];
}

/** True for a field that is never null. */
const isNeverNull = ({ required }: FieldRule): boolean => required === true;

/** A type has to have a field. */
const orNothing = (members: readonly string[]): string => (members.length === 0 ? '_empty: Void' : members.join(' '));

/** A role cannot be created without a name. Observed: Directus 12.4.1. */
const isNamed = ({ name }: Collection, field: string): boolean => name === 'directus_roles' && field === 'name';
