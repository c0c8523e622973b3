import { setTimeout as sleep } from 'node:timers/promises';
import { NotJudgeable } from '../../report/errors.js';
import { quoted } from '../../report/foreign-text.js';
import { Evidence } from '../../suites/harness/evidence/evidence.js';
import type { ReceivedResponse } from '../../suites/harness/target/http/exchange.js';
import type { HttpClient } from '../../suites/harness/target/http/http-client.js';
import { TransportError } from '../../suites/harness/target/http/transport-error.js';

const BETWEEN_MS = 500;

/**
 * Asks the target for the first time, and waits for one that is still starting: that refuses connections, or whose gateway answers 502, 503
 * or 504.
 * @param url base URL
 * @param options.waitMs how long to wait, in ms
 * @param options.tell called with a sentence while it is waited for
 * @returns its answer, whatever it says
 * @throws NotJudgeable when it is not there by then; TransportError when waiting cannot help
 */
export async function firstContact(
  client: HttpClient,
  url: string,
  {
    waitMs,
    interrupted,
    tell,
  }: { readonly waitMs: number; readonly interrupted?: AbortSignal; readonly tell: (sentence: string) => void },
): Promise<ReceivedResponse> {
  const end = performance.now() + waitMs;
  for (;;) {
    const { response, absent } = await ask(client, url);
    const left = end - performance.now();
    if (response !== undefined && (absent === undefined || (left <= 0 && isLimited(response)))) return response;
    const why = absent ?? '';
    if (left <= 0)
      throw new NotJudgeable(
        `the target cannot be judged: ${why}${/--wait|--client-cert/.test(why) || waitMs > 0 ? '' : `${/[?.]$/.test(why) ? '' : '.'} If it is still starting, --wait 60s waits for it`}${waitMs > 0 ? `, ${waitMs / 1000} s after the first try (--wait)` : ''}`,
      );
    tell(`waiting for the target, ${Math.ceil(left / 1000)} s at most: ${why}`);
    await sleep(Math.min(BETWEEN_MS, left), undefined, { ...(interrupted && { signal: interrupted }) });
  }
}

async function ask(
  client: HttpClient,
  url: string,
): Promise<{ readonly response?: ReceivedResponse; readonly absent?: string }> {
  try {
    const sent = { method: 'GET', url: `${url}/server/ping`, headers: [] };
    const { response } = await client.send(sent, new Evidence(), { once: true });
    if (![502, 503, 504].includes(response.status)) return { response };
    return { response, absent: `GET /server/ping returned ${response.status}${inQuotes(response.body)}` };
  } catch (error) {
    if (!(error instanceof TransportError) || !['refused', 'broken', 'timeout'].includes(error.kind)) throw error;
    return { absent: quoted(error.message) };
  }
}

const isLimited = ({ status, headers }: ReceivedResponse): boolean =>
  status === 503 && headers.some(([name]) => name.toLowerCase() === 'retry-after');

/** What a body says, on one line, to follow a status; nothing where it is empty. Of HTML, its text. */
export function inQuotes(body: string): string {
  // In two steps, each of them linear: tags, and what is between them.
  const text = body
    .slice(0, 2000)
    .split('<')
    .map((piece, i) => (i === 0 ? piece : piece.slice(piece.indexOf('>') + 1)))
    .join(' ')
    .split(/\s/)
    .filter((word) => word !== '')
    .join(' ');
  return text === '' ? '' : `: "${quoted(text)}"`;
}
