import { chapter, check, type CheckContext } from '../harness/check.js';
import { assumeSuccess, expectRejected } from '../harness/expectations.js';
import { assert, NotApplicable } from '../harness/outcomes.js';
import type { Response } from '../harness/target/http/response.js';
import type { SentTokens } from '../harness/target/tokens/bearer-methods.js';
import type { Account } from '../harness/users/account.js';
import { newStaticToken } from '../harness/users/new-static-token.js';

/* A policy that is given to a user, and taken away: what a server keeps of rights by token or by user shows then. */

/** When it is looked at after the rights were taken away, in ms. */
const MOMENTS_MS = [0, 2500];

/** What has been created: its id, which is a number or a text. @throws NotApplicable where the target has no such thing */
function created(response: Response, what: string): string {
  const { id } = response.payload;
  if (!response.succeeded || (typeof id !== 'string' && typeof id !== 'number'))
    throw new NotApplicable(`the target creates no ${what}: ${response.summary}`);
  return String(id);
}

/** Lets users be read: all of them, since a Directus without a licence has no narrower permissions. Observed: Directus 12.4.1. */
async function permit({ administrator, evidence }: CheckContext, policy: string): Promise<string> {
  const body = { policy, collection: 'directus_users', action: 'read', permissions: {}, fields: ['*'] };
  return created(await administrator.send({ path: '/permissions', body }, evidence), 'permission');
}

async function give({ administrator, evidence }: CheckContext, policy: string, { id }: Account): Promise<string> {
  const body = { policy, user: id };
  return created(await administrator.send({ path: '/access', body }, evidence), 'access');
}

chapter('Access Tokens', () => {
  check(
    'access.policy-change',
    'Static, standard and session tokens gain the rights of a policy once it is given to their user, and lose them once they are taken away',
    async (context) => {
      const { administrator, newPolicy, newUser, target, evidence, wait } = context;
      const other = await newUser();
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const { access } = await target.loggedIn(account);
      const sessions = await target.sessionsOf(account);
      const tokens: [string, SentTokens][] = [
        ['the static token', { header: token }],
        ['a standard token', { header: access }],
        ...sessions.map((session): [string, SentTokens] => ['a session token', { cookie: session }]),
      ];
      const read = async (sent: SentTokens): Promise<Response> =>
        target.send(target.withTokens({ path: `/users/${other.id ?? ''}?fields=id,email` }, sent));
      const expectRights = async (when: string): Promise<void> => {
        for (const [what, sent] of tokens) {
          const response = await read(sent);
          assert(response.id() === other.id, `${what} to read another user ${when}`, response.summary);
        }
      };
      const expectNoRights = async (when: string): Promise<void> => {
        for (const ms of MOMENTS_MS) {
          if (ms > 0) await wait(ms);
          const moment = `${ms === 0 ? 'right' : `${ms / 1000} s`} ${when}`;
          for (const [what, sent] of tokens)
            expectRejected(await read(sent), `the reading of another user with ${what} ${moment}`, other);
        }
      };
      const take = async (path: string): Promise<void> => {
        assumeSuccess(await administrator.send({ method: 'DELETE', path }, evidence));
      };
      for (const [what, sent] of tokens)
        if ((await read(sent)).succeeded)
          throw new NotApplicable(`${what} of a user without a policy of its own reads another user`);
      const policy = await newPolicy();
      const permission = await permit(context, policy.id);
      const first = await give(context, policy.id, account);
      await expectRights('once a policy that allows it is given');
      await take(`/access/${first}`);
      await expectNoRights('after the policy that allowed it was taken away');
      await give(context, policy.id, account);
      await expectRights('once the policy is given again');
      await take(`/permissions/${permission}`);
      await expectNoRights('after the permission was removed from the policy');
      await permit(context, policy.id);
      await expectRights('once the policy has the permission again');
      await take(`/policies/${policy.id}`);
      await expectNoRights('after the policy was removed');
    },
    { waits: true },
  );
});
