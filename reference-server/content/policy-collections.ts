import { access, permissions, policies, type Collection } from '../query/collection.js';
import type { ContentCollection, DefinedField } from './content-model.js';

/*
 * What administrators write of policies, as items are written. Required fields and defaults observed: Directus 11.17.4 and 12.4.1.
 */

const withFields = (collection: Collection, fields: readonly DefinedField[]): ContentCollection => ({
  ...collection,
  fields,
});

export const writablePolicies = withFields(policies, [
  { name: 'id', type: 'uuid', primaryKey: true },
  { name: 'name', type: 'string', required: true },
  { name: 'icon', type: 'string', required: true, default: 'badge' },
  { name: 'description', type: 'text' },
  { name: 'ip_access', type: 'csv' },
  { name: 'enforce_tfa', type: 'boolean', required: true, default: false },
  { name: 'admin_access', type: 'boolean', required: true, default: false },
  { name: 'app_access', type: 'boolean', required: true, default: false },
  { name: 'permissions', type: 'one-to-many', to: 'directus_permissions', by: 'policy' },
]);

export const writableAccess = withFields(access, [
  { name: 'id', type: 'uuid', primaryKey: true },
  { name: 'policy', type: 'many-to-one', to: policies.name, required: true, onDelete: 'CASCADE' },
  { name: 'role', type: 'many-to-one', to: 'directus_roles', onDelete: 'CASCADE' },
  { name: 'user', type: 'many-to-one', to: 'directus_users', onDelete: 'CASCADE' },
  { name: 'sort', type: 'integer' },
]);

export const writablePermissions = withFields(permissions, [
  { name: 'id', type: 'integer', primaryKey: true },
  { name: 'collection', type: 'string', required: true },
  { name: 'action', type: 'string', required: true },
  { name: 'permissions', type: 'json' },
  { name: 'validation', type: 'json' },
  { name: 'presets', type: 'json' },
  { name: 'fields', type: 'json' },
  { name: 'policy', type: 'many-to-one', to: policies.name, required: true, onDelete: 'CASCADE' },
]);
