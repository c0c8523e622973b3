import type { Chapter } from './generated/chapter.js';
import type { Observation } from './generated/observation.js';

/** Headers as lines of text. */
const linesOf = (headers: Readonly<Record<string, string>> = {}): string[] =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

/**
 * An observation as text, in which quotes are looked for: `METHOD path`, headers and body of each request, then `-> status CODE`, headers
 * and body of its response; the messages of WebSockets; the notes.
 */
export function textOf({ exchanges, notes }: Observation): string {
  const lines = (exchanges ?? []).flatMap((exchange) => {
    if ('messages' in exchange) return exchange.messages;
    const { request, response } = exchange;
    const code = /"code":"([A-Z_]+)"/.exec(response.body ?? '')?.[1];
    return [
      `${request.method} ${request.path}`,
      ...linesOf(request.headers),
      request.body ?? '',
      `-> ${response.status}${code === undefined ? '' : ` ${code}`}`,
      ...linesOf(response.headers),
      response.body ?? '',
    ];
  });
  return [...lines, ...(notes ?? [])].join('\n');
}

/** Whether a source is nothing but what a server was seen to do. */
export const isObserved = (document: string): boolean => document.startsWith('observed:');

/**
 * Holds the sources of requirements against the recordings.
 * @param observations by name
 * @throws an Error that names the requirement: its source names no recording, one that is not there, one of another server or one that does
 * not say what is quoted. Or one that names a recording that no source cites.
 */
export function holdAgainstObservations(
  observations: ReadonlyMap<string, Observation>,
  chapters: readonly Pick<Chapter, 'requirements'>[],
): void {
  const unused = new Set(observations.keys());
  for (const { id, source } of chapters.flatMap(({ requirements }) => requirements)) {
    const { document, observation, quote } = source;
    const wrong = (what: string): Error => new Error(`requirement ${id}: ${what}`);
    if (isObserved(document) && observation === undefined)
      throw wrong('its source is an observation: `observation` must name a file in spec/observations/');
    if (observation === undefined) continue;
    const recorded = observations.get(observation);
    if (recorded === undefined)
      throw wrong(`there is no spec/observations/${observation}.yaml, which its source names`);
    unused.delete(observation);
    if (!isObserved(document)) continue;
    if (!document.endsWith(recorded.server))
      throw wrong(`its source is "${document}" and spec/observations/${observation}.yaml is of ${recorded.server}`);
    if (!textOf(recorded).includes(quote)) throw wrong(`spec/observations/${observation}.yaml does not say: ${quote}`);
  }
  if (unused.size > 0) throw new Error(`no requirement cites spec/observations/${[...unused].join('.yaml, ')}.yaml`);
}
