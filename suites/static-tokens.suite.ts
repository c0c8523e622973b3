import { randomBytes } from 'node:crypto';
import { tamperedForms, nameTampered } from './harness/generators/tampered-tokens.js';
import type { Response } from './harness/target/response.js';
import { chosenToken } from './harness/generators/arbitraries.js';
import { Shell, sh } from './harness/evidence/shell.js';
import { chapter, check } from './harness/check.js';
import { expectAccepted, expectRejected, assumeSuccess } from './harness/expectations.js';
import { seesExpiry, untilExpiry, WHILE_MS } from './harness/target/expiry.js';
import { claimsOf } from './harness/target/jwt.js';
import { assert, assume, NotApplicable } from './harness/outcomes.js';
import { forAll } from './harness/generators/property.js';
import { staticToken } from './harness/target/tokens.js';
import { newStaticToken } from './harness/users/new-static-token.js';

chapter('Static Tokens', () => {
  check(
    'static.does-not-expire',
    'A static token is accepted after a standard token of its user has expired',
    async ({ target, newUser, evidence, plan, wait }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const { access } = await target.loggedIn(account);
      await wait(untilExpiry(access, plan));
      expectAccepted(
        await target.whoAmI({ header: token }),
        account,
        'a static token older than a standard token can become',
      );
    },
    seesExpiry,
  );

  check(
    'static.authenticates',
    "A static token is accepted as its user's, twelve times",
    async ({ target, withStaticToken }) => {
      const { account, token } = await withStaticToken();
      for (let time = 1; time <= 12; time += 1) {
        expectAccepted(
          await target.whoAmI({ header: token }),
          account,
          time === 1 ? 'a static token' : 'a static token used before',
        );
      }
    },
  );

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
    'static.does-not-expire',
    'A static token is accepted after logins, refreshes and logouts of its user',
    async ({ target, newUser, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const stillWorks = async (when: string): Promise<void> =>
        expectAccepted(await target.whoAmI({ header: token }), account, `a static token ${when}`);
      const before = await target.whoAmI({ header: token });
      assumeSuccess(before);

      const [{ refresh }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      await stillWorks('after logins of its user');
      const [refreshed, renewed] = await Promise.all([
        target.refresh(refresh),
        target.refreshByCookie('session', session.value),
      ]);
      await stillWorks('after refreshes of its user');
      if (refreshed.succeeded) await target.logout(target.standardTokens(refreshed).refresh);
      await stillWorks('after a logout of its user');
      if (renewed.succeeded) await target.logoutByCookie('session', target.sessionToken(renewed).value);
      await stillWorks('after a logout of its user in mode session');
      await target.send({ path: '/auth/logout', body: { refresh_token: token.value } });
      await stillWorks('after it was sent to the logout itself');
    },
  );

  check(
    'static.does-not-expire',
    'A static token is accepted after some seconds',
    async ({ target, newUser, evidence, plan, wait }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const before = await target.whoAmI({ header: token });
      assumeSuccess(before);
      // Where the clock can be advanced: as old as a refresh token can become.
      const ageMs = plan.clock === undefined ? WHILE_MS : Math.max(WHILE_MS, target.description.refreshLifeMs ?? 0);
      await wait(ageMs);
      const what = `a static token that was set ${ageMs / 1000} seconds ago`;
      expectAccepted(await target.whoAmI({ header: token }), account, what);
      expectAccepted(await target.whoAmI({ query: token }), account, what);
    },
    { waits: true },
  );

  check('static.does-not-expire', 'A static token that is a JWT has no exp', async ({ plan }) => {
    if (plan.staticToken === undefined)
      throw new NotApplicable(
        'needs static-token: give --static-token; the tokens that the suite sets itself are no JWTs',
      );
    const exp = claimsOf(plan.staticToken)?.exp;
    assert(exp === undefined, 'the static token to carry no expiry', `it is a JWT whose exp is ${exp ?? ''}`);
    return Promise.resolve();
  });

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
        evidence.names.add(value, 'STATIC_TOKEN', { kind: 'random', shell: Shell.literal(value) });
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
    'static.not-viewable-again',
    'No response shows the static token to an administrator or its user',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const id = account.id ?? '';
      const shown = (body: string): boolean => body.includes(token.value);
      const creation = evidence.exchanges.at(-1)?.response?.body ?? '';
      assert(!shown(creation), 'the response to POST /users not to show the static token', 'it shows the token');

      const ofAdministrator = [
        '/users/' + id,
        `/users/${id}?fields=token`,
        `/users/${id}?fields=*`,
        `/users?filter[id][_eq]=${id}&fields=id,token`,
        `/users?filter[id][_eq]=${id}`,
        `/users?fields[]=token&filter[id][_eq]=${id}`,
        `/users/${id}?fields=*.*`,
        `/users?filter[id][_eq]=${id}&export=csv`,
        `/users?groupBy=token&aggregate[count]=*`,
        `/revisions?filter[item][_eq]=${id}&fields=data,delta`,
        `/activity?filter[item][_eq]=${id}&fields=*.*`,
      ];
      for (const path of ofAdministrator) {
        const response = await administrator.send({ path }, evidence);
        assert(
          !shown(response.body),
          `GET ${path.replaceAll(id, '<id>')} not to show the static token to the administrator`,
          `${response.summary} with the token`,
        );
      }
      const query = { filter: { id: { _eq: id } }, fields: ['id', 'token'] };
      const search = await administrator.send({ method: 'SEARCH', path: '/users', body: { query } }, evidence);
      assert(
        !shown(search.body),
        'SEARCH /users not to show the static token to the administrator',
        `${search.summary} with the token`,
      );
      const { access } = await target.loggedIn(account);
      for (const path of ['/users/me', '/users/me?fields=token', '/users/me?fields=*']) {
        for (const sender of [token, access]) {
          const response = await target.send(target.withTokens({ path }, { header: sender }));
          assert(
            !shown(response.body),
            `GET ${path} not to show the static token to its user`,
            `${response.summary} with the token`,
          );
        }
      }
      const record = await administrator.send({ path: `/users/${id}?fields=id,token` }, evidence);
      const masked = record.payload['token'];
      assert(
        typeof masked !== 'string' ||
          (!masked.includes(token.value.slice(-4)) && !masked.includes(token.value.slice(0, 4))),
        'the record of a user to show no part of the static token',
        'it shows its beginning or its end',
      );
      expectRejected(
        await target.whoAmI({ header: '**********' }),
        'what is shown in place of a static token',
        account,
      );
      const change = await administrator.send(
        { method: 'PATCH', path: `/users/${id}`, body: { first_name: 'Somebody' } },
        evidence,
      );
      assert(
        !shown(change.body),
        'the response to PATCH /users/<id> not to show the static token',
        `${change.summary} with the token`,
      );
      const next = newStaticToken(evidence);
      const reset = await administrator.send(
        { method: 'PATCH', path: `/users/${id}`, body: { token: next.value } },
        evidence,
      );
      assert(
        !reset.body.includes(next.value),
        'the response to PATCH /users/<id> not to show the static token it has saved',
        `${reset.summary} with the token`,
      );
    },
  );

  check(
    'static.not-viewable-again',
    'A user who may read the own record is not shown the static token',
    async ({ target, newPrivilegedUser, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newPrivilegedUser({ token: token.value });
      const { access } = await target.loggedIn(account);
      for (const path of [
        '/users/me',
        '/users/me?fields=token',
        '/users/me?fields=*',
        `/users/${account.id ?? ''}`,
        '/users?fields=*',
      ]) {
        for (const sender of [token, access]) {
          const response = await target.send(target.withTokens({ path }, { header: sender }));
          assert(
            !response.body.includes(token.value),
            `GET ${path.replace(account.id ?? '', '<id>')} not to show the static token to its user`,
            `${response.summary} with the token`,
          );
        }
      }
    },
  );

  check(
    'static.exact',
    'Tampered static tokens and wildcards are rejected',
    async ({ target, withStaticToken, evidence }) => {
      const { account, token } = await withStaticToken();
      const { value } = token;
      const control = await target.whoAmI({ header: token });
      assume(control.succeeded, `the static token as it was set is not accepted: ${control.summary}`);
      for (const tampered of tamperedForms(value)) {
        nameTampered(evidence, tampered, value);
        expectRejected(await target.whoAmI({ header: tampered.value }), `a static token ${tampered.how}`, account);
      }
      // A token of hexadecimal digits, as the suite makes it up, has letters that can be in another case.
      const inCapitals = value.toUpperCase();
      if (inCapitals !== value)
        expectRejected(await target.whoAmI({ header: inCapitals }), 'a static token in capitals', account);
      expectRejected(await target.whoAmI({ query: ` ${value}` }), 'a static token with a space before it', account);
      expectRejected(await target.whoAmI({ query: `${value} ` }), 'a static token with a space behind it', account);
      const wildcards = [`${value.slice(0, 8)}%`, '%', '_'.repeat(value.length), `${value.slice(0, 8)}*`, '*', '.*'];
      for (const wildcard of wildcards) {
        for (const sent of [{ header: wildcard }, { query: wildcard }]) {
          expectRejected(await target.whoAmI(sent), 'a wildcard in place of the static token', account);
        }
      }
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
      const creation = await administrator.send({ path: '/users', body, hasSideEffect: true }, evidence);
      expectRejected(creation, 'creating a user with a static token that another user has');
      expectAccepted(await target.whoAmI({ header: token }), account, 'a static token that another user wanted too');
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

  check(
    'static.not-searchable',
    'Filters, search and aggregation do not find a user by the static token',
    async ({ newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const id = account.id ?? '';
      const queries = (value: string): string[] => [
        `filter[token][_eq]=${value}`,
        `filter[token]=${value}`,
        `filter[token][_in]=${value}`,
        `filter[token][_starts_with]=${value.slice(0, 8)}`,
        `filter[token][_contains]=${value.slice(0, 8)}`,
        `filter[_or][0][token][_eq]=${value}`,
        `search=${value}`,
      ];
      // A target that passes over what it does not know finds the user by every token: that tells nothing.
      const others = queries(newStaticToken(evidence).value);
      const found = async (query = ''): Promise<boolean> =>
        (await administrator.send({ path: `/users?fields=id&${query}` }, evidence)).body.includes(id);
      for (const [number, query] of queries(token.value).entries()) {
        const tells = (await found(query)) && !(await found(others[number]));
        assert(
          !tells,
          `GET /users?${query.replace(/=.*/, '=<token>')} not to find the user of the token`,
          'it finds the user by this token, and not by another',
        );
      }
      const sorted = await administrator.send({ path: '/users?aggregate[max]=token&aggregate[min]=token' }, evidence);
      assert(!sorted.body.includes(token.value), 'an aggregate not to show static tokens', 'it shows one');
    },
  );

  check('static.by-cookie', 'A static token in the session cookie is accepted', async ({ target, withStaticToken }) => {
    const { account, token } = await withStaticToken();
    expectAccepted(await target.whoAmI({ cookie: token }), account, 'a static token in the session cookie');
  });
});
