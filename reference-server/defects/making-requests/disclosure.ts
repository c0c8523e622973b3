import type { Defect, Wrappers } from '../defect.js';
import { errorsOf, isRefresh, succeeded } from '../helpers/exchange.js';

/** Defects that requirements of the section `disclosure` of the chapter `making-requests` notice. */
export const makingRequestsDisclosure = [
  {
    name: 'refusal-shows-stack',
    title: 'The message of an error is followed by a stack trace.',
    wrap: (): Wrappers => ({
      response: ({ request }, answer) => {
        const [error] = errorsOf(answer);
        if (error !== undefined && !succeeded(answer) && request.path.startsWith('/auth/'))
          error.message += '\n    at authenticate (/app/dist/services/authentication.js:101:15)';
      },
    }),
  },
  {
    name: 'refresh-refusal-shows-query',
    title: 'The message of a rejected refresh is the query that found nothing.',
    wrap: (): Wrappers => ({
      response: (exchange, answer) => {
        const [error] = errorsOf(answer);
        if (error !== undefined && isRefresh(exchange))
          error.message = 'select "user" from "directus_sessions" where "token" = ? limit 1: no rows';
      },
    }),
  },
  {
    name: 'rejected-change-repeats-payload',
    title: 'The rejection of a new or changed user repeats what was to be stored.',
    wrap: (): Wrappers => ({
      response: ({ request }, answer) => {
        const [error] = errorsOf(answer);
        if (error !== undefined && request.path.startsWith('/users') && ['POST', 'PATCH'].includes(request.method))
          error.message += ` Payload: ${JSON.stringify(request.body)}`;
      },
    }),
  },
] as const satisfies readonly Defect[];
