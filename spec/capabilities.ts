import type { Capability } from './generated/report.js';

/** How the tester gives each capability, to follow "needs … :". */
export const howToGive: Readonly<Record<Capability, string>> = {
  user: '--email and --password (a user the suite may log in as)',
  admin: '--admin-email and --admin-password, or --admin-token (the suite creates its own users and removes them)',
  'static-token': "--static-token (a user's static token), or an administrator",
  secret: "--secret (the target's own SECRET: expired tokens can be minted)",
  patience: '--patience 30s with a target whose tokens expire sooner than that (on a Directus: ACCESS_TOKEN_TTL=3s)',
  clock:
    "--clock-url (a URL that advances the target's clock), or `clock` in a configuration file: real expiries, without a wait",
  session: 'a target that issues a session token to a login in mode session',
  totp: 'an administrator on a target with two-factor login',
  graphql: 'a target with /graphql/system',
  realtime: 'a target with /websocket',
};

/** What the target offers or does not: the suite finds out, and no tester gives it. */
export const discovered: readonly Capability[] = ['session', 'totp', 'graphql', 'realtime'];

/** What is said where a capability is missing that no tester can give: the reason of what is skipped for want of it. */
export const absent = { session: 'the target offers no session tokens' } as const;
