import type { Response } from 'express';
import { identityOf } from '../../auth/authenticate.js';
import type { Context } from '../../context.js';
import { forbidden } from '../../http/errors.js';
import { viewOf } from '../../query/answer-records.js';
import type { ToldSchema } from '../../schema/members.js';
import { toldSchema } from '../../schema/told-schema.js';

/** What a request sees of the schema. */
export async function schemaFor(context: Context, response: Response): Promise<ToldSchema> {
  const { access } = await viewOf(context, response);
  return toldSchema(context, access);
}

/** @throws ApiError 403 FORBIDDEN for all but administrators */
export function mustBeAdministrator(response: Response): void {
  if (!identityOf(response).admin) throw forbidden();
}
