import type { Request, Response } from 'express';
import { answer, bodyOf } from '../http/answer.js';
import { identityOf, requireUser } from '../auth/authenticate.js';
import { blankUser } from '../stores/blank-user.js';
import type { Context } from '../context.js';
import { isEmailAddress } from '../http/email.js';
import {
  ApiError,
  failedValidation,
  forbidden,
  invalidForeignKey,
  invalidPayload,
  lastAdministrator,
  recordNotUnique,
  together,
} from '../http/errors.js';
import { isUuid } from '../ids.js';
import { givePolicies } from '../content/given-policies.js';
import { removeReferredTo } from '../content/remove-items.js';
import {
  answerList,
  answerOne,
  answerSearch,
  answerWritten,
  authorOf,
  changeOne,
  changeSeveral,
  found,
  keysToRemove,
  requireAdmin,
  viewOf,
  type Update,
} from '../query/answer-records.js';
import { creatable, mustBeChangeable, mustBeRemovable, type Change } from '../query/authorized.js';
import { access, fieldsOf, users, type Item, type Key } from '../query/collection.js';
import { pick } from '../query/fields.js';
import type { Author } from '../query/filter/operands.js';
import { storedText, storedValue } from '../query/stored-value.js';
import type { RouteTable } from '../http/routes.js';
import { allOrNone } from '../stores/all-or-none.js';
import { NotUnique, type UserRecord } from '../stores/store.js';
import { mustBeNamed, roleOf } from './nested-role.js';
import { mustMeetPolicy } from './password-policy.js';

/** Fields that the Users API writes as they are given. */
const plainFields = fieldsOf(users).filter(
  (field) =>
    !['id', 'email', 'password', 'tfa_secret', 'status', 'role', 'token', 'last_access', 'policies'].includes(field),
);

/** /users: the own record for everybody, all records for administrators. */
export function usersRoutes(context: Context): RouteTable {
  return {
    '/users/me': {
      get: (_request, response) => readOwn(context, response),
      patch: (request, response) => changeOwn(context, request, response),
      delete: () => {
        throw forbidden();
      },
    },
    '/users': {
      post: (request, response) => create(context, request, response),
      get: (_request, response) => answerList(context, response, users),
      search: (request, response) => answerSearch(context, request.body, response, users),
      patch: (request, response) => changeSeveral(context, request.body, response, users, updates(context, response)),
      delete: (request, response) => removeSeveral(context, request, response),
    },
    '/users/:id': {
      get: (request, response) => answerOne(context, request.params.id, response, users),
      patch: (request, response) =>
        changeOne(context, request.params.id, bodyOf(request), response, users, updates(context, response)),
      delete: (request, response) => remove(context, request.params.id, response),
    },
  };
}

/**
 * Stores a new user.
 * @param input as in POST /users; members that are unknown are ignored
 * @param by who asks for it; undefined for the server itself
 * @param isOfList true for one of several, whose emails mustBeNewTogether has looked at
 * @returns the id
 * @throws ApiError 400 when a member cannot be what it is given as
 */
export async function createUser(
  context: Context,
  input: Readonly<Record<string, unknown>>,
  by?: Author,
  isOfList = false,
): Promise<string> {
  const user = await newUser(context, input, isOfList);
  await rejectingDoubles(() => context.store.insertUser(user));
  context.itemEvents.tell({ collection: users.name, action: 'create', keys: [user.id] }, by);
  return user.id;
}

/**
 * A user that is not stored yet.
 * @param input as in POST /users; members that are unknown are ignored
 * @param isOfList true for one of several, which may be without an email. Observed: Directus 12.4.1
 * @throws ApiError 400 when a member cannot be what it is given as
 */
