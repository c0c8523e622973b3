/*
 * Ids of records. A Directus gives its users texts (UUIDs); the specification does not say what an id is, so that a target may count
 * them as well, and give numbers.
 */

/** Shorter ones may be in a text by chance, in characters. */
const SHORT = 8;

/** The id that a value is, as text; undefined for what is none. */
export function recordId(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Whether a text tells an id: a short one as the member `id` of JSON alone. */
export function tellsId(text: string, id: string): boolean {
  if (id.length >= SHORT) return text.includes(id);
  return [...text.matchAll(/"id"\s*:\s*"?([^",}\s]*)/g)].some(([, one]) => one === id);
}
