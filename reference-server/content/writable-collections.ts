import type { InitialField } from '../../spec/generated/initial-data.js';
import { comments, notifications, presets, translations } from '../query/collections/app.js';
import { dashboards, flows, operations, panels } from '../query/collections/studio.js';
import { files, folders } from '../query/collections/files.js';
import { systemCollection, type Collection } from '../query/collection.js';
import type { Content, ContentCollection, DefinedField, OnDelete } from './content-model.js';
import { writableAccess, writablePermissions, writablePolicies } from './policy-collections.js';

/*
 * Collections of the system that are written as items are. Required fields, defaults, and what becomes of them when what they refer to is
 * removed, observed: Directus 12.4.1.
 */

const withFields = (collection: Collection, fields: readonly DefinedField[]): ContentCollection => ({
  ...collection,
  fields,
});

const uuid: InitialField = { name: 'id', type: 'uuid', primaryKey: true };
const number: InitialField = { name: 'id', type: 'integer', primaryKey: true };
const one = (name: string, to: string, onDelete: OnDelete = 'SET NULL'): DefinedField => ({
  name,
  type: 'many-to-one',
  to,
  onDelete,
});
/** Who has created a record, and who has changed it last. */
const creator: DefinedField = { ...one('user_created', 'directus_users'), special: 'user-created' };
const editor: DefinedField = { ...one('user_updated', 'directus_users'), special: 'user-updated' };

export const writableFiles = withFields(files, [
  uuid,
  { name: 'storage', type: 'string', required: true },
  { name: 'filename_disk', type: 'string' },
  { name: 'filename_download', type: 'string', required: true },
  { name: 'title', type: 'string' },
  { name: 'type', type: 'string' },
  one('folder', folders.name),
  { ...one('uploaded_by', 'directus_users', 'NO ACTION'), special: 'user-created' },
  { name: 'created_on', type: 'dateTime', special: 'date-created' },
  { ...one('modified_by', 'directus_users', 'NO ACTION'), special: 'user-updated' },
  { name: 'modified_on', type: 'dateTime' },
  { name: 'charset', type: 'string' },
  { name: 'filesize', type: 'bigInteger' },
  { name: 'width', type: 'integer' },
  { name: 'height', type: 'integer' },
  { name: 'duration', type: 'integer' },
  { name: 'embed', type: 'string' },
  { name: 'description', type: 'text' },
  { name: 'location', type: 'text' },
  { name: 'tags', type: 'json' },
  { name: 'metadata', type: 'json' },
  { name: 'focal_point_x', type: 'integer' },
  { name: 'focal_point_y', type: 'integer' },
  { name: 'tus_id', type: 'string' },
  { name: 'tus_data', type: 'json' },
  { name: 'uploaded_on', type: 'dateTime' },
]);

export const writableFolders = withFields(folders, [
  uuid,
  { name: 'name', type: 'string', required: true },
  one('parent', folders.name, 'NO ACTION'),
  { name: 'type', type: 'string', required: true, default: 'files' },
]);

export const writableNotifications = withFields(notifications, [
  number,
  { name: 'timestamp', type: 'timestamp', special: 'date-created' },
  { name: 'status', type: 'string', default: 'inbox' },
  { ...one('recipient', 'directus_users', 'CASCADE'), required: true },
  one('sender', 'directus_users'),
  { name: 'subject', type: 'string', required: true },
  { name: 'message', type: 'text' },
  { name: 'collection', type: 'string' },
  { name: 'item', type: 'string' },
]);

export const writablePresets = withFields(presets, [
  number,
  { name: 'bookmark', type: 'string' },
  one('user', 'directus_users', 'CASCADE'),
  one('role', 'directus_roles', 'CASCADE'),
  { name: 'collection', type: 'string' },
  { name: 'search', type: 'string' },
  { name: 'layout', type: 'string', default: 'tabular' },
  { name: 'layout_query', type: 'json' },
  { name: 'layout_options', type: 'json' },
  { name: 'refresh_interval', type: 'integer' },
  { name: 'filter', type: 'json' },
  { name: 'icon', type: 'string', default: 'bookmark' },
  { name: 'color', type: 'string' },
]);

