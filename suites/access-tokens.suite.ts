import { newStaticToken, type Account } from './harness/accounts.js';
import { chapter, check, type Tools } from './harness/check.js';
import { inWords, mustAccept, mustHandOutNoToken, mustRefuse } from './harness/expectations.js';
import { demand, NotApplicable, require } from './harness/outcomes.js';
import type { SentTokens, Target } from './harness/target.js';
import type { AnyAccessToken } from './harness/tokens.js';

interface Holder {
  readonly account: Account;
  /** A token of each type, sent by the way that the specification shows for it. */
  readonly tokens: readonly { readonly what: string; readonly token: AnyAccessToken; readonly sent: SentTokens }[];
}

/** A new user with a token of each type. */
async function holderOfEachType({ evidence, newUser, target }: Tools, traits: object = {}): Promise<Holder> {
  const token = newStaticToken(evidence);
  const account = await newUser({ token: token.value, ...traits });
  const [{ access }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
  return {
    account,
    tokens: [
      { what: 'a standard token', token: access, sent: { header: access } },
      { what: 'a session token', token: session, sent: { cookie: session } },
      { what: 'a static token', token, sent: { header: token } },
    ],
  };
}

async function eachIdentifiesItsUser(target: Target, { account, tokens }: Holder, when: string): Promise<void> {
  for (const { what, token, sent } of tokens) {
    mustAccept(target, await target.whoAmI(sent), account, token, `${what} ${when}`);
  }
}

chapter('Access Tokens', () => {
  check(
    'access.scoped-to-user',
    'the tokens of two users name their own user, one after another and all at once',
    async (tools) => {
      const { target } = tools;
      const first = await holderOfEachType(tools);
      await eachIdentifiesItsUser(target, first, 'of the only user logged in');
      const second = await holderOfEachType(tools);
      await eachIdentifiesItsUser(target, first, 'of the user who logged in first');
      await eachIdentifiesItsUser(target, second, 'of the user who logged in second');
      await Promise.all(
        [first, second].map(async (holder) => eachIdentifiesItsUser(target, holder, 'while others are in use')),
      );
    },
  );

  check(
    'access.permissions-of-user',
    "an administrator's tokens may read another user, a plain user's may not",
    async (tools) => {
      const { administrator, newUser, target } = tools;
      const { role } = administrator.access;
      if (role === undefined)
        throw new NotApplicable(
          'the target does not tell the role of the administrator, so that no second one can be made',
        );
      const somebody = await newUser();
      const privileged = await holderOfEachType(tools, { role });
      const plain = await holderOfEachType(tools);
      const read = async (sent: SentTokens): ReturnType<Target['send']> =>
        target.send(target.withTokens({ path: `/users/${somebody.id ?? ''}` }, sent));

      for (const { what, token, sent } of privileged.tokens) {
        const answer = await read(sent);
        if (!answer.succeeded) target.excuseIfOvertaken(token);
        demand(
          answer.succeeded && answer.text('id') === somebody.id,
          `${what} of an administrator to read the record of another user`,
          inWords(answer),
        );
      }
      for (const { what, sent } of plain.tokens) {
        const answer = await read(sent);
        require(answer.status < 500, inWords(answer));
        demand(
          !answer.response.body.includes(somebody.email),
          `${what} of a user without permissions not to read the record of another user`,
          `${inWords(answer)} with the e-mail of that user`,
        );
      }
    },
  );

  check(
    'access.inactive-user',
    'a user whose status is not active',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const [{ refresh }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      for (const status of ['suspended', 'draft', 'invited', 'archived', 'unverified']) {
        const path = `/users/${account.id ?? ''}`;
        const change = await administrator.send({ method: 'PATCH', path, body: { status } }, evidence);
        require(change.succeeded, inWords(change));
        const of = `of a user whose status is ${status}`;
        mustRefuse(await target.whoAmI({ header: token }), `a static token ${of}`, account);
        mustRefuse(await target.whoAmI({ cookie: session }), `a session token ${of}`, account);
        mustHandOutNoToken(target, await target.refresh(refresh), `a refresh token ${of}`);
        mustHandOutNoToken(target, await target.login(account), `a login ${of}`);
      }
    },
  );

  check(
    'access.password-change',
    'a user who gets a new password',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const [{ refresh }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      const password = `${account.password}-new`;
      evidence.names.add(password, 'NEW_PASSWORD', { kind: 'derived', shell: '"${PASSWORD}-new"', from: ['PASSWORD'] });
      const path = `/users/${account.id ?? ''}`;
      const change = await administrator.send({ method: 'PATCH', path, body: { password } }, evidence);
      require(change.succeeded, inWords(change));
      mustHandOutNoToken(target, await target.refresh(refresh), 'a refresh token from before the new password');
      mustRefuse(await target.whoAmI({ cookie: session }), 'a session token from before the new password', account);
      mustAccept(
        target,
        await target.whoAmI({ header: token }),
        account,
        token,
        'a static token from before the new password',
      );
    },
  );
});
