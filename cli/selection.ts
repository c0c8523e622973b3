import picomatch from 'picomatch';
import { requirements, type CataloguedRequirement } from '../spec/catalogue.js';
import type { Configuration } from '../spec/generated/configuration.js';
import type { Profile } from '../spec/generated/report.js';
import { ConfigurationError } from './errors.js';

/** All profiles. */
export const profiles: readonly Profile[] = ['core', 'security', 'directus'];

/** Requirement ids by globs. A star also matches dots: `standard.*` is all that begins with `standard.`. */
function matcher(patterns: readonly string[], option: string): (id: string) => boolean {
  const matches = patterns.map((pattern) => ({ pattern, match: picomatch(pattern) }));
  for (const { pattern, match } of matches) {
    if (requirements.some(({ id }) => match(id))) continue;
    throw new ConfigurationError(
      `${option} ${pattern} matches no requirement. \`auth-conformance list\` shows them all`,
    );
  }
  return (id) => matches.some(({ match }) => match(id));
}

/**
 * The requirements that a configuration selects, in the catalogue's order.
 * @throws ConfigurationError when a pattern matches nothing, or nothing is left
 */
export function selectRequirements({
  profile,
  only,
  skip,
}: Pick<Configuration, 'profile' | 'only' | 'skip'>): CataloguedRequirement[] {
  const wanted = only === undefined ? (): boolean => true : matcher(only, '--only');
  const unwanted = skip === undefined ? (): boolean => false : matcher(skip, '--skip');
  const wantedProfiles: readonly Profile[] = profile ?? profiles;
  const selected = requirements.filter(
    (requirement) =>
      wantedProfiles.includes(requirement.profile) && wanted(requirement.id) && !unwanted(requirement.id),
  );
  if (selected.length === 0)
    throw new ConfigurationError('no requirement is left by --profile, --only and --skip together');
  return selected;
}
