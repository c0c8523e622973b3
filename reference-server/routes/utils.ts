import type { Router } from 'express';
import { identityOf } from '../auth/authenticate.js';
import type { Context } from '../context.js';
import { forbidden, invalidQuery } from '../http/errors.js';
import { randomString } from '../random.js';
import { numberOf } from '../http/loose-values.js';
import { routes } from '../http/routes.js';

/** GET /utils/random/string?length=32, for everybody: what the Data Studio makes static tokens with. Observed: Directus 12.4.1. */
export function utilsRoutes({ random }: Context): Router {
  return routes({
    '/utils/random/string': {
      get: (request, response) => {
        response.json({ data: randomString(random, readLength(request.query['length'])) });
      },
    },
    // There is no cache here. Observed: Directus 12.4.1 answers with an empty body.
    '/utils/cache/clear': {
      post: (_request, response) => {
        if (!identityOf(response).admin) throw forbidden();
        response.end();
      },
    },
  });
}

/** @throws ApiError 400 INVALID_QUERY */
function readLength(given: unknown): number {
  const length = given === undefined ? 32 : numberOf(given);
  const problem = Number.isNaN(length)
    ? 'Invalid input: expected number, received NaN'
    : !Number.isInteger(length)
      ? 'Invalid input: expected int, received number'
      : length < 1
        ? 'Too small: expected number to be >=1'
        : length > 500
          ? 'Too big: expected number to be <=500'
          : undefined;
  if (problem !== undefined) throw invalidQuery(`Validation error: ${problem} at "length"`);
  return length;
}
