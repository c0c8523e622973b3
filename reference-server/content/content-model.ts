import type { InitialCollection, InitialField } from '../../spec/generated/initial-data.js';
import { systemCollection, type Collection, type FieldType, type Item, type Relation } from '../query/collection.js';
import type { Store } from '../stores/store.js';

/** Where the store keeps the definitions of collections. */
export const DEFINITIONS = 'directus_collections';

/** What a database does with what refers to a record that is removed (SQLite, Foreign Key Support, section 4.3). */
export const ON_DELETE = ['NO ACTION', 'SET NULL', 'SET DEFAULT', 'CASCADE', 'RESTRICT'] as const;
export type OnDelete = (typeof ON_DELETE)[number];

/** A field as the store keeps it: what a seed file says of it, and what an administrator has said since. */
export interface DefinedField extends InitialField {
  /** Members that GET /fields tells of it; null where it was created without any. */
  readonly meta?: Item | null;
  /** Of what the server writes when an item is changed: true where it does so when the item is created too. */
  readonly fromStart?: boolean;
  /** Of many-to-one: what becomes of an item when what it refers to is removed; the field becomes null when not given. */
  readonly onDelete?: OnDelete;
  /** Of one-to-many: its place among the fields, which was its alias'. */
  readonly place?: number;
  /** Of many-to-one: members that GET /relations tells of it. */
  readonly relation?: Item;
}

/** A field that holds nothing. */
export interface Alias {
  readonly name: string;
  readonly meta: Item;
  /** Among the fields, in the order in which they were created. */
  readonly place: number;
}

/** A collection as the store keeps it. */
export interface Definition extends InitialCollection {
  fields: DefinedField[];
  /** Members that GET /collections tells of it; null where it was created without any. */
  readonly meta?: Item | null;
  /** True for one that holds nothing itself: it groups others. */
  readonly isGroup?: boolean;
  /** Fields that hold nothing: what divides a form, or leads to items once there is a relation. */
  readonly aliases?: readonly Alias[];
}

/** A collection of content: how it is read, and what its fields take. */
export interface ContentCollection extends Collection {
  readonly fields: readonly DefinedField[];
  /** True where it holds one item. */
  readonly singleton?: boolean;
}

export type Content = ReadonlyMap<string, ContentCollection>;

/** The collections of content that a store has. */
export async function contentOf(store: Pick<Store, 'items'>): Promise<Content> {
  return contentAs(await definitionsOf(store));
}

/** The collections of content as a store keeps them. */
export async function definitionsOf(store: Pick<Store, 'items'>): Promise<readonly Definition[]> {
  return (await store.items(DEFINITIONS)).map(({ members }) => members as unknown as Definition);
}

/** Collections as they are read, with what their relations lead to. */
export function contentAs(
  definitions: readonly (InitialCollection & Pick<Definition, 'fields' | 'isGroup' | 'meta'>)[],
): Content {
  const content = new Map<string, ContentCollection>();
  const complete = definitions.filter(({ isGroup }) => isGroup !== true).map(withKey);
  const keyTypes = new Map(complete.map(({ name, fields }) => [name, typeOfKey(fields)]));
  for (const { name, fields, singleton = false, meta } of complete) {
    const sortBy = meta?.['sort_field'];
    const relations = fields.flatMap((field): [string, Relation][] => {
      const relation = relationIn(field);
      if (relation === undefined) return [];
      const orderedBy = relation.many ? orderOf(complete, relation) : undefined;
      return [[field.name, orderedBy === undefined ? relation : { ...relation, orderedBy }]];
    });
    content.set(name, {
      name,
      fields,
      singleton,
      ...(typeof sortBy === 'string' && { sortBy }),
      types: Object.fromEntries(fields.map((field) => [field.name, toldType(field, keyTypes)])),
      relations: Object.fromEntries(relations),
      primaryKey: fields.find(({ primaryKey }) => primaryKey === true)?.name ?? 'id',
      resolve: (other) => content.get(other) ?? systemCollection(other),
    });
  }
  return content;
}

/** A definition with a primary key: `id`, where it names none. */
export function withKey<Defined extends InitialCollection>(definition: Defined): Defined {
  const { fields } = definition;
  if (fields.some(({ primaryKey }) => primaryKey === true)) return definition;
  return { ...definition, fields: [{ name: 'id', type: 'integer', primaryKey: true }, ...fields] };
}

function relationIn({ type, to = '', by }: InitialField): Relation | undefined {
  if (type === 'many-to-one') return { to, many: false };
  if (type === 'one-to-many') return { to, many: true, ...(by !== undefined && { by }) };
  return undefined;
}

/** The field that the records of a one-to-many field are ordered by, as its relation says. */
function orderOf(
  definitions: readonly Pick<Definition, 'fields' | 'name'>[],
  { to, by }: Relation,
): string | undefined {
  const { fields = [] } = definitions.find(({ name }) => name === to) ?? {};
  const order = fields.find(({ name }) => name === by)?.relation?.['sort_field'];
  return typeof order === 'string' ? order : undefined;
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
