import type { Request, Response, Router } from 'express';
import { answer, bodyOf } from '../http/answer.js';
import { identityOf, requireUser } from '../auth/authenticate.js';
import { blankUser } from '../stores/blank-user.js';
import type { Context } from '../context.js';
import { isEmailAddress } from '../http/email.js';
import { failedValidation, forbidden, invalidForeignKey, invalidPayload, recordNotUnique } from '../http/errors.js';
import { isUuid } from '../ids.js';
import { askedFields, pick, select, type Collection } from '../http/query.js';
import { routes } from '../http/routes.js';
import { NotUnique, type UserRecord } from '../stores/store.js';

/** What is told of a secret that is set. Observed: Directus 12.4.1. */
const CONCEALED = '**********';

const users: Collection = {
  name: 'directus_users',
  fields: Object.keys(blankUser),
  concealed: ['password', 'token', 'tfa_secret'],
  hash: 'password',
};

/** Members that the Users API sets as they are given. */
const plainFields = users.fields.filter(
  (field) =>
    !['id', 'email', 'password', 'tfa_secret', 'status', 'role', 'token', 'last_access', 'policies'].includes(field),
);

/** /users: the own record for everybody, all records for administrators. */
export function usersRoutes(context: Context): Router {
  return routes({
    '/users/me': {
      get: (request, response) => readOwn(context, request, response),
      patch: (request, response) => changeOwn(context, request, response),
      delete: () => {
        throw forbidden();
      },
    },
    '/users': {
      post: (request, response) => create(context, request, response),
      get: (request, response) => list(context, request.query, response),
      search: (request, response) => list(context, queryOf(request), response),
      patch: (request, response) => changeSeveral(context, request, response),
      delete: (request, response) => removeSeveral(context, request, response),
    },
    '/users/:id': {
      get: (request, response) => read(context, request.params.id, request, response),
      patch: (request, response) => change(context, request.params.id, request, response),
      delete: (request, response) => remove(context, request.params.id, response),
    },
  });
}

/**
 * Refuses who is no administrator.
 * @throws ApiError 403 FORBIDDEN
 */
export function requireAdmin(response: Response, collection: string): void {
  if (!identityOf(response).admin) throw forbidden({ collection });
}

/**
 * Stores a new user.
 * @param input as in POST /users; members that are unknown are passed over
 * @returns the id
 * @throws ApiError 400 when a member cannot be what it is given as
 */
export async function createUser(context: Context, input: Readonly<Record<string, unknown>>): Promise<string> {
  const user = await newUser(context, input);
  await refusingDoubles(() => context.store.insertUser(user));
  return user.id;
}

/**
 * A user that is not stored yet.
 * @param input as in POST /users; members that are unknown are passed over
 * @throws ApiError 400 when a member cannot be what it is given as
 */
export async function newUser(context: Context, input: Readonly<Record<string, unknown>>): Promise<UserRecord> {
  const { random } = context;
  const { id = random.uuid(), tfa_secret } = input;
  if (!isUuid(id)) throw forbidden();
  const secret = typeof tfa_secret === 'string' ? tfa_secret : null;
  return { ...blankUser, ...(await readChanges(context, input)), id, tfa_secret: secret };
}

/** A user as the API tells it: secrets that are set as asterisks. */
export function concealed(user: UserRecord): Readonly<Record<string, unknown>> {
  const conceal = (secret: string | null): string | null => (secret === null || secret === '' ? null : CONCEALED);
  return {
    ...user,
    password: conceal(user.password),
    tfa_secret: conceal(user.tfa_secret),
    token: conceal(user.token),
  };
}

/**
 * The own record; where it may not be read, or is gone, the id alone. Observed: Directus 12.4.1.
 */
async function readOwn(context: Context, request: Request, response: Response): Promise<void> {
  const { store } = context;
  const id = requireUser(response);
  const user = await store.user(id);
  const { fields } = request.query;
  if (user === undefined || !identityOf(response).admin) {
    answer(response, { id });
    return;
  }
  let asked: readonly string[] = ['id'];
  try {
    asked = askedFields(users, fields);
  } catch {
    // What cannot be read leaves the id. Observed: Directus 12.4.1.
  }
  answer(response, pick(concealed(user), asked));
}

