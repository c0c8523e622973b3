import { chapter, check } from './harness/check.js';
import { coreHistory, fullHistory, play } from './harness/history.js';
import { forAll } from './harness/property.js';

/** How long the histories may take for each run that was asked for, in ms: a login alone takes half a second on a Directus. */
const MS_PER_RUN = 120;
/** And how long at least, in ms. */
const LEAST_MS = 5000;

chapter('Access Tokens', () => {
  check('access.any-history', 'logins, refreshes, logouts and new static tokens in any order', async (tools) => {
    const { plan, evidence, ownUser, newUser } = tools;
    const administrated = plan.administrator !== undefined;
    const accounts = administrated ? [await newUser(), await newUser()] : [await ownUser()];
    for (const account of accounts) account.nameIn(evidence);
    const stage = { tools, accounts, wrong: [], changed: new Set<number>(), rotation: false };
    const settings = { plan, evidence, budgetMs: Math.max(LEAST_MS, plan.runs * MS_PER_RUN) };
    await forAll(coreHistory(administrated), settings, async (history) => play(history, stage, administrated));
  });

  check(
    'access.any-history-of-users',
    'suspensions, new passwords and used refresh tokens among them',
    async (tools) => {
      const { plan, evidence, newUser } = tools;
      const accounts = [await newUser(), await newUser()];
      const stage = { tools, accounts, wrong: [], changed: new Set<number>(), rotation: true };
      const settings = { plan, evidence, budgetMs: Math.max(LEAST_MS, plan.runs * MS_PER_RUN) };
      await forAll(fullHistory, settings, async (history) => play(history, stage, true));
    },
  );
});
