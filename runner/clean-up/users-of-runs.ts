import { Evidence } from '../../suites/harness/evidence/evidence.js';
import { Inconclusive } from '../../suites/harness/outcomes.js';
import { memberOf } from '../../suites/harness/target/http/read-json.js';
import type { Administrator } from '../../suites/harness/users/administrator.js';
import { recordId } from '../../suites/harness/target/record-id.js';

/** Users that are asked for at once. */
const PAGE = 100;

/** A user that a run created, as the target lists it. */
export interface ListedUser {
  readonly email: string;
  readonly id: string;
  /** True for one that has a role. */
  readonly isPrivileged: boolean;
}

/** When the list of users counts as one without an end. */
export interface ListLimits {
  readonly pages: number;
  readonly ms: number;
}

/**
 * A predicate for the names that runs give to their users, as account-pool.ts and the checks make them up. Nothing else is removed.
 * @param runId of one run; those of all runs when not given
 */
export function isNameOfRun(runId = '[\\da-f]{8}'): (email: string) => boolean {
  const names = new RegExp(`^(?:new-)?auth-conformance-${runId}-[1-9]\\d{0,5}@example\\.com$`);
  return (email) => names.test(email);
}

/**
 * The users of runs, page by page. A target that knows no filters answers with all users: only names of ours count.
 * @throws Inconclusive when the target gives no list, or one without an end
 */
export async function usersOfRuns(
  administrator: Administrator,
  isOurs: (email: string) => boolean,
  limits: ListLimits = { pages: 1000, ms: 300_000 },
): Promise<ListedUser[]> {
  const found = new Map<string, ListedUser>();
  const start = performance.now();
  let before = '';
  for (let page = 1; ; page += 1) {
    if (page > limits.pages || performance.now() - start > limits.ms)
      throw new Inconclusive(`its list of users has no end: ${page - 1} pages of ${PAGE}`);
    const query = `filter[email][_contains]=auth-conformance-&fields=id,email,role&sort=id&limit=${PAGE}&page=${page}`;
    const response = await administrator.send({ path: `/users?${query}` }, new Evidence());
    if (!response.succeeded) throw new Inconclusive(`the users could not be listed (${response.summary})`);
    const users = response.list;
    for (const user of users) {
      const [id, role] = [recordId(memberOf(user, 'id')), recordId(memberOf(user, 'role'))];
      const email = memberOf(user, 'email');
      if (id === undefined || typeof email !== 'string' || !isOurs(email)) continue;
      found.set(id, { id, email, isPrivileged: role !== undefined });
    }
    // One that knows no pages gives the same again.
    if (users.length < PAGE || response.body === before) return [...found.values()];
    before = response.body;
  }
}
