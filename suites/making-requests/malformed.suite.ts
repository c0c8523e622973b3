import { chapter, check } from '../harness/check.js';
import { expectNoToken, expectRejected } from '../harness/expectations.js';
import { inBatches } from '../harness/in-batches.js';
import { graphql, outcome, written } from '../harness/target/graphql.js';
import { assert } from '../harness/outcomes.js';
import { percentEncoded } from '../harness/target/percent-encoding.js';
import type { RequestParts } from '../harness/target/target.js';

/** Texts that some database, hash function or template takes amiss. */
const texts: readonly (readonly [what: string, text: string])[] = [
  ['a NUL', 'before\0behind'],
  ['a lone surrogate', 'before\uD800behind'],
  ['a lone low surrogate', '\uDC00'],
  ['emoji', '\u{1F511}'.repeat(50)],
  ['a mark that reverses', '\u202Etxet'],
  ['100 bytes', 'x'.repeat(100)],
  ['5,000 characters', 'x'.repeat(5000)],
  ['5,000 bytes of accents', '\u00E9'.repeat(2500)],
  ['quotes and comments of SQL', `' " \` ; -- /* */ $$ \\`],
  ['places of templates', '{{7*7}} ${7*7} #{7*7} <%= 7*7 %> %s %n'],
  ['a path', '../../../../etc/passwd'],
  ['percent codes', '%00%ff%fe%zz'],
  ['a number of 400 digits', '9'.repeat(400)],
];

/** What is longer than this is not sent in a URL or a header, in bytes: many gateways take 8 KiB of all of them. */
const LONGEST_IN_HEAD = 4000;
chapter('Making Requests', () => {
  check(
    'requests.malformed',
    'NUL, lone surrogates, long texts and signs of other languages in passwords, emails and tokens are no server error',
    async ({ target, newUser, user, plan }) => {
      const account = await user();
      const unknown = `nobody-${account.email}`;
      // So many attempts may lock an account: none but a new one.
      const { email } = plan.capabilities.includes('admin') ? await newUser() : { email: unknown };
      const expectNoError = async (what: string, parts: RequestParts): Promise<void> => {
        const response = await target.send(parts);
        assert(response.status < 500, `${what} to be no server error`, response.summary);
        expectNoToken(response, what);
      };
      await inBatches(texts, async ([what, text]) => {
        const login = (body: object): RequestParts => ({ path: '/auth/login', body });
        await expectNoError(`a login with ${what} in the password`, login({ email, password: text }));
        await expectNoError(
          `a login with ${what} in the email`,
          login({ email: `${text}@example.com`, password: 'a wrong password' }),
        );
        await expectNoError(
          `a login with ${what} in the one-time password`,
          login({ email: unknown, password: 'a wrong password', otp: text }),
        );
        await expectNoError(`a refresh with ${what} in the token`, {
          path: '/auth/refresh',
          body: { refresh_token: text },
        });
        await expectNoError(`a logout with ${what} in the token`, {
          path: '/auth/logout',
          body: { refresh_token: text },
        });
        // What is longer, gateways reject without asking the target.
        if (percentEncoded(text).length > LONGEST_IN_HEAD) return;
        const { sessionCookie, refreshCookie } = target.description;
        for (const [mode, name] of [
          ['cookie', refreshCookie],
          ['session', sessionCookie],
        ] as const) {
          const headers = { Cookie: `${name}=${percentEncoded(text)}` };
          await expectNoError(`a refresh in mode ${mode} with ${what} in the cookie`, {
            path: '/auth/refresh',
            headers,
            body: { mode },
          });
        }
        const path = `/users/me?access_token=${percentEncoded(text)}`;
        expectRejected(await target.send({ path }), `${what} as token in the query`, account);
      });
    },
  );

  check(
    'requests.malformed',
    'NUL, lone surrogates, long texts and signs of other languages given to auth_login and auth_refresh are no server error',
    async ({ target }) => {
      await inBatches(texts, async ([what, text]) => {
        for (const query of [
          `mutation{auth_login(email:"nobody@example.com",password:${written(text)}){access_token}}`,
          `mutation{auth_refresh(refresh_token:${written(text)}){access_token}}`,
        ]) {
          const response = await graphql(target, query);
          assert(response.status < 500, `${query.slice(9, 21)} with ${what} to be no server error`, outcome(response));
        }
      });
    },
    { needs: 'graphql' },
  );
});
