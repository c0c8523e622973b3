import { chapter, check } from '../harness/check.js';
import { coreSequence, fullSequence, play } from '../harness/generators/model.js';
import { forAll, type PropertySettings } from '../harness/generators/property.js';
import type { RunPlan } from '../harness/run/run-plan.js';

/**
 * How many sequences are played: one for every fifth run that was asked for, four at least, but no further one is begun after five
 * seconds, or 120 ms for each run that was asked for. A login alone takes half a second on a Directus.
 */
const bounds = ({ runs }: RunPlan): Pick<PropertySettings, 'atMost' | 'budgetMs'> => ({
  atMost: Math.max(4, Math.ceil(runs / 5)),
  budgetMs: Math.max(5000, runs * 120),
});

chapter('Access Tokens', () => {
  check(
    'access.any-history',
    'After any sequence of logins, refreshes, logouts and new static tokens, exactly the valid tokens are accepted',
    async (context) => {
      const { plan, evidence, ownUser, newUser } = context;
      const administrated = plan.administrator !== undefined;
      const accounts = administrated ? [await newUser(), await newUser()] : [await ownUser()];
      for (const account of accounts) account.nameIn(evidence);
      const stage = { context, accounts, wrong: [], changed: new Set<number>(), rotation: false };
      const settings = { plan, evidence, ...bounds(plan) };
      await forAll(coreSequence(administrated), settings, async (sequence) => play(sequence, stage, administrated));
    },
  );

  check(
    'access.any-history-of-users',
    'After any sequence with suspensions, new passwords and replayed refresh tokens, exactly the valid tokens are accepted',
    async (context) => {
      const { plan, evidence, newUser } = context;
      const accounts = [await newUser(), await newUser()];
      const stage = { context, accounts, wrong: [], changed: new Set<number>(), rotation: true };
      const settings = { plan, evidence, ...bounds(plan) };
      await forAll(fullSequence, settings, async (sequence) => play(sequence, stage, true));
    },
  );
});
