import type { CataloguedRequirement } from '../../spec/catalogue.js';
import catalogue from '../../spec/schemas/catalogue.schema.json' with { type: 'json' };
import report from '../../spec/schemas/report.schema.json' with { type: 'json' };
import { jsonText } from '../../report/files/json-text.js';

/** The traits of requirements that a list can be narrowed down by, each with its values. */
export const traits = {
  profile: report.definitions.Profile.enum,
  level: report.definitions.Level.enum,
  tokenType: catalogue.definitions.TokenType.enum,
  topic: catalogue.definitions.Topic.enum,
  severity: catalogue.definitions.Severity.enum,
} as const;

/** Values of traits that a requirement must have; a trait that is not named is any. */
export type Wanted = Partial<Record<keyof typeof traits, string>>;

/** The requirements that have every trait that is wanted. */
export function withTraits(all: readonly CataloguedRequirement[], wanted: Wanted): CataloguedRequirement[] {
  const names = Object.keys(traits) as (keyof typeof traits)[];
  return all.filter((requirement) => names.every((name) => (wanted[name] ?? requirement[name]) === requirement[name]));
}

/** Requirements as a table to read, or as JSON. */
export function listRequirements(listed: readonly CataloguedRequirement[], json: boolean): string {
  if (json) return `${jsonText(listed, 2)}\n`;
  if (listed.length === 0) return 'No requirement has all of these traits.\n';
  const width = Math.max(...listed.map(({ id }) => id.length));
  const chapters = [...new Set(listed.map(({ chapter }) => chapter))];
  const lines = chapters.flatMap((chapter) => [
    '',
    chapter,
    ...listed
      .filter((requirement) => requirement.chapter === chapter)
      .map(
        ({ id, level, profile, title }) => `  ${id.padEnd(width)}  ${level.padEnd(6)}  ${profile.padEnd(8)}  ${title}`,
      ),
  ]);
  return `${lines.slice(1).join('\n')}\n`;
}
