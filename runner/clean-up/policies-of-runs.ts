import { Evidence } from '../../suites/harness/evidence/evidence.js';
import { memberOf } from '../../suites/harness/target/http/read-json.js';
import { recordId } from '../../suites/harness/target/record-id.js';
import { TransportError } from '../../suites/harness/target/http/transport-error.js';
import type { Administrator } from '../../suites/harness/users/administrator.js';
import type { Policy } from '../../suites/harness/users/policies.js';
import { Rejected } from './removal.js';

/** The names that runs give to their policies (suites/harness/users/policies.ts). No other policy is removed. */
const NAME = /^auth-conformance-[\da-f]{8}-[1-9]\d{0,5}$/;

/**
 * The policies that runs have created. A target that knows no filters answers with all: only names of ours count.
 * @param name of one of them; all when not given
 * @throws Rejected when the target gives no list
 */
export async function policiesOfRuns(
  administrator: Administrator,
  name?: string,
  evidence = new Evidence(),
): Promise<Policy[]> {
  const filter = name === undefined ? 'filter[name][_contains]=auth-conformance-' : `filter[name][_eq]=${name}`;
  const response = await administrator.send({ path: `/policies?${filter}&fields=id,name&limit=-1` }, evidence);
  if (!response.succeeded)
    throw new Rejected(`the policies could not be listed: GET /policies answered ${response.status}`);
  return response.list.flatMap((policy): Policy[] => {
    const [id, told] = [recordId(memberOf(policy, 'id')), memberOf(policy, 'name')];
    if (id === undefined || typeof told !== 'string' || !NAME.test(told)) return [];
    return name === undefined || told === name ? [{ id, name: told }] : [];
  });
}

/**
 * Removes the policy of a name, when there is one: its id is not known where the creation was not answered.
 * @throws Rejected when the target will not; what Administrator.send throws when it gives no answer
 */
export async function removePolicy(administrator: Administrator, evidence: Evidence, name: string): Promise<void> {
  for (const { id } of await policiesOfRuns(administrator, name, evidence)) {
    const request = { method: 'DELETE', path: `/policies/${encodeURIComponent(id)}` };
    const { succeeded, status } = await administrator.send(request, evidence);
    if (succeeded || status === 404) continue;
    const why = `DELETE /policies/<id> answered ${status}`;
    throw status >= 500 ? new TransportError(why, 'busy') : new Rejected(why);
  }
}