async function changeOwn(context: Context, request: Request, response: Response): Promise<void> {
  const id = requireUser(response);
  await change(context, id, request, response);
}

/** The query that a SEARCH carries in its body. Observed: Directus 12.4.1. */
function queryOf(request: Request): Readonly<Record<string, unknown>> {
  const { query } = bodyOf(request);
  return typeof query === 'object' && query !== null ? (query as Record<string, unknown>) : {};
}

async function list({ store }: Context, query: Readonly<Record<string, unknown>>, response: Response): Promise<void> {
  requireAdmin(response, users.name);
  const fields = askedFields(users, query['fields']);
  const selected = select(users, (await store.users()) as unknown as Record<string, unknown>[], query);
  answer(
    response,
    selected.map((user) => pick(concealed(user as unknown as UserRecord), fields)),
  );
}

async function read({ store }: Context, id: string, request: Request, response: Response): Promise<void> {
  if (!isUuid(id)) throw forbidden();
  requireAdmin(response, users.name);
  const user = await store.user(id);
  if (user === undefined) throw forbidden();
  answer(response, pick(concealed(user), askedFields(users, request.query['fields'])));
}

async function create(context: Context, request: Request, response: Response): Promise<void> {
  const { store } = context;
  requireAdmin(response, users.name);
  const fields = askedFields(users, request.query['fields']);
  const body: unknown = request.body;
  const ids = new Set<string>();
  for (const input of (Array.isArray(body) ? body : [bodyOf(request)]) as unknown[])
    ids.add(await createUser(context, bodyOf({ body: input })));
  const created = (await store.users()).filter(({ id }) => ids.has(id));
  const told = created.map((user) => pick(concealed(user), fields));
  answer(response, Array.isArray(body) ? told : told[0]);
}

async function change(context: Context, id: string, request: Request, response: Response): Promise<void> {
  if (!isUuid(id)) throw forbidden();
  requireAdmin(response, users.name);
  const fields = askedFields(users, request.query['fields']);
  const after = await update(context, id, bodyOf(request), identityOf(response).session);
  if (after === undefined) {
    answer(response);
    return;
  }
  answer(response, pick(concealed(after), fields));
}

/**
 * Changes a user.
 * @param session that asks for it
 * @returns the user afterwards; undefined when there is none
 */
async function update(
  context: Context,
  id: string,
  input: Readonly<Record<string, unknown>>,
  session: string | null,
): Promise<UserRecord | undefined> {
  const { store } = context;
  if (input['tfa_secret'] !== undefined) throw invalidPayload(`You can't change the "tfa_secret" value manually`);
  const before = await store.user(id);
  const changes = await readChanges(context, input, before);
  const after = await refusingDoubles(() => store.updateUser(id, changes));
  if (before === undefined || after === undefined) return undefined;
  if (endsSessions(before, changes)) await store.deleteSessionsOf(id, session);
  return after;
}

/**
 * Changes users: each as its own record in a list says, or all of `keys`, or of `query`, as `data` says. The answer leaves out those
 * who do not exist. Observed: Directus 12.4.1.
 */
async function changeSeveral(context: Context, request: Request, response: Response): Promise<void> {
  const body: unknown = request.body;
  const { data } = bodyOf(request);
  const inputs: { readonly id: string; readonly input: Readonly<Record<string, unknown>> }[] = [];
  if (Array.isArray(body)) {
    for (const item of body as unknown[]) {
      const { id, ...input } = bodyOf({ body: item });
      if (id === undefined) throw invalidPayload('Item in update misses primary key');
      inputs.push({ id: mustBeUuid(id), input });
    }
    requireAdmin(response, users.name);
  } else {
    if (data === undefined) throw invalidPayload('"data" is required');
    for (const id of await idsIn(context, request, response)) inputs.push({ id, input: bodyOf({ body: data }) });
  }
  const fields = askedFields(users, request.query['fields']);
  const changed: UserRecord[] = [];
  for (const { id, input } of inputs) {
    const after = await update(context, id, input, identityOf(response).session);
    if (after !== undefined) changed.push(after);
  }
  answer(
    response,
    changed.map((user) => pick(concealed(user), fields)),
  );
}

