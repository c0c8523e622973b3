import { proxy, withBody, type Proxy } from './proxy.js';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const UUID_IN_JSON = new RegExp(`"(${UUID.source})"`, 'gi');

/**
 * Starts a target that counts its records: their ids are numbers, in JSON and in paths. A claim of a token keeps the text that the server
 * behind it has.
 * @param origin URL of a server whose ids are UUIDs
 * @param first the first number; no other number of a request may look like one that follows
 */
export async function countingTarget(origin: string, first: number): Promise<Proxy> {
  const uuids: string[] = [];
  const numberOf = (uuid: string): number => {
    const known = uuids.indexOf(uuid.toLowerCase());
    return first + (known === -1 ? uuids.push(uuid.toLowerCase()) - 1 : known);
  };
  const uuidOf = (text: string): string => uuids[Number(text) - first] ?? text;
  const number = new RegExp(`(?<![\\w.-])\\d{${String(first).length}}(?![\\w.-])`, 'g');
  const numberInJson = new RegExp(`(\\\\?")?(${number.source})(\\\\?")?`, 'g');
  return proxy(origin, async ({ path, body }, forward) => {
    const text = body
      .toString()
      .replace(numberInJson, (whole, opens: string | undefined, digits: string, closes: string | undefined) =>
        uuidOf(digits) === digits ? whole : `${opens ?? '"'}${uuidOf(digits)}${closes ?? '"'}`,
      );
    const reply = await forward({
      path: path.replace(number, uuidOf),
      ...(text !== body.toString() && { body: text }),
    });
    if (!/json/.test(reply.headers['content-type'] ?? '')) return reply;
    const numbered = reply.body
      .toString()
      .replace(UUID_IN_JSON, (_quoted, uuid: string) => String(numberOf(uuid)))
      .replace(UUID, (uuid) => String(numberOf(uuid)));
    return withBody(reply, numbered);
  });
}
