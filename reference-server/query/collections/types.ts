/** Members of records by name. */
export type Item = Readonly<Record<string, unknown>>;

/** What a field holds, by the names that Directus has for it: it decides which filter operators there are, and how values are stored. */
export type FieldType =
  | 'string'
  | 'text'
  | 'uuid'
  | 'hash'
  | 'boolean'
  | 'integer'
  | 'bigInteger'
  | 'float'
  | 'json'
  | 'csv'
  | 'jsonText'
  | 'date'
  | 'time'
  | 'dateTime'
  | 'timestamp'
  | 'alias';

/** What a field refers to: one record by its key, or many, by a list of keys. */
export interface Relation {
  readonly to: string;
  readonly many: boolean;
  /** Of many: the field of those records that refers back. */
  readonly by?: string;
  /** Of many: the field of those records that has their order; the primary key when not given. */
  readonly orderedBy?: string;
}

/** What a field takes when a record is written. */
export interface FieldRule {
  readonly name: string;
  /** True where it may not be null. */
  readonly required?: boolean;
  /** What the server writes into it. */
  readonly special?: string;
  /** What it holds where a new record does not say. */
  readonly default?: unknown;
  /** Members that GET /fields tells of it, of which `validation` is a filter. */
  readonly meta?: Item | null;
}

/** A collection of the API, and what its fields are. Observed: Directus 12.4.1. */
export interface Collection {
  readonly name: string;
  /** In the order in which they are told. */
  readonly types: Readonly<Record<string, FieldType>>;
  /** Of one that is written as items are: what its fields take. */
  readonly fields?: readonly FieldRule[];
  /** Fields whose values are never told, and cannot be filtered by either. */
  readonly concealed?: readonly string[];
  readonly relations?: Readonly<Record<string, Relation>>;
  /** The field that records are sorted by where nothing else is said; the primary key when not given. */
  readonly sortBy?: string;
  /** The field that names a record; `id` when not given. */
  readonly primaryKey?: string;
  /** Finds the collections that the relations name, where they are not those of the system. */
  readonly resolve?: (name: string) => Collection | undefined;
  /** Where nothing of it may be seen (narrowed.ts). */
  readonly seen?: 'none';
  /** The collection as it is, where not all of it may be seen. */
  readonly whole?: Collection;
  /** Fields that are left out of an answer, also where they are asked for by name. */
  readonly leftOut?: readonly string[];
}
