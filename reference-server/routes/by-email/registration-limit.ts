import type { RequestHandler } from 'express';
import type { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Context } from '../../context.js';
import { requestsExceeded } from '../../http/errors.js';
import { onFirstUse } from '../../on-first-use.js';

const limiters = onFirstUse(() => import('rate-limiter-flexible'));

/**
 * Lets an address ask for an account only so many times in a while, whatever becomes of it. Counted by this server alone.
 * Observed: Directus 12.4.1.
 *
 * @throws ApiError 429 REQUESTS_EXCEEDED, with the header Retry-After
 */
export function registrationLimit({ clock, settings }: Context): RequestHandler {
  const {
    RATE_LIMITER_REGISTRATION_ENABLED: enabled,
    RATE_LIMITER_REGISTRATION_POINTS: points,
    RATE_LIMITER_REGISTRATION_DURATION: duration,
  } = settings;
  if (!enabled) return (_request, _response, next) => next();
  let limiter: RateLimiterMemory | undefined;
  return async (request, response, next) => {
    const { default: limits } = await limiters();
    limiter ??= new limits.RateLimiterMemory({ points, duration });
    try {
      await limiter.consume(request.ip ?? '');
    } catch (exceeded) {
      if (!(exceeded instanceof limits.RateLimiterRes)) throw exceeded;
      const { msBeforeNext: waitMs } = exceeded;
      response.set('Retry-After', String(Math.round(waitMs / 1000)));
      throw requestsExceeded(points, new Date(clock.now() + waitMs), waitMs);
    }
    next();
  };
}
