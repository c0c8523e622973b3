import type { CheckContext } from '../check.js';
import { NotApplicable } from '../outcomes.js';

/**
 * Whether users without a role, and requests without a token, are shown no other users. A target may let everybody read users: it is
 * believed where it says so of its permissions, and does so. What lets everybody do something holds for users without a role. Observed:
 * Directus 11.17.4, GET /permissions/me.
 */
export async function areUsersHidden({ once }: CheckContext): Promise<boolean> {
  return once('whether users are hidden', async ({ target, user }) => {
    const { access } = await target.loggedIn(await user());
    const ask = async (path: string): ReturnType<typeof target.send> =>
      target.send(target.withTokens({ path }, { header: access }));
    const { directus_users: permissions } = (await ask('/permissions/me')).payload as {
      directus_users?: { read?: { access?: unknown } };
    };
    if (!['full', 'partial'].includes(String(permissions?.read?.access))) return true;
    const { data } = ((await ask('/users?limit=2&fields=id')).json ?? {}) as { data?: unknown };
    return !Array.isArray(data) || data.length < 2;
  });
}

/** The body of a check that stands on users being hidden from those without permissions: it is skipped where they are not. */
export const whereUsersAreHidden =
  (body: (context: CheckContext) => Promise<void>) =>
  async (context: CheckContext): Promise<void> => {
    if (!(await areUsersHidden(context)))
      throw new NotApplicable('the target lets everybody read other users, as GET /permissions/me says');
    await body(context);
  };