export async function newUser(context: Context, input: Item, isOfList = false): Promise<UserRecord> {
  const { random, store } = context;
  const { tfa_secret } = input;
  const id = input['id'] ?? random.uuid();
  if (!isUuid(id)) throw forbidden();
  const secret = typeof tfa_secret === 'string' ? tfa_secret : null;
  const { email, ...others } = input;
  const isWithoutEmail = isOfList && !email;
  const changes = await readChanges(context, isWithoutEmail ? others : input, undefined, async () => {
    if (input['id'] !== undefined && (await store.user(id)) !== undefined) throw recordNotUnique(users.name, 'id', id);
  });
  const none = isWithoutEmail && email !== undefined && email !== null ? { email: storedText(email) } : {};
  return { ...blankUser, ...changes, ...none, id, tfa_secret: secret };
}

/**
 * The own record; where it may not be read, or is gone, the id alone. Observed: Directus 12.4.1.
 */
async function readOwn(context: Context, response: Response): Promise<void> {
  const id = requireUser(response);
  try {
    answer(response, await found(context, id, response, users));
  } catch (error) {
    // What may not be read leaves the id. Observed: Directus 12.4.1.
    if (!(error instanceof ApiError)) throw error;
    answer(response, { id });
  }
}

async function changeOwn(context: Context, request: Request, response: Response): Promise<void> {
  const id = requireUser(response);
  const changes = [{ key: id, input: bodyOf(request) }];
  await mustBeChangeable(await viewOf(context, response), users, changes);
  await updates(context, response)(changes);
  // What may not be read is rejected here, unlike at the record's own path. Observed: Directus 12.4.1.
  answer(response, await found(context, id, response, users));
}

/** Creates a user, or all those of a list: one that cannot be created takes the others along. Observed: Directus 12.4.1. */
async function create(context: Context, request: Request, response: Response): Promise<void> {
  const body: unknown = request.body;
  const inputs = Array.isArray(body) ? (body as unknown[]).map(mustBeRecord) : [bodyOf(request)];
  const ids = await createUsers(context, inputs, response, Array.isArray(body));
  await answerWritten(context, ids, response, users, Array.isArray(body));
}

/**
 * Creates users as far as the request may, all or none.
 * @param isList true where they were given as a list, be it of one
 * @returns their ids
 */
export async function createUsers(
  context: Context,
  inputs: readonly Item[],
  response: Response,
  isList: boolean,
): Promise<readonly string[]> {
  const view = await viewOf(context, response);
  const allowed = inputs.map((input) => creatable(view, users, input));
  const ids: string[] = [];
  if (isList) await mustBeNewTogether(context, allowed);
  try {
    for (const input of allowed) {
      if (input['policies'] !== undefined) requireAdmin(response, access.name);
      const id = await createUser(context, input, view.who, isList);
      ids.push(id);
      await givePolicies(context, 'user', id, input['policies'], view.who);
    }
  } catch (error) {
    for (const id of ids) await context.store.deleteUser(id);
    throw error;
  }
  return ids;
}

/**
 * Checks the emails of users who are to be created together, of all before anything else but what the first one lacks. Those that are taken are
 * named with all others. Observed: Directus 12.4.1.
 * @throws ApiError 400 FAILED_VALIDATION, RECORD_NOT_UNIQUE
 */
async function mustBeNewTogether({ store }: Context, inputs: readonly Item[]): Promise<void> {
  mustNotBeNull(inputs[0] ?? {});
  const given = inputs.map(({ email }) => email).filter(Boolean);
  for (const email of given) if (!(await isEmailAddress(email))) throw failedValidation('email', 'email');
  const emails = given.map((email) => String(email).toLowerCase());
  const doubles = emails.filter((email, at) => emails.indexOf(email) !== at);
  const named = (of: readonly string[]): ApiError => recordNotUnique(users.name, 'email', `[${of.join(',')}]`);
  if (doubles.length > 0) throw named(doubles);
  for (const email of emails) if ((await store.userByEmail(email)) !== undefined) throw named(emails);
}

function mustBeRecord(item: unknown): Item {
  if (typeof item !== 'object' || item === null) throw invalidPayload('Each item must be an object');
  return item as Item;
}

