import { distance } from 'fastest-levenshtein';
import { settingNames } from '../reference-server/index.js';

/** How many letters a name may differ in from that of a setting to be taken for a typo. */
const MOST_LETTERS = 2;

/**
 * Names in an environment that look like a setting of the server, and are none: the server would ignore them silently.
 * @returns a sentence for each
 */
export function misspeltSettings(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const known = settingNames();
  return Object.keys(environment).flatMap((name) => {
    // Short names are like each other by chance.
    if (name.length < 8 || (known as readonly string[]).includes(name)) return [];
    const meant = known.find((one) => one.length >= 8 && distance(one, name.toUpperCase()) <= MOST_LETTERS);
    return meant === undefined ? [] : [`${name} is no setting of the server: did you mean ${meant}?`];
  });
}
