import type { TestTagDefinition } from 'vitest/config';
import { isRequired } from './is-required.js';
import { executableOf, programs, type ProgramName } from './programs.js';

/** The tag of what needs a program. */
export const tagOf = (name: string): string => `needs/${name}`;

/** The tags of the tests that need a program: `{ tags: needs('jq') }`, or for a whole file the comment `@module-tag needs/jq`. */
export const needs = (...names: readonly ProgramName[]): string[] => names.map(tagOf);

/**
 * The tags that tests may have. Tests that need a program which is missing are skipped; on CI they are run, and fail.
 * @see https://vitest.dev/guide/test-tags
 */
export const tags = (): TestTagDefinition[] =>
  programs.map((program) => ({
    name: tagOf(program.name),
    description: `needs ${program.name}: ${program.use}`,
    skip: !isRequired() && executableOf(program) === undefined,
  }));
