import type { InitialCollection, InitialField } from '../../spec/generated/initial-data.js';
import { systemCollection, type Collection, type FieldType, type Relation } from '../query/collection.js';
import type { Store } from '../stores/store.js';

/** Where the store keeps the definitions of collections. */
export const DEFINITIONS = 'directus_collections';

/** A collection of content: how it is read, and what its fields take. */
export interface ContentCollection extends Collection {
  readonly fields: readonly InitialField[];
}

export type Content = ReadonlyMap<string, ContentCollection>;

/** The collections of content that a store has. */
export async function contentOf(store: Pick<Store, 'items'>): Promise<Content> {
  const definitions = await store.items(DEFINITIONS);
  return contentAs(definitions.map(({ members }) => members as unknown as InitialCollection));
}

/** Collections as they are read, with what their relations lead to. */
export function contentAs(definitions: readonly InitialCollection[]): Content {
  const content = new Map<string, ContentCollection>();
  const complete = definitions.map(withKey);
  const keyTypes = new Map(complete.map(({ name, fields }) => [name, typeOfKey(fields)]));
  for (const { name, fields } of complete) {
    const relations = fields.flatMap((field): [string, Relation][] => {
      const relation = relationIn(field);
      return relation === undefined ? [] : [[field.name, relation]];
    });
    content.set(name, {
      name,
      fields,
      types: Object.fromEntries(fields.map((field) => [field.name, toldType(field, keyTypes)])),
      relations: Object.fromEntries(relations),
      primaryKey: fields.find(({ primaryKey }) => primaryKey === true)?.name ?? 'id',
      resolve: (other) => content.get(other) ?? systemCollection(other),
    });
  }
  return content;
}

/** A definition with a primary key: `id`, where it names none. */
function withKey({ name, fields }: InitialCollection): InitialCollection {
  if (fields.some(({ primaryKey }) => primaryKey === true)) return { name, fields };
  return { name, fields: [{ name: 'id', type: 'integer', primaryKey: true }, ...fields] };
}

function relationIn({ type, to = '', by }: InitialField): Relation | undefined {
  if (type === 'many-to-one') return { to, many: false };
  if (type === 'one-to-many') return { to, many: true, ...(by !== undefined && { by }) };
  return undefined;
}

const typeOfKey = (fields: readonly InitialField[]): FieldType => {
  const type = fields.find(({ primaryKey }) => primaryKey === true)?.type;
  return type === 'integer' || type === 'bigInteger' ? type : 'string';
};

/** What a Directus on SQLite says that a field is. Observed: Directus 12.4.1. */
function toldType({ type, primaryKey, to = '' }: InitialField, keyTypes: ReadonlyMap<string, FieldType>): FieldType {
  switch (type) {
    case 'many-to-one':
      return keyTypes.get(to) ?? 'string';
    case 'one-to-many':
      return 'alias';
    case 'decimal':
      return 'float';
    case 'uuid':
      return primaryKey === true ? 'uuid' : 'string';
    default:
      return type;
  }
}
