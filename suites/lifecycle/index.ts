import type { Capability } from '../../spec/generated/report.js';
import type { RequirementId } from '../../spec/generated/requirement-id.js';
import { check } from '../harness/check.js';
import { cellsOf, type Cell } from './matrix/cells.js';
import { events, offeredBy } from './events.js';
import { judge, setAside } from './matrix/verdict.js';
import { walk } from './matrix/walk.js';

/** Everything that a target may offer, and a tester give: what decides which requirements an event is about. */
const everything: readonly Capability[] = ['user', 'admin', 'static-token', 'session', 'graphql', 'realtime'];

/** What is shown of an event, by requirement, to follow "After … ". */
const titles: Partial<Record<RequirementId, string>> = {
  'lifecycle.logout.session-token': 'the session token is rejected by each bearer method, and for a refresh',
  'lifecycle.logout.refresh-token': 'the refresh token is rejected',
  'lifecycle.logout.every-door': 'each token of that login is rejected at every endpoint',
  'lifecycle.logout.spares-others': 'each other login and the static token are accepted',
  'lifecycle.refresh.repeated': 'the newest tokens are accepted',
  'lifecycle.refresh.every-door': 'the newest tokens are accepted at every endpoint',
  'lifecycle.refresh.former-tokens': 'each former token is rejected',
  'lifecycle.login.many': 'all ten logins before are still accepted',
  'lifecycle.password.every-door': 'each login is rejected, and the static token and the new password are accepted',
  'lifecycle.email.every-door': 'each login is rejected, and the static token and the new email are accepted',
  'lifecycle.suspension.every-door': 'each credential of the user is rejected at every endpoint',
  'lifecycle.reactivation.every-door': 'each login from before is rejected, and static token and password are accepted',
  'lifecycle.deletion.every-door': 'each credential of the user is rejected at every endpoint',
  'lifecycle.login.failed-spares-others': 'each login, the static token and the password are accepted',
  'lifecycle.update.spares-logins': 'each login, the static token and the password are accepted',
  'lifecycle.static.replaced': 'the former static token is rejected and the new one accepted',
  'lifecycle.static.every-door': 'the former static token is rejected at every endpoint, and the logins are accepted',
};

const byRequirement = (cells: readonly Cell[]): readonly RequirementId[] => [
  ...new Set(cells.map(({ requirement }) => requirement)),
];

/** Declares the checks of the lifecycle matrix: one for each event and each requirement that it has cells of. */
export function declareMatrix(): void {
  for (const [turn, event] of events.entries()) {
    for (const requirement of byRequirement(cellsOf(event, { offers: everything, turn, thorough: false }))) {
      check(
        requirement,
        `After ${event.words} ${titles[requirement] ?? ''}`,
        async (context) => {
          const { capabilities, thorough, directusVersion: version } = context.plan;
          const offered = offeredBy(event, capabilities);
          const walked = await context.once(`lifecycle: ${event.name}`, async (own) => {
            const cells = cellsOf(offered, {
              offers: capabilities,
              turn,
              thorough,
              ...(version !== undefined && { version }),
            });
            const done = await walk(offered, cells, own);
            return { ...done, evidence: await setAside(own.evidence) };
          });
          judge(offered, requirement, walked, context);
        },
        { needsEach: event.needs, waits: true },
      );
    }
  }
}