/** Changes users, each if there is one of the id, all or none; where none is, no session ends. Observed: Directus 12.4.1. */
export const updates =
  (context: Context, response: Response): Update =>
  async (changes) => {
    const { store, itemEvents } = context;
    const { who } = await viewOf(context, response);
    if (changes.some(({ input }) => input['policies'] !== undefined)) requireAdmin(response, access.name);
    mustBeOfOne(changes);
    const { session } = identityOf(response);
    for (const { before, members, input } of await updateAll(context, changes)) {
      if (endsSessions(before, members)) await store.deleteSessionsOf(before.id, session);
      itemEvents.tell({ collection: users.name, action: 'update', keys: [before.id] }, who);
      await givePolicies(context, 'user', before.id, input['policies'], who);
    }
  };

/**
 * Rejects an email that several users are to get by the same change. It is named as it is, unlike one that another user has. Observed: Directus 12.4.1.
 * @throws ApiError 400 RECORD_NOT_UNIQUE
 */
function mustBeOfOne([first, ...others]: readonly Change[]): void {
  if (first === undefined || !others.some(({ input }) => input === first.input)) return;
  mustNotBeNull(first.input);
  const { email } = first.input;
  if (email) throw recordNotUnique(users.name, 'email', storedText(email));
}

/** A user who was changed: the record from before, and the members that were given, as they came and as they are stored. */
interface Updated {
  readonly before: UserRecord;
  readonly input: Item;
  readonly members: Partial<UserRecord>;
}

/** Stores what is changed of users. */
function updateAll(context: Context, changes: readonly Change[]): Promise<readonly Updated[]> {
  const { store } = context;
  return allOrNone(
    changes,
    async ({ key, input }): Promise<Updated | undefined> => {
      const id = String(key);
      const before = await store.user(id);
      const members = await readChanges(context, input, { id, ...before });
      const after = await rejectingDoubles(() => store.updateUser(id, members));
      return before !== undefined && after !== undefined ? { before, input, members } : undefined;
    },
    ({ before, members }) => store.updateUser(before.id, pick({ ...before }, Object.keys(members))),
  );
}

/**
 * A new password, a new email and the loss of the status 'active' end the refresh and session tokens of the user, but for the session
 * that asks for the change. Standard access tokens go on until they expire. Observed: Directus 12.4.1.
 */
const endsSessions = (before: UserRecord, { email, password, status }: Partial<UserRecord>): boolean =>
  password !== undefined ||
  (email !== undefined && email !== before.email) ||
  (status !== undefined && status !== 'active');

async function removeSeveral(context: Context, request: Request, response: Response): Promise<void> {
  const keys = await keysToRemove(context, request.body, response, users);
  await removeUsers(context, keys, authorOf(response));
  answer(response);
}

async function remove(context: Context, id: string, response: Response): Promise<void> {
  if (!isUuid(id)) throw forbidden();
  await mustBeRemovable(await viewOf(context, response), users, [id]);
  await removeUsers(context, [id], authorOf(response));
  answer(response);
}

/** @throws ApiError 422 UNPROCESSABLE_CONTENT where no administrator would be left */
export async function removeUsers(context: Context, keys: readonly Key[], by: Author): Promise<void> {
  const { store } = context;
  const administrators = new Set((await store.roles()).filter(({ admin }) => admin).map(({ id }) => id));
  const isAdministrator = (user: UserRecord | undefined): boolean =>
    user !== undefined && administrators.has(user.role ?? '');
  const doomed = new Set(keys.map(String));
  for (const id of doomed) {
    if (!isAdministrator(await store.user(id))) continue;
    const others = (await store.users()).filter(
      (user) => isAdministrator(user) && user.status === 'active' && !doomed.has(user.id),
    );
    if (others.length === 0) throw lastAdministrator();
    break;
  }
  await removeReferredTo(context, users.name, [...doomed], by, async () => {
    for (const id of doomed) await store.deleteUser(id);
  });
  if (doomed.size > 0) context.itemEvents.tell({ collection: users.name, action: 'delete', keys: [...doomed] }, by);
}

