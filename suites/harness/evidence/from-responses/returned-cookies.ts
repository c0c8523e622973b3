import type { RawExchange } from '../../target/http/exchange.js';
import { freeVariable, type NamedValue } from '../secret-names.js';

/** A cookie of any name that a response has set and a later request sends back. */
export interface ReturnedCookie extends NamedValue {
  /** The pair as the header Cookie has it. */
  readonly pair: string;
  readonly cookie: string;
}

/**
 * The cookies that requests send back and nothing names yet: all that a target sets beside its tokens, as a browser would store it. Their values are of this run, so that shell lines must take them out of the answers. RFC 6265 sections 4.1 and 4.2.
 * @param named what has a variable already
 */
export function returnedCookies(exchanges: readonly RawExchange[], named: readonly NamedValue[]): ReturnedCookie[] {
  const values = new Set(named.map(({ value }) => value));
  const taken = new Set(named.map(({ variable }) => variable));
  const found = new Map<string, ReturnedCookie>();
  const set = new Map<string, number>();
  for (const [number, { request, response }] of exchanges.entries()) {
    for (const pair of request.headers
      .filter(([name]) => /^cookie$/i.test(name))
      .flatMap(([, value]) => pairsIn(value))) {
      const exchange = set.get(pair);
      const [cookie = '', value = ''] = parted(pair);
      if (exchange === undefined || value === '' || values.has(value) || found.has(pair)) continue;
      const variable = freeVariable('OTHER_COOKIE', taken);
      found.set(pair, { value, variable, secret: true, pair, cookie, origin: { kind: 'cookie', exchange, cookie } });
    }
    for (const [name, value] of response?.headers ?? [])
      if (/^set-cookie$/i.test(name)) set.set((value.split(';', 1)[0] ?? '').trim(), number);
  }
  return [...found.values()];
}

const pairsIn = (header: string): string[] => header.split(';').map((pair) => pair.trim());

function parted(pair: string): [name: string, value: string] {
  const at = pair.indexOf('=');
  return at === -1 ? ['', pair] : [pair.slice(0, at), pair.slice(at + 1)];
}
