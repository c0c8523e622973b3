import { randomBytes } from 'node:crypto';
import { alterations, nameAltered } from './harness/generators/tampered-tokens.js';
import { newStaticToken } from './harness/users/accounts.js';
import type { Answer } from './harness/target/response.js';
import { chosenToken } from './harness/generators/arbitraries.js';
import { chapter, check } from './harness/check.js';
import { inWords, mustAccept, mustRefuse } from './harness/expectations.js';
import { expiryWithinPatience, WHILE_MS } from './harness/target/expiry.js';
import { claimsOf } from './harness/target/jwt.js';
import { demand, NotApplicable, require } from './harness/outcomes.js';
import { forAll } from './harness/generators/property.js';
import { staticToken } from './harness/target/tokens.js';

chapter('Static Tokens', () => {
  check(
    'static.does-not-expire',
    'the token works when a standard token of its user has run out',
    async ({ target, newUser, evidence, plan, wait }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const { access } = await target.loggedIn(account);
      await wait(expiryWithinPatience(access, plan));
      mustAccept(
        target,
        await target.whoAmI({ header: token }),
        account,
        token,
        'a static token older than a standard token can become',
      );
    },
    { needs: 'patience' },
  );

  check('static.authenticates', 'the token lets its user in, twelve times', async ({ target, withStaticToken }) => {
    const { account, token } = await withStaticToken();
    for (let time = 1; time <= 12; time += 1) {
      mustAccept(
        target,
        await target.whoAmI({ header: token }),
        account,
        token,
        time === 1 ? 'a static token' : 'a static token used before',
      );
    }
  });

  check(
    'static.one-per-user',
    'a new token works and ends the old one',
    async ({ target, newUser, administrator, evidence }) => {
      const first = newStaticToken(evidence);
      const account = await newUser({ token: first.value });
      const before = await target.whoAmI({ header: first });
      require(before.succeeded, `a static token that was set when its user was created is not accepted: ${inWords(before)}`);
      const second = newStaticToken(evidence);
      await administrator.change(account, { token: second.value }, evidence);
      mustAccept(target, await target.whoAmI({ header: second }), account, second, 'the new static token');
      mustRefuse(await target.whoAmI({ header: first }), 'the static token that was replaced', account);
    },
  );

  check(
    'static.does-not-expire',
    'the token works whatever becomes of the logins of its user',
    async ({ target, newUser, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const stillWorks = async (when: string): Promise<void> =>
        mustAccept(target, await target.whoAmI({ header: token }), account, token, `a static token ${when}`);
      const before = await target.whoAmI({ header: token });
      require(before.succeeded, inWords(before));

      const [{ refresh }, session] = await Promise.all([target.loggedIn(account), target.loggedInBySession(account)]);
      await stillWorks('after logins of its user');
      const obtainedAt = performance.now();
      const [refreshed, renewed] = await Promise.all([
        target.refresh(refresh),
        target.refreshByCookie('session', session.value),
      ]);
      await stillWorks('after refreshes of its user');
      if (refreshed.succeeded) await target.logout(target.standardTokens(refreshed, obtainedAt).refresh);
      await stillWorks('after a logout of its user');
      if (renewed.succeeded) await target.logoutByCookie('session', target.sessionToken(renewed, obtainedAt).value);
      await stillWorks('after a logout of its user in mode session');
      await target.send({ path: '/auth/logout', body: { refresh_token: token.value } });
      await stillWorks('after it was sent to the logout itself');
    },
  );

  check(
    'static.does-not-expire',
    'nor by itself, within seconds',
    async ({ target, newUser, evidence, wait }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const before = await target.whoAmI({ header: token });
      require(before.succeeded, inWords(before));
      await wait(WHILE_MS);
      const what = `a static token that was set ${WHILE_MS / 1000} seconds ago`;
      mustAccept(target, await target.whoAmI({ header: token }), account, token, what);
      mustAccept(target, await target.whoAmI({ query: token }), account, token, what);
    },
    { waits: true },
  );

  check('static.does-not-expire', 'a static token that is a JWT carries no exp', async ({ plan }) => {
    if (plan.staticToken === undefined)
      throw new NotApplicable(
        'needs static-token: give --static-token; the tokens that the suite sets itself are no JWTs',
      );
    const exp = claimsOf(plan.staticToken)?.exp;
    demand(exp === undefined, 'the static token to carry no expiry', `it is a JWT whose exp is ${exp ?? ''}`);
    return Promise.resolve();
  });

  check(
    'static.set-by-users-api',
    'a token set on creation and one set by an update work',
    async ({ target, newUser, administrator, evidence }) => {
      const first = newStaticToken(evidence);
      const account = await newUser({ token: first.value });
      mustAccept(
        target,
        await target.whoAmI({ header: first }),
        account,
        first,
        'a static token that was set when its user was created',
      );
      const short = randomBytes(8).toString('hex');
      evidence.names.add(short, 'STATIC_TOKEN', { kind: 'random', shell: 'openssl rand -hex 8' });
      const brief = staticToken(short);
      const owner = await newUser({ token: short });
      mustAccept(target, await target.whoAmI({ header: brief }), owner, brief, 'a static token of 16 characters');
      const other = await newUser();
      const second = newStaticToken(evidence);
      const change = await administrator.send(
        { method: 'PATCH', path: `/users/${other.id ?? ''}`, body: { token: second.value } },
        evidence,
      );
      demand(change.succeeded, 'the administrator to be able to set a static token', inWords(change));
      mustAccept(
        target,
        await target.whoAmI({ header: second }),
        other,
        second,
        'a static token that was set by an update',
      );
    },
  );

  check(
    'static.set-by-users-api',
    'whatever value is chosen works, by header and by query',
    async ({ target, newUser, administrator, evidence, plan }) => {
      const account = await newUser();
      await forAll(chosenToken, { plan, evidence, atMost: 20 }, async (value) => {
        evidence.names.add(value, 'STATIC_TOKEN', { kind: 'random', shell: `printf %s '${value}'` });
        const token = staticToken(value);
        const change = await administrator.send(
          { method: 'PATCH', path: `/users/${account.id ?? ''}`, body: { token: value } },
          evidence,
        );
        demand(change.succeeded, 'the administrator to be able to set a static token', inWords(change));
        mustAccept(target, await target.whoAmI({ header: token }), account, token, 'the static token just set');
        mustAccept(target, await target.whoAmI({ query: token }), account, token, 'the static token just set');
      });
    },
  );

  check(
    'static.not-viewable-again',
    'no answer shows the token, to the administrator or its user',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const id = account.id ?? '';
      const shown = (body: string): boolean => body.includes(token.value);
      const creation = evidence.exchanges.at(-1)?.response?.body ?? '';
      demand(!shown(creation), 'the answer to POST /users not to show the static token', 'it shows the token');

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
        const answer = await administrator.send({ path }, evidence);
        demand(
          !shown(answer.response.body),
          `GET ${path.replaceAll(id, '<id>')} not to show the static token to the administrator`,
          `${inWords(answer)} with the token`,
        );
      }
      const query = { filter: { id: { _eq: id } }, fields: ['id', 'token'] };
      const search = await administrator.send({ method: 'SEARCH', path: '/users', body: { query } }, evidence);
      demand(
        !shown(search.response.body),
        'SEARCH /users not to show the static token to the administrator',
        `${inWords(search)} with the token`,
      );
      const { access } = await target.loggedIn(account);
      for (const path of ['/users/me', '/users/me?fields=token', '/users/me?fields=*']) {
        for (const sender of [token, access]) {
          const answer = await target.send(target.withTokens({ path }, { header: sender }));
          demand(
            !shown(answer.response.body),
            `GET ${path} not to show the static token to its user`,
            `${inWords(answer)} with the token`,
          );
        }
      }
      const record = await administrator.send({ path: `/users/${id}?fields=id,token` }, evidence);
      const masked = record.payload['token'];
      demand(
        typeof masked !== 'string' ||
          (!masked.includes(token.value.slice(-4)) && !masked.includes(token.value.slice(0, 4))),
        'the record of a user to show no part of the static token',
        'it shows its beginning or its end',
      );
      mustRefuse(await target.whoAmI({ header: '**********' }), 'what is shown in place of a static token', account);
      const change = await administrator.send(
        { method: 'PATCH', path: `/users/${id}`, body: { first_name: 'Somebody' } },
        evidence,
      );
      demand(
        !shown(change.response.body),
        'the answer to PATCH /users/<id> not to show the static token',
        `${inWords(change)} with the token`,
      );
      const next = newStaticToken(evidence);
      const reset = await administrator.send(
        { method: 'PATCH', path: `/users/${id}`, body: { token: next.value } },
        evidence,
      );
      demand(
        !reset.response.body.includes(next.value),
        'the answer to PATCH /users/<id> not to show the static token it has saved',
        `${inWords(reset)} with the token`,
      );
    },
  );

  check(
    'static.not-viewable-again',
    'a user who may read the own record does not see it either',
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
          const answer = await target.send(target.withTokens({ path }, { header: sender }));
          demand(
            !answer.response.body.includes(token.value),
            `GET ${path.replace(account.id ?? '', '<id>')} not to show the static token to its user`,
            `${inWords(answer)} with the token`,
          );
        }
      }
    },
  );

  check(
    'static.exact',
    'altered static tokens and wildcards are refused',
    async ({ target, withStaticToken, evidence }) => {
      const { account, token } = await withStaticToken();
      const { value } = token;
      const control = await target.whoAmI({ header: token });
      require(control.succeeded, `the static token as it was set is not accepted: ${inWords(control)}`);
      for (const altered of alterations(value)) {
        nameAltered(evidence, altered, value);
        mustRefuse(await target.whoAmI({ header: altered.value }), `a static token ${altered.how}`, account);
      }
      // A token of hexadecimal digits, as the suite makes it up, has letters that can be in another case.
      const inCapitals = value.toUpperCase();
      if (inCapitals !== value)
        mustRefuse(await target.whoAmI({ header: inCapitals }), 'a static token in capitals', account);
      mustRefuse(await target.whoAmI({ query: ` ${value}` }), 'a static token with a space before it', account);
      mustRefuse(await target.whoAmI({ query: `${value} ` }), 'a static token with a space behind it', account);
      const wildcards = [`${value.slice(0, 8)}%`, '%', '_'.repeat(value.length), `${value.slice(0, 8)}*`, '*', '.*'];
      for (const wildcard of wildcards) {
        for (const sent of [{ header: wildcard }, { query: wildcard }]) {
          mustRefuse(await target.whoAmI(sent), 'a wildcard in place of the static token', account);
        }
      }
    },
  );

  check(
    'static.cleared',
    'a static token that was set to null is refused',
    async ({ target, newUser, administrator, evidence }) => {
      const token = newStaticToken(evidence);
      const account = await newUser({ token: token.value });
      const before = await target.whoAmI({ header: token });
      require(before.succeeded, inWords(before));
      await administrator.change(account, { token: null }, evidence);
      mustRefuse(await target.whoAmI({ header: token }), 'a static token that was cleared', account);
    },
  );

  check('static.unique', 'on creation and by an update', async (tools) => {
    const { target, newUser, unwantedUser, administrator, evidence } = tools;
    const token = newStaticToken(evidence);
    const [account, other] = [await newUser({ token: token.value }), await newUser()];
    const change = await administrator.send(
      { method: 'PATCH', path: `/users/${other.id ?? ''}`, body: { token: token.value } },
      evidence,
    );
    mustRefuse(change, 'setting a static token that another user has');
    const body = { email: await unwantedUser(), password: account.password, token: token.value };
    const creation = await administrator.send({ path: '/users', body, mustEnd: true }, evidence);
    mustRefuse(creation, 'creating a user with a static token that another user has');
    mustAccept(
      target,
      await target.whoAmI({ header: token }),
      account,
      token,
      'a static token that somebody else wanted too',
    );
  });

  check('static.set-by-owner', 'who may change the own record', async ({ target, newPrivilegedUser, evidence }) => {
    const first = newStaticToken(evidence);
    const account = await newPrivilegedUser({ token: first.value });
    const second = newStaticToken(evidence);
    const { access } = await target.loggedIn(account);
    const change = async (body: object): Promise<Answer> => {
      const parts = { method: 'PATCH', path: '/users/me', body };
      const answer = await target.send(target.withTokens(parts, { header: access }));
      if (!answer.succeeded) target.excuseIfOvertaken(access);
      return answer;
    };
    const set = await change({ token: second.value });
    demand(set.succeeded, 'a user who may change the own record to set the own static token', inWords(set));
    demand(!set.response.body.includes(second.value), 'the answer not to show the token', 'it shows it');
    mustAccept(
      target,
      await target.whoAmI({ header: second }),
      account,
      second,
      'the static token that its user has set',
    );
    mustRefuse(await target.whoAmI({ header: first }), 'the static token from before', account);
    const cleared = await change({ token: null });
    require(cleared.succeeded, inWords(cleared));
    mustRefuse(await target.whoAmI({ header: second }), 'a static token that its user has cleared', account);
  });

  check('static.generated', 'five of them', async ({ administrator, evidence }) => {
    const values: string[] = [];
    for (let time = 0; time < 5; time += 1) {
      const answer = await administrator.send({ path: '/utils/random/string?length=32' }, evidence);
      if (answer.status === 404)
        throw new NotApplicable('the target makes up no tokens: GET /utils/random/string answered 404');
      const { data } = (answer.json ?? {}) as { data?: unknown };
      demand(
        typeof data === 'string' && data.length === 32 && new Set(data).size > 8,
        'GET /utils/random/string?length=32 to make up 32 characters',
        `${inWords(answer)} with ${typeof data === 'string' ? `${data.length} characters, ${new Set(data).size} of them different` : 'no text'}`,
      );
      values.push(data);
    }
    demand(new Set(values).size === 5, 'five tokens made up to be different', 'some are the same');
  });

  check('static.not-searchable', 'by filters and by search', async ({ newUser, administrator, evidence }) => {
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
      (await administrator.send({ path: `/users?fields=id&${query}` }, evidence)).response.body.includes(id);
    for (const [number, query] of queries(token.value).entries()) {
      const tells = (await found(query)) && !(await found(others[number]));
      demand(
        !tells,
        `GET /users?${query.replace(/=.*/, '=<token>')} not to find the user of the token`,
        'it finds the user by this token, and not by another',
      );
    }
    const sorted = await administrator.send({ path: '/users?aggregate[max]=token&aggregate[min]=token' }, evidence);
    demand(!sorted.response.body.includes(token.value), 'an aggregate not to show static tokens', 'it shows one');
  });

  check('static.by-cookie', 'in place of a session token', async ({ target, withStaticToken }) => {
    const { account, token } = await withStaticToken();
    mustAccept(target, await target.whoAmI({ cookie: token }), account, token, 'a static token in the session cookie');
  });
});
