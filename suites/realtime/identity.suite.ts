import { chapter, check } from '../harness/check.js';
import { assumeSuccess } from '../harness/expectations.js';
import { expiredTokenLike } from '../harness/generators/expired-token.js';
import { mintLike } from '../harness/generators/tampered-tokens.js';
import { assert, assume, NotApplicable } from '../harness/outcomes.js';
import { claimsOf, Moment } from '../harness/target/tokens/jwt.js';
import { converse, type Conversation } from '../harness/target/http/web-socket.js';
import { newStaticToken } from '../harness/users/new-static-token.js';
import { whereUsersAreHidden } from '../harness/users/hidden-users.js';

/* Whose rights the messages of a WebSocket have: those of the token that came last, for as long as it is valid. */

const PATH = '/websocket';
const fields = ['id', 'email'];

chapter('Realtime', () => {
  check(
    'realtime.last-token',
    'After each of several messages auth in one WebSocket, all users are shown to the tokens of an administrator alone',
    whereUsersAreHidden(async ({ target, newUser, newPrivilegedUser, evidence }) => {
      const [privileged, plain] = [newStaticToken(evidence), newStaticToken(evidence)];
      const somebody = await newUser({ token: plain.value });
      const administrator = await newPrivilegedUser({ token: privileged.value });
      const { access, refresh } = await target.loggedIn(somebody);
      const { access: ofAdministrator } = await target.loggedIn(administrator);
      // Of one record: what becomes of others meanwhile is not told.
      const shown = { type: 'subscribe', collection: 'directus_users', item: somebody.id, query: { fields } };
      const { email, password } = somebody;
      const turns = [
        ['a standard token of an administrator', { access_token: ofAdministrator.value }, true],
        ['a standard token of a user without permissions', { access_token: access.value }, false],
        ['a static token of an administrator', { access_token: privileged.value }, true],
        ['a static token of a user without permissions', { access_token: plain.value }, false],
        ['a static token of an administrator', { access_token: privileged.value }, true],
        ['email and password of a user without permissions', { email, password }, false],
        ['a standard token of an administrator', { access_token: ofAdministrator.value }, true],
        ['a refresh token of a user without permissions', { refresh_token: refresh.value }, false],
      ] as const;
      const messages = turns.flatMap(([, given], number) => [
        { type: 'auth', ...given },
        { ...shown, uid: String(number) },
      ]);
      const { responses, mayHaveExpired } = await converse(target, PATH, messages);
      assume(!mayHaveExpired, 'a token expired before its message was answered');
      for (const [number, [what, , isAdministrator]] of turns.entries()) {
        const auth = responses[2 * number];
        assert(auth?.['status'] === 'ok', `the message auth with ${what}, after others, to be accepted`, inWords(auth));
        const answer = JSON.stringify(responses[2 * number + 1] ?? {});
        const before = turns[number - 1]?.[0];
        const isShown = answer.includes(email);
        // That administrators may read users by it is no more than what makes the rest worth something.
        if (isAdministrator && number === 0 && !isShown)
          throw new NotApplicable('an administrator is shown no users by the message subscribe');
        assert(
          isShown === isAdministrator,
          `another user ${isAdministrator ? '' : 'not '}to be shown after the message auth with ${what}${before === undefined ? '' : `, which came after one with ${before}`}`,
          isShown ? 'the response holds the email of that user' : 'the response does not hold it',
        );
      }
    }),
    { needsEach: ['admin', 'realtime'] },
  );

  check(
    'realtime.query-token',
    'A standard or session token in the query that has expired opens no WebSocket',
    async (context) => {
      const { target, user } = context;
      const account = await user();
      const { access } = await target.loggedIn(account);
      for (const token of [access, ...(await target.sessionsOf(account))]) {
        const expired = await expiredTokenLike(context, token, 'query');
        const { opened } = await converse(target, `${PATH}?access_token=${expired}`, []);
        assert(
          !opened,
          `a WebSocket not to open with a ${token.type} token in the query that has expired`,
          'it opened',
        );
      }
    },
    { needs: 'secret' },
  );

  check(
    'realtime.cookie',
    'A session cookie whose token has expired, and one that was logged out, open no WebSocket',
    async (context) => {
      const { target, user } = context;
      const account = await user();
      const session = await target.loggedInBySession(account);
      const open = async (value: string): Promise<boolean> =>
        (await converse(target, PATH, [], { Cookie: `${target.description.sessionCookie}=${value}` })).opened;
      const expired = await open(await expiredTokenLike(context, session, 'cookie'));
      assert(!expired, 'a WebSocket not to open with a session cookie whose token has expired', 'it opened');
      assumeSuccess(await target.logoutByCookie('session', session.value));
      assert(
        !(await open(session.value)),
        'a WebSocket not to open with a session cookie after its logout',
        'it opened',
      );
    },
    { needs: 'secret' },
  );

  check(
    'realtime.last-token',
    'Once the token of the message auth has expired, its WebSocket shows no users',
    whereUsersAreHidden(async ({ target, newUser, newPrivilegedUser, evidence, plan, wait }) => {
      const { email, id } = await newUser();
      const { access } = await target.loggedIn(await newPrivilegedUser());
      if (claimsOf(access.value)?.iat === undefined)
        throw new NotApplicable('the access token does not say when it was issued');
      const short = mintLike(
        evidence,
        access.value,
        { iat: Moment.afterIssue(0), exp: Moment.afterIssue(LIFE_S) },
        plan.secret ?? '',
      );
      const shown = { type: 'subscribe', collection: 'directus_users', item: id, query: { fields } };
      const messages = [
        { type: 'auth', access_token: short },
        { ...shown, uid: 'before' },
        async (): Promise<void> => wait((LIFE_S + 1) * 1000),
        // What the target tells of the expiry comes between: the second one is sent for the answer to the first.
        { ...shown, uid: 'after' },
        { ...shown, uid: 'then' },
      ];
      const { responses } = await converse(target, PATH, messages);
      assume(responses[0]?.['status'] === 'ok', 'a token minted with --secret is not accepted, or too late');
      if (!JSON.stringify(responses[1] ?? {}).includes(email))
        throw new NotApplicable('an administrator is shown no users by the message subscribe');
      const after = JSON.stringify(responses.slice(2));
      assert(
        !after.includes(email),
        'a WebSocket whose token has expired to show no users',
        'a response holds the email of a user',
      );
    }),
    { needsEach: ['admin', 'realtime', 'secret'], waits: true },
  );
});

/** How long the token lives that expires while its WebSocket is open, in s. */
const LIFE_S = 4;

const inWords = (response: Conversation['responses'][number]): string =>
  response === undefined
    ? 'nothing came'
    : `${JSON.stringify(response['type'])} ${JSON.stringify(response['status'])} came`;
