import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** What is expected of an implementation that others wrote. */
export interface Expected {
  readonly name: string;
  /** What is installed: package to version. */
  readonly packages: Readonly<Record<string, string>>;
  /** Versions that take the place of those that a package asks for. */
  readonly overrides?: Readonly<Record<string, string>>;
  /** Environment variables of a Directus, beside the usual ones. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The version of Directus, where it does not tell it itself. */
  readonly directusVersion?: string;
  /** How it is started: a Directus, or another by the function of that name in servers.ts. */
  readonly start: 'directus' | 'reference-server' | 'json-server-auth' | 'oauth2-mock-server' | 'prism';
  /** What a run came to that was recorded; without, it is yet to be. */
  readonly recorded?: Recorded;
  /** The requirements that it does not meet (fail or warn), each with the reason. */
  readonly failures?: Readonly<Record<string, string>>;
  /** Why requirements end in error, where that is expected; their number is not compared. */
  readonly unjudged?: string;
  /** The sentence with which the run ends, where it cannot be certified at all: a part of it. */
  readonly rejection?: string;
}

/** What a run came to: how many requirements of each verdict, on which day, after how many seconds (with the start of the server). */
export type Recorded = Readonly<Record<'pass' | 'fail' | 'warn' | 'skip' | 'error', number>> & {
  readonly date: string;
  readonly seconds?: number;
};

/** The file that they are kept in. */
export const expectedVerdictsFile = new URL('expected.yaml', import.meta.url);

/** All of them, in the order of expected.yaml. */
export const expectedVerdicts = (): readonly Expected[] =>
  parse(readFileSync(expectedVerdictsFile, 'utf8')) as Expected[];
