/**
 * One request of a sequence, the same for both servers. Text in path, headers and body may hold `{name:n}`, which stands for what the
 * server itself has issued: the nth access token, refresh token or session cookie so far (player.ts).
 */
export interface Step {
  /** The kind of request, as differences are grouped by. */
  readonly kind: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly bearer?: string;
  readonly cookie?: string;
  /** Of a page that asks whether it may. */
  readonly origin?: string;
  readonly contentType?: string;
  /** Sent as JSON; a string as it is. */
  readonly body?: unknown;
  /** Of a conversation by WebSocket, whose method is WEBSOCKET; each as JSON, a string as it is. */
  readonly messages?: readonly unknown[];
}

/** A step as one line. */
export function inOneLine({ method, path, bearer, cookie, origin, contentType, body, messages }: Step): string {
  const headers = {
    ...(bearer !== undefined && { authorization: bearer }),
    ...(cookie !== undefined && { cookie }),
    ...(origin !== undefined && { origin }),
    ...(contentType !== undefined && { 'content-type': contentType }),
  };
  const given = messages ?? body;
  const sent = given === undefined ? '' : ` ${typeof given === 'string' ? given : JSON.stringify(given)}`;
  return `${method} ${path} ${JSON.stringify(headers)}${sent}`;
}
