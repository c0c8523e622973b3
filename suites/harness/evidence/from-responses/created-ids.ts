import type { RawExchange } from '../../target/http/exchange.js';
import { readJson } from '../../target/http/read-json.js';
import { freeVariable, type NamedValue } from '../secret-names.js';
import { recordId } from '../../target/record-id.js';

/** An id that the target gave to what a request has created. */
export interface CreatedId extends NamedValue {
  readonly origin: { readonly kind: 'json'; readonly exchange: number; readonly path: readonly string[] };
}

/**
 * The ids of records that requests create, which nothing names yet: a policy, a permission. They are of this run, so that shell lines must
 * read them from the responses, to use them and to delete the record again. A record that is created has its id in the member `data.id`.
 * Observed: Directus 12.4.1.
 * @param named what has a variable already
 */
export function createdIds(exchanges: readonly RawExchange[], named: readonly NamedValue[]): CreatedId[] {
  const values = new Set(named.map(({ value }) => value));
  const taken = new Set(named.map(({ variable }) => variable));
  return exchanges.flatMap((exchange, number): CreatedId[] => {
    const value = idIn(exchange);
    if (value === undefined || values.has(value)) return [];
    values.add(value);
    const variable = freeVariable(stemOf(exchange), taken);
    return [{ value, variable, secret: false, origin: { kind: 'json', exchange: number, path: ['data', 'id'] } }];
  });
}

/** The id of what a request has created, undefined for one that is empty. */
function idIn({ request, response }: RawExchange): string | undefined {
  if (request.method !== 'POST' || response === undefined || response.status < 200 || response.status > 299)
    return undefined;
  try {
    const { data } = readJson(response.body, 'the response') as { data?: { id?: unknown } | null };
    return recordId(data?.id);
  } catch {
    return undefined;
  }
}

/** POLICIES_ID for what POST /policies has created. */
function stemOf({ request }: RawExchange): string {
  const segments = new URL(request.url).pathname.split('/').filter((segment) => /^[a-z]\w*$/i.test(segment));
  return `${(segments.at(-1) ?? 'record').toUpperCase()}_ID`;
}
