import { chapter, check, type CheckContext } from '../harness/check.js';
import { assert } from '../harness/outcomes.js';
import { written } from '../harness/target/graphql.js';
import { converse } from '../harness/target/http/web-socket.js';
import { HASHES } from '../harness/target/leaked-data.js';
import type { RequestParts } from '../harness/target/target.js';
import type { Account } from '../harness/users/account.js';
import { newPassword } from '../harness/users/new-password.js';
import { newStaticToken } from '../harness/users/new-static-token.js';
import { enableTwoFactor } from '../harness/users/two-factor.js';

/* What is concealed in a record is concealed in what is made of it: files, revisions, messages. */

/** The fields of a user that hold secrets. */
type SecretField = 'password' | 'token' | 'tfa_secret';

/** Ways to ask for a field of a user, other than for the record. What of them a target offers is its own affair. */
function waysToAsk(field: SecretField, { id = '' }: Account, offersGraphql: boolean): [string, RequestParts][] {
  const one = `filter[id][_eq]=${id}`;
  const revisions = `{revisions(filter:{item:{_eq:${written(id)}}}){data delta}}`;
  return [
    ...['csv', 'json', 'xml', 'yaml'].map((format): [string, RequestParts] => [
      `in an export as ${format}`,
      { path: `/users?${one}&fields=id,${field}&export=${format}` },
    ]),
    ['in the revisions of the record', { path: `/revisions?filter[item][_eq]=${id}&fields=*` }],
    ['by way of the activity', { path: `/activity?filter[item][_eq]=${id}&fields=*,revisions.*` }],
    [
      'to SEARCH with an alias',
      {
        method: 'SEARCH',
        path: '/users',
        body: { query: { filter: { id: { _eq: id } }, alias: { shown: field }, fields: ['id', 'shown', field] } },
      },
    ],
    ...(offersGraphql
      ? ([['in the revisions by GraphQL', { path: '/graphql/system', body: { query: revisions } }]] as const)
      : []),
  ].map(([what, parts]) => [what, parts] as [string, RequestParts]);
}

/**
 * Asks for a secret of a user as an administrator, in each way, and expects it not to be shown.
 * @param secrets texts that must not appear
 */
async function expectConcealed(
  { administrator, evidence, plan }: CheckContext,
  { field, account, secrets }: { field: SecretField; account: Account; secrets: readonly string[] },
): Promise<void> {
  const expectNotIn = (body: string, what: string): void => {
    assert(
      secrets.every((secret) => !body.includes(secret)),
      `an administrator who asks for ${field} ${what} not to be shown it`,
      'it is shown',
    );
  };
  for (const [what, parts] of waysToAsk(field, account, plan.capabilities.includes('graphql')))
    expectNotIn((await administrator.send(parts, evidence)).body, what);
}

/** Of a Directus before it is not known what it shows there. */
const OBSERVED = { directus: '>=12.4.1' };

chapter('Access Tokens', () => {
  check(
    'access.password-concealed',
    'The hash of a password is not shown in exports and revisions',
    async (context) => {
      const { newUser, administrator, evidence } = context;
      const account = await newUser();
      const password = newPassword(evidence, account);
      await administrator.change(account, { password }, evidence);
      await expectConcealed(context, { field: 'password', account, secrets: [...HASHES, password] });
    },
    { needs: 'admin', ...OBSERVED },
  );

  check(
    'static.not-viewable-again',
    'A static token is not shown in exports and revisions',
    async (context) => {
      const token = newStaticToken(context.evidence);
      const account = await context.newUser({ token: token.value });
      await expectConcealed(context, { field: 'token', account, secrets: [token.value] });
    },
    { needs: 'admin', ...OBSERVED },
  );

  check(
    'realtime.answers',
    'A static token is not shown by the message subscribe',
    async ({ newPrivilegedUser, target, evidence }) => {
      const token = newStaticToken(evidence);
      const { id } = await newPrivilegedUser({ token: token.value });
      const { responses } = await converse(target, '/websocket', [
        { type: 'auth', access_token: token.value },
        { type: 'subscribe', collection: 'directus_users', item: id, query: { fields: ['id', 'token'] } },
      ]);
      assert(
        !JSON.stringify(responses).includes(token.value),
        'an administrator who asks for token by the message subscribe not to be shown it',
        'it is shown',
      );
    },
    { needs: 'admin', ...OBSERVED },
  );

  check(
    'tfa.secret-concealed',
    'The TOTP secret is not shown in exports and revisions',
    async (context) => {
      const { account, secret } = await enableTwoFactor(context, await context.newPrivilegedUser());
      await expectConcealed(context, { field: 'tfa_secret', account, secrets: [secret] });
    },
    { needsEach: ['admin', 'totp'], ...OBSERVED },
  );
});
