import { NotJudgeable } from '../../report/errors.js';
import { quoted } from '../../report/foreign-text.js';
import type { TargetDescription } from '../../suites/harness/run/run-plan.js';
import type { ReceivedResponse } from '../../suites/harness/target/http/exchange.js';
import { pathAt } from '../../suites/harness/target/paths.js';
import type { Response } from '../../suites/harness/target/http/response.js';
import { inQuotes } from './first-contact.js';

const ADVICE = 'is the URL that of the API?';
const GATEWAY = "if something in front of the target wants a login, give what it asks for by --header 'Name: value'";

/**
 * Makes sure that an answer comes from such an API: not from a web page, an error page, a server that only fails, or one that answers
 * everything alike.
 * @param response to a login, or to a request with the administrator's token
 * @param contact the answer to a request that needs no credentials
 * @throws NotJudgeable saying what came, what it says, and what may help
 */
export function mustBeTheApi(response: Response, contact: ReceivedResponse, description: TargetDescription): void {
  const { status, body } = response;
  const said = `${quoted(response.summary)}${response.errorCode === undefined ? inQuotes(body) : ''}`;
  const end = (why: string): NotJudgeable => new NotJudgeable(`the target cannot be judged: ${why}`);
  // RFC 6585 section 6: a network that wants a login answers in place of the target.
  if (status === 511) throw end(`${said}: the network wants a login first, by a page in a browser`);
  if (status >= 500) throw end(`${said}; its own log should say why`);
  if (status >= 300 && status < 400) throw end(redirected(response, description));
  if (status === 404 || status === 405)
    throw end(
      `${quoted(response.summary)}, it has no such endpoint: ${ADVICE} A path that the API is mounted at belongs to it; "paths" in a configuration file says where single endpoints are`,
    );
  if (response.json === undefined) {
    const type = response.headers('content-type')[0];
    const what = type === undefined ? 'a body that is not JSON' : `${quoted(type)} that is not JSON`;
    throw end(`${quoted(response.summary)} with ${what}${inQuotes(body)}: ${ADVICE} ${adviceOn(response)}`);
  }
  if (response.succeeded && contact.status === status && contact.body === body)
    throw end(`${said}, and so did GET /server/ping: it answers everything alike: ${ADVICE}`);
}

/** What may help where a page comes in place of JSON. */
const adviceOn = ({ body }: Response): string =>
  /ssl certificate/i.test(body)
    ? 'If it wants a certificate of the client, give it by --client-cert FILE and --client-key FILE'
    : `Or ${GATEWAY}`;

/** What a redirect means: the same endpoint elsewhere, whose base URL is named then, or a page to log in at. */
function redirected(response: Response, { paths }: TargetDescription): string {
  const location = response.headers('location')[0];
  const said = `${quoted(response.summary)}, a redirect to ${quoted(location ?? 'nowhere')}`;
  const from = response.request.url;
  const to = location !== undefined && URL.canParse(location, from) ? new URL(location, from) : undefined;
  const path = ['/auth/login', '/users/me'].map((one) => pathAt(paths, one)).find((one) => to?.pathname.endsWith(one));
  if (to === undefined) return `${said}: ${ADVICE}`;
  if (path !== undefined) return `${said}: give ${quoted(to.origin + to.pathname.slice(0, -path.length))} as --target`;
  return `${said}, which is not the API: ${GATEWAY}, or give the URL of the API as --target`;
}
