import type { Response } from 'express';

/**
 * Sends data: `{"data":…}`, or 204 when there is none. Answers of this kind are not to be cached without asking again, errors say
 * nothing about it. Observed: Directus 12.4.1.
 */
export function answer(response: Response, data?: unknown): void {
  answerPayload(response, data === undefined ? undefined : { data });
}

/** The same with a body that has more members than `data`. */
export function answerPayload(response: Response, payload?: object, cacheControl = 'no-cache'): void {
  response.set('Cache-Control', cacheControl).set('Vary', 'Origin, Cache-Control');
  if (payload === undefined) response.status(204).end();
  else response.json(payload);
}

/** The members of a request's body; none when it has none. */
export const bodyOf = (request: { readonly body?: unknown }): Readonly<Record<string, unknown>> =>
  typeof request.body === 'object' && request.body !== null ? (request.body as Record<string, unknown>) : {};
