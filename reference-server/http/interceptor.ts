import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import type { Context } from '../context.js';
import { ApiError, internalError } from './errors.js';

/** One HTTP request, and the server that it came to. */
export interface Exchange {
  readonly context: Context;
  readonly request: Request;
  readonly response: Response;
}

/** An HTTP response that is about to be sent. */
export interface OutgoingResponse {
  status: number;
  /** Undefined where there is no body. A string is sent as text/html. */
  body: unknown;
}

/** A message that came by a WebSocket. */
export interface Conversation {
  readonly context: Context;
  /** The members of the message, to be changed. */
  readonly message: Record<string, unknown>;
  /** True when the WebSocket had been authenticated before the message. */
  readonly authenticated: boolean;
}

/** The response to a message, which is about to be sent. */
export interface OutgoingMessage {
  body: Readonly<Record<string, unknown>>;
  /** True when the WebSocket is closed afterwards. */
  closes: boolean;
}

/** The request that asks for a WebSocket. Its headers and its URL may be changed. */
export interface Handshake {
  readonly context: Context;
  readonly request: IncomingMessage;
}

/**
 * Stands between the server and its clients, as a gateway in front of it would: sees what comes before the server does, and what goes
 * before it is sent, and may change both.
 */
export interface Interceptor {
  /** Surrounds everything that is done about a request or a message: whatever `proceed` begins is part of it. */
  readonly around?: <Result>(what: Exchange | Conversation, proceed: () => Result) => Result;
  /** Changes a request, whose body has been read. What it throws is answered as errors of the server are. */
  readonly request?: (exchange: Exchange) => Promise<void> | void;
  /** Changes a response. What it throws is answered in its place, as errors of the server are. */
  readonly response?: (exchange: Exchange, outgoing: OutgoingResponse) => Promise<void> | void;
  /** Changes what asks for a WebSocket. */
  readonly handshake?: (handshake: Handshake) => Promise<void> | void;
  /** Changes a message of a WebSocket. */
  readonly message?: (conversation: Conversation) => Promise<void> | void;
  /** Changes the response to a message. */
  readonly reply?: (conversation: Conversation, outgoing: OutgoingMessage) => Promise<void> | void;
}

/** Calls `proceed` within all that interceptors have to surround it with. */
export function within<Result>(
  interceptors: readonly Interceptor[],
  what: Exchange | Conversation,
  proceed: () => Result,
): Result {
  return interceptors.reduceRight<() => Result>(
    (inner, { around }) => (around === undefined ? inner : () => around(what, inner)),
    proceed,
  )();
}

/** Lets interceptors, those that are in the list when a request comes, change the responses: to be used before anything can respond. */
export function interceptResponses(context: Context, interceptors: readonly Interceptor[]): RequestHandler {
  return (request, response, next) => {
    const hooks = interceptors.flatMap(({ response: change }) => change ?? []);
    if (hooks.length === 0) {
      next();
      return;
    }
    const send = response.send.bind(response);
    const intercepted = (body: unknown): Response => {
      const outgoing: OutgoingResponse = { status: response.statusCode, body };
      const original = (): void => {
        response.json = json;
        response.end = end;
      };
      const sendChanged = async (): Promise<void> => {
        for (const hook of hooks) await hook({ context, request, response }, outgoing);
        original();
        response.status(outgoing.status);
        if (outgoing.body === undefined) response.end();
        else if (typeof outgoing.body === 'string') {
          response.type('html');
          send(outgoing.body);
        } else response.json(outgoing.body);
      };
      // Nothing waits for this: what it throws would end the process.
      void sendChanged().catch((error: unknown) => {
        original();
        if (response.headersSent) return response.destroy();
        const { status, envelope } = error instanceof ApiError ? error : internalError();
        return response.status(status).json(envelope);
      });
      return response;
    };
    const json = response.json.bind(response);
    const end = response.end.bind(response);
    response.json = intercepted;
    response.end = ((...args: unknown[]) => {
      // The end of a response without a body, or of one that was sent otherwise.
      if (args.length === 0 && !response.headersSent) return intercepted(undefined);
      response.end = end;
      return (end as (...all: unknown[]) => Response)(...args);
    }) as typeof end;
    next();
  };
}

/** Lets interceptors change the requests: to be used when their bodies have been read. */
export function interceptRequests(context: Context, interceptors: readonly Interceptor[]): RequestHandler {
  return (request, response, next) => {
    if (interceptors.length === 0) {
      next();
      return undefined;
    }
    const hooks = interceptors.flatMap(({ request: change }) => change ?? []);
    const exchange = { context, request, response };
    return within(interceptors, exchange, async () => {
      for (const hook of hooks) await hook(exchange);
      next();
    });
  };
}
