import type { Capability } from '../../spec/generated/report.js';
import { expectNoToken } from '../harness/expectations.js';
import { Violation } from '../harness/outcomes.js';
import { modes, type Mode } from '../harness/target/target.js';
import { Account } from '../harness/users/account.js';
import { newRandomPassword } from '../harness/users/new-password.js';
import { newStaticToken } from '../harness/users/new-static-token.js';
import type { Door, LoginPlan } from './credentials.js';
import { logOut, newestOf, open, refresh, subjectLogin, type Scene } from './scene.js';
import {
  changeInWords,
  changeUsers,
  isForOne,
  isMutation,
  removalInWords,
  removeUsers,
  userDoors,
  type MutationDoor,
  type UserDoor,
} from './user-doors.js';

/** What an event is, as far as the model is concerned. */
export type EventGroup =
  | 'logout'
  | 'refresh'
  | 'login'
  | 'failed-login'
  | 'password'
  | 'email'
  | 'suspension'
  | 'reactivation'
  | 'deletion'
  | 'profile'
  | 'static-replaced'
  | 'static-cleared';

/** What may end, renew or spare the credentials of a user. */
export interface LifecycleEvent {
  readonly name: string;
  readonly group: EventGroup;
  /** To follow "after". */
  readonly words: string;
  /** True when the seed speaks of it. */
  readonly inSeed: boolean;
  /** What the target must offer, and the tester give. */
  readonly needs: readonly Capability[];
  /** The logins of the subject that come before it. */
  readonly logins: readonly LoginPlan[];
  /** How many users beside the subject it is about. */
  readonly companions: number;
  /** True where other events show as much by another door: what it ends is shown in few ways. */
  readonly isBrief?: boolean;
  /** @throws Violation when what it demands of the target by itself is rejected; Inconclusive when it cannot be brought about */
  readonly take: (scene: Scene) => Promise<void>;
}

const doorInWords: Readonly<Record<Door, string>> = { rest: 'REST', graphql: 'GraphQL', message: 'WebSocket' };
const doorNeeds: Readonly<Record<Door, readonly Capability[]>> = {
  rest: [],
  graphql: ['admin', 'graphql'],
  message: ['admin', 'realtime'],
};

/** What an event about a login needs, by its door and its mode. */
const needsOf = (door: Door, mode: Mode): readonly Capability[] => [
  ...doorNeeds[door],
  ...(mode === 'session' ? (['session'] as const) : []),
];

const login = (words: string, mode: Mode, refreshes = 0, door: Door = 'rest', isSubject = false): LoginPlan => ({
  words,
  mode,
  door,
  refreshes,
  isSubject,
});

const ages = ['oldest', 'middle', 'youngest'] as const;

/** One of three logins in a mode is logged out. */
function logout(door: Door, mode: Mode, age: 0 | 1 | 2, refreshes: number): LifecycleEvent {
  const times = ['', ' refreshed once', ' refreshed twice'][refreshes] ?? '';
  // Clients send the access token with every request, also with this one.
  const carriesToken = door === 'rest' && mode === 'json' && age < 2;
  return {
    name: `logout ${door} ${mode} ${ages[age]}`,
    group: 'logout',
    words: `the logout by ${doorInWords[door === 'message' ? 'rest' : door]} of the ${ages[age]} of three logins in mode ${mode}${door === 'message' ? ' by WebSocket' : ''}${times}${carriesToken ? ', with its access token in the header' : ''}`,
    inSeed: door === 'rest' && mode !== 'cookie',
    needs: needsOf(door, mode),
    logins: [
      ...ages.map((one, i) =>
        login(
          `the ${one} login in mode ${mode}`,
          mode,
          i === age ? refreshes : 0,
          i === age ? door : 'rest',
          i === age,
        ),
      ),
      // A login in another mode stands beside them; in which, changes from event to event.
      ...modes
        .filter((one, i) => one !== mode && (i + age) % 2 === 0)
        .map((one) => login(`a login in mode ${one}`, one)),
    ],
    companions: 0,
    take: async (scene) => {
      const one = subjectLogin(scene);
      const newest = newestOf(one);
      const { access } = newest;
      await logOut(scene.context, one, newest, carriesToken && access !== undefined ? { header: access } : {});
    },
  };
}

/** So many refreshes of one login, each by the token of the one before. */
const REFRESHES = 10;