/** Fields that a user always has. */
const NEVER_NULL = ['status', 'provider', 'text_direction'];

/** @throws ApiError 400 FAILED_VALIDATION */
function mustNotBeNull(input: Item): void {
  const missing = NEVER_NULL.filter((field) => input[field] === null);
  if (missing.length > 0) throw together(missing.map((field) => failedValidation(field, 'nnull')));
}

/**
 * What the members of a request's body make of a user. What is wrong is named in the order of Directus 12.4.1 (observed): a field that may
 * not be null, the email, then what another user has already, then a role that does not exist.
 *
 * @param before the user that is changed, or what of it there is; undefined for a new one
 * @param mustBeNew rejects an id that another user has
 */
async function readChanges(
  context: Context,
  input: Item,
  before?: { readonly id: string } & Partial<UserRecord>,
  mustBeNew: () => Promise<void> = () => Promise.resolve(),
): Promise<Partial<UserRecord>> {
  const { passwords, store } = context;
  const { email, last_access, password, provider, role, status, token } = input;
  const isThere = before === undefined || 'status' in before;
  mustNotBeNull(input);
  const changes: Record<string, unknown> = {};
  for (const field of plainFields)
    if (input[field] !== undefined) changes[field] = storedValue(users.types[field] ?? 'string', input[field]);
  if (email !== undefined) {
    // An empty one, or none, is rejected only where it is new.
    const none = !email && before !== undefined;
    if (!none && !(await isEmailAddress(email))) throw failedValidation('email', 'email');
    const owner = typeof email === 'string' ? await store.userByEmail(email) : undefined;
    if (owner !== undefined && owner.id !== before?.id)
      throw recordNotUnique(users.name, 'email', email === '' ? '' : `[${owner.email?.toLowerCase() ?? ''}]`);
    changes['email'] = email === null ? null : storedText(email);
  }
  if (before !== undefined && input['tfa_secret'] !== undefined)
    throw invalidPayload(`You can't change the "tfa_secret" value manually`);
  if (provider !== undefined && provider !== 'default')
    throw invalidPayload(`Setting a custom "provider" isn't included in the current license`);
  if (typeof role === 'object' && role !== null) await mustBeNamed(context, role as Item, 'role');
  if (typeof input['avatar'] === 'object' && input['avatar'] !== null) throw invalidPayload('"type" is required');
  if (last_access !== undefined) {
    if (last_access !== null && Number.isNaN(Date.parse(storedText(last_access))))
      throw invalidPayload('Invalid DateTime format in field "last_access"');
    changes['last_access'] = last_access;
  }
  if (status !== undefined) changes['status'] = storedText(status);
  // An empty static token is none, and yet only one user can have it.
  if (token !== undefined) {
    changes['token'] = token === null ? null : storedText(token);
    // A change of a user who does not exist takes no token. Observed: Directus 12.4.1.
    const owner = token === null || !isThere ? undefined : await store.userByStaticToken(storedText(token));
    if (owner !== undefined && owner.id !== before?.id) throw recordNotUnique(users.name, 'token', storedText(token));
  }
  await mustBeNew();
  // Of a user who does not exist a role is not looked up. Observed: Directus 12.4.1.
  if (role !== undefined && (isThere || typeof role === 'object'))
    changes['role'] = await roleOf(context, role, 'role', invalidForeignKey);
  if (password !== undefined) {
    const given = password === null ? '' : storedText(password);
    if (given !== '') await mustMeetPolicy(context, given);
    changes['password'] = given === '' ? null : await passwords.hash(given);
  }
  return changes;
}

/** @throws ApiError 400 RECORD_NOT_UNIQUE; how it writes an email is observed: Directus 12.4.1 */
async function rejectingDoubles<Value>(write: () => Promise<Value>): Promise<Value> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof NotUnique)) throw error;
    const value = error.field === 'email' ? `[${error.value.toLowerCase()}]` : error.value;
    throw recordNotUnique(users.name, error.field, value);
  }
}

export { concealed } from '../query/records.js';
