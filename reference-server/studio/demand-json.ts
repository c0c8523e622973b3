import type { RequestHandler } from 'express';
import { unsupportedMediaType } from '../http/errors.js';

/**
 * Rejects what may change something and does not say that it is JSON. A page of another site cannot say so without asking first (Fetch
 * Standard, CORS-safelisted request-header), and is not allowed to: so no such page can make a browser do it, whatever SameSite the
 * session cookie has.
 */
export const demandJson: RequestHandler = ({ headers, method }, _response, next) => {
  const reads = method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
  if (!reads && !/^application\/json *(?:;|$)/i.test(headers['content-type'] ?? '')) throw unsupportedMediaType();
  next();
};