export const writableComments = withFields(comments, [
  uuid,
  { name: 'collection', type: 'string', required: true },
  { name: 'item', type: 'string', required: true },
  { name: 'comment', type: 'text', required: true },
  { name: 'date_created', type: 'timestamp', special: 'date-created' },
  { name: 'date_updated', type: 'timestamp', special: 'date-updated', fromStart: true },
  creator,
  editor,
]);

export const writableTranslations = withFields(translations, [
  uuid,
  { name: 'language', type: 'string', required: true },
  { name: 'key', type: 'string', required: true },
  { name: 'value', type: 'text', required: true },
]);

export const writableDashboards = withFields(dashboards, [
  uuid,
  { name: 'name', type: 'string', required: true },
  { name: 'icon', type: 'string', required: true, default: 'dashboard' },
  { name: 'note', type: 'text' },
  { name: 'date_created', type: 'timestamp', special: 'date-created' },
  creator,
  { name: 'color', type: 'string' },
  { name: 'panels', type: 'one-to-many', to: panels.name, by: 'dashboard' },
]);

export const writablePanels = withFields(panels, [
  uuid,
  { ...one('dashboard', dashboards.name, 'CASCADE'), required: true },
  { name: 'name', type: 'string' },
  { name: 'icon', type: 'string' },
  { name: 'color', type: 'string' },
  { name: 'show_header', type: 'boolean', required: true, default: false },
  { name: 'note', type: 'text' },
  { name: 'type', type: 'string', required: true },
  { name: 'position_x', type: 'integer', required: true },
  { name: 'position_y', type: 'integer', required: true },
  { name: 'width', type: 'integer', required: true },
  { name: 'height', type: 'integer', required: true },
  { name: 'options', type: 'json' },
  { name: 'date_created', type: 'timestamp', special: 'date-created' },
  creator,
]);

/** Flows are kept, and not run. */
export const writableFlows = withFields(flows, [
  uuid,
  { name: 'name', type: 'string', required: true },
  { name: 'icon', type: 'string' },
  { name: 'color', type: 'string' },
  { name: 'description', type: 'text' },
  { name: 'status', type: 'string', required: true, default: 'active' },
  { name: 'trigger', type: 'string' },
  { name: 'accountability', type: 'string', default: 'all' },
  { name: 'options', type: 'json' },
  { name: 'operation', type: 'uuid' },
  { name: 'date_created', type: 'dateTime', special: 'date-created' },
  creator,
  one('folder', folders.name),
  { name: 'operations', type: 'one-to-many', to: operations.name, by: 'flow' },
]);

export const writableOperations = withFields(operations, [
  uuid,
  { name: 'name', type: 'string' },
  { name: 'key', type: 'string', required: true },
  { name: 'type', type: 'string', required: true },
  { name: 'position_x', type: 'integer', required: true },
  { name: 'position_y', type: 'integer', required: true },
  { name: 'options', type: 'json' },
  one('resolve', operations.name, 'NO ACTION'),
  one('reject', operations.name, 'NO ACTION'),
  { ...one('flow', flows.name, 'CASCADE'), required: true },
  { name: 'date_created', type: 'dateTime', special: 'date-created' },
  creator,
]);

/** Those that other records refer to, and that refer to others. */
export const libraryCollections: readonly ContentCollection[] = [
  ...[writableFiles, writableFolders, writableNotifications, writablePresets, writableComments, writableTranslations],
  ...[writableDashboards, writablePanels, writableFlows, writableOperations],
];

const byName: ReadonlyMap<string, ContentCollection> = new Map(
  [...libraryCollections, writablePolicies, writableAccess, writablePermissions].map((each) => [each.name, each]),
);

export const writableNames: readonly string[] = [...byName.keys()];

/** A collection that is written as items are: of content, or of the system. */
export const writableNamed = (content: Content, name: string): ContentCollection | undefined =>
  content.get(name) ?? byName.get(name);

/** A collection that permissions can be about. */
export const knownCollection = (content: Content, name: string): Collection | undefined =>
  content.get(name) ?? systemCollection(name);
