import { coerce, satisfies, valid, validRange } from 'semver';

/** The version of Directus that is meant where neither the target nor the tester names one: the newest that was observed. */
export const newestDirectus = '12.4.1';

/** A version of Directus as semver has it, such as 10.13.4; undefined when it is none. */
export const readVersion = (text: string): string | undefined => valid(text.trim()) ?? undefined;

/** Whether a text is a range of versions. */
export const isVersionRange = (text: string): boolean => validRange(text) !== null;

/** Whether a version is one of a range. A prerelease counts as the version that it leads to. */
export const isIn = (version: string, range: string): boolean =>
  satisfies(coerce(version) ?? version, range, { includePrerelease: true });

/** Whether what is true of a range of versions, or of all where none is given, is true of a version, or of one that is not known. */
export const isTrueOf = (version: string | undefined, range: string | undefined): boolean =>
  range === undefined || version === undefined || isIn(version, range);
