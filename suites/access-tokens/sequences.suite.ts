import { chapter, check } from '../harness/check.js';
import { coreSequence, play } from '../harness/generators/model.js';
import { forAll, type PropertySettings } from '../harness/generators/property.js';
import type { RunPlan } from '../harness/run/run-plan.js';
import { knownSequences, playSequence, sequences } from '../lifecycle/sequences.js';

/**
 * How many sequences are played: one for every so many runs that were asked for, four at least; after these, no further one is begun after
 * five seconds, or 120 ms for each run that was asked for. A login alone takes half a second on a Directus.
 */
const LEAST = 4;
const bounds = ({ runs }: RunPlan, each: number): Pick<PropertySettings, 'atMost' | 'atLeast' | 'budgetMs'> => ({
  atLeast: LEAST,
  atMost: Math.max(LEAST, Math.floor(runs / each)),
  budgetMs: Math.max(5000, runs * 120),
});
/** A sequence of a few requests for every fifth run; of those in which seconds pass, for every twelfth. */
const [SHORT, LONG] = [5, 12];

chapter('Access Tokens', () => {
  check(
    'access.any-history',
    'After any sequence of logins, refreshes, logouts and new static tokens, exactly the valid tokens are accepted',
    async (context) => {
      const { plan, evidence, ownUser, newUser } = context;
      const administrated = plan.administrator !== undefined;
      await forAll(coreSequence(administrated), { plan, evidence, ...bounds(plan, SHORT) }, async (sequence) => {
        // Each sequence has users of its own: what the one before has left would be no part of what is shown of it.
        const accounts = administrated ? await Promise.all([newUser(), newUser()]) : [await ownUser()];
        for (const account of accounts) account.nameIn(evidence);
        await play(sequence, { context, accounts, wrong: [] });
      });
    },
  );

  check(
    'access.any-history-of-users',
    'After any sequence of logins, refreshes and logouts in each mode and of changes of users, by each door, exactly the valid credentials are accepted',
    async (context) => {
      const { plan, evidence } = context;
      const examples = knownSequences();
      await forAll(sequences, { plan, evidence, examples, ...bounds(plan, LONG) }, async (sequence) =>
        playSequence(sequence, context),
      );
    },
  );
});
