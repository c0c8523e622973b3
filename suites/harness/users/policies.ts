import { NotApplicable } from '../outcomes.js';
import type { Evidence } from '../evidence/evidence.js';
import type { Ledger } from '../run/ledger.js';
import type { RunPlan } from '../run/run-plan.js';
import type { Administrator } from './administrator.js';

/** A policy that the suite has created. */
export interface Policy {
  readonly id: string;
  readonly name: string;
}

/** The policies of one run: what they are named is noted before each is asked for, so that none is left on the target. */
export class Policies {
  #count = 0;

  constructor(
    private readonly plan: Pick<RunPlan, 'runId'>,
    private readonly ledger: Pick<Ledger, 'write'>,
  ) {}

  /**
   * A new policy that allows nothing and that no user has.
   * @throws NotApplicable when the target does not create it
   */
  async create(administrator: Administrator, evidence: Evidence): Promise<Policy> {
    this.#count += 1;
    const name = `auth-conformance-${this.plan.runId}-${this.#count}`;
    this.ledger.write({ type: 'policy-requested', name });
    const body = { name, admin_access: false, app_access: false };
    const response = await administrator.send({ path: '/policies', body }, evidence);
    const id = response.id();
    if (response.rejected) this.ledger.write({ type: 'policy-removed', name });
    if (!response.succeeded || id === undefined)
      throw new NotApplicable(`the target creates no policy: ${response.summary}`);
    return { id, name };
  }

  /** Removes a policy, and with it what it allows; the run's end tries again where it cannot be done. */
  async remove({ id, name }: Policy, administrator: Administrator, evidence: Evidence): Promise<void> {
    const request = { method: 'DELETE', path: `/policies/${id}` };
    const { succeeded } = await administrator.send(request, evidence);
    if (succeeded) this.ledger.write({ type: 'policy-removed', name });
  }
}
