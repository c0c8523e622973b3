import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { blankUser } from '../../../reference-server/stores/blank-user.js';
import {
  NotUnique,
  type ItemChange,
  type ItemRecord,
  type RoleRecord,
  type SessionRecord,
  type Store,
  type UserRecord,
} from '../../../reference-server/index.js';

/** A user with nothing but an id, and what is given. */
export const user = (id: string, members: Partial<UserRecord> = {}): UserRecord => ({ ...blankUser, id, ...members });
const role = (id: string, members: Partial<RoleRecord> = {}): RoleRecord => ({
  id,
  name: id,
  icon: null,
  description: null,
  parent: null,
  policies: [],
  admin: false,
  ...members,
});
const session = (token: string, members: Partial<SessionRecord> = {}): SessionRecord => ({
  token,
  user: 'u',
  expires: 1_800_000_000_000,
  successor: null,
  ...members,
});

/**
 * What a store must do. Where several servers can share one, two do: what one writes the other reads.
 *
 * @param open opens a new, empty store twice; the same one twice where it cannot be shared
 */
export function storeContract(name: string, open: () => Promise<[Store, Store]>): void {
  describe(name, () => {
    let store: Store;
    let other: Store;
    beforeEach(async () => {
      [store, other] = await open();
    });
    afterEach(async () => {
      await store.close?.();
      await other.close?.();
      await store.close?.();
    });
    /** Does something many times at once, on both in turn. */
    const atOnce = <Result>(times: number, act: (store: Store, i: number) => Promise<Result>): Promise<Result[]> =>
      Promise.all(Array.from({ length: times }, (_, i) => act(i % 2 === 0 ? store : other, i)));

    describe('users', () => {
      test('come back as they were stored, with their members in order', async () => {
        const kept = user('a', {
          first_name: 'Ünï\0code \ud83d\ude00',
          email: 'A@Example.com',
          tags: ['x', { y: [] }],
          theme_dark_overrides: {},
          auth_data: { n: 12345678901234.5, none: null },
          email_notifications: false,
          token: 'static',
        });
        await store.insertUser(kept);
        for (const read of [
          await other.user('a'),
          await other.userByEmail('a@example.COM'),
          await other.userByStaticToken('static'),
          (await other.users())[0],
        ])
          expect(JSON.stringify(read)).toBe(JSON.stringify(kept));
      });

      test('that are not there are undefined', async () => {
        await store.insertUser(user('a'));
        expect(await store.user('b')).toBeUndefined();
        expect(await store.user('')).toBeUndefined();
        expect(await store.userByEmail('null')).toBeUndefined();
        expect(await store.userByStaticToken('null')).toBeUndefined();
        expect(await store.updateUser('b', { title: 'x' })).toBeUndefined();
        expect(await store.users()).toHaveLength(1);
      });

      test('are told in the order of their creation, whatever is changed', async () => {
        for (const id of ['c', 'a', 'd', 'b']) await store.insertUser(user(id));
        await store.updateUser('c', { title: 'changed' });
        await store.deleteUser('a');
        await other.insertUser(user('a'));
        expect((await store.users()).map(({ id }) => id)).toEqual(['c', 'd', 'b', 'a']);
      });

      test('have an email of their own, whatever its case', async () => {
        await store.insertUser(user('a', { email: 'ÄRA@example.com' }));
        await store.insertUser(user('b', { email: 'b@example.com' }));
        const doubled = { name: 'NotUnique', field: 'email', value: 'ära@EXAMPLE.com' };
        await expect(other.insertUser(user('c', { email: 'ära@EXAMPLE.com' }))).rejects.toMatchObject(doubled);
        await expect(other.updateUser('b', { email: 'ära@EXAMPLE.com', title: 'x' })).rejects.toMatchObject(doubled);
        expect(await store.user('b')).toEqual(user('b', { email: 'b@example.com' }));
        expect((await store.users()).map(({ id }) => id)).toEqual(['a', 'b']);
        expect((await store.updateUser('a', { email: 'ära@example.com' }))?.email).toBe('ära@example.com');
      });

      test('have a static token of their own, to the letter', async () => {
        const tokens = ['t', 'T', '', 't\0', 't\0x', '\ud800', '\ud801', '\ufffd', 'null', '"t"', '%'];
        for (const [i, token] of tokens.entries()) await store.insertUser(user(`u${i}`, { token }));
        for (const [i, token] of tokens.entries()) expect((await other.userByStaticToken(token))?.id).toBe(`u${i}`);
        const rejected = other.insertUser(user('x', { token: 'T' }));
        await expect(rejected).rejects.toMatchObject({ field: 'token', value: 'T' });
        await expect(rejected).rejects.toBeInstanceOf(NotUnique);
        await expect(other.updateUser('u0', { token: '' })).rejects.toMatchObject({ field: 'token', value: '' });
      });

      test('may be without email and static token, any number of them', async () => {
        await store.insertUser(user('a'));
        await store.insertUser(user('b'));
        await store.updateUser('b', { email: null, token: null });
        expect(await store.users()).toHaveLength(2);
      });

      test('leave their email and static token free when they change them or are deleted', async () => {
        await store.insertUser(user('a', { email: 'a@example.com', token: 'one' }));
        const changed = await store.updateUser('a', { email: 'new@example.com', token: 'two' });
        expect(changed).toEqual(user('a', { email: 'new@example.com', token: 'two' }));
        expect(await other.userByStaticToken('one')).toBeUndefined();
        expect(await other.userByEmail('a@example.com')).toBeUndefined();
        expect((await other.userByStaticToken('two'))?.id).toBe('a');
        await other.insertUser(user('b', { email: 'a@example.com', token: 'one' }));
        await store.updateUser('a', { email: null, token: null });
        await other.updateUser('b', { email: 'new@example.com', token: 'two' });
        await store.deleteUser('b');
        await store.insertUser(user('c', { email: 'NEW@example.com', token: 'two' }));
        expect((await other.userByEmail('new@example.com'))?.id).toBe('c');
      });

      test('keep their id', async () => {
        await store.insertUser(user('a'));
        expect((await store.updateUser('a', { id: 'b', title: 'x' }))?.id).toBe('a');
        expect(await store.user('b')).toBeUndefined();
      });

      test('of 20 with one email at once, exactly one is stored', async () => {
        const done = await atOnce(20, (at, i) =>
          at.insertUser(user(`u${i}`, { email: i % 3 === 0 ? 'Same@example.com' : 'same@example.com' })).then(
            () => 'stored',
            (error: Error) => error.name,
          ),
        );
        expect(done.filter((one) => one === 'stored')).toHaveLength(1);
        expect(done.filter((one) => one === 'NotUnique')).toHaveLength(19);
        expect(await store.users()).toHaveLength(1);
      });

      test('of 20 at once, one that cannot be stored leaves the others', async () => {
        await store.insertUser(user('first', { email: 'taken@example.com' }));
        const done = await atOnce(20, (at, i) =>
          at.insertUser(user(`u${i}`, { email: i === 7 ? 'taken@example.com' : `u${i}@example.com` })).then(
            () => 'stored',
            (error: Error) => error.name,
          ),
        );
        expect(done.map((one, i) => [i, one]).filter(([, one]) => one !== 'stored')).toEqual([[7, 'NotUnique']]);
        expect(await store.users()).toHaveLength(20);
        expect(await store.user('u7')).toBeUndefined();
      });

      test('of 20 that take one static token at once, exactly one has it', async () => {
        for (let i = 0; i < 20; i += 1) await store.insertUser(user(`u${i}`, { token: `old${i}` }));
        const done = await atOnce(20, (at, i) =>
          at.updateUser(`u${i}`, { token: 'same' }).then(
            (changed) => changed?.token,
            (error: Error) => error.name,
          ),
        );
        expect(done.filter((one) => one === 'same')).toHaveLength(1);
        expect((await store.users()).filter(({ token }) => token === 'same')).toHaveLength(1);
      });

      test('no change is lost among 20 of different members at once', async () => {
        await store.insertUser(user('a'));
        const members = ['title', 'location', 'description', 'language'] as const;
        await atOnce(20, (at, i) => at.updateUser('a', { [members[i % 4] ?? 'title']: i }));
        const changed = await store.user('a');
        for (const member of members) expect(changed?.[member]).toBeTypeOf('number');
      });

      test('the first one comes with its role, and only once', async () => {
        const done = await atOnce(10, (at, i) =>
          at.insertFirstUser(
            user(`u${i}`, { role: `r${i}`, email: `${i}@example.com` }),
            role(`r${i}`, { admin: true }),
          ),
        );
        expect(done.filter(Boolean)).toHaveLength(1);
        const [[only], roles] = [await store.users(), await store.roles()];
        expect(await store.users()).toHaveLength(1);
        expect(roles).toEqual([role(only?.role ?? '', { admin: true })]);
        expect((await store.userByEmail(only?.email ?? ''))?.id).toBe(only?.id);
        await store.deleteUser(only?.id ?? '');
        expect(await store.insertFirstUser(user('next', { token: 't' }), role('r'))).toBe(true);
        expect((await other.userByStaticToken('t'))?.id).toBe('next');
      });
    });

    describe('roles', () => {
      test('come back as they were stored, in the order of their creation', async () => {
        const kept = role('b', { icon: 'x', description: { a: [] }, policies: ['p'], admin: true });
        await store.saveRole(kept);
        await store.saveRole(role('a', { parent: 'b' }));
        expect(JSON.stringify(await other.roles())).toBe(JSON.stringify([kept, role('a', { parent: 'b' })]));
        await other.saveRole({ ...kept, name: 'changed' });
        expect((await store.roles()).map(({ name }) => name)).toEqual(['changed', 'a']);
        expect((await store.role('b'))?.name).toBe('changed');
        expect(await store.role('c')).toBeUndefined();
      });

      test('leave users and roles without them when they are deleted, and no others', async () => {
        await store.saveRole(role('r'));
        await store.saveRole(role('s', { parent: 'r' }));
        await store.saveRole(role('t', { parent: 's' }));
        await store.insertUser(user('a', { role: 'r', email: 'a@example.com' }));
        await store.insertUser(user('b', { role: 's' }));
        await other.deleteRole('r');
        expect(await store.role('r')).toBeUndefined();
        expect((await store.roles()).map(({ id, parent }) => [id, parent])).toEqual([
          ['s', null],
          ['t', 's'],
        ]);
        expect((await store.users()).map(({ role: of }) => of)).toEqual([null, 's']);
        expect((await store.userByEmail('a@example.com'))?.role).toBeNull();
      });
    });

    describe('sessions', () => {
      test('come back as they were stored', async () => {
        const kept = session('a', { expires: 1_799_999_999_999.5, successor: 'b' });
        await store.insertSession(kept);
        await store.insertSession(session('b'));
        expect(await other.session('a')).toEqual(kept);
        expect(await other.session('c')).toBeUndefined();
        expect(await other.session('')).toBeUndefined();
        const byToken = [...(await other.sessions())].sort((x, y) => (x.token < y.token ? -1 : 1));
        expect(byToken).toEqual([kept, session('b')]);
      });

      test('are replaced once', async () => {
        await store.insertSession(session('a'));
        expect(await store.replaceSession('a', session('b', { expires: 1_900_000_000_000 }))).toBe(true);
        expect(await other.replaceSession('a', session('c'))).toBe(false);
        expect(await other.sessions()).toEqual([session('b', { expires: 1_900_000_000_000 })]);
      });

      test('of 20 that replace one at once, exactly one does', async () => {
        await store.insertSession(session('old'));
        const done = await atOnce(20, (at, i) => at.replaceSession('old', session(`new${i}`)));
        expect(done.filter(Boolean)).toHaveLength(1);
        expect((await store.sessions()).map(({ token }) => token)).toEqual([`new${done.indexOf(true)}`]);
      });

      test('have one successor, and live for the grace at most', async () => {
        await store.insertSession(session('old', { expires: 5000 }));
        await store.insertSession(session('short', { expires: 900 }));
        expect(await store.succeedSession('old', session('next'), 1000)).toEqual(session('next'));
        expect(await store.session('old')).toEqual(session('old', { expires: 1000, successor: 'next' }));
        expect(await other.succeedSession('old', session('later'), 2000)).toEqual(session('next'));
        expect((await other.session('old'))?.expires).toBe(1000);
        expect(await other.session('later')).toBeUndefined();
        await store.succeedSession('short', session('after'), 1000);
        expect((await store.session('short'))?.expires).toBe(900);
        await store.deleteSession('next');
        expect(await store.succeedSession('old', session('later'), 1000)).toBeUndefined();
        expect(await store.succeedSession('gone', session('later'), 1000)).toBeUndefined();
        expect(await store.session('later')).toBeUndefined();
      });

      test('of 20 that succeed one at once, all get the same', async () => {
        await store.insertSession(session('old'));
        const done = await atOnce(20, (at, i) => at.succeedSession('old', session(`next${i}`), 1000));
        expect(new Set(done.map((one) => one?.token)).size).toBe(1);
        expect(await store.sessions()).toHaveLength(2);
      });

      test('end one by one, by user, and with the user', async () => {
        await store.insertUser(user('u'));
        for (const token of ['a', 'b', 'c', 'd']) await store.insertSession(session(token));
        await store.insertSession(session('x', { user: 'other' }));
        const left = async (): Promise<string[]> => (await other.sessions()).map(({ token }) => token).sort();
        await store.deleteSession('a');
        await store.deleteSession('a');
        expect(await left()).toEqual(['b', 'c', 'd', 'x']);
        await store.deleteSessionsOf('u', 'c');
        expect(await left()).toEqual(['c', 'x']);
        await store.insertSession(session('e'));
        await store.deleteUser('u');
        expect(await left()).toEqual(['x']);
        await store.deleteSessionsOf('other', null);
        expect(await left()).toEqual([]);
      });

      test('are forgotten when they ended before a time', async () => {
        for (const expires of [999, 1000, 1001]) await store.insertSession(session(`s${expires}`, { expires }));
        await store.purgeSessions(1000);
        expect((await other.sessions()).map(({ token }) => token).sort()).toEqual(['s1000', 's1001']);
        await store.deleteSessionsOf('u');
        expect(await other.sessions()).toEqual([]);
      });
    });

    test('attempts are counted by user until they are forgotten', async () => {
      const counts = await atOnce(20, (at) => at.countAttempt('u'));
      expect([...counts].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
      expect(await store.countAttempt('v')).toBe(1);
      await other.forgetAttempts('u');
      expect([await store.countAttempt('u'), await store.countAttempt('v')]).toEqual([1, 2]);
      await store.deleteUser('v');
      expect(await store.countAttempt('v')).toBe(1);
    });

    test('project settings are those that were changed', async () => {
      expect(await store.projectSettings()).toEqual({});
      await store.changeProjectSettings({ auth_login_attempts: 3, public_registration: true });
      expect(await other.projectSettings()).toEqual({ auth_login_attempts: 3, public_registration: true });
      await atOnce(2, (at, i) =>
        at.changeProjectSettings(i === 0 ? { auth_login_attempts: null } : { public_registration_role: 'r' }),
      );
      await store.changeProjectSettings({});
      expect(await store.projectSettings()).toEqual({
        auth_login_attempts: null,
        public_registration: true,
        public_registration_role: 'r',
      });
    });

    describe('items', () => {
      const insert = (key: string, members: object = {}, collection = 'notes'): ItemChange => ({
        kind: 'insert',
        collection,
        key,
        members: members as ItemRecord['members'],
      });

      test('come back by collection, as they were stored, in the order of their creation', async () => {
        const members = { text: 'Ünï\0code \ud83d\ude00', list: [1, { a: null }], none: null, no: false };
        await store.changeItems([insert('b', members), insert('1:2'), insert('b', { n: 1 }, 'others')]);
        expect(await other.items('notes')).toEqual([
          { key: 'b', members },
          { key: '1:2', members: {} },
        ]);
        expect(await other.items('others')).toEqual([{ key: 'b', members: { n: 1 } }]);
        expect(await other.items('none')).toEqual([]);
      });

      test('are changed by member and removed; what is not there stays so', async () => {
        await store.changeItems([insert('a', { one: 1, two: 2 }), insert('b')]);
        const merged = { kind: 'merge', collection: 'notes', members: { two: 'b', three: 3 } } as const;
        expect(
          await other.changeItems([
            { ...merged, key: 'a' },
            { ...merged, key: 'gone' },
          ]),
        ).toBe(true);
        await store.changeItems([{ kind: 'remove', collection: 'notes', key: 'b' }]);
        await store.changeItems([{ kind: 'remove', collection: 'notes', key: 'gone' }]);
        expect(await store.items('notes')).toEqual([{ key: 'a', members: { one: 1, two: 'b', three: 3 } }]);
      });

      test('are changed all or none: one that is there already is not stored again', async () => {
        await store.changeItems([insert('a', { n: 1 })]);
        const remove = { kind: 'remove', collection: 'others', key: 'x' } as const;
        await store.changeItems([insert('x', {}, 'others')]);
        expect(await other.changeItems([remove, insert('b'), insert('a', { n: 2 })])).toBe(false);
        expect((await store.items('notes')).map(({ members }) => members)).toEqual([{ n: 1 }]);
        expect(await store.items('others')).toHaveLength(1);
        const won = await atOnce(10, (at) => at.changeItems([insert('once')]));
        expect(won.filter(Boolean)).toHaveLength(1);
      });

      test('are numbered without a number twice', async () => {
        const numbers = await atOnce(10, (at) => at.nextNumber('notes', 0));
        expect([...numbers].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        expect([await store.nextNumber('notes', 50), await other.nextNumber('notes', 3)]).toEqual([51, 52]);
        expect(await store.nextNumber('others', 0)).toBe(1);
      });
    });

    test('the first secret is kept', async () => {
      const secrets = await atOnce(10, (at, i) => at.secret(`secret ${i}`));
      expect(new Set(secrets).size).toBe(1);
      expect(await other.secret('late')).toBe(secrets[0]);
    });
  });
}
