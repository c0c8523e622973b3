import type { Item } from '../collection.js';
import type { Action, Permission } from './permission.js';

/*
 * What a policy with `app_access` gives beside its permissions. Observed: Directus 12.4.1, which tells them at GET /permissions.
 */

const own = (field: string): Item => ({ [field]: { _eq: '$CURRENT_USER' } });
const none = (field: string): Item => ({ [field]: { _null: true } });

const may = (
  collection: string,
  action: Action,
  { filter = {}, fields = ['*'], validation }: Allowed = {},
): Permission => ({
  ...{ collection: `directus_${collection}`, action, fields, presets: null },
  ...{ permissions: filter, validation: validation ?? null },
});

interface Allowed {
  readonly filter?: Item;
  readonly fields?: readonly string[];
  readonly validation?: Item;
}

const SETTINGS = [
  ...['id', 'project_url', 'project_logo', 'module_bar', 'storage_asset_transform', 'storage_asset_presets'],
  ...['custom_aspect_ratios', 'basemaps', 'mapbox_key', 'visual_editor_urls', 'collaborative_editing_enabled'],
  ...['report_error_url', 'ai_openai_compatible_models', 'ai_openai_allowed_models', 'ai_anthropic_allowed_models'],
  ...['ai_google_allowed_models', 'mcp_prompts_collection', 'default_save_action', 'ai_translation_default_model'],
  ...['ai_translation_glossary', 'ai_translation_style_guide'],
];
const OWN_RECORD = [
  ...['id', 'first_name', 'last_name', 'last_page', 'email', 'password', 'location', 'title', 'description', 'tags'],
  ...['provider', 'preferences_divider', 'avatar', 'language', 'appearance', 'theme_light', 'theme_dark', 'tfa_secret'],
  ...['status', 'role'],
];

export const appPermissions: readonly Permission[] = [
  may('collections', 'read'),
  may('fields', 'read'),
  may('relations', 'read'),
  may('translations', 'read'),
  may('activity', 'read', { filter: own('user') }),
  may('comments', 'read', { filter: own('user_created') }),
  may('comments', 'create', { validation: { comment: { _nnull: true } } }),
  may('comments', 'update', { filter: own('user_created'), fields: ['comment'] }),
  may('comments', 'delete', { filter: own('user_created') }),
  may('presets', 'read', {
    filter: {
      _or: [
        own('user'),
        { _and: [none('user'), { role: { _eq: '$CURRENT_ROLE' } }] },
        { _and: [none('user'), none('role')] },
      ],
    },
  }),
  may('presets', 'create', { validation: own('user') }),
  may('presets', 'update', { filter: own('user'), validation: own('user') }),
  may('presets', 'delete', { filter: own('user') }),
  may('roles', 'read', { filter: { id: { _in: '$CURRENT_ROLES' } } }),
  may('settings', 'read', { fields: SETTINGS }),
  may('translations', 'read'),
  may('notifications', 'read', { filter: own('recipient') }),
  may('notifications', 'update', { filter: own('recipient'), fields: ['status'] }),
  may('shares', 'read', { filter: own('user_created') }),
  may('users', 'read', { filter: own('id'), fields: OWN_RECORD }),
];