function refreshes(door: Door, mode: Mode): LifecycleEvent {
  const words = `ten refreshes by ${doorInWords[door]} of a login in mode ${mode}`;
  return {
    name: `refresh ${door} ${mode}`,
    group: 'refresh',
    words,
    inSeed: door === 'rest' && mode !== 'cookie',
    needs: needsOf(door, mode),
    logins: [{ ...login('the login', mode, 0, door, true) }, login(`another login in mode ${mode}`, mode)],
    companions: 0,
    take: async (scene) => {
      const one = subjectLogin(scene);
      for (let number = 1; number <= REFRESHES; number += 1) {
        const issued = await refresh(scene.context, one);
        if (issued === undefined)
          throw new Violation(
            `each of ${words} to be answered with new tokens`,
            `refresh number ${number} was not answered with tokens`,
          );
      }
    },
  };
}

/** How many logins a user may well have at a time: some browsers, some devices, some scripts. */
const MANY = 11;

const elevenLogins: LifecycleEvent = {
  name: 'login eleven',
  group: 'login',
  words: 'the eleventh login of a user',
  inSeed: false,
  needs: ['admin'],
  logins: Array.from({ length: MANY - 1 }, (_item, i) => {
    const mode = modes[i % modes.length] as Mode;
    return login(`login ${i + 1} of eleven, in mode ${mode}`, mode);
  }),
  companions: 0,
  take: async ({ context, subject }) => {
    await open(context, subject, login('login 11 of eleven', 'json'));
  },
};

/** Two logins in each mode, one of them refreshed. */
const loginsOfUser: readonly LoginPlan[] = [
  login('the older login in mode json', 'json', 2),
  login('the older login in mode cookie', 'cookie', 1),
  login('the older login in mode session', 'session'),
  login('the younger login in mode session', 'session', 2),
  login('the younger login in mode cookie', 'cookie'),
  login('the younger login in mode json', 'json'),
];

/** The logins of the user who is changed or removed: a login takes its time, so that not every door has all of them. */
const loginsBy: Readonly<Record<UserDoor, readonly LoginPlan[]>> = {
  single: [
    ...loginsOfUser,
    login('the login by auth_login in mode session', 'session', 1, 'graphql'),
    login('the login by auth_login', 'json', 1, 'graphql'),
  ],
  list: loginsOfUser.slice(0, 4),
  keys: [...loginsOfUser.slice(3), login('the login by WebSocket', 'json', 1, 'message')],
  query: loginsOfUser.slice(2, 5),
  item: [...loginsOfUser.slice(1, 3), login('a login in mode json', 'json')],
  items: loginsOfUser.slice(3),
  batch: loginsOfUser.filter((_login, i) => i === 0 || i === 3 || i === 4),
};

/** Fewer than any target locks an account after. */
const FAILED = 2;

const failedLogins: LifecycleEvent = {
  name: 'login failed',
  group: 'failed-login',
  words: 'two logins of the user with a wrong password',
  inSeed: false,
  needs: ['admin'],
  logins: loginsOfUser.slice(-4),
  companions: 0,
  take: async ({ context: { target }, subject }) => {
    for (let number = 0; number < FAILED; number += 1)
      expectNoToken(
        await target.login(subject, modes[number], { password: `${subject.password}x` }),
        'a login with a wrong password',
      );
  },
};

/** The users of a batch: the subject behind the others at some doors, before them at one. */
const inOrder = (door: UserDoor, subject: Account, companions: readonly Account[]): Account[] =>
  door === 'keys' ? [subject, ...companions] : [...companions, subject];

/** @param unique values that no two users may share: then the subject alone is changed, also by the doors for several */
const change = async (
  { context, subject, companions }: Scene,
  door: UserDoor,
  changes: Readonly<Record<string, unknown>>,
  unique = false,
): Promise<void> => changeUsers(context, unique ? [subject] : inOrder(door, subject, companions), door, changes);

const remove = async ({ context, subject, companions }: Scene, door: UserDoor): Promise<void> =>
  removeUsers(context, inOrder(door, subject, companions), door);

interface UserEvent {
  readonly group: EventGroup;
  readonly what: string;
  readonly take: (scene: Scene, door: UserDoor) => Promise<void>;
  /** The doors that are tried, where those of another event show as much; all of REST unless told. */
  readonly doors?: readonly UserDoor[];
  /** The mutations that are tried. */
  readonly mutations: readonly MutationDoor[];
  readonly doorInWords?: Readonly<Record<UserDoor, string>>;
  readonly inSeed?: boolean;
}

