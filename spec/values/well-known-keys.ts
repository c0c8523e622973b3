/*
 * Keys that the suite signs tokens with, in every run and against every target: they are in its source, and in every report that shows
 * them.
 */

/** Keys that servers are often run with because they were never changed. */
export const wellKnownKeys: readonly string[] = [
  'secret',
  'directus',
  'changeme',
  'password',
  'your-256-bit-secret',
  '255d861b-5ea1-5996-9aa3-922530ec40b1',
];

/** Keys that no server has. */
export const keysOfOurOwn: readonly string[] = ['a key of our own'];
