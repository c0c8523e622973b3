/**
 * Every promise of the specification that the server can be told to break, by name. `keptRules` keeps them all; a defect
 * (defects.ts) is a few of them with other values. The source of each promise is the seed's section or quote in its comment.
 */
export interface Rules {
  // ── Access Tokens: "They are scoped to users" ──

  /** Whom GET /users/me names: the owner of the token, or who logged in last. */
  readonly meAnswersWith: 'owner-of-token' | 'last-login';
  /** Whom a static token identifies: its owner, or the first user who has one. */
  readonly staticTokenIdentifies: 'its-owner' | 'first-owner';

  // ── Access Tokens: "have the same permissions that the associated user does" ──

  /** Every token gives all rights. */
  readonly everyTokenIsAdmin: boolean;
  /** Every session token gives all rights. */
  readonly sessionTokenIsAdmin: boolean;
  /** A static token gives the permissions of its user. */
  readonly staticTokenHasPermissions: boolean;

  // ── Making Requests: "a valid token must be included in the request" ──

  // ── Session Tokens ──

  // ── Storing Tokens ──

  // ── Beyond the seed: what a real Directus does, and RFCs ──

  /** The static token of a user who is not active is refused. Observed: Directus 12.4.1. */
  readonly staticTokenNeedsActiveUser: boolean;
  /** Refresh and session tokens end when their user stops being active. Observed: Directus 12.4.1. */
  readonly inactivityEndsSessions: boolean;
  /** Only active users log in. Observed: Directus 12.4.1. */
  readonly loginNeedsActiveUser: boolean;
  /** A new password ends refresh and session tokens. Observed: Directus 12.4.1. */
  readonly passwordChangeEndsSessions: boolean;
}

/** All promises kept. */
export const keptRules: Rules = {
  meAnswersWith: 'owner-of-token',
  staticTokenIdentifies: 'its-owner',

  everyTokenIsAdmin: false,
  sessionTokenIsAdmin: false,
  staticTokenHasPermissions: true,

  staticTokenNeedsActiveUser: true,
  inactivityEndsSessions: true,
  loginNeedsActiveUser: true,
  passwordChangeEndsSessions: true,
};
