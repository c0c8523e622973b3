import express from 'express';
import type { Exchange } from '../../http/interceptor.js';
import type { Wrappers } from '../defect.js';

export const atRequest = (change: (exchange: Exchange) => Promise<void> | void) => (): Wrappers => ({
  request: change,
});

/**
 * Reads bodies that the server does not read; one that cannot be read is empty.
 * @param isRead which requests
 * @param type the media type of the bodies
 */
export const reading = (isRead: (exchange: Exchange) => boolean, type: string, read: (text: string) => object) =>
  atRequest(async (exchange) => {
    const { request, response } = exchange;
    if (!isRead(exchange) || request.is(type) !== type) return;
    await new Promise<void>((resolve) => express.text({ type })(request, response, () => resolve()));
    try {
      request.body = read(String(request.body));
    } catch {
      request.body = {};
    }
  });

/** The members of a form, by their names. */
export const readForm = (text: string): object => Object.fromEntries(new URLSearchParams(text));
