import { buildSchema, type GraphQLSchema } from 'graphql';
import type { InitialField } from '../../../spec/generated/initial-data.js';
import type { Content, ContentCollection } from '../../content/content-model.js';
import { covers, type Access, type Action } from '../../query/access.js';
import { fieldsOf, keyFieldOf, relationOf, users, type Collection, type FieldType } from '../../query/collection.js';
import { operatorsFor } from '../../query/filter/filter.js';
import { narrowed } from '../../query/narrowed.js';

/*
 * The schema of /graphql: the collections of content as far as an access goes. Names observed: Directus 12.4.1.
 */

const SCALARS: Readonly<Record<FieldType, string>> = {
  string: 'String',
  text: 'String',
  uuid: 'String',
  hash: 'String',
  alias: 'JSON',
  boolean: 'Boolean',
  integer: 'Int',
  bigInteger: 'GraphQLBigInt',
  float: 'Float',
  json: 'JSON',
  jsonText: 'JSON',
  date: 'Date',
  time: 'String',
  dateTime: 'Date',
  timestamp: 'Date',
};

const LIST_ARGUMENTS = 'sort: [String], limit: Int, offset: Int, page: Int, search: String';

/** The schema that an access sees. */
export function contentSchema(content: Content, access: Access): GraphQLSchema {
  const readable = [...content.values(), users]
    .filter(({ name }) => access.may('read', name))
    .map((collection) => narrowed(collection, access));
  const isType = (name: string): boolean => readable.some((each) => each.name === name);
  const may = (action: Action): readonly ContentCollection[] =>
    [...content.values()].filter(({ name }) => access.may(action, name));
  const queries = readable.flatMap((collection) => (content.has(collection.name) ? queriesOf(collection) : []));
  const result = (name: string, list = false): string => {
    if (!isType(name)) return 'Boolean';
    return list ? `[${name}!]!` : name;
  };
  const mutations = [
    ...may('create').map(
      ({ name }) =>
        `create_${name}_item(data: create_${name}_input!): ${result(name)}
         create_${name}_items(data: [create_${name}_input!]): ${result(name, true)}`,
    ),
    ...may('update').map(
      ({ name }) =>
        `update_${name}_item(id: ID!, data: update_${name}_input!): ${result(name)}
         update_${name}_items(ids: [ID]!, data: update_${name}_input!): ${result(name, true)}`,
    ),
    ...may('delete').map(
      ({ name }) => `delete_${name}_item(id: ID!): delete_one delete_${name}_items(ids: [ID]!): delete_many`,
    ),
  ];
  return buildSchema(`
    scalar JSON scalar Date scalar GraphQLBigInt scalar Void
    type delete_one { id: ID! }
    type delete_many { ids: [ID]! }
    ${(Object.keys(SCALARS) as FieldType[]).map(operatorsType).join('\n')}
    ${readable.map((collection) => typesOf(collection, isType)).join('\n')}
    ${may('create')
      .map((collection) => inputOf(collection, 'create', access))
      .join('\n')}
    ${may('update')
      .map((collection) => inputOf(collection, 'update', access))
      .join('\n')}
    type Query { ${queries.length === 0 ? '_empty: Void' : queries.join('\n')} }
    ${mutations.length === 0 ? '' : `type Mutation { ${mutations.join('\n')} }`}
  `);
}

const queriesOf = ({ name }: Collection): string[] => [
  `${name}(filter: ${name}_filter, ${LIST_ARGUMENTS}): [${name}!]!`,
  `${name}_by_id(id: ID!): ${name}`,
];

const operatorsType = (type: FieldType): string =>
  `input ${type}_filter_operators { ${operatorsFor(type)
    .map((name) => `${name}: JSON`)
    .join(' ')} }`;

/** The type of a collection, and what its filter may hold. */
function typesOf(collection: Collection, isType: (name: string) => boolean): string {
  const { name, types } = collection;
  const required = new Set(
    ('fields' in collection ? (collection.fields as readonly InitialField[]) : [])
      .filter((field) => field.required === true)
      .map((field) => field.name),
  );
  const fields: string[] = [];
  const filters: string[] = [];
  for (const field of fieldsOf(collection)) {
    const relation = relationOf(collection, field);
    const type = types[field] ?? 'string';
    // Of a record that may not be read there is the key.
    if (relation === undefined || (!relation.many && !isType(relation.to.name))) {
      const scalar = field === keyFieldOf(collection) ? 'ID' : SCALARS[type];
      fields.push(`${field}: ${scalar}${scalar === 'ID' || required.has(field) ? '!' : ''}`);
      filters.push(`${field}: ${type}_filter_operators`);
    } else if (isType(relation.to.name)) {
      fields.push(`${field}: ${relation.many ? `[${relation.to.name}]` : relation.to.name}`);
      filters.push(`${field}: ${relation.to.name}_filter`);
    }
  }
  return `
    type ${name} { ${fields.length === 0 ? '_empty: Void' : fields.join(' ')} }
    input ${name}_filter { ${filters.join(' ')} _and: [${name}_filter] _or: [${name}_filter] }`;
}

/** What may be written of an item. */
function inputOf(collection: ContentCollection, action: 'create' | 'update', access: Access): string {
  const allowed = access.to(action, collection.name);
  const members = collection.fields
    .filter(({ type }) => type !== 'one-to-many')
    .filter(({ name }) => access.isFull || allowed.some((each) => covers(each, name)))
    .map(({ name, type, primaryKey, required, default: preset }) => {
      const scalar =
        primaryKey === true ? 'ID' : type === 'many-to-one' ? 'JSON' : SCALARS[collection.types[name] ?? 'string'];
      return `${name}: ${scalar}${action === 'create' && required === true && preset === undefined ? '!' : ''}`;
    });
  return `input ${action}_${collection.name}_input { ${members.length === 0 ? '_empty: Void' : members.join(' ')} }`;
}
