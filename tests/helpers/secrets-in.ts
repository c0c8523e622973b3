import type { Report } from '../../spec/generated/report.js';

/** What tokens look like that a target hands out: JWTs with their claims, refresh tokens and static tokens of a Directus. Observed: Directus 12.4.1. */
const TOKENS = /eyJ[\w-]{10,}\.eyJ[\w-]{20,}\.[\w-]*|(?<![\w-])(?:[\w-]{64}|[0-9a-f]{32})(?![\w-])/g;

/** Whatever in the checks of a report looks like a token in clear, with where it stands. */
export function secretsIn({ requirements }: Report): string[] {
  return requirements.flatMap(({ id, checks }) =>
    checks.flatMap((check) =>
      [...JSON.stringify(check).matchAll(TOKENS)].map(([token]) => `${id}: ${check.title}: ${token}`),
    ),
  );
}
