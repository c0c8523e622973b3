import type { Item } from '../query/collection.js';

/*
 * The members that Directus tells of collections, fields and relations, with what they are where nothing is said of them.
 * Observed: Directus 12.4.1 on SQLite.
 */

/** A collection, as GET /collections tells it. */
export interface ToldCollection {
  readonly collection: string;
  readonly meta: Item | null;
  readonly schema: Item | null;
}

/** A field, as GET /fields tells it. */
export interface ToldField {
  readonly collection: string;
  readonly field: string;
  readonly type: string;
  /** Null for a field that no column holds. */
  readonly schema: Item | null;
  readonly meta: Item | null;
}

/** A relation, as GET /relations tells it: the field that refers to one record, and the collection of that record. */
export interface ToldRelation {
  readonly collection: string;
  readonly field: string;
  readonly related_collection: string;
  readonly schema: Item | null;
  readonly meta: Item | null;
}

export interface ToldSchema {
  readonly collections: readonly ToldCollection[];
  readonly fields: readonly ToldField[];
  readonly relations: readonly ToldRelation[];
}

export const COLLECTION_META: Item = {
  icon: null,
  note: null,
  display_template: null,
  hidden: false,
  singleton: false,
  translations: null,
  archive_field: null,
  archive_app_filter: true,
  archive_value: null,
  unarchive_value: null,
  sort_field: null,
  accountability: 'all',
  color: null,
  item_duplication_fields: null,
  sort: null,
  group: null,
  collapse: 'open',
  preview_url: null,
  versioning: false,
  status: 'active',
  autosave_revision_interval: null,
};

export const FIELD_META: Item = {
  special: null,
  interface: null,
  options: null,
  display: null,
  display_options: null,
  readonly: false,
  hidden: false,
  sort: null,
  width: 'full',
  translations: null,
  note: null,
  conditions: null,
  required: false,
  group: null,
  validation: null,
  validation_message: null,
  searchable: true,
};

export const FIELD_SCHEMA: Item = {
  data_type: null,
  default_value: null,
  max_length: null,
  numeric_precision: null,
  numeric_scale: null,
  is_generated: false,
  generation_expression: null,
  is_nullable: true,
  is_unique: false,
  is_indexed: false,
  is_primary_key: false,
  has_auto_increment: false,
  foreign_key_column: null,
  foreign_key_table: null,
};

export const RELATION_META: Item = {
  one_field: null,
  one_collection_field: null,
  one_allowed_collections: null,
  junction_field: null,
  sort_field: null,
  one_deselect_action: 'nullify',
};
