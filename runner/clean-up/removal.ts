import type { Evidence } from '../../suites/harness/evidence/evidence.js';
import { memberOf } from '../../suites/harness/target/http/read-json.js';
import { TransportError } from '../../suites/harness/target/http/transport-error.js';
import type { Administrator } from '../../suites/harness/users/administrator.js';
import { recordId } from '../../suites/harness/target/record-id.js';

/** A user to be removed: the id is unknown where the creation was not answered. */
export interface CreatedUser {
  readonly email: string;
  readonly id?: string;
}

/** The target said no: trying again does not help. */
export class Rejected extends Error {
  override readonly name = 'Rejected';
}

/**
 * Removes a user, when there is one.
 * @throws Rejected when the target will not; what Administrator.send throws when it gives no answer
 */
export async function removeUser(
  administrator: Administrator,
  evidence: Evidence,
  { email, id }: CreatedUser,
): Promise<void> {
  const found = id ?? (await idOf(administrator, evidence, email));
  if (found === undefined) return;
  const response = await administrator.send(
    { method: 'DELETE', path: `/users/${encodeURIComponent(found)}` },
    evidence,
  );
  if (response.succeeded || response.status === 404) return;
  const why = `DELETE /users/<id> answered ${response.status}`;
  throw response.status >= 500 ? new TransportError(why, 'busy') : new Rejected(why);
}

/** Whether a user is there; undefined when the target does not say. */
export async function isThere(
  administrator: Administrator,
  evidence: Evidence,
  { email, id }: CreatedUser,
): Promise<boolean | undefined> {
  try {
    if (id === undefined) return (await idOf(administrator, evidence, email)) !== undefined;
    const response = await administrator.send({ path: `/users/${encodeURIComponent(id)}?fields=id` }, evidence);
    if (response.succeeded) return response.id() !== undefined;
    // Observed: Directus 12.4.1 answers an administrator with 403 for what is not there.
    return response.status === 404 || response.status === 403 ? false : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The id of a user whose creation was asked for, and of whose answer no id is known.
 * @throws Rejected when the target gives no list of users
 */
async function idOf(administrator: Administrator, evidence: Evidence, email: string): Promise<string | undefined> {
  const filter = encodeURIComponent(email);
  const response = await administrator.send({ path: `/users?filter[email][_eq]=${filter}&fields=id,email` }, evidence);
  if (!response.succeeded || !Array.isArray(memberOf(response.json, 'data')))
    throw new Rejected(`the users could not be listed: GET /users answered ${response.status}, and no list`);
  // A target that does not know filters answers with everybody: only the very email counts.
  const id = memberOf(
    response.list.find((one) => memberOf(one, 'email') === email),
    'id',
  );
  return recordId(id);
}
