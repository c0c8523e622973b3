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
}

/** How a server begins. */
export const defaultProjectSettings: Readonly<ProjectSettings> = {
  auth_login_attempts: 25,
  public_registration: false,
  public_registration_role: null,
  public_registration_verify_email: true,
};
