/** When a credential is looked at, counted from the event. */
export type MomentName =
  'at-once' | 'after-use' | 'after-refresh' | 'after-login' | 'after-1s' | 'after-3s' | 'after-6s' | 'after-grace';

export interface Moment {
  readonly name: MomentName;
  /** Between a use and an event, as in "sent as cookie to GET /roles … a logout". */
  readonly words: string;
  /** How long after the event at the earliest, in ms; 'grace': when the grace of a refreshed session token is over. */
  readonly after: number | 'grace';
  /** What is done first: with another token, and by another user too. */
  readonly step?: 'use' | 'refresh' | 'login';
}

/** The moments in their order. What a server keeps for seconds (caches of identities, of revocations) shows at some and not at others. */
export const moments: readonly Moment[] = [
  { name: 'at-once', words: 'right after', after: 0 },
  { name: 'after-use', words: 'after the next use of another token that followed', after: 0, step: 'use' },
  { name: 'after-login', words: 'after the next login that followed', after: 0, step: 'login' },
  { name: 'after-refresh', words: 'after the next refresh of another login that followed', after: 0, step: 'refresh' },
  { name: 'after-1s', words: '1 s after', after: 1000 },
  { name: 'after-3s', words: '3 s after', after: 3000 },
  { name: 'after-6s', words: '6 s after', after: 6000 },
  { name: 'after-grace', words: 'once the grace for requests under way had ended after', after: 'grace' },
];
