import type { CheckContext } from '../check.js';
import { NotApplicable } from '../outcomes.js';
import { memberOf } from '../target/http/read-json.js';
import type { Response } from '../target/http/response.js';
import { recordId } from '../target/record-id.js';

/**
 * Whether users without a role, and requests without a token, are shown no other users. A target may be set up to let everybody read
 * them: it is believed where its permissions say so, and it does so.
 */
export async function areUsersHidden({ once }: CheckContext): Promise<boolean> {
  return once('whether users are hidden', async (context) => {
    const { target, user, plan } = context;
    const { access } = await target.loggedIn(await user());
    const ask = async (path: string): Promise<Response> => target.send(target.withTokens({ path }, { header: access }));
    const isSaid =
      plan.administrator === undefined
        ? saysThatTheyAreRead(await ask('/permissions/me'))
        : await areReadByAll(context);
    return !isSaid || (await ask('/users?limit=2&fields=id')).list.length < 2;
  });
}

/**
 * Whether a policy without a role or a user, which applies to users without a role, grants read access to users: the administrator is
 * asked, whose permissions do not depend on it. Observed: Directus 11.17.4.
 */
async function areReadByAll({ administrator, evidence }: CheckContext): Promise<boolean> {
  const policiesAt = async (path: string): Promise<(string | undefined)[]> =>
    (await administrator.send({ path: `${path}&fields=policy&limit=-1` }, evidence)).list.map((one) =>
      recordId(memberOf(one, 'policy')),
    );
  const ofEverybody = await policiesAt('/access?filter[role][_null]=true&filter[user][_null]=true');
  const reading = await policiesAt('/permissions?filter[collection][_eq]=directus_users&filter[action][_eq]=read');
  return reading.some((policy) => policy !== undefined && ofEverybody.includes(policy));
}

/** Whether a user is told to be allowed to read users. Observed: Directus 11.17.4. */
function saysThatTheyAreRead({ payload }: Response): boolean {
  const { directus_users: users } = payload as { directus_users?: { read?: { access?: unknown } } };
  const access = users?.read?.access;
  return access === 'full' || access === 'partial';
}

/** The body of a check that stands on users being hidden from those without permissions: it is skipped where they are not. */
export const whereUsersAreHidden =
  (body: (context: CheckContext) => Promise<void>) =>
  async (context: CheckContext): Promise<void> => {
    if (!(await areUsersHidden(context)))
      throw new NotApplicable('the target is set up to let everybody read other users');
    await body(context);
  };
