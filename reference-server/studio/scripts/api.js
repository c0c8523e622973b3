/* Requests to the server. */

/** An error that the server answered with. */
export class Rejection extends Error {
  /** @param {number} status @param {string} code @param {string} message */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Where the API begins: this script is at /admin/api.js below it. */
export const base = new URL('..', import.meta.url).pathname.slice(0, -1);

/**
 * Sends a request with the session cookie.
 * @param {string} method
 * @param {string} path below the base path
 * @param {object} [body]
 * @returns {Promise<unknown>} the member `data` of the answer
 */
export async function send(method, path, body) {
  const response = await fetch(base + path, {
    method,
    headers: method === 'GET' ? {} : { 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = text === '' ? {} : JSON.parse(text);
  if (response.ok) return answer.data;
  const { message, extensions } = answer.errors?.[0] ?? {};
  throw new Rejection(response.status, extensions?.code ?? '', message ?? `The server answered ${response.status}.`);
}
