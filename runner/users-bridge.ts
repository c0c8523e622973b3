import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigurationError } from '../report/errors.js';
import { quoted } from '../report/foreign-text.js';
import type { Configuration } from '../spec/generated/configuration.js';
import type { AdministratorAccess } from '../suites/harness/run/run-plan.js';
import { recordId } from '../suites/harness/target/record-id.js';

type Users = NonNullable<Configuration['users']>;

/** A small Users API on loopback, behind which the functions of a configuration stand. To be closed at the end. */
export interface UsersBridge {
  /** By which the suites, which run in a thread of their own, create, change and remove users. */
  readonly access: AdministratorAccess;
  close(): Promise<void>;
}

/**
 * Starts it: POST /users, PATCH /users/:id and DELETE /users/:id are answered by `create`, `update` and `remove`; everything else, and
 * `update` where there is none, with 501.
 * @param timeoutMs how long a function may take, in ms
 */
export async function usersBridge(users: Users, timeoutMs: number): Promise<UsersBridge> {
  const token = randomBytes(24).toString('hex');
  const server = createServer((request, response) => {
    void answer(users, request, token, timeoutMs).then(({ status, body }) => respond(response, status, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const usersUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    access: { token, mode: 'json', method: 'header', usersUrl },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function respond(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json' })
    .end(body === undefined ? '' : JSON.stringify(body));
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

async function answer(users: Users, request: IncomingMessage, token: string, timeoutMs: number): Promise<Answer> {
  const { method, url = '', headers } = request;
  if (headers.authorization !== `Bearer ${token}`) return { status: 403, body: {} };
  const id = /^\/users\/([^/?]+)$/.exec(url)?.[1];
  try {
    const text = Buffer.concat(await request.toArray()).toString();
    const body = text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
    if (method === 'POST' && url === '/users')
      return { status: 200, body: { data: { id: await createdBy(users, body, timeoutMs) } } };
    if (method === 'PATCH' && id !== undefined && users.update !== undefined) {
      await called('users.update', () => users.update?.(decodeURIComponent(id), body), timeoutMs);
      return { status: 200, body: { data: { id } } };
    }
    if (method === 'DELETE' && id !== undefined) {
      await called('users.remove', () => users.remove(decodeURIComponent(id)), timeoutMs);
      return { status: 204 };
    }
    return { status: 501, body: {} };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { status: 500, body: { errors: [{ message }] } };
  }
}

/**
 * Creates a user by the function of a configuration.
 * @returns the id
 * @throws ConfigurationError when the function fails, takes too long, or returns no id
 */
export async function createdBy(
  users: Users,
  user: Readonly<Record<string, unknown>>,
  timeoutMs: number,
): Promise<string> {
  const made = await called('users.create', () => users.create(user as Parameters<Users['create']>[0]), timeoutMs);
  const id = typeof made === 'object' && made !== null ? (made as { id?: unknown }).id : made;
  const text = recordId(id);
  if (text !== undefined) return text;
  throw new ConfigurationError(
    'users.create returned no id: it must return { id } of the user that it has created, as text or number',
  );
}

/** Removes a user by the function of a configuration. @throws ConfigurationError */
export async function removedBy(users: Users, id: string, timeoutMs: number): Promise<void> {
  await called('users.remove', () => users.remove(id), timeoutMs);
}

async function called(name: string, call: () => unknown, timeoutMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    const why = `${name} has not ended within ${timeoutMs / 1000} s (--timeout gives it longer)`;
    timer = setTimeout(() => reject(new ConfigurationError(why)), timeoutMs);
  });
  const result = Promise.resolve()
    .then(call)
    .catch((error: unknown) => {
      throw new ConfigurationError(`${name} failed: ${quoted(error instanceof Error ? error.message : String(error))}`);
    });
  try {
    return await Promise.race([result, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