const userEvents: readonly UserEvent[] = [
  {
    group: 'password',
    mutations: ['item', 'batch'],
    what: 'a new password',
    take: async (scene, door) => {
      const password = newRandomPassword(scene.context.evidence, 'OTHER_PASSWORD');
      await change(scene, door, { password });
      scene.passwords.push(password);
    },
  },
  {
    group: 'suspension',
    mutations: ['item', 'items'],
    what: 'a suspension',
    take: async (scene, door) => change(scene, door, { status: 'suspended' }),
  },
  {
    group: 'deletion',
    mutations: ['item', 'items'],
    what: 'the removal of a user',
    take: remove,
    doorInWords: removalInWords,
  },
  {
    group: 'email',
    doors: ['single', 'keys'],
    mutations: ['item'],
    what: 'a new email',
    take: async (scene, door) => {
      const { email, password, id = '' } = scene.subject;
      await change(scene, door, { email: `new-${email}` }, true);
      scene.renamed = Account.provisioned(`new-${email}`, password, id, scene.context.evidence);
    },
  },
  {
    group: 'static-replaced',
    doors: ['single', 'list', 'query'],
    mutations: ['batch'],
    what: 'a new static token',
    inSeed: true,
    take: async (scene, door) => {
      const token = newStaticToken(scene.context.evidence);
      await change(scene, door, { token: token.value }, true);
      scene.staticTokens.push(token);
    },
  },
  {
    group: 'static-cleared',
    doors: ['single', 'keys'],
    mutations: ['item'],
    what: 'a static token set to null',
    take: async (scene, door) => change(scene, door, { token: null }),
  },
  {
    group: 'profile',
    doors: ['single', 'keys'],
    mutations: ['items'],
    what: 'a new name',
    take: async (scene, door) => change(scene, door, { first_name: 'Renamed', title: null }),
  },
  {
    group: 'reactivation',
    doors: ['single', 'list'],
    mutations: ['batch'],
    what: 'the end of a suspension',
    take: async (scene, door) => {
      await change(scene, door, { status: 'suspended' });
      await change(scene, door, { status: 'active' });
    },
  },
];

/** Events that leave the logins alone need few of them. */
const sparingLogins: readonly EventGroup[] = ['static-replaced', 'static-cleared', 'profile'];

function ofUser(event: UserEvent, door: UserDoor): LifecycleEvent {
  const { group, what, take, inSeed = false } = event;
  return {
    name: `${group} ${door}`,
    group,
    words: `${what} ${(event.doorInWords ?? changeInWords)[door]}`,
    inSeed: inSeed && door === 'single',
    needs: isMutation(door) ? ['admin', 'graphql'] : ['admin'],
    logins: sparingLogins.includes(group) ? loginsOfUser.slice(group === 'profile' ? -4 : -1) : loginsBy[door],
    companions: isForOne(door) ? 0 : 1,
    isBrief: isMutation(door),
    take: async (scene) => take(scene, door),
  };
}

/** An event with those of its logins that a target offers so much for. */
export const offeredBy = (event: LifecycleEvent, offers: readonly Capability[]): LifecycleEvent => ({
  ...event,
  logins: event.logins.filter(({ mode, door }) => needsOf(door, mode).every((one) => offers.includes(one))),
});

/** All events. Each of three logins, each number of refreshes and each mode comes with each of the others. */
export const events: readonly LifecycleEvent[] = [
  logout('rest', 'json', 0, 2),
  logout('rest', 'json', 1, 0),
  logout('rest', 'json', 2, 1),
  logout('rest', 'cookie', 0, 1),
  logout('rest', 'cookie', 1, 2),
  logout('rest', 'cookie', 2, 0),
  logout('rest', 'session', 0, 0),
  logout('rest', 'session', 1, 1),
  logout('rest', 'session', 2, 2),
  logout('graphql', 'json', 1, 2),
  logout('graphql', 'cookie', 2, 1),
  logout('graphql', 'session', 0, 1),
  logout('graphql', 'session', 1, 2),
  logout('message', 'json', 0, 1),
  refreshes('rest', 'json'),
  refreshes('rest', 'cookie'),
  refreshes('rest', 'session'),
  refreshes('graphql', 'json'),
  refreshes('graphql', 'cookie'),
  refreshes('graphql', 'session'),
  refreshes('message', 'json'),
  elevenLogins,
  failedLogins,
  ...userEvents.flatMap((event) =>
    [...(event.doors ?? userDoors), ...event.mutations].map((door) => ofUser(event, door)),
  ),
];
