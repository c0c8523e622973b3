import { requirements as catalogue } from '../spec/catalogue.js';
import type { Profile, ProfileVerdict, Report, RequirementResult } from '../spec/generated/report.js';

/** The profiles, the one that the certificate is about first. */
export const profilesInOrder: readonly Profile[] = ['core', 'security', 'directus'];

/** How many requirements of a profile there are in all; those of this version's catalogue unless told otherwise. */
type TotalOf = (profile: Profile) => number;

const inCatalogue: TotalOf = (wanted) => catalogue.filter(({ profile }) => profile === wanted).length;

/**
 * What the verdicts of a run come to, profile by profile: each is judged by its own requirements alone.
 * @param results of the run
 * @param totalOf how many requirements each profile has; fewer than there are results counts as so many
 * @returns one verdict for each profile that has results, core first
 */
export function profileVerdictsOf(
  results: readonly RequirementResult[],
  totalOf: TotalOf = inCatalogue,
): ProfileVerdict[] {
  return profilesInOrder.flatMap((profile) => {
    const own = results.filter((result) => result.profile === profile);
    if (own.length === 0) return [];
    const count = (wanted: RequirementResult['verdict']): number =>
      own.filter(({ verdict }) => verdict === wanted).length;
    const [pass, fail, warn, error] = [count('pass'), count('fail'), count('warn'), count('error')];
    const total = Math.max(totalOf(profile), own.length);
    return [
      {
        profile,
        outcome: fail > 0 ? 'not-conformant' : error > 0 || pass === 0 ? 'not-judged' : 'conformant',
        complete: pass + fail + warn === total,
        total,
        ...{ pass, fail, warn, error },
        skip: count('skip'),
      } satisfies ProfileVerdict,
    ];
  });
}

/**
 * The verdicts of a report by profile. Of a report that does not tell them, they are taken from its requirements: another version has
 * written it, whose profiles may have more requirements than it holds.
 */
export const verdictsByProfile = ({ byProfile, requirements }: Report): readonly ProfileVerdict[] =>
  byProfile ?? profileVerdictsOf(requirements, () => 0);

/** 54/54 where all passed, 40 of 41 where some did not. */
export const passedInWords = ({ pass, total }: Pick<ProfileVerdict, 'pass' | 'total'>): string =>
  pass === total ? `${pass}/${total}` : `${pass} of ${total}`;
