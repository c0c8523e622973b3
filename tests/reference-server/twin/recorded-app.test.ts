import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReferenceServer } from '../../../reference-server/index.js';
import { login, quickServer, send, type Answer } from '../client.js';
import app from './recorded-app.json' with { type: 'json' };
import content from './recorded-content.json' with { type: 'json' };
import details from './recorded-details.json' with { type: 'json' };
import frontEnd from './recorded-front-end.json' with { type: 'json' };

/*
 * What an app asks beside content and tokens, as a Directus 12.4.1 on SQLite was recorded to answer it: collections, fields and
 * relations, singletons, aliases, settings, dashboards, sorting, and GraphQL; what random requests for items found to be answered
 * differently (tests/directus/differential); and what calls of `@directus/sdk` 26 found. The requests of each recording are sent in their
 * order to one server. Those without an answer prepare others, or answer something that differs each time.
 */

interface Recorded {
  readonly request: string;
  readonly as: string;
  /** Sent as JSON; its member `form`, if it has one, as multipart/form-data with the boundary x. */
  readonly body?: unknown;
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?/g;

/** Without what differs each time, and what a database that is none cannot tell: the numbers of fields and relations, and SQL. */
const comparable = (answer: unknown): unknown =>
  JSON.parse(
    JSON.stringify(answer ?? null, function (this: Record<string, unknown>, name, value: unknown) {
      if (name === 'sql' || (name === 'id' && ('many_collection' in this || 'special' in this))) return undefined;
      return typeof value === 'string' ? value.replace(UUID, '<uuid>').replace(TIME, '<time>') : value;
    }),
  );

/** An answer with its list in an order that does not depend on ids, which are random: by the members that can be compared. */
function inOrder(answer: unknown, request: string): unknown {
  const { data } = (answer ?? {}) as { data?: unknown };
  if (!Array.isArray(data) || request.includes('sort')) return answer;
  const key = (one: unknown): string => JSON.stringify(comparable(one));
  return { ...(answer as object), data: data.toSorted((one, other) => (key(one) < key(other) ? -1 : 1)) };
}

/** The same of rows of text. */
const rowsInOrder = (text: string, request: string): string =>
  request.includes('export=csv') && !request.includes('sort') ? text.split('\n').sort().join('\n') : text;

describe.each([
  ['an app', app as readonly Recorded[]],
  ['items', content as readonly Recorded[]],
  ['a front-end', frontEnd as readonly Recorded[]],
  ['details', details as readonly Recorded[]],
] as const)('%s', (_name, recorded) => {
  let server: ReferenceServer;
  let administrator = '';
  beforeAll(async () => {
    server = await quickServer();
    ({ access: administrator } = await login(server));
  });
  afterAll(() => server.close());

  /** The ids of this server by those of the recording, as answers have told both. */
  const ids = new Map<string, string>();
  const ours = (text: string): string => text.replaceAll(UUID, (id) => ids.get(id) ?? id);

  function learn(theirs: unknown, own: unknown): void {
    if (typeof theirs === 'string' && typeof own === 'string') {
      if (theirs.match(UUID)?.[0] === theirs && own.match(UUID)?.[0] === own) ids.set(theirs, own);
    } else if (typeof theirs === 'object' && theirs !== null && typeof own === 'object' && own !== null)
      for (const [name, value] of Object.entries(theirs)) learn(value, (own as Record<string, unknown>)[name]);
  }

  const ask = ({ request, as, body }: Recorded): Promise<Answer> => {
    const { form } = (body ?? {}) as { form?: string };
    return send(server, ours(request), {
      ...(as !== 'none' && { bearer: as === 'admin' ? administrator : 'ed-token' }),
      ...(body !== undefined && { body: form ?? (JSON.parse(ours(JSON.stringify(body))) as unknown) }),
      ...(form !== undefined && { headers: { 'content-type': 'multipart/form-data; boundary=x' } }),
    });
  };

  test.each(recorded.map((one, index) => [index + 1, one.request, one.as, one] as const))(
    '%i: %s as %s',
    async (_index, _request, _as, one) => {
      const answer = await ask(one);
      if (one.status === undefined) return;
      const [theirs, own] = [one.json, answer.json].map((json) => inOrder(json, one.request));
      learn(theirs, own);
      expect([answer.status, comparable(own ?? rowsInOrder(answer.text, one.request))]).toEqual([
        one.status,
        comparable(theirs ?? rowsInOrder(one.text ?? '', one.request)),
      ]);
    },
  );
});
