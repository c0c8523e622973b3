import type { Report } from '../../spec/generated/report.js';

/** What tokens look like that a target hands out: JWTs with their claims, refresh tokens and static tokens of a Directus. Observed: Directus 12.4.1. */
const TOKENS = /eyJ[\w-]{10,}\.eyJ[\w-]{20,}\.[\w-]*|(?<![\w-])(?:[\w-]{64}|[0-9a-f]{32})(?![\w-])/g;
/** A token that was made up repeats a few characters; a random one of 32 hexadecimal digits has fewer than 9 of them three times in a million. */
const FEWEST_CHARACTERS = 9;

/** Whatever in the checks of a report looks like a token in clear, with where it stands. */
export function secretsIn({ requirements }: Report): string[] {
  return requirements.flatMap(({ id, checks }) =>
    checks.flatMap((check) =>
      [...JSON.stringify(check).matchAll(TOKENS)]
        .filter(([token]) => new Set(token).size >= FEWEST_CHARACTERS)
        .map(([token]) => `${id}: ${check.title}: ${token}`),
    ),
  );
}
