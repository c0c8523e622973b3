import { ConfigurationError } from '../../report/errors.js';
import { quoted } from '../../report/foreign-text.js';
import { gatewayAuthorization, type Connection } from '../../suites/harness/target/http/connection.js';
import type { ReceivedResponse } from '../../suites/harness/target/http/exchange.js';
import type { Response } from '../../suites/harness/target/http/response.js';
import { inQuotes } from './first-contact.js';

const REFUSALS: readonly number[] = [401, 403, 407];

/**
 * Tells the rejection of something in front of the target from one of the target: it has not the envelope of the API, and whatever is asked
 * is rejected alike.
 * @param contact the answer to a request that needs no credentials
 * @throws ConfigurationError naming what it says, and the flag that helps
 */
export function mustPassTheGateway(response: Response, contact: ReceivedResponse, connection: Connection): void {
  const { status, body } = response;
  if (!REFUSALS.includes(status) || response.errorCode !== undefined) return;
  const basic = response.headers('www-authenticate').some((challenge) => /^basic\b/i.test(challenge));
  if (status !== 407 && !basic && !(contact.status === status && alike(contact.body) === alike(body))) return;
  const said = `${quoted(response.what)} with ${status}${inQuotes(body)}`;
  const { proxy, headers } = connection;
  if (status === 407)
    throw new ConfigurationError(
      `the proxy ${proxy === undefined ? 'in front of the target' : new URL(proxy.url).host} rejected ${said}: put user and password into its URL${proxy === undefined ? '' : `, in ${proxy.variable}`}`,
    );
  const given = headers?.map(({ name }) => name) ?? [];
  const passed = given.length === 0 ? '' : `, which got ${given.join(', ')},`;
  const login = gatewayAuthorization(connection);
  if (basic && login?.login !== undefined)
    throw new ConfigurationError(
      `something in front of the target rejected user and password of the URL of the target, ${said}: check them`,
    );
  const orBasic =
    basic && login === undefined ? ', or user and password in the URL of the target, before an @ and its host' : '';
  throw new ConfigurationError(
    `something in front of the target${passed} rejected ${said}: give what it asks for by --header 'Name: value'${orBasic}`,
  );
}

/** A body without what differs from answer to answer: numbers, ids and times. */
const alike = (body: string): string => body.replace(/[\da-f]{8,}|\d+/gi, '');

/** What a rejection says, for a sentence about what was rejected. */
export const rejectionInWords = (response: Response): string =>
  quoted(response.summary) + (response.errorCode === undefined ? inQuotes(response.body) : '');
