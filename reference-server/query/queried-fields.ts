import { forbidden, forbiddenFields } from '../http/errors.js';
import { fieldsOf, relationOf, type Collection } from './collection.js';
import type { Deep } from './deep.js';
import { fieldOf } from './filter/functions.js';
import type { Query } from './checked-query.js';

/** The fields that are asked for, in order; those of a record that a field refers to beneath it. */
export type FieldTree = ReadonlyMap<string, FieldTree | undefined>;

/** Other names by which fields are told, each with the field; a name without one is ignored. */
export type Aliases = Readonly<Record<string, string | undefined>>;

/** Fields that a query names, by the fields that lead to them: those that do not exist are told together. Observed: Directus 12.4.1. */
export class QueriedFields {
  readonly #places = new Map<string, { collection: Collection; path: readonly string[]; fields: Set<string> }>();

  add(collection: Collection, path: readonly string[], field: string): void {
    const name = path.join('.');
    const place = this.#places.get(name) ?? { collection, path, fields: new Set() };
    this.#places.set(name, place);
    place.fields.add(field);
  }

  /** What a filter names, from its end, and what it is sorted by. */
  addQuery(collection: Collection, { filter, sort = [] }: Query, path: readonly string[] = []): this {
    this.#addFilter(collection, filter, path);
    for (const name of sort) this.#addPath(collection, name.replace(/^-/, '').split('.'), path);
    return this;
  }

  /** What is asked of the records that fields refer to: what is deepest comes first. */
  addDeep(
    collection: Collection,
    tree: FieldTree,
    deep: Deep | undefined,
    alias: Aliases = {},
    path: readonly string[] = [],
  ): this {
    for (const [name, beneath] of deep === undefined ? [] : tree) {
      const field = (Object.hasOwn(alias, name) ? alias[name] : undefined) ?? name;
      const relation = relationOf(collection, field);
      const asked = deep?.beneath(name);
      if (relation === undefined || asked === undefined || (beneath === undefined && !relation.many)) continue;
      if (beneath !== undefined) this.addDeep(relation.to, beneath, asked, {}, [...path, name]);
      this.addQuery(relation.to, asked.query(), [...path, name]);
    }
    return this;
  }

  /**
   * Checks that all of them exist, and then that they may be read, for which those that are asked for come first. Observed: Directus 12.4.1.
   * @param asked for, beside those that the query names
   * @throws ApiError 403 FORBIDDEN for what there is not, at the first of the places
   */
  mustExist(asked = new QueriedFields()): void {
    for (const { collection, path, fields } of [...this.#places.values(), ...asked.#places.values()])
      mustHave(collection.whole ?? collection, fields, path);
    for (const { collection, path, fields } of [...asked.#places.values(), ...this.#places.values()]) {
      if (collection.seen === 'none') throw forbidden({ collection: collection.name, path });
      mustHave(collection, fields, path);
    }
  }

  #addFilter(collection: Collection, filter: unknown, path: readonly string[]): void {
    if (typeof filter !== 'object' || filter === null) return;
    for (const [name, condition] of Object.entries(filter).reverse() as [string, unknown][]) {
      if (name === '_and' || name === '_or')
        for (const part of [...(condition as unknown[])].reverse()) this.#addFilter(collection, part, path);
      else if (!name.startsWith('_')) {
        const field = fieldOf(name);
        this.add(collection, path, field);
        this.#addCondition(collection, field, condition, path);
      }
    }
  }

  /** What a condition of a field names: of the records that it refers to, where it refers to any. */
  #addCondition(collection: Collection, field: string, condition: unknown, path: readonly string[]): void {
    const relation = relationOf(collection, field);
    const [to, at] = relation === undefined ? [collection, path] : [relation.to, [...path, field]];
    if (typeof condition !== 'object' || condition === null) return;
    for (const [name, part] of Object.entries(condition).reverse() as [string, unknown][])
      if (name === '_some' || name === '_none') this.#addFilter(to, part, at);
      else if (name === '_and' || name === '_or')
        for (const each of [...(part as unknown[])].reverse()) this.#addCondition(collection, field, each, path);
      else if (!name.startsWith('_')) this.#addFilter(to, { [name]: part }, at);
  }

  #addPath(collection: Collection, [name = '', ...rest]: readonly string[], path: readonly string[]): void {
    const field = fieldOf(name);
    this.add(collection, path, field);
    if (rest.length === 0) return;
    const relation = relationOf(collection, field);
    if (relation === undefined) this.#addPath(collection, rest, path);
    else this.#addPath(relation.to, rest, [...path, field]);
  }
}

function mustHave(collection: Collection, fields: ReadonlySet<string>, path: readonly string[]): void {
  const unknown = [...fields].filter((field) => !fieldsOf(collection).includes(field));
  if (unknown.length > 0) throw forbiddenFields(collection.name, unknown, path);
}
