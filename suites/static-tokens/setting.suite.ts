import { randomBytes } from 'node:crypto';
import type { Response } from '../harness/target/http/response.js';
import { chosenToken } from '../harness/generators/arbitraries.js';
import { sh } from '../harness/evidence/shell.js';
import { chapter, check } from '../harness/check.js';
import { expectAccepted, expectRejected, assumeSuccess } from '../harness/expectations.js';
import { assert, assume, NotApplicable } from '../harness/outcomes.js';
import { forAll } from '../harness/generators/property.js';
import { methodInWords } from '../harness/target/tokens/bearer-methods.js';
import { staticToken } from '../harness/target/tokens/tokens.js';
import { nameChosenStaticToken, newStaticToken } from '../harness/users/new-static-token.js';

chapter('Static Tokens', () => {
  check(
    'static.one-per-user',
    'A new static token is accepted and replaces the old one',
    async ({ target, newUser, administrator, evidence }) => {
      const first = newStaticToken(evidence);
      const account = await newUser({ token: first.value });
      const before = await target.whoAmI({ header: first });
      assume(
        before.succeeded,
        `a static token that was set when its user was created is not accepted: ${before.summary}`,
      );
      const second = newStaticToken(evidence);
      await administrator.change(account, { token: second.value }, evidence);
      expectAccepted(await target.whoAmI({ header: second }), account, 'the new static token');
      expectRejected(await target.whoAmI({ header: first }), 'the static token that was replaced', account);
    },
  );

  check(
    'static.one-per-user',
    'Of five static tokens that are set for a user at once one is accepted',
    async ({ target, newUser, administrator, evidence }) => {
      const first = newStaticToken(evidence);
      const account = await newUser({ token: first.value });
      assumeSuccess(await target.whoAmI({ header: first }));
      const path = `/users/${account.id ?? ''}`;
      const tokens = Array.from({ length: 5 }, () => newStaticToken(evidence));
      const changes = await Promise.all(
        tokens.map(async ({ value }) =>
          administrator.send({ method: 'PATCH', path, body: { token: value } }, evidence),
        ),
      );
      // A target may reject a change while another one is under way.
      if (changes.filter(({ succeeded }) => succeeded).length < 2)
        throw new NotApplicable('the target does not change a user by several requests at once');
      const accepted = [];
      for (const token of tokens) {
        const response = await target.whoAmI({ header: token });
        if (!response.rejected) expectAccepted(response, account, 'one of five static tokens that were set at once');
        if (response.succeeded) accepted.push(token);
      }
      assert(
        accepted.length === 1,
        'one of five static tokens that were set for a user at once to be accepted',
        `${accepted.length} of them are`,
      );
      expectRejected(await target.whoAmI({ header: first }), 'the static token from before', account);
    },
  );

  check(
    'static.set-by-users-api',
    'A static token set on creation and one set by an update are accepted',
    async ({ target, newUser, administrator, evidence }) => {
      const first = newStaticToken(evidence);
      const account = await newUser({ token: first.value });
      expectAccepted(
        await target.whoAmI({ header: first }),
        account,
        'a static token that was set when its user was created',
      );
      const short = randomBytes(8).toString('hex');
      evidence.names.add(short, 'STATIC_TOKEN', { kind: 'random', shell: sh`$(openssl rand -hex 8)` });
      const brief = staticToken(short);
      const owner = await newUser({ token: short });
      expectAccepted(await target.whoAmI({ header: brief }), owner, 'a static token of 16 characters');
      const other = await newUser();
      const second = newStaticToken(evidence);
      const change = await administrator.send(
        { method: 'PATCH', path: `/users/${other.id ?? ''}`, body: { token: second.value } },
        evidence,
      );
      assert(change.succeeded, 'the administrator to be able to set a static token', change.summary);
      expectAccepted(await target.whoAmI({ header: second }), other, 'a static token that was set by an update');
    },
  );

  check(
    'static.set-by-users-api',
    'A static token of arbitrary value is accepted in the header and in the query',
    async ({ target, newUser, administrator, evidence, plan }) => {
      const account = await newUser();
      await forAll(chosenToken, { plan, evidence, atMost: 20 }, async (value) => {
        nameChosenStaticToken(evidence, value);
        const token = staticToken(value);
        const change = await administrator.send(
          { method: 'PATCH', path: `/users/${account.id ?? ''}`, body: { token: value } },
          evidence,
        );
        assert(change.succeeded, 'the administrator to be able to set a static token', change.summary);
        expectAccepted(await target.whoAmI({ header: token }), account, 'the static token just set');
        expectAccepted(await target.whoAmI({ query: token }), account, 'the static token just set');
      });
    },
  );

  check(
    'static.cleared',
    'A static token that was set to null is rejected',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const before = await target.whoAmI({ header: token });
      assumeSuccess(before);
      await administrator.change(account, { token: null }, evidence);
      expectRejected(await target.whoAmI({ header: token }), 'a static token that was cleared', account);
      // What a client sends that has no token, and what one that is not there becomes where it is stored as text.
      for (const text of ['null', 'NULL', 'undefined', 'None'])
        for (const method of target.bearerMethods)
          expectRejected(
            await target.whoAmI({ [method]: text }),
            `the text ${text}, while a static token is cleared, ${methodInWords[method]},`,
            account,
          );
    },
  );

  check(
    'static.unique',
    'A static token that another user has is rejected on creation and on update',
    async (context) => {
      const { target, newUser, unwantedUser, administrator, evidence } = context;
      const token = newStaticToken(evidence);
      const [account, other] = [await newUser({ token: token.value }), await newUser()];
      const change = await administrator.send(
        { method: 'PATCH', path: `/users/${other.id ?? ''}`, body: { token: token.value } },
        evidence,
      );
      expectRejected(change, 'setting a static token that another user has');
      const body = { email: await unwantedUser(), password: account.password, token: token.value };
      const creation = await administrator.send({ path: '/users', body }, evidence);
      expectRejected(creation, 'creating a user with a static token that another user has');
      expectAccepted(await target.whoAmI({ header: token }), account, 'a static token that another user wanted too');
      const shared = newStaticToken(evidence);
      const [first, second] = [await unwantedUser(), await unwantedUser()];
      const list = [first, second].map((email) => ({ email, password: account.password, token: shared.value }));
      const created = await administrator.send({ path: '/users', body: list }, evidence);
      expectRejected(created, 'creating two users with one static token by a list');
      const keys = { keys: [account.id, other.id], data: { token: shared.value } };
      const batch = await administrator.send({ method: 'PATCH', path: '/users', body: keys }, evidence);
      expectRejected(batch, 'setting one static token for two users by keys');
    },
  );

  check(
    'static.unique',
    'A static token is no duplicate of itself: its user is given it again, and changed beside it',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const id = account.id ?? '';
      const forms: [path: string, body: (data: object) => object][] = [
        [`/users/${id}`, (data) => data],
        [`/users/${id}`, (data) => ({ ...data, first_name: 'Renamed' })],
        ['/users', (data) => [{ id, ...data }]],
        ['/users', (data) => ({ keys: [id], data })],
      ];
      for (const [path, body] of forms) {
        const send = async (data: object): Promise<Response> =>
          administrator.send({ method: 'PATCH', path, body: body(data) }, evidence);
        const change = await send({ token: token.value });
        // A target need not offer each form.
        if (change.rejected && !(await send({ last_name: 'Changed' })).succeeded) continue;
        const what = `PATCH ${path.replace(id, '<id>')} with the static token that the user has`;
        assert(change.succeeded, `${what} to succeed`, change.summary);
        expectAccepted(await target.whoAmI({ header: token }), account, `the static token after ${what}`);
      }
    },
  );

  check(
    'static.set-by-owner',
    'A user who may update the own record sets and clears the static token',
    async ({ target, newPrivilegedUser, evidence }) => {
      const first = newStaticToken(evidence);
      const account = await newPrivilegedUser({ token: first.value });
      const second = newStaticToken(evidence);
      const { access } = await target.loggedIn(account);
      const change = async (body: object): Promise<Response> => {
        const parts = { method: 'PATCH', path: '/users/me', body };
        const response = await target.send(target.withTokens(parts, { header: access }));
        return response;
      };
      const set = await change({ token: second.value });
      assert(set.succeeded, 'a user who may change the own record to set the own static token', set.summary);
      assert(!set.body.includes(second.value), 'the response not to show the token', 'it shows it');
      expectAccepted(await target.whoAmI({ header: second }), account, 'the static token that its user has set');
      expectRejected(await target.whoAmI({ header: first }), 'the static token from before', account);
      const cleared = await change({ token: null });
      assumeSuccess(cleared);
      expectRejected(await target.whoAmI({ header: second }), 'a static token that its user has cleared', account);
    },
  );

  check(
    'static.generated',
    'Five generated static tokens are long and share nothing',
    async ({ administrator, evidence }) => {
      const values: string[] = [];
      for (let time = 0; time < 5; time += 1) {
        const response = await administrator.send({ path: '/utils/random/string?length=32' }, evidence);
        if (response.status === 404)
          throw new NotApplicable('the target makes up no tokens: GET /utils/random/string answered 404');
        const { data } = (response.json ?? {}) as { data?: unknown };
        assert(
          typeof data === 'string' && data.length === 32 && new Set(data).size > 8,
          'GET /utils/random/string?length=32 to make up 32 characters',
          `${response.summary} with ${typeof data === 'string' ? `${data.length} characters, ${new Set(data).size} of them different` : 'no text'}`,
        );
        values.push(data);
      }
      assert(new Set(values).size === 5, 'five generated tokens to be different', 'some are the same');
    },
  );
});
