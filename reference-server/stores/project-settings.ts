/** What administrators decide by /settings while the server runs. Names and defaults: observed, Directus 12.4.1. */
export interface ProjectSettings {
  /** How many failed logins in a row an account may have, null for any number; the next one that fails suspends it. */
  auth_login_attempts: number | null;
  /** True when everybody can make an account for themselves (/users/register). */
  public_registration: boolean;
  /** The id of the role that such an account has. */
  public_registration_role: string | null;
  /** True when such an account is `unverified` at first. */
  public_registration_verify_email: boolean;
  /** The others, which are only told (query/collections/settings.ts). */
  [other: string]: unknown;
}

/** How a server begins: those that are not named are null. Observed: Directus 12.4.1. */
export const defaultProjectSettings: Readonly<ProjectSettings> = {
  auth_login_attempts: 25,
  public_registration: false,
  public_registration_role: null,
  public_registration_verify_email: true,
  project_name: 'Directus',
  project_color: '#6644FF',
  storage_asset_transform: 'all',
  default_language: 'en-US',
  default_appearance: 'auto',
  project_id: '01a21d8a-6956-75c8-9d92-fe16e5e8fc43',
  mcp_enabled: false,
  mcp_allow_deletes: false,
  mcp_system_prompt_enabled: true,
  collaborative_editing_enabled: false,
  mcp_oauth_enabled: false,
  mcp_oauth_dcr_enabled: false,
  mcp_oauth_cimd_enabled: false,
  default_save_action: 'save-and-quit',
};
