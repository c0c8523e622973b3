import type { Item } from '../collection.js';

export type Action = 'create' | 'read' | 'update' | 'delete';

/** What a policy allows, as Directus stores it. */
export interface Permission {
  readonly collection: string;
  readonly action: Action;
  /** A filter that a record has to meet; everything meets none. */
  readonly permissions: Item | null;
  /** What the members that are given have to be. */
  readonly validation?: Item | null;
  /** Values of fields that a new record has where the request gives none. */
  readonly presets: Item | null;
  /** Fields by name; `*` for all, none for null. */
  readonly fields: readonly string[] | null;
}
