import picomatch from 'picomatch';
import { requirements, type CataloguedRequirement } from '../spec/catalogue.js';
import type { Configuration } from '../spec/generated/configuration.js';
import type { Capability, Profile } from '../spec/generated/report.js';
import { readShard } from '../spec/values/shard.js';
import { doYouMean } from '../spec/values/suggestion.js';
import { ConfigurationError } from '../report/errors.js';

/** All profiles. */
export const profiles: readonly Profile[] = ['core', 'security', 'directus'];

/**
 * Requirement ids by id, by the segments that they begin with, or by glob: `standard.logout` is all that begins with
 * `standard.logout.`. A star also matches dots.
 */
function matcher(patterns: readonly string[], option: string): (id: string) => boolean {
  const matches = patterns.map((pattern) => ({ pattern, match: matchOf(pattern) }));
  for (const { pattern, match } of matches) {
    if (requirements.some(({ id }) => match(id))) continue;
    throw new ConfigurationError(
      `${option} ${pattern} matches no requirement.${doYouMean(pattern, idsAndBeginnings())} \`auth-conformance list\` shows them all`,
    );
  }
  return (id) => matches.some(({ match }) => match(id));
}

/** What one pattern matches. An id that is one stands for itself alone. */
function matchOf(pattern: string): (id: string) => boolean {
  if (requirements.some(({ id }) => id === pattern)) return (id) => id === pattern;
  const isGlob = picomatch(pattern);
  return (id) => isGlob(id) || id.startsWith(`${pattern}.`);
}

/** Ids, and all that ids begin with up to a dot. */
const idsAndBeginnings = (): string[] => [
  ...new Set(
    requirements.flatMap(({ id }) => id.split('.').map((_segment, i, segments) => segments.slice(0, i + 1).join('.'))),
  ),
];

/**
 * The requirements that a configuration selects, in the catalogue's order. Of n shards, the first has the first requirement and
 * every n-th after it, and so on: neighbours, which often wait for the same, part, and nothing but the catalogue decides.
 * @returns nothing only where a shard is empty, since there are more shards than requirements
 * @throws ConfigurationError when a pattern matches nothing, or nothing is left by the others
 */
export function selectRequirements({
  profile,
  only,
  skip,
  shard,
}: Pick<Configuration, 'profile' | 'only' | 'skip' | 'shard'>): CataloguedRequirement[] {
  const wanted = only === undefined ? (): boolean => true : matcher(only, '--only');
  const unwanted = skip === undefined ? (): boolean => false : matcher(skip, '--skip');
  const wantedProfiles: readonly Profile[] = profile ?? profiles;
  const selected = requirements.filter(
    (requirement) =>
      wantedProfiles.includes(requirement.profile) && wanted(requirement.id) && !unwanted(requirement.id),
  );
  if (selected.length === 0)
    throw new ConfigurationError('no requirement is left by --profile, --only and --skip together');
  const part = shard === undefined ? undefined : readShard(shard);
  return part === undefined ? selected : selected.filter((_one, position) => position % part.count === part.index - 1);
}

/** What a check may look at where the target offers it, beside what its requirement needs. */
const optional: readonly Capability[] = ['graphql', 'realtime', 'totp'];

/**
 * What a target is to be asked whether it offers it, so that a requirement is judged alike whatever else is selected: what the
 * selected requirements need, and each door, or kind of login, with which a rule beyond the core is looked at too.
 */
export function toAskFor(selected: readonly CataloguedRequirement[]): ReadonlySet<Capability> {
  const needed = selected.flatMap(({ needs }) => needs);
  return new Set(selected.some(({ profile }) => profile !== 'core') ? [...needed, ...optional] : needed);
}