/** The ids that a request is about: a list, `keys`, or those of a `query`. Observed: Directus 12.4.1. */
async function idsIn({ store }: Context, request: Request, response: Response): Promise<readonly string[]> {
  const body: unknown = request.body;
  const { keys, query } = Array.isArray(body) ? { keys: body, query: undefined } : bodyOf(request);
  if (keys === undefined && query === undefined)
    throw invalidPayload('"value" must contain at least one of [query, keys]');
  if (keys !== undefined && !Array.isArray(keys)) throw invalidPayload('"keys" must be an array');
  const ids = (keys as unknown[] | undefined)?.map(mustBeUuid);
  requireAdmin(response, users.name);
  if (ids !== undefined) return ids;
  const all = (await store.users()) as unknown as Record<string, unknown>[];
  return select(users, all, bodyOf({ body: query })).map((user) => user['id'] as string);
}

function mustBeUuid(id: unknown): string {
  if (!isUuid(id)) throw forbidden();
  return id;
}

/**
 * A new password, a new e-mail and the loss of the status 'active' end the refresh and session tokens of the user, but for the session
 * that asks for the change. Standard access tokens go on until they expire. Observed: Directus 12.4.1.
 */
const endsSessions = (before: UserRecord, { email, password, status }: Partial<UserRecord>): boolean =>
  password !== undefined ||
  (email !== undefined && email !== before.email) ||
  (status !== undefined && status !== 'active');

async function removeSeveral(context: Context, request: Request, response: Response): Promise<void> {
  for (const id of await idsIn(context, request, response)) await context.store.deleteUser(id);
  answer(response);
}

async function remove({ store }: Context, id: string, response: Response): Promise<void> {
  if (!isUuid(id)) throw forbidden();
  requireAdmin(response, users.name);
  await store.deleteUser(id);
  answer(response);
}

/** What the members of a request's body make of a user. Observed: Directus 12.4.1. */
async function readChanges(
  { passwords, store }: Context,
  input: Readonly<Record<string, unknown>>,
  before?: UserRecord,
): Promise<Partial<UserRecord>> {
  const changes: Record<string, unknown> = pick(
    input,
    plainFields.filter((field) => input[field] !== undefined),
  );
  const { email, password, role, status, token } = input;
  if (email !== undefined) {
    // An empty one is refused only where it is new.
    const empty = email === '' && before !== undefined;
    if (email !== null && !empty && !isEmailAddress(email)) throw failedValidation('email', 'email');
    changes['email'] = email;
  }
  if (status !== undefined) {
    if (status === null) throw failedValidation('status', 'nnull');
    changes['status'] = text(status);
  }
  if (role !== undefined) {
    if (role !== null && (typeof role !== 'string' || (await store.role(role)) === undefined))
      throw invalidForeignKey();
    changes['role'] = role;
  }
  // An empty static token is none, and yet only one user can have it.
  if (token !== undefined) changes['token'] = token === null ? null : text(token);
  if (password !== undefined) {
    const given = password === null ? '' : text(password);
    changes['password'] = given === '' ? null : await passwords.hash(given);
  }
  return changes;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** @throws ApiError 400 RECORD_NOT_UNIQUE; how it writes an e-mail is observed: Directus 12.4.1 */
async function refusingDoubles<Value>(write: () => Promise<Value>): Promise<Value> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof NotUnique)) throw error;
    const value = error.field === 'email' ? `[${error.value.toLowerCase()}]` : error.value;
    throw recordNotUnique(users.name, error.field, value);
  }
}
